import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openPerson, type Person } from './testkit/console/person.ts';
import { startWorld, type World } from './testkit/console/world.ts';

let world: World;
let ada: Person;
let elsewhere: Person;
beforeAll(async () => {
  world = await startWorld();
  [ada, elsewhere] = await Promise.all([
    openPerson(world, { secret: world.keys.ada }),
    openPerson(world, { secret: world.keys.ada }),
  ]);
});
afterAll(async () => {
  await Promise.all([ada.close(), elsewhere.close()]);
  await world.stop();
});
afterEach(() => {
  for (const person of [ada, elsewhere]) person.checkFaults();
});

const isIn = ({ page }: Pick<Person, 'page'>, name: string): Promise<void> =>
  page.locator('header .name', { hasText: name }).waitFor();
const isOut = ({ page }: Pick<Person, 'page'>): Promise<void> =>
  page.getByRole('heading', { name: 'Sign in to decide' }).waitFor();
const signOut = ({ page }: Pick<Person, 'page'>): Promise<void> =>
  page.getByRole('button', { name: 'Sign out' }).click();

it('a session is there after a reload and in another tab, which follow who signs out and in, and not in another browser', async () => {
  await ada.open('/ui/approvals');
  await ada.page.reload();
  await isIn(ada, 'ada');
  const tab = { page: await ada.page.context().newPage() };
  await tab.page.goto(`${world.stack.url}/ui/history`);
  await isIn(tab, 'ada');
  await signOut(ada);
  await Promise.all([isOut(ada), isOut(tab)]);
  await tab.page.getByLabel('Code or key').fill(world.keys.bob);
  await tab.page.getByRole('button', { name: 'Sign in' }).click();
  await Promise.all([isIn(tab, 'bob'), isIn(ada, 'bob')]);
  await elsewhere.page.reload();
  await isIn(elsewhere, 'ada');
  await tab.page.close();
});

it('what a browser keeps of a session stands in no address and no cookie that a script reads, and goes with it', async () => {
  const { page } = elsewhere;
  const kept = () => page.evaluate<string | null>("localStorage.getItem('aegis.session')");
  const half = await kept();
  expect(half).toMatch(/^[\w-]{43}$/);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await elsewhere.open('/ui/grants');
  await isIn(elsewhere, 'ada');
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.join(' ')).not.toContain(half);
  expect(JSON.stringify(await page.context().cookies())).not.toContain(half);
  await signOut(elsewhere);
  await isOut(elsewhere);
  expect(await kept()).toBeNull();
});
