import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { approve, untilSaid } from './testkit/console/deciding.ts';
import { openPerson, type Person } from './testkit/console/person.ts';
import { startWorld, type World } from './testkit/console/world.ts';
import { asApprover, get } from './testkit/rest.ts';

const WAITING = 1_000;
const AT_ONCE = 20;

type Item = { approval_id: string; status: string; decide_by: string; args: { n: number } };

let world: World;
let ada: Person;
beforeAll(async () => {
  world = await startWorld({ env: { APPROVAL_MAX_PENDING_PER_AGENT: '1000' } });
  ada = await openPerson(world, { secret: world.keys.ada });
});
afterAll(async () => {
  await ada.close();
  await world.stop();
});

const refund = (n: number) => ({
  tool: 'refunds.create',
  op: 'refund',
  amount_cents: 10_000 + n,
  args: { n },
  meta: { dry_run_id: `order-${n}` },
});

async function askForAll(): Promise<void> {
  let next = 0;
  const agent = async (): Promise<void> => {
    while (next < WAITING) await world.ask(refund(next++));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, agent));
}

async function waiting(): Promise<Item[]> {
  const all: Item[] = [];
  for (let before = ''; ; ) {
    const path = `/approvals?status=pending&limit=500${before}`;
    const { body } = await get<{ approvals: Item[]; next?: string }>(world.stack.url, path);
    all.push(...body.approvals);
    if (body.next === undefined) return all;
    before = `&before=${body.next}`;
  }
}

async function killAll(): Promise<void> {
  const nats = Number(await readFile(join(world.stack.dataDir, 'broker/nats.pid'), 'utf8'));
  await world.stack.kill();
  process.kill(nats, 'SIGKILL');
}

it('everything is killed while 1,000 calls wait: all of them wait on, with the deadlines that they had', async () => {
  await askForAll();
  const before = await waiting();
  expect(before).toHaveLength(WAITING);
  // A page that looks on would rightly complain of what is done here.
  await ada.page.goto('about:blank');
  await killAll();
  await world.again();
  expect(await waiting()).toEqual(before);
});

it('whoever was signed in still is, sees them, and decides one that then runs', async () => {
  const { page } = ada;
  await ada.open('/ui/approvals');
  await page.locator('a[data-item]').first().waitFor();
  expect(await page.locator('a[data-item]').count()).toBe(200);
  await page.getByText('800 more items will show as these are decided.').waitFor();
  await page.locator('a[data-item]').first().click();
  await approve(page);
  await untilSaid(page, 'You approved this.');
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const { args } = (await get<Item>(world.stack.url, `/approvals/${id}`, asApprover)).body;
  expect((await world.enforce(refund(args.n))).allowed).toBe(true);
  expect((await world.enforce(refund(args.n))).status).toBe('pending');
  // What the page asked too early after the start it asked again, and showed nothing of; the browser writes it down.
  ada.checkFaults(/status of 503 .* http:\/\/[^/]+\/ui\/api\/(inbox|approvals\/apr_\w+)$/);
  expect(await page.getByText('This did not work.').count()).toBe(0);
});
