// Everything of the extension that is the same wherever its server runs.
import * as vscode from "vscode";
import { ExecuteCommandRequest } from "vscode-languageclient";
import type { LanguageClientOptions } from "vscode-languageclient";
import { askingMiddleware, registerAsking } from "./confirm";
import { createDiffView } from "./diff";
import type { Launch } from "./launch";
import { type AppDiff, NAME, SERVER_COMMANDS } from "./protocol";
import { createSession, type Session } from "./session";
import { showStatus } from "./status";

/** What the extension is made of, for the parts that only exist where its server runs. */
export interface Running {
  readonly session: Session;
  readonly output: vscode.LogOutputChannel;
}

/** Register commands and views, and start the server in the background. */
export function run(context: vscode.ExtensionContext, launch: Launch): Running {
  const output = vscode.window.createOutputChannel(NAME, { log: true });
  const session = createSession(launch, () => clientOptions(output), output);
  const view = createDiffView();
  let later: NodeJS.Timeout | undefined;
  const command = (name: string, handler: (uri?: unknown) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`${NAME}.${name}`, handler);
  context.subscriptions.push(
    output,
    view,
    showStatus(session),
    registerAsking(session.client),
    session.onDidChangeHealth((health) => {
      if (health.kind === "missing") {
        void tellMissing(health.reason, output);
      }
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (STARTING.some((key) => event.affectsConfiguration(`${NAME}.${key}`))) {
        // A little later: the client still tells the old server of the change.
        clearTimeout(later);
        later = setTimeout(() => void session.restart(), SETTLING_MILLISECONDS);
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void session.restart()),
    command("restart", () => session.restart()),
    command("showOutput", () => output.show()),
    command("fixThisApp", (uri) => ask(session, SERVER_COMMANDS.fixApp, uri)),
    command("showDiff", async (uri) => {
      const diff = await ask<AppDiff>(session, SERVER_COMMANDS.diff, uri);
      if (diff?.files.length) {
        await view.show(diff);
      } else if (diff) {
        void vscode.window.showInformationMessage("tapfix has nothing to change in this app.");
      }
    }),
  );
  void session.restart();
  return { session, output };
}

/** The settings that a server or its client cannot change while it runs. */
const STARTING = ["path", "interpreter", "run"];
const SETTLING_MILLISECONDS = 300;

function clientOptions(output: vscode.LogOutputChannel): LanguageClientOptions {
  const onChange = vscode.workspace.getConfiguration(NAME).get("run") !== "onSave";
  return {
    documentSelector: [
      { scheme: "file", language: "python" },
      // Some findings go by these too, and some fixes create them: unsaved, they count as well.
      { scheme: "file", pattern: "**/{*.sql,*.toml,*.txt,cdk.json,Pipfile}" },
    ],
    diagnosticCollectionName: NAME,
    outputChannel: output,
    synchronize: { configurationSection: NAME },
    middleware: askingMiddleware,
    diagnosticPullOptions: { onChange, onSave: true },
  };
}

/** Have the server do something with the app of a file: the given one, or the one being edited. */
async function ask<Answer>(
  session: Session,
  command: string,
  given: unknown,
): Promise<Answer | undefined> {
  const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  const client = session.client();
  if (!client) {
    void vscode.window.showWarningMessage("The tapfix server is not running.");
    return undefined;
  }
  if (uri?.scheme !== "file") {
    void vscode.window.showInformationMessage("Open a file of the app first.");
    return undefined;
  }
  const parameters = { command, arguments: [client.code2ProtocolConverter.asUri(uri)] };
  return (await client.sendRequest(ExecuteCommandRequest.type, parameters)) ?? undefined;
}

async function tellMissing(reason: string, output: vscode.LogOutputChannel): Promise<void> {
  const answers = {
    "Install…": () => vscode.commands.executeCommand(`${NAME}.install`),
    "Open settings": () =>
      vscode.commands.executeCommand("workbench.action.openSettings", `${NAME}.`),
    "Show output": () => output.show(),
  };
  const names = Object.keys(answers) as (keyof typeof answers)[];
  const answer = await vscode.window.showErrorMessage(`tapfix: ${reason}`, ...names);
  if (answer) {
    await answers[answer]();
  }
}
