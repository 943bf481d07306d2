import * as vscode from "vscode";
import { State } from "vscode-languageclient";
import type { BaseLanguageClient, LanguageClientOptions } from "vscode-languageclient";
import { askForEditsOf } from "./confirm";
import { type Launch, NoServer } from "./launch";

/** How the server is. A `reason` is one or more whole sentences for people. */
export type Health =
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly server: string }
  /** There is none to start. */
  | { readonly kind: "missing"; readonly reason: string }
  /** It ended, or never began to talk; the client has told people that. */
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "stopped" };

/** The one server that serves all folders of a window. */
export interface Session {
  readonly health: () => Health;
  readonly onDidChangeHealth: vscode.Event<Health>;
  /** The client of a running server, or nothing. */
  readonly client: () => BaseLanguageClient | undefined;
  /** End the server, if there is one, and start one anew. Never rejects: see `health`. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A session whose server is not started yet. */
export function createSession(
  launch: Launch,
  options: () => LanguageClientOptions,
  output: vscode.LogOutputChannel,
): Session {
  const changed = new vscode.EventEmitter<Health>();
  let health: Health = { kind: "stopped" };
  let client: BaseLanguageClient | undefined;
  let queue = Promise.resolve();

  const become = (next: Health): void => {
    health = next;
    changed.fire(next);
  };

  const end = async (): Promise<void> => {
    const old = client;
    client = undefined;
    // A client that is still starting, or whose server crashed, refuses to stop: it is done.
    await old?.dispose(STOP_MILLISECONDS).catch((error: unknown) => output.debug(String(error)));
  };

  const begin = async (): Promise<void> => {
    become({ kind: "starting" });
    try {
      const launched = await launch(options(), output);
      const own = launched.client;
      client = own;
      askForEditsOf(own);
      own.onDidChangeState(({ newState }) => {
        if (client === own) {
          become(healthOf(newState, launched.server));
        }
      });
      await own.start();
      output.info(`serving with ${launched.server}`);
    } catch (error) {
      await end();
      const reason = error instanceof Error ? error.message : String(error);
      output.error(reason);
      become(
        error instanceof NoServer
          ? { kind: "missing", reason }
          : { kind: "failed", reason: `The server did not start: ${reason}` },
      );
    }
  };

  // One after the other: settings may change several times while a server is starting.
  const inTurn = (step: () => Promise<void>): Promise<void> => (queue = queue.then(step));

  return {
    health: () => health,
    onDidChangeHealth: changed.event,
    client: () => (health.kind === "running" ? client : undefined),
    restart: () =>
      inTurn(async () => {
        await end();
        await begin();
      }),
    stop: () =>
      inTurn(async () => {
        await end();
        become({ kind: "stopped" });
      }),
  };
}

const STOP_MILLISECONDS = 2000;

function healthOf(state: State, server: string): Health {
  switch (state) {
    case State.Running:
      return { kind: "running", server };
    case State.Starting:
      return { kind: "starting" };
    case State.Stopped:
      return { kind: "failed", reason: "The server ended. The output says why." };
  }
}
