import { request as ask } from 'node:http';
import { describe, expect, it } from 'vitest';
import { definition, seen } from './testkit/definitions.ts';
import {
  CODE,
  call,
  complete,
  consume,
  get,
  list,
  request,
  sawTool,
  startReplica,
  toolChanged,
  tools,
  useWorld,
} from './testkit/world.ts';

useWorld();

const HOSTILE = '</pre></p><script>alert(1)</script><form action="//evil"> \u202egnp.exe\u200b';
const NONE = `apr_${'a'.repeat(26)}`;

/** The pages of one replica, as the gateway asks for them. */
async function startPages() {
  const base = (await startReplica()).address();
  const open = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${base}${path}`, { redirect: 'manual', ...init });
    return {
      status: response.status,
      location: response.headers.get('location'),
      text: await response.text(),
    };
  };
  const send = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    open(path, {
      method: 'POST',
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  return { open, send };
}

const expectHarmless = (page: string): void => {
  expect(page).not.toMatch(/<script>|<form action|[\u202e\u200b]/);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).toContain('⟨U+202E⟩gnp.exe⟨U+200B⟩');
};
/** The tools of a page, in its order. */
const names = (page: string) => [...page.matchAll(/<h2>files\.(tool-\d+)/g)].map(([, name]) => name);
/** The hidden fields of the only form of a page. */
const fieldsOf = (page: string): Record<string, string> =>
  Object.fromEntries(
    [...page.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );

describe('the page of one approval', () => {
  it('shows what exactly will run, and everything that is on record about it', async () => {
    const { open } = await startPages();
    const args = { path: '/etc/passwd', list: [1, { deep: true }] };
    const asked = await request('key', {
      ...call(),
      op: 'refund',
      server: 'shop',
      definition_digest: seen(definition('x')).digest,
      args,
    });
    const { status, text } = await open(`/ui/approvals/${asked.approval_id}`);
    expect(status).toBe(200);
    for (const shown of [
      asked.approval_id,
      asked.call_digest,
      asked.call.definition_digest ?? '',
      asked.decide_by,
      'within 300 s of its approval',
      'refunds.create',
      'refund',
      '100 cents',
      'shop',
      'me',
      'over the cap',
      JSON.stringify(args, null, 2).replaceAll('"', '&quot;'),
    ]) {
      expect(text).toContain(shown);
    }
    expect(text).toContain(`data-status="pending"`);
  });

  it('shows hostile arguments as text, whole and visible', async () => {
    const { open } = await startPages();
    const { approval_id } = await request('key', { ...call(), args: { [HOSTILE]: HOSTILE } });
    const { text } = await open(`/ui/approvals/${approval_id}`);
    expectHarmless(text);
    expect(text.match(/⟨U\+202E⟩gnp/g)).toHaveLength(2);
  });

  it('cuts nothing, however large the arguments are and become', async () => {
    const { open } = await startPages();
    const note = '\u007f'.repeat(1_200_000);
    const { approval_id } = await request('key', { ...call(), args: { note } });
    const { text } = await open(`/ui/approvals/${approval_id}`);
    expect(text.match(/⟨U\+007F⟩/g)).toHaveLength(note.length);
    expect(Buffer.byteLength(text)).toBeLessThan(16 * 1024 * 1024);
    const { text: listed } = await open('/ui/approvals');
    expect(listed).toContain(`<a href="/ui/approvals/${approval_id}">all 1200011 bytes of arguments</a>`);
  });

  it('is where a person decides, and it shows the outcome', async () => {
    const { open, send } = await startPages();
    const { approval_id } = await request('key');
    const path = `/ui/approvals/${approval_id}`;
    const fields = fieldsOf((await open(path)).text);
    const sent = await send(path, { ...fields, approval_code: CODE });
    expect([sent.status, sent.location]).toEqual([303, `${path}?decided=${approval_id}`]);
    const { text } = await open(sent.location ?? '');
    expect(text).toContain(`<p role="status" class="notice good">Approval ${approval_id} is approved.</p>`);
    expect(text).toMatch(/<dt>use by<\/dt><dd><time/);
    expect(text).toContain('approval-code');
    expect(text).not.toContain('<form');
  });

  it('decides nothing by a GET, by an empty form, nor by a form of another site', async () => {
    const { open, send } = await startPages();
    const { approval_id } = await request('key');
    const path = `/ui/approvals/${approval_id}`;
    await open(`${path}?approval_code=${CODE}&decided=1`);
    const foreign = await send(
      path,
      { back: 'own', approval_code: CODE },
      { 'sec-fetch-site': 'cross-site' },
    );
    const empty = await send(path, { back: 'own' });
    expect([foreign.location, empty.location]).toEqual([
      `${path}?error=forbidden_origin`,
      `${path}?error=invalid_request`,
    ]);
    expect((await open(foreign.location ?? '')).text).toContain('This origin may not use the API.');
    expect((await get(approval_id)).status).toBe('pending');
  });

  it('is 404 where there is no such approval', async () => {
    const { open } = await startPages();
    await request('key');
    for (const id of [NONE, 'key', '%3Cscript%3E']) {
      const { status, text } = await open(`/ui/approvals/${id}`);
      expect([status, text]).toEqual([404, expect.stringContaining('<h1>No such approval</h1>')]);
      expect(text).not.toContain('<script>');
    }
  });

  it('says when it was used, denied or cancelled, and the list links to it', async () => {
    const { open } = await startPages();
    const used = await request('used');
    await complete('used');
    await consume(used);
    const denied = await request('denied');
    await complete('denied', 'wrong');
    expect((await open(`/ui/approvals/${used.approval_id}`)).text).toContain('data-status="consumed"');
    expect((await open(`/ui/approvals/${denied.approval_id}`)).text).toContain('wrong code');
    const { text } = await open('/ui/approvals?status=denied');
    expect(text).toContain(`<a href="/ui/approvals/${denied.approval_id}"><code>`);
    expect(text).toContain('<a href="/ui/approvals?status=cancelled">cancelled</a>');
    expect((await list()).approvals).toHaveLength(2);
  });
});

describe('the page of changed tools', () => {
  it('shows what changed, and the right code accepts exactly that', async () => {
    const { open, send } = await startPages();
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

  it('accepts nothing by a wrong code, a GET, another site or a field that names no tool', async () => {
    const { open, send } = await startPages();
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
    const { open, send } = await startPages();
    const name = `read\nfile\u00a0${HOSTILE}`;
    await sawTool({ ...seen(definition(HOSTILE, name)), looks_like: 'read_file\u200b' });
    const { text } = await open('/ui/tools');
    expectHarmless(text);
    expect(text).toContain('<h2>files.read⟨U+000A⟩file⟨U+00A0⟩&lt;/pre&gt;');
    expect(text).toContain('read_file⟨U+200B⟩');
    expect(text).toContain('No definition of this tool was accepted yet.');
    await send('/ui/tools', { ...fieldsOf(text), approval_code: CODE });
    expect(await tools()).toEqual([]);
  });

  it('has ten tools, and older ones on the next page; a huge one hides none', async () => {
    const { open } = await startPages();
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

/** What the page says to a request for this host. */
async function statusFor(
  host: string,
  env: Record<string, string> = {},
  method = 'GET',
  path = '/ui/approvals',
) {
  const { hostname, port } = new URL((await startReplica(env)).address());
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const asking = ask({ hostname, port, method, path, headers: { host } }, (reply) => {
    reply.resume();
    resolve(reply.statusCode);
  });
  asking.on('error', reject);
  asking.end();
  return await promise;
}

describe('who may see the pages', () => {
  it.each([
    'evil.example',
    'evil.example:8090',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'a@evil.example',
  ])('nobody whose own name points here: %s', async (host) => {
    expect(await statusFor(host)).toBe(403);
    expect(await statusFor(host, {}, 'POST', `/ui/approvals/${NONE}`)).toBe(403);
  });

  it.each(['localhost:8090', '127.0.0.1', '[::1]:8090', 'approvals:8090', '10.1.2.3:8090'])(
    'who names this machine, or a neighbour of it: %s',
    async (host) => {
      expect(await statusFor(host)).toBe(200);
    },
  );

  it('who names it as the operator allowed', async () => {
    expect(
      await statusFor('approvals.shop.internal:8090', { ALLOWED_HOSTS: 'approvals.shop.internal' }),
    ).toBe(200);
  });
});
