import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Delivery } from '@aegis/contracts/webhooks';
import { connectV1 } from '@aegis/testkit/mcp-clients';
import { saveWebhook } from '../console/webhooks.ts';
import type { World } from '../console/world.ts';
import { wrappedBy } from '../firewall/wrapped.ts';
import { type AuditEntry, allAudit, get, post } from '../rest.ts';
import { type Waiting, waitingFor } from './line.ts';

const DRIFTING_SERVER = fileURLToPath(new URL('../firewall/drifting-server.ts', import.meta.url));
const AN_HOUR = 60;
/**
 * Where nobody listens: the port `discard`. Whoever starts on what is saved names a receiver of its own in the webhooks
 * file.
 */
export const AWAY = 'http://127.0.0.1:9/hook';
/** What lets a webhook be told on this machine. */
export const TELLS_LOOPBACK = { WEBHOOK_ALLOW_HOSTS: '127.0.0.1' };
const SLACK = 'https://hooks.slack.com/services/T000/B000/XXXX';

export const RULES = [
  { match: 'files.read', decision: 'allow' },
  { match: 'files.delete', decision: 'deny' },
  { match: 'bank.*', decision: 'allow' },
  { match: '*', decision: 'review' },
];
const refund = (order: string) => ({
  tool: 'refunds.create',
  op: 'refund',
  amount_cents: 4_200,
  args: { order, note: 'Grüße' },
  meta: { dry_run_id: order },
});
const notify = (to: string) => ({ tool: 'mail.send', args: { to }, meta: { dry_run_id: `mail-${to}` } });

/** What a stack left in its data directory, for whoever starts on it. */
export type Left = {
  /** When it was left, in ISO 8601: what waited then waits for an hour. */
  savedAt: string;
  /** A call that waits for a person, and its approval. */
  pending: { call: ReturnType<typeof refund>; approval_id: string };
  /** A call that a grant lets through. */
  granted: ReturnType<typeof notify>;
  /** The digest of a changed definition that waits for an approver: tool `pay` of server `bank`. */
  waitingDefinition: string;
  /** Each person's own key. */
  keys: World['keys'];
  /**
   * Of a version that could tell people elsewhere: a notice in line for a receiver that is away, and the attempts so far.
   */
  told?: { waiting: Waiting; secret: string; deliveries: Delivery[] };
  /** Every line of the audit, the oldest first. */
  audit: AuditEntry[];
};

/** Pays once through the firewall in front of a server whose tool says `description` of itself. */
export async function pay(
  { stack, folder }: Pick<World, 'stack' | 'folder'>,
  description: string,
  env: Record<string, string> = {},
): Promise<string | undefined> {
  const file = join(folder, 'description.txt');
  await writeFile(file, description);
  const server = { name: 'bank', command: process.execPath, args: [DRIFTING_SERVER, file] };
  const target = wrappedBy(stack, { ...server, options: ['--hold', '100ms'] });
  const client = await connectV1({ ...target, env: { ...target.env, ...env } }, 'stdio');
  try {
    return (await client.call('pay', { to: 'Ada' })).content[0]?.text;
  } finally {
    await client.close();
  }
}

export const quarantined = async ({ stack }: World): Promise<{ digest: string }[]> =>
  (await get<{ tools: { digest: string }[] }>(stack.url, '/tools')).body.tools;

/** The attempts at a webhook, newest first. */
export const deliveriesOf = async (url: string, id: string, key: string): Promise<Delivery[]> => {
  const reply = await fetch(`${url}/webhooks/${id}/deliveries`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return ((await reply.json()) as { deliveries: Delivery[] }).deliveries;
};

/** Leaves a notice of what is asked in line for a receiver that is away, and a webhook for which nothing waits. */
async function tell(world: World, call: ReturnType<typeof refund>) {
  await saveWebhook(world, 'chat', SLACK, { type: 'slack', events: ['approval.denied'] });
  const secret = await saveWebhook(world, 'on-call', AWAY);
  const { natsUrl, keysDir } = world.stack;
  const approval_id = await world.ask(call);
  const tried = () => deliveriesOf(world.stack.url, 'on-call', world.keys.dee);
  let deliveries = await tried();
  for (; deliveries.length === 0; deliveries = await tried()) await sleep(50);
  return {
    approval_id,
    told: { waiting: await waitingFor({ url: natsUrl, keysDir }, 'on-call'), secret, deliveries },
  };
}

/** Leaves one of each in a data directory: decisions, approvals in each state, a grant, a changed tool, webhooks. */
export async function fill(world: World): Promise<Left> {
  const { stack, keys } = world;
  await world.enforce({ tool: 'files.read', args: { path: '/a' } });
  await world.enforce({ tool: 'files.delete', args: { path: '/a' } });
  const used = await world.ask(refund('used'));
  await world.say('ada', used, 'approve');
  await world.enforce(refund('used'));
  await world.say('bob', await world.ask(refund('denied')), 'deny', 'not this one');
  const asked = await world.ask(notify('ada@example.com'));
  const authorization = { authorization: `Bearer ${keys.ada}` };
  await post(stack.url, '/grants', { approval_id: asked, for_minutes: AN_HOUR }, authorization);
  await world.enforce(notify('ada@example.com'));
  await pay(world, 'Pays somebody.');
  await pay(world, 'Pays somebody, and tells the world.');
  const { approval_id, told } = await tell(world, refund('waits'));
  const [waiting] = await quarantined(world);
  return {
    savedAt: new Date().toISOString(),
    pending: { call: refund('waits'), approval_id },
    granted: notify('ada@example.com'),
    waitingDefinition: waiting?.digest ?? '',
    keys,
    told,
    audit: await allAudit(stack.url),
  };
}
