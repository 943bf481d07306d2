import { NoServer } from "../launch";
import type { Place } from "./places";
import type { Command, RunProgram } from "./programs";

/** A server that can be started. */
export interface Found {
  readonly command: Command;
  /** Which one it is, for people. */
  readonly server: string;
}

const PROBE_SECONDS = 20;

// Looks the packages up without importing them, which would take ten times as long.
const LOOK = `
import importlib.util, sys
names = ["tapfix", "pygls", "lsprotocol"]
sys.exit(",".join(name for name in names if importlib.util.find_spec(name) is None) or None)
`;

// A whole conversation with a server: one that has all it needs takes leave with exit code 0.
const GREETING = [
  '{"jsonrpc":"2.0","id":1,"method":"shutdown"}',
  '{"jsonrpc":"2.0","method":"exit"}',
]
  .map((message) => `Content-Length: ${message.length}\r\n\r\n${message}`)
  .join("");

/**
 * The first of the places that can serve.
 *
 * Rejects with a `NoServer` that says what each of them lacks.
 */
export async function findServer(places: readonly Place[], run: RunProgram): Promise<Found> {
  const faults: string[] = [];
  for (const place of places) {
    const fault = await faultOf(place, run);
    if (fault === undefined) {
      return { command: commandOf(place), server: `${place.path} (${place.because})` };
    }
    faults.push(`${place.path} (${place.because}) ${fault}.`);
  }
  const found = faults.length ? faults.join(" ") : "None was found.";
  throw new NoServer(
    `No tapfix with a language server: ${found} \`pip install "tapfix[lsp]"\` adds it.`,
  );
}

function commandOf({ kind, path }: Place): Command {
  return kind === "program" ? [path, "server"] : [path, "-m", "tapfix", "server"];
}

/** Why a place cannot serve, as the end of a sentence; undefined if it can. */
async function faultOf(place: Place, run: RunProgram): Promise<string | undefined> {
  const { code, stderr } =
    place.kind === "program"
      ? await run(commandOf(place), PROBE_SECONDS, GREETING)
      : await run([place.path, "-c", LOOK], PROBE_SECONDS);
  if (code === 0) {
    return undefined;
  }
  const lastLine = stderr.trim().split("\n").at(-1) ?? "";
  if (code === null) {
    return `cannot be run: ${lastLine}`;
  }
  return place.kind === "interpreter" && code === 1
    ? `lacks ${lastLine.replaceAll(",", ", ")}`
    : `ended with ${code}: ${lastLine}`;
}
