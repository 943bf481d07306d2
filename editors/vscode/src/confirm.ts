// Fixes that replace resources or let data die ask first. VS Code's own way to ask is a preview
// with a box for each change, none of them ticked: what is applied is easily half a fix, and a fix
// is meant whole or not at all. So the question is asked here, and the preview is one answer to it.
import * as vscode from "vscode";
import {
  ApplyWorkspaceEditRequest,
  CodeActionResolveRequest,
  type BaseLanguageClient,
  type ChangeAnnotation,
  type CodeAction,
  type Middleware,
  TextDocumentEdit,
  type WorkspaceEdit,
} from "vscode-languageclient";
import { NAME } from "./protocol";

const ASK = `${NAME}.ask`;

/** Has actions ask that VS Code would only preview; for the client's options. */
export const askingMiddleware: Pick<Middleware, "sendRequest"> = {
  sendRequest: async (type, parameters, token, next) => {
    const answer = await next(type, parameters, token);
    const method = typeof type === "string" ? type : type.method;
    if (method === CodeActionResolveRequest.method) {
      const action = answer as CodeAction;
      if (action.edit && warnings(action.edit).length) {
        const { edit, ...rest } = action;
        const command = { title: action.title, command: ASK, arguments: [action.title, edit] };
        return { ...rest, command } as typeof answer;
      }
    }
    return answer;
  },
};

/** Register the command behind such actions. */
export function registerAsking(client: () => BaseLanguageClient | undefined): vscode.Disposable {
  return vscode.commands.registerCommand(ASK, async (title: string, edit: WorkspaceEdit) => {
    const current = client();
    if (current && (await apply(current, title, edit)) === OUTDATED) {
      void vscode.window.showWarningMessage(`tapfix: Nothing was done: ${OUTDATED}.`);
    }
  });
}

/** Have edits that the server sends by itself ask in the same way; before the client starts. */
export function askForEditsOf(client: BaseLanguageClient): void {
  client.onRequest(ApplyWorkspaceEditRequest.type, async ({ edit }) => {
    const failureReason = await apply(client, "Make these changes?", edit);
    return failureReason ? { applied: false, failureReason } : { applied: true };
  });
}

function warnings(edit: WorkspaceEdit): ChangeAnnotation[] {
  return Object.values(edit.changeAnnotations ?? {}).filter(
    ({ needsConfirmation }) => needsConfirmation,
  );
}

const OUTDATED = "the files have changed since";

/** Make an edit, once the person agrees to what it leads to; why it was not made, if so. */
async function apply(
  client: BaseLanguageClient,
  title: string,
  edit: WorkspaceEdit,
): Promise<string | undefined> {
  const made = await agreed(title, edit);
  if (!made) {
    return "it was not confirmed";
  }
  if (!isCurrent(client, made)) {
    return OUTDATED;
  }
  const converted = await client.protocol2CodeConverter.asWorkspaceEdit(made);
  return (await vscode.workspace.applyEdit(converted)) ? undefined : "VS Code did not make it";
}

/** The edit in the form that was chosen; nothing if the person wants none of it. */
async function agreed(title: string, edit: WorkspaceEdit): Promise<WorkspaceEdit | undefined> {
  const asked = warnings(edit);
  if (!asked.length) {
    return edit;
  }
  const detail = asked.map(({ label, description }) => `${label}\n${description ?? ""}`).join("\n");
  const [whole, review] = ["Apply", "Review changes"];
  const options = { modal: true, detail };
  const answer = await vscode.window.showWarningMessage(title, options, whole, review);
  return answer === whole ? unquestioned(edit) : answer === review ? edit : undefined;
}

function unquestioned(edit: WorkspaceEdit): WorkspaceEdit {
  const annotations = Object.entries(edit.changeAnnotations ?? {}).map(
    ([id, annotation]) => [id, { ...annotation, needsConfirmation: false }] as const,
  );
  return { ...edit, changeAnnotations: Object.fromEntries(annotations) };
}

/** Whether the edit is for the texts as they are now. */
function isCurrent(client: BaseLanguageClient, edit: WorkspaceEdit): boolean {
  const versions = new Map(
    vscode.workspace.textDocuments.map(({ uri, version }) => [uri.toString(), version]),
  );
  return (edit.documentChanges ?? []).filter(TextDocumentEdit.is).every(({ textDocument }) => {
    const open = versions.get(client.protocol2CodeConverter.asUri(textDocument.uri).toString());
    return open === undefined || (textDocument.version ?? open) === open;
  });
}
