import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { approve, focused, untilArmed, untilSaid } from './testkit/console/deciding.ts';
import { openPerson, type Person } from './testkit/console/person.ts';
import { startWorld, type World } from './testkit/console/world.ts';

const MARKUP = '</pre></script><img src=x onerror="document.title=1"><script>document.title=2</script>';
const UNSEEN = 'invoice\u202Egnp.exe\u200Bpaid\u2066\u00AD';
const SHOWN = 'invoice⟨U+202E⟩gnp.exe⟨U+200B⟩paid⟨U+2066⟩⟨U+00AD⟩';
/** As deep as the gateway takes it: 64 levels, of which the body, the arguments and this one are three. */
const LEVELS = 60;
const KEYS = 10_000;

let world: World;
let ada: Person;
beforeAll(async () => {
  world = await startWorld();
  ada = await openPerson(world, { secret: world.keys.ada });
});
afterAll(async () => {
  await ada.close();
  await world.stop();
});
afterEach(() => ada.checkFaults());

const deep = (levels: number): object =>
  levels === 0 ? { bottom: 'THE BOTTOM' } : { level: deep(levels - 1) };
const raw = () => ada.page.getByRole('button', { name: 'Raw' });
const main = async (): Promise<string> => (await ada.page.locator('main').textContent()) ?? '';

it('markup and characters that nobody sees are shown as what they are, and run nowhere', async () => {
  const { page } = ada;
  const id = await world.ask({
    tool: 'files.write',
    args: { note: MARKUP, [MARKUP]: [UNSEEN], [UNSEEN]: MARKUP, proto: { constructor: UNSEEN } },
    meta: { dry_run_id: MARKUP, reason: `${MARKUP} ${UNSEEN}\u2028approved by ada` },
  });
  for (const path of ['/ui/approvals', '/ui/history', `/ui/approvals/${id}`]) {
    await ada.open(path);
    await page.getByRole('link', { name: 'files.write' }).or(page.locator('article h1')).first().waitFor();
    expect(await page.locator('main img, main script, main iframe').count()).toBe(0);
    expect(await page.title()).toMatch(/ · AegisMCP$/);
    expect(await page.locator('body').innerText()).not.toMatch(/[\u202E\u200B\u2066\u00AD\u2028]/);
  }
  const text = await main();
  for (const part of [MARKUP, SHOWN, 'The agent says (unverified)', '⟨U+2028⟩approved by ada']) {
    expect(text).toContain(part);
  }
  await raw().click();
  expect(await page.locator('pre.raw').textContent()).toContain(SHOWN);
});

it('long texts, thousands of keys and deep trees are all there, and the page still answers', async () => {
  const { page } = ada;
  const args = {
    long: `${'x'.repeat(100 * 1024)} THE END`,
    ...Object.fromEntries(Array.from({ length: KEYS }, (_, n) => [`key-${n}-`, n])),
    deep: deep(LEVELS),
    last: 'the last one',
  };
  const id = await world.ask({ tool: 'files.write', args });
  await ada.read(id);
  await untilArmed(page);
  await page.keyboard.press('a');
  expect(await focused(page)).toMatch(/^Approve/);
  await page.getByText('the last one', { exact: true }).waitFor({ timeout: 90_000 });
  const missing = (text: string): string[] => Object.keys(args).filter((key) => !text.includes(key));
  const tree = await main();
  expect(missing(tree)).toEqual([]);
  for (const end of ['x THE END', 'THE BOTTOM']) expect(tree).toContain(end);
  await raw().click();
  const whole = (await page.locator('pre.raw').textContent()) ?? '';
  expect(JSON.parse(whole)).toEqual(args);
  await page.getByRole('button', { name: 'Tree' }).click();
  await approve(page);
  await untilSaid(page, 'You approved this.');
  expect((await world.enforce({ tool: 'files.write', args })).status).toBe('pending');
});

it('an agent that asks too much at once is refused, and the page shows those that wait', async () => {
  const { page } = ada;
  let refused = '';
  for (let n = 0; n < 60 && refused === ''; n++) {
    const { status, reasons } = await world.enforce({
      tool: `flood.${n}`,
      args: { text: UNSEEN.repeat(50) },
    });
    if (status !== 'pending') refused = `${status}: ${reasons.join(' ')}`;
  }
  expect(refused).toMatch(/^blocked: /);
  await ada.open('/ui/approvals');
  await expect.poll(() => page.locator('a[data-item]').count()).toBe(50);
  expect(await page.title()).toMatch(/^\(50\) /);
});
