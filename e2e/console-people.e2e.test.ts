import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { approve, approveButton, timeline, untilSaid } from './testkit/console/deciding.ts';
import { openPerson, type Person } from './testkit/console/person.ts';
import { startWorld, type World } from './testkit/console/world.ts';
import { get } from './testkit/rest.ts';

const RULES = [
  { match: 'treasury.*', decision: 'review', approvers: ['finance'], quorum: 2 },
  { match: 'mail.*', decision: 'review', require_reason: true },
  { match: '*', decision: 'review' },
];

let world: World;
let ada: Person;
let bob: Person;
let cyd: Person;
beforeAll(async () => {
  world = await startWorld({ rules: RULES });
  [ada, bob, cyd] = await Promise.all([
    openPerson(world, { secret: world.keys.ada }),
    openPerson(world, { secret: world.keys.bob }),
    openPerson(world, { secret: world.keys.cyd }),
  ]);
});
afterAll(async () => {
  await Promise.all([ada, bob, cyd].map((person) => person.close()));
  await world.stop();
});
afterEach(() => {
  for (const person of [ada, bob, cyd]) person.checkFaults();
});

const whyNot = ({ page }: Person, text: string): Promise<void> =>
  page.getByRole('region', { name: 'Decision' }).getByText(text).waitFor();

it('a rule that takes two people is satisfied by two different ones in two sessions, and by nobody else', async () => {
  const id = await world.ask({ tool: 'treasury.wire', amount_cents: 9_900_000 });
  await cyd.read(id);
  await whyNot(cyd, 'only finance may decide this, and cyd is not one of them');
  expect(await approveButton(cyd.page).count()).toBe(0);
  await bob.read(id);
  await ada.read(id);
  await approve(ada.page);
  await untilSaid(ada.page, 'Your yes counts: 1 of 2.');
  await whyNot(ada, 'ada has said yes already');
  expect(await approveButton(ada.page).count()).toBe(0);
  expect((await world.say('ada', id, 'approve')).body).toMatchObject({ code: 'already_decided' });
  expect((await world.say('cyd', id, 'approve')).status).toBe(403);
  expect(await world.statusOf(id)).toBe('pending');
  await bob.page.getByText('1 of 2 said yes').first().waitFor();
  await approve(bob.page);
  await untilSaid(bob.page, 'You approved this.');
  await untilSaid(ada.page, 'Approved by bob.');
  expect(await timeline(bob.page)).toEqual(['requested', 'endorsed', 'approved']);
});

it('a rule that asks for a reason takes no yes without one', async () => {
  const { page } = ada;
  const id = await world.ask({ tool: 'mail.send_to_all' });
  await ada.read(id);
  await approve(page);
  await page.getByText('Reason: write why.').waitFor();
  expect(await world.statusOf(id)).toBe('pending');
  await page.getByLabel('Reason').fill('the yearly letter');
  await approve(page);
  await untilSaid(page, 'You approved this.');
  expect((await get(world.stack.url, `/approvals/${id}`)).body['decision_reason']).toBe('the yearly letter');
});
