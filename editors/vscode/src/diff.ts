import * as vscode from "vscode";
import type { AppDiff, ChangedFile } from "./protocol";

const SCHEME = "tapfix-diff";

/** Shows what the fixes would make of an app, in VS Code's own diff view. */
export interface DiffView extends vscode.Disposable {
  readonly show: (diff: AppDiff) => Promise<void>;
}

/** Register the texts of diffs as documents; read-only, and gone with the next diff. */
export function createDiffView(): DiffView {
  let texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? "",
  });

  const side = (file: ChangedFile, which: "before" | "after"): vscode.Uri | undefined => {
    const text = file[which];
    if (text === null) {
      return undefined;
    }
    const real = vscode.Uri.parse(file.uri, true);
    if (which === "before") {
      // The document itself, so that what is typed meanwhile shows in the view.
      return real;
    }
    // The path stays: by its ending, VS Code colours the text.
    const uri = real.with({ scheme: SCHEME, query: which });
    texts.set(uri.toString(), text);
    return uri;
  };

  return {
    dispose: () => vscode.Disposable.from(registered, changed).dispose(),
    show: async (diff) => {
      const old = texts;
      texts = new Map();
      const changes = diff.files.map((file) => [
        vscode.Uri.parse(file.uri, true),
        side(file, "before"),
        side(file, "after"),
      ]);
      for (const uri of new Set([...old.keys(), ...texts.keys()])) {
        // A view of an earlier diff that is still open shows this one's texts.
        changed.fire(vscode.Uri.parse(uri, true));
      }
      const app = vscode.Uri.file(diff.root).path.split("/").at(-1);
      await vscode.commands.executeCommand("vscode.changes", `tapfix: ${app}`, changes);
    },
  };
}
