// The extension as VS Code loads it: the server is a process on the same machine.
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/node";
import { type Launch, NoServer } from "../launch";
import { NAME } from "../protocol";
import { run, type Running } from "../run";
import { findServer } from "./find";
import { basePythons, installServer, requirement } from "./install";
import { places, type Surroundings } from "./places";
import { programsIn } from "./programs";
import { onOtherInterpreter, selectedInterpreter } from "./python";

let running: Running | undefined;

/** VS Code calls this when the first Python file is opened. */
export function activate(context: vscode.ExtensionContext): void {
  const started = run(context, launchIn(context));
  running = started;
  context.subscriptions.push(
    vscode.commands.registerCommand(`${NAME}.install`, () => install(context, started)),
  );
  onOtherInterpreter(context, () => void started.session.restart(), started.output);
}

/** VS Code waits for this when the window closes: no server must be left. */
export async function deactivate(): Promise<void> {
  await running?.session.stop();
}

/** The extension's own folder, which no workspace can write to; programs run in it. */
function storageOf(context: vscode.ExtensionContext): string {
  const folder = context.globalStorageUri.fsPath;
  mkdirSync(folder, { recursive: true });
  return folder;
}

function launchIn(context: vscode.ExtensionContext): Launch {
  return async (options, output) => {
    const cwd = storageOf(context);
    const candidates = places(await surroundings(context, output));
    output.debug(`looking at ${candidates.map(({ path }) => path).join(", ") || "no place"}`);
    const { command, server } = await findServer(candidates, programsIn(cwd)).catch(
      (error: unknown) => {
        throw error instanceof NoServer ? new NoServer(`${error.message}${untrusted()}`) : error;
      },
    );
    const [program, ...args] = command;
    const client = new LanguageClient(
      NAME,
      NAME,
      { command: program, args, options: { cwd } },
      options,
    );
    return { client, server };
  };
}

function untrusted(): string {
  return vscode.workspace.isTrusted
    ? ""
    : " Environments of this workspace are looked at once you trust it.";
}

async function surroundings(
  context: vscode.ExtensionContext,
  output: vscode.LogOutputChannel,
): Promise<Surroundings> {
  const settings = vscode.workspace.getConfiguration(NAME);
  return {
    platform: process.platform,
    environment: process.env,
    home: homedir(),
    exists: existsSync,
    folders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
    trusted: vscode.workspace.isTrusted,
    path: settings.get("path", "").trim(),
    interpreter: settings.get("interpreter", "").trim(),
    selected: await selectedInterpreter(output),
    own: join(storageOf(context), "environment"),
  };
}

/** Install the server for the extension alone, if the person agrees to what that does. */
async function install(
  context: vscode.ExtensionContext,
  { session, output }: Running,
): Promise<void> {
  const around = await surroundings(context, output);
  const python = basePythons(around)[0];
  if (python === undefined) {
    void vscode.window.showErrorMessage("tapfix: There is no Python on PATH to install it with.");
    return;
  }
  const version = String(context.extension.packageJSON.version);
  const detail =
    `${python} makes an environment in ${around.own}, and pip installs ${requirement(version)}` +
    " and what it needs into it from the package index that pip is set up for.";
  const yes = "Install";
  const question = "Install the tapfix server for this extension?";
  const answer = await vscode.window.showInformationMessage(question, { modal: true, detail }, yes);
  if (answer !== yes) {
    return;
  }
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress({ location, title: "Installing tapfix" }, async () => {
    try {
      // A running server may be the one that is replaced.
      await session.stop();
      const program = programsIn(storageOf(context));
      await installServer(python, around.own, version, around.platform, program);
    } catch (error) {
      output.error(String(error));
      void vscode.window.showErrorMessage("tapfix could not be installed. The output says why.");
    }
  });
  await session.restart();
}
