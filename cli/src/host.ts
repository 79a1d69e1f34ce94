/** A stream that people or programs read. */
export type Out = {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
};

/** What a command sees of the process that it runs in; `process` is one. */
export type Host = {
  readonly stdin: NodeJS.ReadableStream & {
    readonly isTTY?: boolean | undefined;
    /** Each key as it is pressed, and nothing echoed: terminals only. */
    setRawMode?(raw: boolean): unknown;
  };
  readonly stdout: Out;
  readonly stderr: Out;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** 0 yes, 1 no, 2 wrong usage. */
  exitCode?: number | string | null | undefined;
};

/** 0 yes (allowed, valid, approved); 1 no (blocked, pending, invalid, denied, not reached, failed). */
export type ExitCode = 0 | 1;

/** Options that every command takes. */
export type GlobalOptions = { readonly json?: true; readonly url?: string };
