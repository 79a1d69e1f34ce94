import { type Bus, connectBus } from '@aegis/bus';
import { seedFile } from '@aegis/bus/law';
import { createEvent } from '@aegis/contracts/create-event';
import { toolLog } from '@aegis/contracts/subjects';
import { digestOf } from '@aegis/kit/json';
import { silentLog } from '@aegis/testkit/bus';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { violations } from './testkit/console/axe.ts';
import { openPerson, type Person } from './testkit/console/person.ts';
import { startWorld, type World } from './testkit/console/world.ts';
import { allAudit, get, post } from './testkit/rest.ts';

const HOSTILE = '</pre><script>document.title=2</script><img src=x onerror="document.title=1">\u202e\u200b';

let world: World;
/** Nobody is signed in; but Ada is. */
let stranger: Person;
let ada: Person;
/** In the place of the firewall, which writes what servers say of their tools. */
let firewall: Bus;
beforeAll(async () => {
  world = await startWorld();
  const { natsUrl: url, keysDir } = world.stack;
  firewall = await connectBus({ url, identity: 'mcp', seedPath: seedFile(keysDir, 'mcp'), log: silentLog });
  [stranger, ada] = await Promise.all([openPerson(world), openPerson(world, { secret: world.keys.ada })]);
});
afterAll(async () => {
  await Promise.all([stranger, ada].map((person) => person.close()));
  await firewall.close();
  await world.stop();
});
afterEach(() => {
  for (const person of [stranger, ada]) person.checkFaults();
});

async function sayOfTool(type: 'seen' | 'changed', tool: string, description: string): Promise<string> {
  const definition = { name: tool, description };
  const digest = digestOf(definition);
  const of = { source: 'mcp', time: new Date().toISOString() };
  const data = { server: 'files', tool, digest, definition };
  const event =
    type === 'seen'
      ? createEvent({ ...of, type: 'aegis.tool.seen.v1', data })
      : createEvent({ ...of, type: 'aegis.tool.changed.v1', data: { ...data, level: 'major' } });
  await firewall.append.one({ subject: toolLog('files'), event }, Date.now() + 3_000);
  return digest;
}

const waiting = async (): Promise<string[]> =>
  (await get<{ tools: { tool: string }[] }>(world.stack.url, '/tools')).body.tools.map(({ tool }) => tool);
const said = ({ page }: Person): Promise<string> => page.locator('main [role=status]').innerText();
const articleOf = ({ page }: Person, tool: string): Locator =>
  page.locator('article', { hasText: `files.${tool}` });

async function change(tool: string): Promise<void> {
  await sayOfTool('seen', tool, 'Reads a file.');
  await sayOfTool('changed', tool, 'Reads a file and sends it.');
}

describe('the page of changed tools in a real browser', () => {
  it('is for who is signed in; shows what changed, and the code accepts it as a person does', async () => {
    await change('read');
    await stranger.open('/ui/tools');
    await stranger.page.getByLabel('Code or key').fill(world.stack.code);
    await stranger.page.getByRole('button', { name: 'Sign in' }).click();
    const article = articleOf(stranger, 'read');
    const diff = article.locator('pre');
    expect(await diff.locator('del').innerText()).toContain('-   "description": "Reads a file.",');
    expect(await diff.locator('ins').innerText()).toContain(
      '+   "description": "Reads a file and sends it.",',
    );
    await article.getByRole('button').click();
    await expect.poll(() => said(stranger)).toBe('The definition of files.read is accepted.');
    expect(await waiting()).not.toContain('read');
  });

  it('is reached by the bar, and who accepted is on record', async () => {
    await change('move');
    await ada.open('/ui/approvals');
    await ada.page.getByRole('link', { name: 'Tools' }).click();
    await ada.page.waitForURL('**/ui/tools');
    expect(await violations(ada.page)).toEqual([]);
    await articleOf(ada, 'move').getByRole('button', { name: 'Accept this definition' }).click();
    await expect.poll(() => said(ada)).toBe('The definition of files.move is accepted.');
    expect(await waiting()).not.toContain('move');
    const entries = (await allAudit(world.stack.url)).filter(({ action }) => action === 'tool.accepted');
    expect(entries.at(-1)).toMatchObject({
      tool: 'files.move',
      note: expect.stringContaining('ada') as string,
    });
  });

  it('shows a hostile definition as text: nothing runs, nothing hides', async () => {
    await sayOfTool('seen', 'hostile', 'Harmless.');
    const digest = await sayOfTool('changed', 'hostile', HOSTILE);
    await stranger.open('/ui/tools');
    await articleOf(stranger, 'hostile').waitFor();
    const text = await stranger.page.locator('main').innerText();
    expect(text).toContain('</pre><script>document.title=2</script>');
    expect(text).toContain('⟨U+202E⟩⟨U+200B⟩');
    expect(await stranger.page.title()).toBe('Changed tools · AegisMCP');
    expect(await stranger.page.locator('main img, main script').count()).toBe(0);
    const accepted = { server: 'files', tool: 'hostile', digest, approval_code: world.stack.code };
    await post(world.stack.url, '/tools/accept', accepted);
    expect(await waiting()).not.toContain('hostile');
  });

  it('takes no acceptance from another site', async () => {
    await change('csrf');
    await ada.open('/ui/tools');
    await articleOf(ada, 'csrf').waitFor();
    const action = `${world.stack.url}/ui/api/tools/accept`;
    await ada.page.goto(`data:text/html,<form method="post" action="${action}"><button>Go</button></form>`);
    await ada.page.getByRole('button').click();
    await ada.page.waitForLoadState();
    ada.checkFaults(/status of 403/);
    expect(await waiting()).toContain('csrf');
  });
});
