import { interpreterOf, programsOnPath, type Surroundings } from "./places";
import type { RunProgram } from "./programs";

const INSTALL_SECONDS = 600;

/** What to install: the server that this version of the extension was made with, or newer. */
export const requirement = (version: string): string => `tapfix[lsp]>=${version}`;

/** Interpreters that can make an environment, best first. */
export function basePythons(around: Surroundings): string[] {
  const onPath = ["python3", "python"].flatMap((name) => programsOnPath(name, around));
  return around.trusted && around.selected ? [around.selected, ...onPath] : onPath;
}

/**
 * Make the extension's own environment anew and install the server into it.
 *
 * Rejects with an `Error` that ends with what the program said.
 */
export async function installServer(
  python: string,
  folder: string,
  version: string,
  platform: NodeJS.Platform,
  run: RunProgram,
): Promise<void> {
  await must([python, "-m", "venv", "--clear", folder], run);
  const own = interpreterOf(folder, platform);
  await must(
    [own, "-m", "pip", "install", "--disable-pip-version-check", requirement(version)],
    run,
  );
}

async function must(command: readonly [string, ...string[]], run: RunProgram): Promise<void> {
  const { code, stdout, stderr } = await run(command, INSTALL_SECONDS);
  if (code !== 0) {
    throw new Error(`${command.join(" ")}\n${stdout}\n${stderr}`);
  }
}
