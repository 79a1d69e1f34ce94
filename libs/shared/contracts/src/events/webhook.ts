import { WEBHOOK_LOG } from '../subjects.ts';
import { WebhookChanged, type WebhookTarget } from '../webhooks.ts';
import { because, event } from './event.ts';

/** Where it goes to, without what is a secret in some addresses: the path and the query. */
function whereTo(target: WebhookTarget): string {
  if ('url' in target) return `${target.type} at ${new URL(target.url).host}`;
  return target.to.length === 1 ? 'e-mail to 1 address' : `e-mail to ${target.to.length} addresses`;
}

function noteOf({ webhook_id, change, target, by, because: why }: WebhookChanged): string {
  const told =
    change === 'saved' && target ? `; ${whereTo(target)} is told of ${target.events.join(', ')}` : '';
  return because(`${webhook_id} ${change} by ${by}${told}`, why);
}

export const WEBHOOK_DEFINITIONS = {
  'aegis.webhook.changed.v1': event({
    schema: WebhookChanged,
    channel: { id: 'webhooks', title: 'Webhooks', subject: WEBHOOK_LOG },
    sentence: 'A webhook was saved or removed, or is told nothing any more. Its secret is in no event.',
    audit: (data) => ({
      ok: data.change === 'disabled' ? false : null,
      note: noteOf(data),
      principal: data.by,
    }),
  }),
};
