/** RFC 9457 problem details; `status` only where the problem came by HTTP. */
export type CliProblem = {
  readonly type: string;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
};

/** Why a command could not do its work: for people `detail`, one sentence that also says how to mend it. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly problem: CliProblem;
  readonly exitCode: 1 | 2;

  constructor(problem: CliProblem, exitCode: 1 | 2, options?: { cause?: unknown }) {
    super(problem.detail, options);
    this.problem = problem;
    this.exitCode = exitCode;
  }
}

const problem = (code: string, title: string, detail: string): CliProblem => ({
  type: `urn:aegis:error:${code}`,
  title,
  code,
  detail,
});

/** Something failed: exit 1. `code` is stable. */
export const failure = (code: string, title: string, detail: string, cause?: unknown): CliError =>
  new CliError(problem(code, title, detail), 1, { cause });

/** The command was called wrongly: exit 2. */
export const wrongUsage = (detail: string): CliError =>
  new CliError(problem('wrong_usage', 'Wrong usage', detail), 2);
