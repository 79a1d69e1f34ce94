import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectV1, type Target } from '@aegis/testkit/mcp-clients';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  approve,
  approveButton,
  focused,
  timeline,
  untilArmed,
  untilSaid,
} from './testkit/console/deciding.ts';
import { openPerson, type Person } from './testkit/console/person.ts';
import { startWorld, type World } from './testkit/console/world.ts';
import { get } from './testkit/rest.ts';

const PAY_SERVER = fileURLToPath(new URL('./testkit/firewall/pay-server.ts', import.meta.url));

const paymentsIn = (folder: string): string => join(folder, 'payments.txt');
const bankIn = (folder: string) => ({
  command: process.execPath,
  args: [PAY_SERVER, paymentsIn(folder)],
  aegis: { hold: '100ms' },
});

let world: World;
let ada: Person;
beforeAll(async () => {
  world = await startWorld({ servers: (folder) => ({ bank: bankIn(folder) }) });
  ada = await openPerson(world, { secret: world.keys.ada });
});
afterAll(async () => {
  await ada.close();
  await world.stop();
});
afterEach(() => ada.checkFaults());

const refund = (key: string, more: object = {}) => ({
  tool: 'refunds.create',
  op: 'refund',
  amount_cents: 12_500,
  args: { order: key },
  meta: { dry_run_id: key },
  ...more,
});

describe('with the keyboard alone', () => {
  it('j and k choose, enter opens, a then enter approves, and the call runs once', async () => {
    const { page } = ada;
    const first = await world.ask(refund('keys-1'));
    await world.ask(refund('keys-2'));
    await ada.open('/ui/approvals');
    await page.locator('a[data-item]').nth(1).waitFor();
    expect(await page.title()).toBe('(2) Approvals · AegisMCP');
    for (const key of ['j', 'j', 'k', 'Enter']) await page.keyboard.press(key);
    await page.waitForURL(`**/ui/approvals/${first}`);
    await untilArmed(page);
    expect(await focused(page)).toBe('refunds.create');
    await page.keyboard.press('a');
    expect(await focused(page)).toMatch(/^Approve/);
    expect(await world.statusOf(first)).toBe('pending');
    await page.keyboard.press('Enter');
    await untilSaid(page, 'You approved this.');
    expect(await world.enforce(refund('keys-1'))).toMatchObject({ allowed: true, status: 'allowed' });
    await untilSaid(page, 'Approved by you, and used.');
    expect(await world.enforce(refund('keys-1'))).toMatchObject({ allowed: false, status: 'pending' });
  });

  it('d asks for a reason, which is on record', async () => {
    const { page } = ada;
    const id = await world.ask(refund('keys-deny'));
    await ada.read(id);
    await page.keyboard.press('d');
    await page.keyboard.type('ask jan and dan');
    await page.keyboard.press('Enter');
    await untilSaid(page, 'You denied this. The call does not run.');
    expect((await get(world.stack.url, `/approvals/${id}`)).body).toMatchObject({
      status: 'denied',
      decided_by: 'ada',
      decision_reason: 'ask jan and dan',
    });
    expect((await world.enforce(refund('keys-deny'))).status).toBe('blocked');
  });

  it('in the first half second of a call nothing that is pressed or clicked approves it', async () => {
    const { page } = ada;
    const id = await world.ask(refund('stray'));
    await ada.open(`/ui/approvals/${id}`);
    await approveButton(page).waitFor();
    await page.evaluate(`document.querySelector('button.approve').click()`);
    for (const key of ['a', 'Enter', 'Enter', ' ']) await page.keyboard.press(key);
    await untilArmed(page);
    expect(await focused(page)).not.toMatch(/^Approve/);
    await page.keyboard.press('Enter');
    expect(await world.statusOf(id)).toBe('pending');
  });
});

it("shows a call's whole way, until its server has answered", async () => {
  const target: Target = { url: `${world.stack.mcpUrl}/bank`, command: '', args: [], env: {} };
  const agent = await connectV1(target, 'http');
  const told = (await agent.call('pay', { to: 'the end' })).content[0]?.text ?? '';
  const id = /apr_[a-z2-7]{26}/.exec(told)?.[0] ?? told;
  await ada.read(id);
  await approve(ada.page);
  await untilSaid(ada.page, 'You approved this.');
  expect((await agent.call('pay', { to: 'the end' })).content[0]?.text).toBe('paid the end');
  await agent.close();
  expect(await readFile(paymentsIn(world.folder), 'utf8')).toBe('the end\n');
  await expect
    .poll(async () => {
      await ada.read(id);
      return timeline(ada.page);
    })
    .toEqual(['requested', 'approved', 'consumed', 'dispatched', 'succeeded']);
});
