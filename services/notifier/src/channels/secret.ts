import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** A new secret as Standard Webhooks writes them. */
export const makeSecret = (): string => `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;

/**
 * The header `webhook-signature`: one signature a secret, so that a receiver that knows either of them can verify.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const signaturesOf = (secrets: readonly string[], messageId: string, at: Date, body: string): string =>
  secrets
    .map((secret) => {
      // The library's own reading takes no secret without its padding.
      const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
      return new Webhook(key, { format: 'raw' }).sign(messageId, at, body);
    })
    .join(' ');
