import * as vscode from "vscode";
import { NAME } from "./protocol";
import type { Health, Session } from "./session";

/** An item of the status bar that counts the findings; seen beside Python files alone. */
export function showStatus(session: Session): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(`${NAME}.status`, vscode.StatusBarAlignment.Left);
  item.name = NAME;
  const update = (): void => {
    if (vscode.window.activeTextEditor?.document.languageId !== "python") {
      item.hide();
      return;
    }
    const { text, tooltip, command, alarming } = describe(session.health(), countFindings());
    item.text = text;
    item.tooltip = tooltip;
    item.command = command;
    item.backgroundColor = alarming
      ? new vscode.ThemeColor("statusBarItem.errorBackground")
      : undefined;
    item.show();
  };
  update();
  return vscode.Disposable.from(
    item,
    session.onDidChangeHealth(update),
    vscode.languages.onDidChangeDiagnostics(update),
    vscode.window.onDidChangeActiveTextEditor(update),
  );
}

/** How many findings are shown, in how many files. */
interface Count {
  readonly findings: number;
  readonly files: number;
}

function countFindings(): Count {
  const perFile = vscode.languages
    .getDiagnostics()
    .map(([, diagnostics]) => diagnostics.filter(({ source }) => source === NAME).length)
    .filter((findings) => findings > 0);
  return { findings: perFile.reduce((sum, more) => sum + more, 0), files: perFile.length };
}

interface Description {
  readonly text: string;
  readonly tooltip: string;
  readonly command: string;
  readonly alarming: boolean;
}

function describe(health: Health, count: Count): Description {
  switch (health.kind) {
    case "running":
      return {
        text: count.findings ? `$(warning) ${NAME} ${count.findings}` : `$(check) ${NAME}`,
        tooltip: `${inWords(count)}\n${health.server}`,
        command: "workbench.actions.view.problems",
        alarming: false,
      };
    case "starting":
      return calm(`$(sync~spin) ${NAME}`, "The server is starting.");
    case "stopped":
      return calm(`$(circle-slash) ${NAME}`, "The server is stopped.");
    case "missing":
    case "failed":
      return { ...calm(`$(error) ${NAME}`, health.reason), alarming: true };
  }
}

function calm(text: string, tooltip: string): Description {
  return { text, tooltip, command: `${NAME}.showOutput`, alarming: false };
}

function inWords({ findings, files }: Count): string {
  if (findings === 0) {
    return "No findings";
  }
  const plural = (number: number, noun: string): string =>
    `${number} ${noun}${number === 1 ? "" : "s"}`;
  return `${plural(findings, "finding")} in ${plural(files, "file")}`;
}
