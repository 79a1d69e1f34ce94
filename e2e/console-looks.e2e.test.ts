import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { violations } from './testkit/console/axe.ts';
import { approveButton, denyButton, untilArmed } from './testkit/console/deciding.ts';
import { openPerson, type Person } from './testkit/console/person.ts';
import { fill, RULES, type Samples, TEN, transfer } from './testkit/console/samples.ts';
import { startWorld, type World } from './testkit/console/world.ts';

let world: World;
let ada: Person;
let stranger: Person;
/** Approvals of each kind. */
let ids: Samples;
beforeAll(async () => {
  world = await startWorld({ rules: RULES, env: { WEBHOOK_ALLOW_HOSTS: '127.0.0.1' } });
  [ada, stranger] = await Promise.all([openPerson(world, { secret: world.stack.code }), openPerson(world)]);
  ids = await fill(world);
});
afterAll(async () => {
  await Promise.all([ada.close(), stranger.close()]);
  await world.stop();
});
afterEach(() => {
  ada.checkFaults();
  stranger.checkFaults();
});

describe('axe finds nothing, in light and dark, on a desk and on a phone', () => {
  it.each([
    ['the inbox', '/ui/approvals', 'a[data-item]'],
    ['the history', '/ui/history', 'table'],
    ['the grants', '/ui/grants', 'article'],
    ['the webhooks', '/ui/webhooks', 'article'],
    ['the tools', '/ui/tools', 'main'],
  ])('on %s', async (_, path, shows) => {
    await ada.open(path);
    await ada.page.locator(shows).first().waitFor();
    expect(await violations(ada.page)).toEqual([]);
  });

  it.each(['used', 'denied', 'waits', 'two'] as const)('on an approval: %s', async (kind) => {
    await ada.read(ids[kind]);
    if (kind === 'waits') await untilArmed(ada.page);
    expect(await violations(ada.page)).toEqual([]);
  });

  it('on the forms that open', async () => {
    const { page } = ada;
    await ada.read(ids.waits);
    await page.keyboard.press('d');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Allow calls like this…' }).click();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    expect(await violations(page)).toEqual([]);
  });

  it('for who is not signed in', async () => {
    await stranger.open('/ui/approvals');
    await stranger.page.getByLabel('Code or key').waitFor();
    expect(await violations(stranger.page)).toEqual([]);
  });

  it.each(['/ui/approvals', '/ui/approvals/waits'])('without scripts, on %s', async (path) => {
    const { page } = ada;
    // What a browser without scripts draws, in one that has them: axe is a script.
    await page.route('**/ui/s/**', async (route) => {
      const headers = { ...route.request().headers(), 'sec-fetch-site': 'same-origin' };
      const response = await route.fetch({ headers });
      const body = (await response.text()).replace(/<\/?noscript>|<script.*?<\/script>/g, '');
      await route.fulfill({ response, body });
    });
    const half = await page.evaluate<string>("localStorage.getItem('aegis.session')");
    await ada.open(path.replace('waits', ids.waits).replace('/ui/', `/ui/s/${half}/`));
    await page.getByRole('button', { name: 'Approve' }).first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.unrouteAll();
  });
});

it('on a phone a call of ten arguments is read whole and answered without scrolling', async () => {
  const { page } = ada;
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 390, height: 844 });
  await ada.read(await world.ask(transfer('phone')));
  await untilArmed(page);
  const bar = await page.getByRole('region', { name: 'Decision' }).boundingBox();
  const isSeen = async (what: Locator): Promise<boolean> => {
    const box = await what.boundingBox();
    return (
      box !== null &&
      box.x >= 0 &&
      box.x + box.width <= 390 &&
      box.y >= 0 &&
      box.y + box.height <= (bar?.y ?? 0)
    );
  };
  for (const [key, value] of Object.entries(TEN)) {
    const row = page.locator('li[data-depth]', { has: page.getByText(key, { exact: true }) });
    expect(await row.innerText()).toContain(String(value));
    expect([key, await isSeen(row)]).toEqual([key, true]);
  }
  for (const text of ['payments.transfer', '12,500.00', 'anonymous']) {
    expect([text, await isSeen(page.locator('article header').getByText(text))]).toEqual([text, true]);
  }
  for (const button of [approveButton(page), denyButton(page)]) {
    const box = await button.boundingBox();
    expect((box?.y ?? 844) + (box?.height ?? 0)).toBeLessThanOrEqual(844);
  }
});
