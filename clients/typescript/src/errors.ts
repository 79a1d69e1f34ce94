/** Why a guarded function gave no result. `ran` says whether it was called at all. */
export class AegisError extends Error {
  readonly ran: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The policy or a person said no. */
export class Denied extends AegisError {}
/** Nobody decided in time, or the approval was not used in time. */
export class Expired extends AegisError {}
/** The question was taken back, or the rules or the tool changed after it was asked. */
export class Cancelled extends AegisError {}
/** The firewall takes no such question: a wrong field or key, arguments that are no JSON, a run key that is in use. */
export class Refused extends AegisError {}
/** No answer that can be believed. The function was not called; an approval may be used up. */
export class Unreachable extends AegisError {}
/** The function was called, and nobody knows whether its effect took place. Throw it where yours can't know. */
export class OutcomeUnknown extends AegisError {
  override readonly ran = true;
}

/** Others, such as `ECONNREFUSED`, say that it never got there. */
const MAY_BE_SENT = /^(ECONNRESET|EPIPE|ETIMEDOUT|UND_ERR_(SOCKET|HEADERS_TIMEOUT|BODY_TIMEOUT))$/;

/** Whether an answer was lost on the way, so that what was asked for may have happened: a time-out, a cut connection. */
export function isLostAnswer(thrown: unknown): boolean {
  if (thrown instanceof OutcomeUnknown) return true;
  if (!(thrown instanceof Error)) return false;
  if (thrown.name === 'TimeoutError' || thrown.name === 'AbortError') return true;
  const code = 'code' in thrown ? String(thrown.code) : '';
  return MAY_BE_SENT.test(code) || (thrown.cause !== undefined && isLostAnswer(thrown.cause));
}
