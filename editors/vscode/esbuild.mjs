// One file for VS Code to load: starting is quicker than with hundreds of modules.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const production = process.argv.includes("--production");

const { metafile } = await build({
  entryPoints: ["src/node/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
  minify: production,
  sourcemap: !production,
  metafile: true,
  logLevel: "warning",
});

// The client ends a server that does not end by itself with this script, which it looks for beside
// the file that it is in itself.
const script = "terminateProcess.sh";
copyFileSync(`node_modules/vscode-languageclient/lib/node/${script}`, `dist/${script}`);

// The packages in the bundle ask that their licenses go with them.
const folders = Object.keys(metafile.inputs).map(
  (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0],
);
const licenses = [...new Set(folders.filter(Boolean))].sort().map((folder) => {
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const name = folder.split("node_modules/").at(-1);
  return `${name}\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
});
writeFileSync("dist/licenses.txt", licenses.join(`\n${"-".repeat(80)}\n\n`));
