import { parseJson } from '@aegis/kit/json';
import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import { CliError, failure } from '../cli-error.ts';
import { becameOf, NoAnswer } from './no-answer.ts';

const TIMEOUT_MS = 10_000;

/** What the server says is the caller's own mistake. */
const WRONG_USAGE_CODES: readonly string[] = ['invalid_json', 'invalid_request'];

const Problem = z.looseObject({
  type: z.string().default('about:blank'),
  title: z.string().default('The gateway refused'),
  code: z.string(),
  detail: z.string(),
});

/** What a proxy says of what is behind it. */
const AWAY: readonly number[] = [502, 503, 504];

export type Question = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Relative to the gateway's address: no slash in front. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the answer may take; 10 s where nothing is said. */
  readonly timeoutMs?: number;
};

export type HttpAnswer = { readonly status: number; readonly body: unknown };

export const USER_AGENT = `aegis-cli/${packageJson.version}`;

/** The address of a question. */
export function addressOf(base: URL, { path, query = {} }: Pick<Question, 'path' | 'query'>): URL {
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** One HTTP exchange. The body is undefined where it is not JSON. @throws CliError `gateway_unreachable` */
export async function exchange(base: URL, question: Question): Promise<HttpAnswer> {
  const { timeoutMs = TIMEOUT_MS } = question;
  try {
    const response = await fetch(addressOf(base, question), {
      method: question.method,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        accept: 'application/json, application/problem+json',
        'user-agent': USER_AGENT,
        ...(question.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...question.headers,
      },
      ...(question.body === undefined ? {} : { body: JSON.stringify(question.body) }),
    });
    const text = await response.text();
    return { status: response.status, body: parseBody(text) };
  } catch (error) {
    throw new NoAnswer(error, base, question, timeoutMs);
  }
}

function parseBody(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/**
 * Asks the gateway and checks the shape of its answer; members that the schema does not name stay.
 * @throws CliError with the gateway's own problem, or `unexpected_answer` where what answers is no gateway
 */
export async function ask<S extends z.ZodType>(
  base: URL,
  question: Question,
  schema: S,
): Promise<z.output<S>> {
  const { status, body } = await exchange(base, question);
  if (status >= 200 && status < 300) {
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
  } else {
    const problem = Problem.safeParse(body);
    if (problem.success) {
      throw new CliError(problem.data, WRONG_USAGE_CODES.includes(problem.data.code) ? 2 : 1);
    }
  }
  const what = `What answered at ${base.href} (HTTP ${status}) is`;
  const why = AWAY.includes(status)
    ? `${what} something before the gateway, which does not answer it: it may be starting, stopping or busy, so try again.`
    : `${what} not an AegisMCP gateway of this version: name the right one by --url or AEGIS_URL.`;
  const detail = `${why}${becameOf(question, true)}`;
  throw failure('unexpected_answer', 'Not an answer of AegisMCP', detail);
}
