import { describe, expect, it } from 'vitest';
import { fieldsOf, openBrowser, startConsole } from '../../testkit/browser.ts';
import { definition, seen } from '../../testkit/definitions.ts';
import { createPeople, decide } from '../../testkit/people.ts';
import { sawTool, toolChanged } from '../../testkit/tools.ts';
import { call, complete, consume, get, list, redeem, request, useWorld } from '../../testkit/world.ts';

useWorld();

const HOSTILE = '</noscript></pre></p><script>alert(1)</script><form action="//evil"> \u202egnp.exe\u200b';
const NONE = `apr_${'a'.repeat(26)}`;

const expectHarmless = (page: string): void => {
  expect(page).not.toMatch(/<script>|<form action|<\/noscript><\/pre>|[\u202e\u200b]/);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).toContain('⟨U+202E⟩gnp.exe⟨U+200B⟩');
};

describe('the page of one approval', () => {
  it('shows what exactly will run, and everything that is on record about it', async () => {
    const { open, at } = await startConsole();
    const args = { path: '/etc/passwd', list: [1, { deep: true }] };
    const of = {
      ...call(),
      op: 'refund',
      server: 'shop',
      definition_digest: seen(definition('x')).digest,
      args,
    };
    const asked = await request('key', of, { reason: 'the agent says so' });
    const { status, text } = await open(at(`/ui/approvals/${asked.approval_id}`));
    expect(status).toBe(200);
    for (const shown of [
      asked.approval_id,
      asked.call_digest,
      asked.call.definition_digest ?? '',
      asked.decide_by,
      'refunds.create',
      'refund',
      '100 cents',
      'shop',
      'me',
      'over the cap',
      '<dt>the agent says</dt><dd>the agent says so</dd>',
      JSON.stringify(args, null, 2).replaceAll('"', '&quot;'),
    ]) {
      expect(text).toContain(shown);
    }
    expect(text).toContain(`data-status="pending"`);
  });

  it('says that nobody accepted the definition of its tool, and Approve is not the green one then', async () => {
    const { open, at } = await startConsole();
    await sawTool(seen(definition('reads')));
    await toolChanged(seen(definition('reads and sends')));
    const of = { tool: 'files.read_file', server: 'files', principal: 'me' };
    const page = async (words: string) => {
      const definition_digest = seen(definition(words)).digest;
      const { approval_id } = await request(undefined, { ...of, definition_digest });
      return (await open(at(`/ui/approvals/${approval_id}`))).text;
    };
    const changed = await page('reads and sends');
    expect(changed).toContain('Nobody has accepted the definition of this tool yet');
    expect(changed).not.toContain('class="approve"');
    const accepted = await page('reads');
    expect(accepted).not.toContain('Nobody has accepted');
    expect(accepted).toContain('class="approve"');
  });

  it('shows hostile arguments and words as text, whole and visible', async () => {
    const { open, at } = await startConsole();
    const hostile = { ...call(), args: { [HOSTILE]: HOSTILE } };
    const { approval_id } = await request('key', hostile, { reason: HOSTILE, reasons: [HOSTILE] });
    for (const path of [`/ui/approvals/${approval_id}`, '/ui/approvals']) {
      const { text } = await open(at(path));
      expectHarmless(text);
      expect(text.match(/⟨U\+202E⟩gnp/g)).toHaveLength(4);
    }
  });

  it('shows what is sent besides the arguments, in the list too', async () => {
    const { open, at } = await startConsole();
    const input = { inputResponses: { ask: { content: { to: HOSTILE } } } };
    const { approval_id } = await request('key', { ...call(), input });
    for (const path of [`/ui/approvals/${approval_id}`, '/ui/approvals']) {
      const { text } = await open(at(path));
      expectHarmless(text);
      expect(text).toContain('The server also gets, besides the arguments:');
      expect(text).toContain('&quot;inputResponses&quot;');
    }
  });

  it('cuts nothing, however large the arguments are and become', async () => {
    const { open, at } = await startConsole();
    const note = '\u007f'.repeat(1_200_000);
    const { approval_id } = await request('key', { ...call(), args: { note } });
    const { text } = await open(at(`/ui/approvals/${approval_id}`));
    expect(text.match(/⟨U\+007F⟩/g)).toHaveLength(note.length);
    expect(Buffer.byteLength(text)).toBeLessThan(16 * 1024 * 1024);
    const { text: listed } = await open(at('/ui/approvals'));
    expect(listed).toContain(
      `<a href="${at(`/ui/approvals/${approval_id}`)}">all 1200011 bytes of arguments</a>`,
    );
  });

  it('is where a person decides, and it shows the outcome, who it was and why', async () => {
    const { open, at, send } = await startConsole();
    const { approval_id } = await request('key');
    const path = at(`/ui/approvals/${approval_id}`);
    const fields = fieldsOf((await open(path)).text);
    const reason = 'gesehen: '.repeat(400);
    const sent = await send(path, { ...fields, verdict: 'approve', reason });
    expect([sent.status, sent.location]).toEqual([303, `${path}?decided=`]);
    const { text } = await open(sent.location ?? '');
    expect(text).toContain(`<p role="status" class="told good">Approval ${approval_id} is approved.</p>`);
    expect(text).toMatch(/<dt>use by<\/dt><dd><time/);
    expect(text).toContain('approval-code');
    expect(text).toContain(reason.trim());
    expect(text).not.toContain(`action="${path}`);
    expect((await get(approval_id)).status).toBe('approved');
  });

  it('takes a reason of 4096 characters in any language', async () => {
    const { open, at, send } = await startConsole();
    const { approval_id } = await request('key');
    const path = at(`/ui/approvals/${approval_id}`);
    const reason = '見'.repeat(4_096);
    await send(path, { ...fieldsOf((await open(path)).text), verdict: 'deny', reason });
    expect(await get(approval_id)).toMatchObject({ status: 'denied', denied_because: reason });
  });

  it('says how many have said yes where it takes two, and asks the second one too', async () => {
    const { env, keys } = await createPeople();
    const { base } = await startConsole(env);
    const bob = openBrowser(base);
    await bob.signIn(keys.bob);
    const { approval_id } = await request('key', call(), { terms: { quorum: 2, approvers: ['finance'] } });
    const path = bob.at(`/ui/approvals/${approval_id}`);
    const old = fieldsOf((await bob.open(path)).text);
    await decide(keys.ada, 'key', 'approve', { reason: 'seen' });
    const stale = await bob.send(path, { ...old, verdict: 'approve' });
    expect(stale.location).toBe(`${path}?error=precondition_failed`);
    const { text } = await bob.open(stale.location ?? '');
    expect(text).toContain(
      'It is not as you saw it: somebody said something since. Read it as it is now, and decide then.',
    );
    expect(text).toContain('<dt>run key</dt><dd>key</dd>');
    expect(text).toContain('<dt>said yes</dt><dd>1 of 2</dd>');
    expect(text).toMatch(/<dt>yes of<\/dt><dd>ada, .*: seen/);
    await bob.send(path, { ...fieldsOf(text), verdict: 'approve' });
    expect((await get('key')).status).toBe('approved');
  });

  it('is where a code is drawn, on what was read, and shown once', async () => {
    const { env, keys } = await createPeople();
    const { base } = await startConsole(env);
    const ada = openBrowser(base);
    await ada.signIn(keys.ada);
    const { approval_id } = await request('key', call(), { terms: { quorum: 2, require_reason: true } });
    const path = ada.at(`/ui/approvals/${approval_id}`);
    const { text } = await ada.open(path);
    expect(text).toContain('Draw a code to say');
    expect((await ada.open(ada.at('/ui/approvals'))).text).not.toContain('Draw a code to say');
    const fields = { ...fieldsOf(text), verdict: 'code' };
    expect((await ada.send(path, fields)).location).toBe(`${path}?error=invalid_request`);
    expect((await ada.send(path, { verdict: 'code', reason: 'seen' })).location).toBe(
      `${path}?error=invalid_request`,
    );
    const drawn = await ada.send(path, { ...fields, reason: 'seen' });
    expect([drawn.status, drawn.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const [, code = ''] = /The code is ([2-9A-Z]{8}), until /.exec(drawn.text) ?? [];
    expect((await ada.open(path)).text).not.toContain(code);
    expect((await redeem('key', code)).approval).toMatchObject({
      endorsements: [{ by: 'ada', reason: 'seen' }],
    });
    const again = await ada.send(path, {
      ...fieldsOf((await ada.open(path)).text),
      verdict: 'code',
      reason: 'seen',
    });
    expect(again.location).toBe(`${path}?error=said_already`);
    expect((await ada.open(again.location ?? '')).text).toContain('You have said yes already');
  });

  it('is 404 where there is no such approval', async () => {
    const { open, at } = await startConsole();
    await request('key');
    for (const id of [NONE, 'key', '%3Cscript%3E']) {
      const { status, text } = await open(at(`/ui/approvals/${id}`));
      expect([status, text]).toEqual([404, expect.stringContaining('<h1>Nothing here</h1>')]);
      expect(text).not.toContain('<script>');
    }
  });

  it('says when it was used or denied, and the list has what waits', async () => {
    const { open, at } = await startConsole();
    const used = await request('used');
    await complete('used');
    await consume(used);
    const denied = await request('denied');
    await complete('denied', 'wrong');
    expect((await open(at(`/ui/approvals/${used.approval_id}`))).text).toContain('data-status="consumed"');
    expect((await open(at(`/ui/approvals/${denied.approval_id}`))).text).toContain('wrong code');
    const waits = await request('waits');
    const { text } = await open(at('/ui/approvals'));
    expect(text).toContain(`<a href="${at(`/ui/approvals/${waits.approval_id}`)}">refunds.create</a>`);
    for (const { approval_id } of [used, denied]) expect(text).not.toContain(approval_id);
    expect((await list()).approvals).toHaveLength(3);
  });
});
