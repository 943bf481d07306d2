// What the extension uses of Node, in a page: programs and files are the real machine's, by the
// bridge. So it is the packaged bundle that is tested, with the client that people will run.
import { Buffer } from "buffer";
import { EventEmitter } from "events";
import path from "path-browserify";

export function createNode({ process: real, environment }) {
  const process = {
    platform: real.platform,
    pid: real.pid,
    env: environment,
    execArgv: [],
    kill: (pid, signal) => now("kill", { pid, signal }),
  };
  const modules = {
    child_process: { execFile, spawn, spawnSync: (...args) => now("spawnSync", { args }) },
    crypto: {},
    fs: {
      existsSync: (file) => now("exists", { path: file }),
      mkdirSync: (folder) => now("makeFolder", { path: folder }),
      lstat: (file, callback) =>
        callback(undefined, { isDirectory: () => now("exists", { path: file }) }),
    },
    net: {},
    os: { homedir: () => real.home, tmpdir: () => real.scratch },
    path,
    util: { TextDecoder },
  };
  return {
    modules,
    globals: { process, Buffer, setImmediate: (f, ...a) => setTimeout(f, 0, ...a) },
  };
}

/** Ask the bridge and wait for the answer, as Node's functions that end in `Sync` do. */
function now(operation, question) {
  const request = new XMLHttpRequest();
  request.open("POST", `/machine/${operation}`, false);
  request.send(JSON.stringify(question));
  const { value, error } = JSON.parse(request.responseText);
  if (error) {
    throw new Error(error);
  }
  return value;
}

function execFile(program, args, options, callback) {
  const stdin = new EventEmitter();
  stdin.end = async (input) => {
    const body = JSON.stringify({ program, args, options, input });
    const response = await fetch("/machine/execFile", { method: "POST", body });
    const { code, message, stdout, stderr } = (await response.json()).value;
    callback(code === 0 ? null : Object.assign(new Error(message), { code }), stdout, stderr);
  };
  return { stdin };
}

function spawn(program, args, options) {
  const { pid, number, error } = now("spawn", { program, args, options });
  const child = Object.assign(new EventEmitter(), {
    pid,
    stdin: new EventEmitter(),
    stdout: new EventEmitter(),
    stderr: new EventEmitter(),
  });
  if (pid === undefined) {
    setTimeout(() => child.emit("error", new Error(error)));
    return child;
  }
  const socket = new WebSocket(`ws://${location.host}/process/${number}`);
  socket.binaryType = "arraybuffer";
  const open = new Promise((resolve) => socket.addEventListener("open", resolve));
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string") {
      const [code, signal] = JSON.parse(data);
      child.emit("exit", code, signal);
      for (const emitter of [child.stdin, child.stdout, child.stderr, child]) {
        emitter.emit("close", code, signal);
      }
      return;
    }
    const bytes = Buffer.from(data);
    (bytes[0] === 1 ? child.stdout : child.stderr).emit("data", bytes.subarray(1));
  });
  const send = (data, done) =>
    open.then(() => {
      socket.send(data);
      done?.();
    });
  child.stdin.write = (data, encoding, done) =>
    send(Buffer.from(data, encoding), typeof encoding === "function" ? encoding : done);
  child.stdin.end = () => send("end");
  child.stdout.setEncoding = child.stderr.setEncoding = () => undefined;
  return child;
}
