import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { approvalLog } from '@aegis/contracts/subjects';
import { describe, expect, it } from 'vitest';
import { fieldsOf, startConsole } from './testkit/browser.ts';
import { definition, seen } from './testkit/definitions.ts';
import { createPeople, giveGrant, listGrants } from './testkit/people.ts';
import { sawTool, toolChanged, tools } from './testkit/tools.ts';
import { CODE, call, get, request, startReplica, useWorld, world } from './testkit/world.ts';

useWorld();

const NONE = `apr_${'a'.repeat(26)}`;
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html";

describe('an address that names nothing', () => {
  it('is not there, whatever is written in it', async () => {
    const { open, post } = await startConsole();
    for (const id of ['*', '%3E', 'a%20b', 'a.b', `gra_${'a'.repeat(26)}`]) {
      expect((await post(`/grants/${id}/revoke`, {})).status).toBe(404);
    }
    const page = await open('/ui/nothing');
    expect([page.status, page.text.includes('<h1>Nothing here</h1>')]).toEqual([404, true]);
  });
});

it('a body in pieces of a byte is hung up on', async () => {
  const { port } = new URL((await startReplica()).address());
  const socket = connect(Number(port), '127.0.0.1');
  socket.write('POST /ui/api/session HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n');
  socket.write('1\r\n \r\n'.repeat(4_000));
  const closed = buffer(socket).then(
    () => true,
    () => true,
  );
  expect(await closed).toBe(true);
});

describe('every answer', () => {
  it('lets a browser run our own scripts only, show it in no frame, and keep no copy', async () => {
    const { open, at, post } = await startConsole();
    const { approval_id } = await request('key');
    const answers = [
      await open('/ui/'),
      await open('/ui/approvals'),
      await open(`/ui/approvals/${approval_id}`),
      await open(at('/ui/approvals')),
      await open(at(`/ui/approvals/${approval_id}`)),
      await open(at(`/ui/approvals/${NONE}`)),
      await open('/ui/tools'),
      await open('/ui/history'),
      await open('/ui/api/inbox'),
      await open('/ui/api/nothing'),
      await open('/ui/nothing'),
      await open('/elsewhere'),
      await open('/ui/approvals', { method: 'POST', body: 'x', headers: { 'content-type': 'text/x' } }),
      await post(`/approvals/${approval_id}/approve`, {}),
    ];
    expect(answers.map(({ status }) => status)).toEqual([
      302, 200, 200, 200, 200, 404, 200, 200, 401, 404, 404, 404, 404, 422,
    ]);
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy': CSP,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('without scripts has the content, and of scripts our own only', async () => {
    const { open, at } = await startConsole();
    await request('key');
    const { text } = await open(at('/ui/approvals'));
    const [, plain = ''] = /<noscript>(.*)<\/noscript>/s.exec(text) ?? [];
    expect(plain).toContain('>refunds.create</a>');
    expect(
      text.replace(/<script type="module" crossorigin src="\/ui\/assets\/[\w.-]+"><\/script>/, ''),
    ).not.toMatch(/<script|<style| style=| on\w+=/);
  });

  it('names files that are there, for ever: its script, its style and its icon', async () => {
    const { open } = await startConsole();
    const { text } = await open('/ui/history');
    const files = [...text.matchAll(/(?:src|href)="(\/ui\/assets\/[^"]+)"/g)].map(([, file = '']) => file);
    const answers = await Promise.all(files.map((file) => open(file)));
    expect(answers.map(({ status, headers }) => [status, headers.get('content-type')])).toEqual([
      [200, 'image/svg+xml'],
      [200, expect.stringMatching(/^(text|application)\/javascript/)],
      [200, expect.stringMatching(/^text\/css/)],
    ]);
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy': CSP,
        'x-content-type-options': 'nosniff',
        'cache-control': 'public, max-age=31536000, immutable',
      });
    }
    for (const path of ['', 'nothing.js', '..%2findex.html', '%2e%2e/index.html', '.']) {
      expect((await open(`/ui/assets/${path}`)).text).not.toContain('<!--plain-->');
    }
  });
});

describe('a GET', () => {
  it('changes nothing, whatever its address says', async () => {
    const people = await createPeople();
    const { open, at, pageToken, cookies } = await startConsole(people.env);
    const granted = await request('granted', call(1));
    const { grant_id } = await giveGrant(people.keys.ada, granted.approval_id);
    const { approval_id } = await request('key', call(2));
    await sawTool(seen(definition('a')));
    await toolChanged(seen(definition('b')));
    const fields = {
      ...fieldsOf((await open(at(`/ui/approvals/${approval_id}`))).text),
      approval_code: CODE,
      secret: CODE,
    };
    const query = new URLSearchParams({ ...fields, verdict: 'approve', back: 'own', decided: approval_id });
    const [cookie] = cookies.values();
    const headers = { 'x-page-token': pageToken() };
    for (const path of [
      '/ui/approvals',
      `/ui/approvals/${approval_id}`,
      at('/ui/approvals'),
      at(`/ui/approvals/${approval_id}`),
      at('/ui/session/end'),
      '/ui/tools',
      '/ui/session',
      '/ui/api/session',
      '/ui/api/session/end',
      '/ui/api/inbox',
      '/ui/api/history',
      '/ui/api/grants',
      `/ui/api/approvals/${approval_id}`,
      `/ui/api/approvals/${approval_id}/approve`,
      `/ui/api/approvals/${approval_id}/deny`,
      `/ui/api/approvals/${approval_id}/grant`,
      `/ui/api/grants/${grant_id}/revoke`,
      '/ui/api/tools',
      '/ui/api/tools/accept',
      '/ui/api/webhooks',
    ]) {
      for (const method of ['GET', 'HEAD']) await open(`${path}?${query.toString()}`, { method, headers });
    }
    expect([...cookies.values()]).toEqual([cookie]);
    expect((await get(approval_id)).status).toBe('pending');
    expect(await tools()).toHaveLength(1);
    expect((await listGrants(CODE, true)).map((one) => one.grant_id)).toEqual([grant_id]);
    const last = await world.running[0]?.bus.read.last(approvalLog(approval_id), Date.now() + 3_000);
    expect(last?.event?.type).toBe('aegis.approval.requested.v1');
  });
});
