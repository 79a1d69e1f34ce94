import { AppError, parseRequest } from '@aegis/kit/errors';
import { parseJson } from '@aegis/kit/json';
import { serveWorker } from '@aegis/kit/worker';
import {
  decideEdited,
  type PolicyCall,
  type PrefixDigests,
  prefixDigests,
  type ReadyPolicy,
  readyPolicy,
  validatePolicy,
} from '@aegis/policy-engine';
import { z } from 'zod';
import { becauseOfEdit } from '../domain/because-of-edit.ts';

/** A call that somebody was asked about: what the policy saw of it, and the rule that asked. */
export type AskedCall = { readonly call: PolicyCall; readonly ruleIndex: number | undefined };

/** A question about a policy, as the bus carries it: what else is in it was read by whoever sent it. */
const Question = z.object({ data: z.object({ policy: z.unknown() }) });

/** Both are JSON texts: `after` is a question about a policy, `before` the policy that these calls were asked under. */
export type EditTask = {
  readonly after: string;
  readonly before?: string;
  readonly calls?: readonly AskedCall[];
};

/** By its place, why a call is not asked any more as it was; undefined where it is. */
export type EditAnswer = {
  readonly prefixes: PrefixDigests;
  readonly because: readonly (string | undefined)[];
};

/** The policies of the last tasks: one edit is many tasks. */
const MOST_READY = 4;
const ready = new Map<string, ReadyPolicy | undefined>();

function toReady(document: unknown): ReadyPolicy | undefined {
  const valid = validatePolicy(document);
  return valid.ok ? readyPolicy(valid.policy) : undefined;
}

function readyFrom(text: string, documentOf: (parsed: unknown) => unknown): ReadyPolicy | undefined {
  if (!ready.has(text)) ready.set(text, toReady(documentOf(parseJson(text))));
  const [oldest] = ready.keys();
  if (ready.size > MOST_READY && oldest !== undefined) ready.delete(oldest);
  return ready.get(text);
}

function look({ after, before, calls = [] }: EditTask): EditAnswer {
  const edited = readyFrom(after, (parsed) => parseRequest(Question, parsed).data.policy);
  if (edited === undefined) throw new AppError('invalid_request', 'policy: is not one');
  // What an earlier version took for a policy may be none by now.
  const then = before === undefined ? undefined : readyFrom(before, (parsed) => parsed);
  const because = calls.map(({ call, ruleIndex }) =>
    becauseOfEdit(then === undefined ? { asks: 'unknown' } : decideEdited(then, edited, call, ruleIndex)),
  );
  return { prefixes: prefixDigests(edited.document), because };
}

serveWorker(look);
