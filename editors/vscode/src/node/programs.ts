// Running other programs. None of them runs in the workspace: Python puts the folder that it is
// started in on its module path, and a workspace may have a folder named like a library.
import { execFile } from "node:child_process";

/** A program and its arguments. */
export type Command = readonly [program: string, ...rest: string[]];

/** How a program ended; `code` is null if it could not be started or was stopped. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run a command to its end; without `input`, its input is empty. */
export type RunProgram = (command: Command, seconds: number, input?: string) => Promise<Ended>;

/** Runs programs in a folder, which must exist. */
export function programsIn(folder: string): RunProgram {
  return ([program, ...rest], seconds, input) =>
    new Promise((resolve) => {
      const options = { cwd: folder, timeout: seconds * 1000, windowsHide: true } as const;
      const child = execFile(program, rest, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : null;
        resolve({ code, stdout, stderr: stderr || (code === null ? String(error?.message) : "") });
      });
      // A program that ends before it has read anything breaks the pipe, which is no fault here.
      child.stdin?.on("error", () => undefined).end(input);
    });
}
