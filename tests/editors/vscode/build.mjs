// Bundles the page: VS Code's workbench, its workers, and what stands in for Node in it.
import { readFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { build } from "esbuild";

const MODULES = resolve("node_modules");
const CODINGAME = `${MODULES}/@codingame/monaco-vscode`;
const OWN_ASSET = /new URL\(\s*(['"])(\.[^'"]+)\1,\s*import\.meta\.url\s*\)/g;

// Themes, grammars and the like are fetched when they are needed. The modules name them beside
// themselves; here they stay where npm put them, and the bridge serves them from there.
const assetsInPlace = {
  name: "assets-in-place",
  setup({ onLoad }) {
    onLoad({ filter: /@codingame.*\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (!text.includes("import.meta.url")) {
        return undefined;
      }
      const contents = text.replace(OWN_ASSET, (_, quote, asset) => {
        const file = relative(MODULES, resolve(dirname(path), asset));
        return `new URL(${JSON.stringify(`/modules/${file}`)}, location.href)`;
      });
      return { contents, loader: "js" };
    });
  },
};

await build({
  entryPoints: {
    page: "page.mjs",
    editor: `${CODINGAME}-api/workers/editor.worker.js`,
    textmate: `${CODINGAME}-textmate-service-override/worker.js`,
    links: `${CODINGAME}-output-service-override/worker.js`,
  },
  outdir: "site",
  bundle: true,
  format: "esm",
  target: "es2022",
  external: ["node:*"],
  alias: { vscode: "@codingame/monaco-vscode-extension-api" },
  loader: { ".ttf": "file", ".svg": "dataurl", ".png": "dataurl", ".mp3": "empty" },
  plugins: [assetsInPlace],
  logLevel: "warning",
});
