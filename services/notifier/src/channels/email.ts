import { TARGETS } from '@aegis/contracts/webhooks';
import { createTransport } from 'nodemailer';
import { type AttemptResult, DeliveryError } from '../domain/attempt-result.ts';
import type { Payload } from '../domain/payload.ts';
import { detailsOf, HEADLINES } from '../domain/wording.ts';
import { type Channel, KEPT } from './channel.ts';

const NO_MAIL = 'SMTP_URL and SMTP_FROM are not set, so there is no e-mail';

function textOf(payload: Payload): string {
  const details = detailsOf(payload).map(([name, value]) => `${name}: ${value}`);
  return [`${HEADLINES[payload.type]}.`, '', ...details, '', `In the console: ${payload.data.url}`, ''].join(
    '\n',
  );
}

const subjectOf = (payload: Payload): string =>
  payload.type === 'webhook.test'
    ? HEADLINES[payload.type]
    : `${HEADLINES[payload.type]}: ${payload.data.tool}`;

type SmtpFailure = Error & { permanent?: boolean; code?: string };

/** What the server refused for good is not sent again; that it does not know us may be mended meanwhile. */
function toFailure(thrown: unknown): AttemptResult {
  const { permanent, code, message } = thrown as SmtpFailure;
  const error = `the mail server did not take it: ${message}`.slice(0, 1_000);
  return permanent === true && code !== 'EAUTH' ? { ok: false, error, permanent } : { ok: false, error };
}

const Entry = TARGETS.email.extend(KEPT);

/** One plain text to all recipients. */
export const email: Channel<'email', typeof Entry> = {
  entry: Entry,
  shown: (target) => target,
  lacks: ({ mailServer }) => (mailServer ? undefined : NO_MAIL),
  async send({ to }, { messageId, payload }, { mailServer }, signal) {
    if (!mailServer) throw new DeliveryError(NO_MAIL);
    const transport = createTransport(mailServer.url);
    try {
      const { rejected } = await transport.sendMail({
        from: mailServer.from,
        to: to.map((address) => ({ name: '', address })),
        subject: subjectOf(payload),
        text: textOf(payload),
        messageId: `<${messageId}@aegismcp>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
        signal,
      });
      if (rejected.length === 0) return { ok: true };
      return {
        ok: true,
        error: `the mail server refused some recipients: ${rejected.join(', ')}`.slice(0, 1_000),
      };
    } catch (thrown) {
      signal.throwIfAborted();
      return toFailure(thrown);
    } finally {
      transport.close();
    }
  },
};
