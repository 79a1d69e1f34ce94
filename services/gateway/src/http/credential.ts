import { isUtf8 } from 'node:buffer';
import type { Credential } from '@aegis/contracts/approvals';
import { CLIENT_KEY_PREFIX } from '@aegis/contracts/keys-file';
import { AppError } from '@aegis/kit/errors';
import type { FastifyRequest } from 'fastify';

/** Looser than RFC 6750: a code may have any characters. */
const BEARER = /^Bearer +(\S.*)$/i;
const MAX_LENGTH = 1024;

/** A key of the file of MCP clients; an approver's is longer. */
const AGENTS_KEY = new RegExp(`^${CLIENT_KEY_PREFIX}_[\\w-]{43}$`);

/** Whether a request comes from an agent, or with the look of the key of an MCP client, whoever has it. */
export const isByAgent = ({ headers, caller }: Pick<FastifyRequest, 'headers' | 'caller'>): boolean =>
  caller.is.includes('agent') ||
  AGENTS_KEY.test(BEARER.exec(headers.authorization?.trimEnd() ?? '')?.[1] ?? '');

/** A header's bytes reach us as Latin letters; a code with others was sent in UTF-8. */
function decode(secret: string): string {
  const bytes = Buffer.from(secret, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : secret;
}

/**
 * Who decides, from `Authorization: Bearer <an approver's key, or the code>`, and where the request came from.
 *
 * @throws AppError `unauthorized` where there is none: a wrong one is for the approvals service to judge
 */
export function credentialOf({ headers, ip }: Pick<FastifyRequest, 'headers' | 'ip'>): Credential {
  const [, given] = BEARER.exec(headers.authorization?.trimEnd() ?? '') ?? [];
  const secret = given === undefined ? '' : decode(given);
  if (secret !== '' && secret.length <= MAX_LENGTH) return { secret, source: ip };
  const detail = `Send "Authorization: Bearer " and an approver's key or the approval code, of ${MAX_LENGTH} characters at most.`;
  throw new AppError('unauthorized', detail);
}
