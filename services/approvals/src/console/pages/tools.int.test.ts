import { describe, expect, it } from 'vitest';
import { fieldsOf, openBrowser, startConsole } from '../../testkit/browser.ts';
import { definition, seen } from '../../testkit/definitions.ts';
import { sawTool, toolChanged, tools } from '../../testkit/tools.ts';
import { CODE, startReplica, useWorld } from '../../testkit/world.ts';

useWorld();

const HOSTILE = '</pre></p><script>alert(1)</script><form action="//evil"> \u202egnp.exe\u200b';
/** Somebody who is not signed in. */
const startStranger = async () => openBrowser((await startReplica()).address());
/** The tools of a page, in its order. */
const names = (page: string) => [...page.matchAll(/<h2>files\.(tool-\d+)/g)].map(([, name]) => name);

describe('the page of changed tools', () => {
  it('shows what changed, and the right code accepts exactly that', async () => {
    const { open, send } = await startStranger();
    await sawTool(seen(definition('Reads a file.')));
    expect((await open('/ui/tools')).text).toContain('Nothing here.');
    await toolChanged(seen(definition('Reads a file and sends it.')));
    const { text } = await open('/ui/tools');
    expect(text).toContain('<h2>files.read_file</h2>');
    expect(text.replace(/<[^>]+>/g, '')).toContain(
      '+   &quot;description&quot;: &quot;Reads a file and sends',
    );
    const fields = fieldsOf(text);
    await toolChanged(seen(definition('Reads all files.')));
    const sent = await send('/ui/tools', { ...fields, approval_code: CODE });
    expect(sent.location).toBe(`/ui/tools?accepted=${encodeURIComponent(fields['digest'] ?? '')}`);
    const after = (await open(sent.location ?? '')).text;
    expect(after).toContain('The definition of files.read_file is accepted.');
    expect(after).toContain('Reads <mark>a</mark> <mark>file and sends it</mark>');
    expect(after).toContain('Reads <mark>all</mark> <mark>files</mark>');
    expect((await tools())[0]?.digest).toBe(seen(definition('Reads all files.')).digest);
  });

  it('shows every definition of a tool that waits, and accepts the very one', async () => {
    const { open, send } = await startStranger();
    const [older, newer] = ['older', 'newer'].map((text) => seen(definition(text)));
    await sawTool(seen(definition('first')));
    for (const data of [older, newer]) await toolChanged(data as NonNullable<typeof older>);
    const { text } = await open('/ui/tools');
    const articles = text.split('<article').slice(1);
    expect(
      articles.map((article) => article.includes('Another definition of this tool was seen since')),
    ).toEqual([false, true]);
    expect(new Set(text.match(/<article id="[^"]+"/g)).size).toBe(2);
    await send('/ui/tools', { ...fieldsOf(articles[1] ?? ''), approval_code: CODE });
    expect((await tools()).map(({ digest }) => digest)).toEqual([newer?.digest]);
  });

  it('asks nobody for a code who is signed in, and takes the token of their session in its place', async () => {
    const { open, send } = await startConsole();
    await sawTool(seen(definition('a')));
    await toolChanged(seen(definition('b')));
    const { text } = await open('/ui/tools');
    expect(text).not.toContain('approval_code');
    const fields = fieldsOf(text);
    const forged = await send('/ui/tools', { ...fields, csrf_token: 'x' });
    expect([forged.location, (await tools()).length]).toEqual(['/ui/tools?error=forbidden_origin', 1]);
    await send('/ui/tools', fields);
    expect(await tools()).toEqual([]);
  });

  it('accepts nothing by a wrong code, a GET, another site or a field that names no tool', async () => {
    const { open, send } = await startStranger();
    await sawTool(seen(definition('a')));
    await toolChanged(seen(definition('b')));
    const fields = { ...fieldsOf((await open('/ui/tools')).text), approval_code: CODE };
    await open(`/ui/tools?${new URLSearchParams(fields).toString()}`);
    const answers = await Promise.all([
      send('/ui/tools', { ...fields, approval_code: 'wrong' }),
      send('/ui/tools', fields, { 'sec-fetch-site': 'same-site' }),
      send('/ui/tools', { ...fields, key: 'x' }),
      send('/ui/tools', { ...fields, approval_code: '' }),
      send('/ui/tools', { ...fields, digest: 'x' }),
    ]);
    expect(answers.map(({ location }) => location)).toEqual(
      ['wrong_code', 'forbidden_origin', 'invalid_request', 'invalid_request', 'not_found'].map(
        (code) => `/ui/tools?error=${code}`,
      ),
    );
    expect((await open('/ui/tools?error=wrong_code')).text).toContain('The code is wrong.');
    expect((await open(`/ui/tools?accepted=${seen(definition('b')).digest}`)).text).not.toContain(
      'role="status"',
    );
    expect(await tools()).toHaveLength(1);
  });

  it('shows hostile definitions and names as text, and accepts them under their own name', async () => {
    const { open, send } = await startStranger();
    const name = `read\nfile\u00a0${HOSTILE}`;
    await sawTool({ ...seen(definition(HOSTILE, name)), looks_like: 'read_file\u200b' });
    const { text } = await open('/ui/tools');
    expect(text).not.toMatch(/<script>|<form action|[\u202e\u200b]/);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain('⟨U+202E⟩gnp.exe⟨U+200B⟩');
    expect(text).toContain('<h2>files.read⟨U+000A⟩file⟨U+00A0⟩&lt;/pre&gt;');
    expect(text).toContain('read_file⟨U+200B⟩');
    expect(text).toContain('No definition of this tool was accepted yet.');
    await send('/ui/tools', { ...fieldsOf(text), approval_code: CODE });
    expect(await tools()).toEqual([]);
  });

  it('has ten tools, and older ones on the next page; a huge one hides none', async () => {
    const { open } = await startStranger();
    for (let n = 0; n < 12; n++) {
      const text = n === 11 ? 'x'.repeat(1_500_000) : `changed ${n}`;
      await sawTool(seen(definition('first', `tool-${n}`)));
      await toolChanged(seen(definition(text, `tool-${n}`)));
    }
    const { text } = await open('/ui/tools');
    expect(names(text)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map((n) => `tool-${n}`));
    expect(text).toContain('Too large for this page.');
    expect(text.match(/<form/g)).toHaveLength(9);
    const [, next = ''] = /rel="next" href="([^"]+)"/.exec(text) ?? [];
    expect(names((await open(next)).text)).toEqual(['tool-1', 'tool-0']);
  });
});
