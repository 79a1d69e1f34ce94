import { CATALOGUE, type ErrorCode } from './catalogue.ts';

/** What there is a limit of, by the name that callers know, how much of it there is, and in how many seconds again. */
export type Limit = {
  readonly name: string;
  readonly quota: number;
  readonly unit?: 'concurrent-requests' | undefined;
  readonly window_s?: number | undefined;
};

type Options = { cause?: unknown; retryAfterS?: number | undefined; limit?: Limit | undefined };

/** An error that may be shown outside: its detail is written for the caller. A denial is a value, never one of these. */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** In how many seconds the same may go through, where that is known. */
  readonly retryAfterS: number | undefined;

  /** Which limit it is that was reached, where it is one. */
  readonly limit: Limit | undefined;

  constructor(code: ErrorCode, detail: string, options?: Options) {
    super(detail, options);
    this.name = 'AppError';
    this.code = code;
    this.retryAfterS = options?.retryAfterS;
    this.limit = options?.limit;
  }

  /** The HTTP status of this code. */
  get status(): number {
    return CATALOGUE[this.code].status;
  }
}

/** Anything thrown, as an AppError. What is not one already shows no detail outside. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError('internal', 'An unexpected error; the log has the details under this request id.', {
    cause: thrown,
  });
}
