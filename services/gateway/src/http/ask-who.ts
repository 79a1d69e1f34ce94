import { CODE_APPROVER } from '@aegis/contracts/approval-words';
import { approvalsWho, WhoReply } from '@aegis/contracts/approvals';
import { principalOf } from '@aegis/contracts/identities';
import { AppError } from '@aegis/kit/errors';
import type { FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../config.ts';
import type { AskWho, CallersDeps } from './callers.ts';
import { credentialOf } from './credential.ts';
import type { AskFor } from './request-context.ts';
import { type Caller, NOBODY } from './rights.ts';

/** The principal of an approver who reads: what they are called, by whichever credential. */
const callerOf = ({ name, roles }: WhoReply): Caller => ({
  principal: principalOf(name),
  is: ['everybody', 'approver'],
  named: [name, ...roles],
});

/** What the console's page sends of its session. */
const OF_A_SESSION = ['cookie', 'x-page-token'];

/** @throws AppError `unauthorized`, `approvals_unavailable` */
async function bySession(config: GatewayConfig, { headers, ip }: FastifyRequest): Promise<Caller> {
  const sent = OF_A_SESSION.map((name) => [name, String(headers[name])]);
  const forwarded = { 'x-forwarded-for': ip, 'x-forwarded-host': headers.host ?? '' };
  const reply = await fetch(new URL('/ui/api/session', config.APPROVALS_URL), {
    headers: { ...Object.fromEntries(sent), ...forwarded },
    redirect: 'error',
    signal: AbortSignal.timeout(config.REQUEST_TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new AppError('approvals_unavailable', 'The approvals service does not answer.', { cause });
  });
  const session = WhoReply.strip().safeParse(await reply.json().catch(() => undefined));
  if (reply.ok && session.success) return callerOf(session.data);
  throw new AppError('unauthorized', 'The session is over: sign in again.');
}

/** Asks the approvals service who somebody is: by `Authorization`, else by the session of a page. */
export const createAskWho =
  (ask: AskFor, config: GatewayConfig): AskWho =>
  async (request) => {
    if (request.headers.authorization === undefined) return bySession(config, request);
    return callerOf(await ask(approvalsWho, { credential: credentialOf(request) }, request));
  };

/**
 * A code in the body opens a route to somebody without a name, where a key is asked for, only where it is right: a wrong one
 * is anybody's guess, and ends no question of an agent.
 *
 * @throws AppError `unauthorized`, `too_many_attempts`, `identities_unavailable`
 */
export async function requireNameOrCode(
  ask: AskFor,
  { identities, askWho }: CallersDeps,
  request: FastifyRequest,
  code: string,
): Promise<void> {
  if (request.caller !== NOBODY || !(await identities.isAsked())) return;
  if (request.headers.authorization !== undefined) return void (await askWho(request));
  const credential = { secret: code, source: request.ip };
  const { name } = await ask(approvalsWho, { credential }, request);
  if (name !== CODE_APPROVER)
    throw new AppError('unauthorized', 'This is a key: send it as "Authorization: Bearer " and your key.');
}
