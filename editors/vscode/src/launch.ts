import type * as vscode from "vscode";
import type { BaseLanguageClient, LanguageClientOptions } from "vscode-languageclient";

/** A client that is not started yet, and what people are told of the server behind it. */
export interface Launched {
  readonly client: BaseLanguageClient;
  readonly server: string;
}

/**
 * Makes a client for a server that it has found.
 *
 * Rejects with a `NoServer` if there is none.
 */
export type Launch = (
  options: LanguageClientOptions,
  output: vscode.LogOutputChannel,
) => Promise<Launched>;

/** No server can be started; the message says why, in words for people. */
export class NoServer extends Error {}
