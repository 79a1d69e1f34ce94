import { grant } from '../../e2e/testkit/console/samples.ts';
import { saveWebhook } from '../../e2e/testkit/console/webhooks.ts';
import type { World } from '../../e2e/testkit/console/world.ts';
import { get } from '../../e2e/testkit/rest.ts';
import type { AgentName, Agents } from './agents.ts';
import { type Asked, AUTUMN, LIKE_IT, refund, SUMMER } from './calls.ts';

/** An agent asks for leave; gives the approval's id. */
type Ask = (name: AgentName, asked: Asked) => Promise<string>;

/** What is over: a transfer that ran, a mail that did not, and a grant with its uses. */
async function before(world: World, ask: Ask): Promise<void> {
  await world.say('ada', await ask('billing-agent', SUMMER), 'approve', 'As ordered');
  await ask('billing-agent', SUMMER);
  const letter = { tool: 'mail.send_to_all', meta: { dry_run_id: 'newsletter-4' } };
  await world.say('bob', await ask('support-agent', letter), 'deny', 'Not on a Friday evening');
  const accident = 'The lorry with these parcels had an accident';
  await grant(world, await ask('support-agent', refund(998, 7_900, accident)), 30, LIKE_IT);
  for (const order of [998, 999, 1000]) await ask('support-agent', refund(order, 7_900, accident));
}

/** What waits. Gives the approval that the pictures show from near. */
async function now(world: World, agents: Agents, ask: Ask): Promise<string> {
  await agents['files-agent'].call(`${world.stack.mcpUrl}/filesystem`, 'move_file', {
    source: '/home/you/notes/inbox/offer.pdf',
    destination: '/home/you/notes/archive/2026/offer.pdf',
  });
  const payroll = {
    tool: 'treasury.wire',
    amount_cents: 9_900_000,
    args: { to: 'Payroll', month: '2026-11' },
  };
  const two = await ask('billing-agent', { ...payroll, meta: { dry_run_id: 'payroll-11' } });
  await world.say('bob', two, 'approve', 'The sum is that of the payslips');
  await ask('support-agent', refund(1001, 12_500, 'Order 1001 arrived broken'));
  return ask('billing-agent', AUTUMN);
}

/** Lets agents ask, and people answer; `hook` is told of it. Gives the approval that the pictures show from near. */
export async function tell(world: World, agents: Agents, hook: string): Promise<string> {
  const { url, mcpUrl } = world.stack;
  const ask: Ask = async (name, asked) => {
    await agents[name].call(mcpUrl, 'firewall_enforce', asked);
    const { body } = await get<{ approval_id: string }>(url, `/approvals/${asked.meta.dry_run_id}`);
    return body.approval_id;
  };
  await before(world, ask);
  await saveWebhook(world, 'on-call', hook, {
    events: ['approval.requested', 'approval.expired'],
    description: 'The phone of whoever is on call',
  });
  return now(world, agents, ask);
}
