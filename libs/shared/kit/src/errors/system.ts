/** The code of an error of the system, such as `EACCES`; of anything else what it says. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
