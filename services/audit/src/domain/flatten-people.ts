import type { Grant } from '@aegis/contracts/grants';
import type { WebhookChanged, WebhookTarget } from '@aegis/contracts/webhooks';
import type { Flat, Flatten } from './flat.ts';

/** Without the values that its pattern has for arguments: this file has no arguments. */
const granted = (action: string, ok: boolean | null, { pattern, principal }: Grant, note: string): Flat => ({
  action,
  ok,
  tool: pattern.tool,
  op: pattern.op,
  note,
  principal,
  server: pattern.server,
});

const upTo = ({ pattern: { max_amount_cents: most } }: Grant): string =>
  most === undefined ? '' : ` up to ${most} cents`;

const because = (reason: string | undefined): string => (reason ? `: ${reason}` : '');

/** Where it goes to, without what is a secret in some addresses: the path and the query. */
function whereTo(target: WebhookTarget): string {
  if (target.type !== 'email') return `${target.type} at ${new URL(target.url).host}`;
  return target.to.length === 1 ? 'e-mail to 1 address' : `e-mail to ${target.to.length} addresses`;
}

function webhookNote({ webhook_id, change, target, by, because: why }: WebhookChanged): string {
  const told =
    change === 'saved' && target ? `; ${whereTo(target)} is told of ${target.events.join(', ')}` : '';
  return `${webhook_id} ${change} by ${by}${told}${because(why)}`;
}

/** What people let run or have told for a while, and how many calls of an agent wait for them. */
export const FLATTEN_PEOPLE: Flatten<
  | 'aegis.agent.waiting.v1'
  | 'aegis.grant.given.v1'
  | 'aegis.grant.used.v1'
  | 'aegis.grant.revoked.v1'
  | 'aegis.webhook.changed.v1'
> = {
  'aegis.agent.waiting.v1': ({ principal, approval_ids: { length } }) => ({
    action: 'agent.waiting',
    note: length === 1 ? '1 call waits for a person' : `${length} calls wait for a person`,
    principal,
  }),
  'aegis.grant.given.v1': ({ grant }) => ({
    ...granted(
      'grant.given',
      true,
      grant,
      `grant ${grant.grant_id} given by ${grant.granted_by} until ${grant.expires_at}${upTo(grant)}${because(grant.reason)}`,
    ),
    approval_id: grant.approval_id,
  }),
  'aegis.grant.used.v1': ({ grant, approval_id }) => ({
    ...granted(
      'grant.used',
      true,
      grant,
      `grant ${grant.grant_id} of ${grant.granted_by} used ${grant.uses === 1 ? 'once' : `${grant.uses} times`} so far`,
    ),
    approval_id,
  }),
  'aegis.grant.revoked.v1': ({ grant }) => ({
    ...granted(
      'grant.revoked',
      null,
      grant,
      `grant ${grant.grant_id} revoked by ${grant.revoked_by ?? 'nobody'}`,
    ),
    approval_id: grant.approval_id,
  }),
  'aegis.webhook.changed.v1': (data) => ({
    action: 'webhook.changed',
    ok: data.change === 'disabled' ? false : null,
    note: webhookNote(data),
    principal: data.by,
  }),
};
