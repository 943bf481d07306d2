// Serves the page, and gives it this machine's files and programs.
import { execFile, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import * as fs from "node:fs/promises";
import { createServer } from "node:http";
import { homedir } from "node:os";
import { extname, join } from "node:path";
import { WebSocketServer } from "ws";

const MIME = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".wasm": "application/wasm",
};

const PAGE = `<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css"><style>html, body { height: 100%; margin: 0 }</style>
</head><body><script type="module" src="/page.js"></script></body></html>`;

// A CommonJS module asks for Node's modules and finds Node's globals, in a page that has neither.
const wrapped = (bundle) => `
const { modules, globals } = globalThis.nodeForExtension;
const wanted = (name) => modules[name.replace(/^node:/, "")] ?? require(name);
(function (require, process, Buffer, setImmediate, __dirname) {${bundle}
})(wanted, globals.process, globals.Buffer, globals.setImmediate, "/");`;

/** Serve; `extension` is the unpacked folder of a package, `scratch` takes what VS Code stores. */
export async function startBridge(task) {
  const { site, modules, extension, folder, scratch, environment } = task;
  const manifest = JSON.parse(await fs.readFile(join(extension, "package.json"), "utf8"));
  const children = [];

  // VS Code in a browser keeps an extension's own files under /User, in memory; programs cannot
  // run there.
  const real = (path) => (path.startsWith("/User/") ? join(scratch, path) : path);
  const inPlace = (options) => ({ env: environment, ...options, cwd: real(options.cwd) });

  const setup = {
    folder,
    manifest,
    environment,
    settings: task.settings,
    asksForTrust: false,
    process: { platform: process.platform, pid: process.pid, home: homedir(), scratch },
  };

  const kindOf = (entry) => (entry.isDirectory() ? 2 : 1);
  const disk = {
    stat: async ({ path }) => {
      const status = await fs.stat(path);
      const { ctimeMs: ctime, mtimeMs: mtime, size } = status;
      return { type: kindOf(status), ctime, mtime, size };
    },
    readdir: async ({ path }) =>
      (await fs.readdir(path, { withFileTypes: true })).map((entry) => [entry.name, kindOf(entry)]),
    readFile: async ({ path }) => [...(await fs.readFile(path))],
    writeFile: ({ path, content }) => fs.writeFile(path, Uint8Array.from(content)),
    mkdir: ({ path }) => fs.mkdir(path),
    delete: ({ path }) => fs.rm(path, { recursive: true }),
    rename: ({ path, to }) => fs.rename(path, to),
  };

  const machine = {
    exists: ({ path }) => existsSync(real(path)),
    makeFolder: ({ path }) => void mkdirSync(real(path), { recursive: true }),
    kill: ({ pid, signal }) => process.kill(pid, signal),
    spawnSync: ({ args: [program, args] }) => spawnSync(program, args).status,
    execFile: ({ program, args, options, input }) =>
      new Promise((resolve) => {
        const child = execFile(program, args, inPlace(options), (error, stdout, stderr) =>
          resolve({
            code: error ? (error.code ?? null) : 0,
            message: error?.message,
            stdout,
            stderr,
          }),
        );
        child.stdin.on("error", () => undefined).end(input);
      }),
    spawn: ({ program, args, options }) => {
      const child = spawn(program, args, inPlace(options));
      child.on("error", () => undefined);
      children.push(child);
      return { pid: child.pid, number: children.length - 1, error: `cannot start ${program}` };
    },
  };

  const answer = async (operations, operation, request) => {
    const chunks = await request.toArray();
    try {
      return { value: await operations[operation](JSON.parse(Buffer.concat(chunks))) };
    } catch (error) {
      return { error: String(error) };
    }
  };

  const contents = async (request) => {
    const [, first, ...rest] = new URL(request.url, "http://localhost").pathname.split("/");
    switch (first) {
      case "":
        return [".html", PAGE];
      case "setup":
        return [".json", JSON.stringify(setup)];
      case "disk":
        return [".json", JSON.stringify(await answer(disk, rest[0], request))];
      case "machine":
        return [".json", JSON.stringify(await answer(machine, rest[0], request))];
      case "extension.js":
        return [".js", wrapped(await fs.readFile(join(extension, manifest.main), "utf8"))];
      case "modules":
        return [extname(rest.at(-1)), await fs.readFile(join(modules, ...rest))];
      default:
        return [extname(first), await fs.readFile(join(site, first))];
    }
  };

  const server = createServer(async (request, response) => {
    try {
      const [kind, body] = await contents(request);
      response.setHeader("content-type", MIME[kind] ?? "application/octet-stream").end(body);
    } catch (error) {
      response.writeHead(404).end(String(error));
    }
  });

  new WebSocketServer({ server }).on("connection", (socket, request) => {
    const child = children[Number(request.url.split("/").at(-1))];
    child.stdout.on("data", (data) => socket.send(Buffer.concat([Buffer.of(1), data])));
    child.stderr.on("data", (data) => socket.send(Buffer.concat([Buffer.of(2), data])));
    child.on("close", (...how) => socket.send(JSON.stringify(how)));
    socket.on("message", (data, isBinary) =>
      isBinary ? child.stdin.write(data) : child.stdin.end(),
    );
  });

  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    children,
    // What the next page is told: it may be changed.
    setup,
    close: () => {
      for (const child of children) {
        child.kill("SIGKILL");
      }
      server.closeAllConnections();
      server.close();
    },
  };
}
