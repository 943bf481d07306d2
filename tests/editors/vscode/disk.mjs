// The files of the app's folder as a file system of VS Code's: on the real disk, by the bridge.
import { Emitter } from "@codingame/monaco-vscode-api/vscode/vs/base/common/event";
import {
  FileChangeType,
  FileSystemProviderCapabilities,
  FileSystemProviderError,
  FileSystemProviderErrorCode,
} from "@codingame/monaco-vscode-files-service-override";

export function createDisk(folder) {
  const changed = new Emitter();

  const missing = (uri) =>
    FileSystemProviderError.create(uri.toString(), FileSystemProviderErrorCode.FileNotFound);

  const ask = async (operation, uri, more) => {
    // Whatever lies elsewhere is a matter of the file systems in memory.
    if (uri.path !== folder && !uri.path.startsWith(`${folder}/`)) {
      throw missing(uri);
    }
    const body = JSON.stringify({ path: uri.path, ...more });
    const answer = await (await fetch(`/disk/${operation}`, { method: "POST", body })).json();
    if (answer.error) {
      throw missing(uri);
    }
    return answer.value;
  };

  const change = async (operation, uri, type, more) => {
    await ask(operation, uri, more);
    changed.fire([{ type, resource: uri }]);
  };

  return {
    capabilities:
      FileSystemProviderCapabilities.FileReadWrite |
      FileSystemProviderCapabilities.PathCaseSensitive,
    onDidChangeCapabilities: new Emitter().event,
    onDidChangeFile: changed.event,
    watch: () => ({ dispose: () => undefined }),
    stat: (uri) => ask("stat", uri),
    readdir: (uri) => ask("readdir", uri),
    readFile: async (uri) => Uint8Array.from(await ask("readFile", uri)),
    writeFile: (uri, content) =>
      change("writeFile", uri, FileChangeType.UPDATED, { content: [...content] }),
    mkdir: (uri) => change("mkdir", uri, FileChangeType.ADDED),
    delete: (uri) => change("delete", uri, FileChangeType.DELETED),
    rename: async (from, to) => {
      await change("rename", from, FileChangeType.DELETED, { to: to.path });
      changed.fire([{ type: FileChangeType.ADDED, resource: to }]);
    },
  };
}
