// Where a server may be, best first. Nothing is started here, and nothing of VS Code is needed.
import { delimiter, isAbsolute, join, resolve, sep } from "node:path";

/** A program that may be able to serve. */
export interface Place {
  readonly kind: "program" | "interpreter";
  readonly path: string;
  /** Why it is looked for there; ends a sentence like "tapfix of …". */
  readonly because: string;
}

/** What the search goes by. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly exists: (path: string) => boolean;
  /** Folders of the workspace on the disk. */
  readonly folders: readonly string[];
  /** Whether programs of the workspace may be started. */
  readonly trusted: boolean;
  /** The settings; empty means not set. */
  readonly path: string;
  readonly interpreter: string;
  /** The interpreter that the Python extension has selected. */
  readonly selected: string | undefined;
  /** The folder of the environment that this extension makes. */
  readonly own: string;
}

/**
 * The places to try, in this order. A setting is the only place: who names a program wants that
 * one, and to hear about it if it does not work.
 */
export function places(around: Surroundings): Place[] {
  const named = ofSettings(around);
  const found =
    named ??
    [...ofWorkspace(around), ...ofMachine(around)].filter(({ path }) => around.exists(path));
  const allowed = found.filter(({ path }) => around.trusted || !inWorkspace(path, around));
  return allowed.filter(
    ({ path }, index) => allowed.findIndex((other) => other.path === path) === index,
  );
}

function ofSettings(around: Surroundings): Place[] | undefined {
  if (around.path) {
    const path = expand(around.path, around);
    return [{ kind: "program", path, because: "the setting tapfix.path" }];
  }
  if (around.interpreter) {
    return [interpreter(expand(around.interpreter, around), "the setting tapfix.interpreter")];
  }
  return undefined;
}

function ofWorkspace(around: Surroundings): Place[] {
  const { selected, folders, platform } = around;
  return [
    ...(selected ? [interpreter(selected, "the selected interpreter")] : []),
    ...folders
      .flatMap((folder) => [".venv", "venv"].map((name) => join(folder, name)))
      .map((folder) => interpreter(interpreterOf(folder, platform), "the workspace's environment")),
  ];
}

function ofMachine(around: Surroundings): Place[] {
  const { environment, own, platform } = around;
  const active = environment["VIRTUAL_ENV"];
  return [
    ...(active ? [interpreter(interpreterOf(active, platform), "the active environment")] : []),
    ...programsOnPath("tapfix", around).map((path): Place => ({
      kind: "program",
      path,
      because: "PATH",
    })),
    interpreter(interpreterOf(own, platform), "the extension's own environment"),
  ];
}

function interpreter(path: string, because: string): Place {
  return { kind: "interpreter", path, because };
}

function inWorkspace(path: string, { folders, platform }: Surroundings): boolean {
  const folded = (text: string): string => (platform === "win32" ? text.toLowerCase() : text);
  return folders.some((folder) => folded(path).startsWith(folded(join(folder, sep))));
}

/** The interpreter of a virtual environment. */
export function interpreterOf(folder: string, platform: NodeJS.Platform): string {
  return platform === "win32"
    ? join(folder, "Scripts", "python.exe")
    : join(folder, "bin", "python");
}

/** Programs of that name in the folders of `PATH`, as whole paths. */
export function programsOnPath(
  name: string,
  around: Pick<Surroundings, "environment" | "exists" | "platform">,
): string[] {
  const file = around.platform === "win32" ? `${name}.exe` : name;
  return (around.environment["PATH"] ?? around.environment["Path"] ?? "")
    .split(delimiter)
    .filter((folder) => isAbsolute(folder)) // a relative one would lead into the workspace
    .map((folder) => join(folder, file))
    .filter((path) => around.exists(path));
}

function expand(path: string, { home, folders }: Surroundings): string {
  const folder = folders[0] ?? home;
  const expanded = path
    .replace(/^~(?=$|[/\\])/, () => home)
    .replaceAll("${workspaceFolder}", () => folder);
  return resolve(folder, expanded);
}
