// What this extension and `tapfix server` say to each other beyond the language server protocol.

/** The name of the client, of the settings' section, and of the source of every diagnostic. */
export const NAME = "tapfix";

/** Commands of the server; each takes the URI of any file of an app. */
export const SERVER_COMMANDS = {
  diff: "tapfix.diff",
  fixApp: "tapfix.fixApp",
} as const;

/** A file that the fixes of an app would change. */
export interface ChangedFile {
  readonly uri: string;
  /** The text as it is in the editor or on the disk; null if the fixes create the file. */
  readonly before: string | null;
  /** The text with all fixes; null if they delete the file. */
  readonly after: string | null;
}

/** What `tapfix.diff` answers. */
export interface AppDiff {
  /** The path of the app's folder. */
  readonly root: string;
  readonly files: readonly ChangedFile[];
}
