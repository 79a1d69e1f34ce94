import { fileURLToPath } from 'node:url';
import { startReceiver } from '@aegis/testkit/webhook-receiver';
import type { Page } from 'playwright-core';
import { untilArmed } from '../e2e/testkit/console/deciding.ts';
import { openPerson, type Person } from '../e2e/testkit/console/person.ts';
import { startWorld, type World } from '../e2e/testkit/console/world.ts';
import { reference } from '../e2e/testkit/firewall/wrapped.ts';
import { createAgents } from './screenshots/agents.ts';
import { RULES } from './screenshots/calls.ts';
import { tell } from './screenshots/story.ts';

const HOOK_PORT = 8787;
/** Small enough for a picture of less than 150 KB. */
const DESK = { width: 1080, height: 680 };
const NEAR = { width: 1080, height: 620 };
const PHONE = { width: 390, height: 844 };
const pictureOf = (name: string): string =>
  fileURLToPath(new URL(`../docs/images/console-${name}.png`, import.meta.url));

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: pictureOf(name), animations: 'disabled', caret: 'hide' });
}

/** Opens a page, waits for what it has to show, and takes its picture. */
async function show(person: Person, name: string, path: string, shows: string): Promise<void> {
  await person.open(path);
  await person.page.locator(shows).first().waitFor();
  await take(person.page, name);
}

/** Webhooks are an admin's business. */
async function takeWebhooks(admin: Person): Promise<void> {
  const { page } = admin;
  await page.setViewportSize(DESK);
  await admin.open('/ui/webhooks');
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByRole('status').getByText('delivered').waitFor();
  await page.getByText('Deliveries', { exact: true }).click();
  await page.locator('details li').nth(1).waitFor();
  await take(page, 'webhooks');
}

async function takeAll(person: Person, id: string): Promise<void> {
  const { page } = person;
  await page.setViewportSize(DESK);
  await show(person, 'inbox', '/ui/approvals', 'a[data-item]');
  await show(person, 'history', '/ui/history', 'table');
  await show(person, 'grants', '/ui/grants', 'article');
  await page.setViewportSize(NEAR);
  await person.read(id);
  await untilArmed(page);
  await take(page, 'approval');
  await page.emulateMedia({ colorScheme: 'dark' });
  await take(page, 'dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(PHONE);
  await person.read(id);
  await untilArmed(page);
  await take(page, 'phone');
}

/** Takes the pictures of the console, docs/images/console-*.png: `npm run docs:screenshots`. */
const agents = await createAgents();
const receiver = await startReceiver(undefined, { port: HOOK_PORT });
let world: World | undefined;
const people: Person[] = [];
try {
  world = await startWorld({
    rules: RULES,
    env: { MCP_KEYS_FILE: agents.keysFile, WEBHOOK_ALLOW_HOSTS: '127.0.0.1', TZ: 'UTC' },
    servers: (folder) => ({
      filesystem: { ...reference('server-filesystem', [folder]), aegis: { hold: '100ms' } },
    }),
  });
  const id = await tell(world, agents, `http://127.0.0.1:${HOOK_PORT}/approvals`);
  for (const secret of [world.keys.ada, world.keys.dee]) {
    people.push(await openPerson(world, { secret, locale: 'en-GB', timezoneId: 'UTC' }));
  }
  const [ada, dee] = people as [Person, Person];
  await takeAll(ada, id);
  await takeWebhooks(dee);
} finally {
  for (const person of people) await person.close();
  await world?.stop();
  await receiver.close();
  await agents.stop();
}
