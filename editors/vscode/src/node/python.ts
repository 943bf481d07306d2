import * as vscode from "vscode";

/** What of the Python extension's interface is used here. */
interface PythonExtension {
  readonly environments: {
    readonly getActiveEnvironmentPath: (resource?: vscode.Uri) => unknown;
    readonly resolveEnvironment: (
      environment: unknown,
    ) => Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

async function pythonExtension(): Promise<PythonExtension | undefined> {
  const extension = vscode.extensions.getExtension<PythonExtension>("ms-python.python");
  return extension?.activate();
}

/** The interpreter that the Python extension has selected for the first folder, if it is there. */
export async function selectedInterpreter(
  output: vscode.LogOutputChannel,
): Promise<string | undefined> {
  try {
    const environments = (await pythonExtension())?.environments;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const active = environments?.getActiveEnvironmentPath(folder);
    const resolved = await environments?.resolveEnvironment(active);
    return resolved?.executable.uri?.fsPath;
  } catch (error) {
    // The Python extension has troubles of its own; tapfix can be found without it.
    output.warn(`the Python extension does not say its interpreter: ${String(error)}`);
    return undefined;
  }
}

/** Call back whenever another interpreter is selected. */
export function onOtherInterpreter(
  context: vscode.ExtensionContext,
  callback: () => void,
  output: vscode.LogOutputChannel,
): void {
  pythonExtension().then(
    (python) => {
      if (python) {
        const { onDidChangeActiveEnvironmentPath } = python.environments;
        context.subscriptions.push(onDidChangeActiveEnvironmentPath(callback));
      }
    },
    (error: unknown) => output.warn(`the Python extension does not start: ${String(error)}`),
  );
}
