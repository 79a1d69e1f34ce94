import { AppError, type Limit, toAppError } from './app-error.ts';
import { CATALOGUE, isErrorCode } from './catalogue.ts';

/** RFC 9457 problem details, with the code as a member of its own. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  instance?: string | undefined;
};

/** An error as it crosses the bus. */
export type Fault = { code: string; detail: string; retry_after_s?: number; limit?: Limit };

/** The HTTP face: `application/problem+json`. `instance` names the request. */
export function toProblem(thrown: unknown, instance?: string): Problem {
  const error = toAppError(thrown);
  const { status, title } = CATALOGUE[error.code];
  const { code, message: detail } = error;
  return { type: `urn:aegis:error:${code}`, title, status, code, detail, instance };
}

/** The bus's face: what goes into an error reply. */
export function toFault(thrown: unknown): Fault {
  const error = toAppError(thrown);
  const { code, message: detail, retryAfterS, limit } = error;
  return {
    code,
    detail,
    ...(retryAfterS === undefined ? {} : { retry_after_s: retryAfterS }),
    ...(limit === undefined ? {} : { limit }),
  };
}

/** Back from the bus's face. An unknown code is an internal error: nothing is allowed because of it. */
export function fromFault(fault: Fault): AppError {
  return isErrorCode(fault.code)
    ? new AppError(fault.code, fault.detail, { retryAfterS: fault.retry_after_s, limit: fault.limit })
    : new AppError('internal', `unknown error code ${JSON.stringify(fault.code)} from the bus`);
}

/**
 * The MCP face: a tool result with `isError`, which a model can read and act on
 * (https://modelcontextprotocol.io/specification/2025-11-25/server/tools#error-handling).
 */
export function toToolError(thrown: unknown): { isError: true; content: [{ type: 'text'; text: string }] } {
  const error = toAppError(thrown);
  return {
    isError: true,
    content: [
      { type: 'text', text: `${error.code}: ${error.message.replace(/\.$/, '')}. Nothing was allowed.` },
    ],
  };
}
