import { randomBytes } from 'node:crypto';
import { TARGETS, WebhookSecret } from '@aegis/contracts/webhooks';
import { Webhook } from 'standardwebhooks';
import { type Channel, KEPT } from './channel.ts';
import { postJson } from './http/post.ts';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** `previous_secret` signs too, while receivers change to the new one. */
const Entry = TARGETS.standard.extend({
  secret: WebhookSecret,
  previous_secret: WebhookSecret.optional(),
  ...KEPT,
});

/** A new secret as Standard Webhooks writes them. */
export const makeSecret = (): string => `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;

/** The header `webhook-signature`: one signature a secret, so that a receiver that knows either of them can verify. */
export const signaturesOf = (secrets: readonly string[], messageId: string, at: Date, body: string): string =>
  secrets
    .map((secret) => {
      // The library's own reading takes no secret without its padding.
      const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
      return new Webhook(key, { format: 'raw' }).sign(messageId, at, body);
    })
    .join(' ');

/** Signed, thin JSON: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const standard: Channel<'standard', typeof Entry> = {
  entry: Entry,
  shown: (target) => target,
  /** No query, in which some receivers want a token. */
  recorded(shown) {
    const { origin, pathname } = new URL(shown.url);
    return { ...shown, url: `${origin}${pathname}` };
  },
  /** A new secret moves the present one to `previous_secret`; the present one, given again, ends that. */
  keep(target, present, given) {
    if (given === undefined) {
      return {
        ...target,
        secret: present?.secret ?? makeSecret(),
        previous_secret: present?.previous_secret,
      };
    }
    const previous_secret = given === present?.secret ? undefined : present?.secret;
    return { ...target, secret: given, previous_secret };
  },
  send({ url, secret, previous_secret }, { messageId, payload }, means, signal) {
    const [at, body] = [means.now(), JSON.stringify(payload)];
    const secrets = [secret, previous_secret].filter((one) => one !== undefined);
    const headers = {
      'webhook-id': messageId,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': signaturesOf(secrets, messageId, at, body),
    };
    return postJson(means, url, { body, headers }, signal);
  },
};
