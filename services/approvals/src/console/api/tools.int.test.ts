import type { ToolsView } from '@aegis/contracts/console';
import { describe, expect, it } from 'vitest';
import { openBrowser, startConsole } from '../../testkit/browser.ts';
import { definition, seen } from '../../testkit/definitions.ts';
import { sawTool, toolChanged, tools } from '../../testkit/tools.ts';
import { useWorld } from '../../testkit/world.ts';

useWorld();

const nameOf = ({ server, tool, digest }: { server: string; tool: string; digest: string }) => ({
  server,
  tool,
  digest,
});

describe('changed tools', () => {
  it('are shown with what counted before, and the very definition that was seen is accepted', async () => {
    const { get, post } = await startConsole();
    const [first, second, third] = ['Reads a file.', 'Reads it and sends it.', 'Reads all.'].map((text) =>
      seen(definition(text)),
    ) as [ReturnType<typeof seen>, ReturnType<typeof seen>, ReturnType<typeof seen>];
    await sawTool(first);
    expect((await get<ToolsView>('/tools')).body).toEqual({ tools: [], more: 0 });
    await toolChanged(second);
    const shown = (await get<ToolsView>('/tools')).body.tools;
    expect(shown).toMatchObject([
      { before: first.definition, definition: second.definition, is_older: false, is_first: false },
    ]);
    await toolChanged(third);
    const both = (await get<ToolsView>('/tools')).body.tools;
    expect(both.map(({ digest, is_older }) => [digest, is_older])).toEqual([
      [third.digest, false],
      [second.digest, true],
    ]);
    expect((await post('/tools/accept', nameOf(second))).status).toBe(200);
    expect((await tools()).map(({ digest }) => digest)).toEqual([third.digest]);
  });

  it('are shown to nobody who is not signed in, and accepted by no form of another page', async () => {
    const { base, post } = await startConsole();
    const changed = seen(definition('b'));
    await sawTool(seen(definition('a')));
    await toolChanged(changed);
    const stranger = openBrowser(base);
    const answers = [
      await stranger.get('/tools'),
      await stranger.post('/tools/accept', nameOf(changed)),
      await post('/tools/accept', nameOf(changed), { 'x-page-token': 'x' }),
      await post('/tools/accept', { ...nameOf(changed), digest: seen(definition('c')).digest }),
      await post('/tools/accept', { ...nameOf(changed), tool: 'other' }),
      await post('/tools/accept', {}),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 404, 404, 422]);
    expect(await tools()).toHaveLength(1);
  });

  it('are accepted under their own name, however odd it is', async () => {
    const { get, post } = await startConsole();
    const odd = seen(definition('x', `read\nfile\u00a0</pre>\u202e`));
    await sawTool({ ...odd, looks_like: 'read_file\u200b' });
    const [shown] = (await get<ToolsView>('/tools')).body.tools;
    expect(shown).toMatchObject({ tool: odd.tool, looks_like: 'read_file\u200b', is_first: true });
    expect((await post('/tools/accept', nameOf(odd))).status).toBe(200);
    expect(await tools()).toEqual([]);
  });

  it('that are large go on at the place that the page names, and hide none', async () => {
    const { get } = await startConsole();
    for (let n = 0; n < 4; n++) {
      await sawTool(seen(definition('first', `tool-${n}`)));
      await toolChanged(seen(definition('x'.repeat(900_000), `tool-${n}`)));
    }
    const page = (await get<ToolsView>('/tools')).body;
    expect([page.tools.map(({ tool }) => tool), page.more]).toEqual([['tool-3', 'tool-2'], 2]);
    const next = (await get<ToolsView>('/tools?skip=2')).body;
    expect([next.tools.map(({ tool }) => tool), next.more]).toEqual([['tool-1', 'tool-0'], 0]);
    for (const odd of ['-1', '', '0x10', '1e3']) expect((await get(`/tools?skip=${odd}`)).status).toBe(422);
  });
});
