import { describe, expect, it } from 'vitest';
import {
  answerOf,
  callOf,
  notification,
  requestOf,
  requestText,
  response,
  saidNo,
  send,
} from './testkit/client.ts';
import { data, eventsOf, gate, until, useWorld } from './testkit/world.ts';

const DECIDED = 'aegis.decision.enforced.v1';
const REFUSED = 'aegis.call.refused.v1';
const CODE = '/var/lib/aegismcp/approval-code';

useWorld({ version: 2, rules: [{ match: '*', decision: 'allow' }] });

const withMeta = requestText(
  `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"read","arguments":{},"_meta":{"from":"${CODE}"}}}`,
);

const initialize = (more: object) =>
  requestOf('initialize', {
    protocolVersion: '2025-11-25',
    clientInfo: { name: 'c', version: '1', websiteUrl: 'https://example.com', ...more },
    capabilities: { experimental: { 'com.example/x': {} } },
  });

describe('what reaches the firewall itself, under a policy that allows everything', () => {
  it.each([
    ['an argument', callOf('read', { path: CODE })],
    ['a spelling of it', callOf('read', { path: `file:///var//lib/./%61egismcp/approval-code` })],
    ['an address', callOf('fetch', { url: 'http://127.1:8000/approvals/complete' })],
    ['a resource', requestOf('resources/read', { uri: `file://${CODE}` })],
    ["a prompt's argument", requestOf('prompts/get', { name: 'p', arguments: { file: CODE } })],
    ['what stands beside the arguments', withMeta],
  ])('is denied and on record: %s', async (_what, request) => {
    const { result, error } = answerOf(await send(gate(), request).disposition);
    const no = JSON.stringify(result ?? error);
    expect(no).toContain('AegisMCP blocked this call (built-in own-reach: ');
    expect(no).toContain('which no rule and no approval opens');
    await until(() => eventsOf(DECIDED).length === 1);
    const decided = data(eventsOf(DECIDED)[0]);
    expect(decided).toMatchObject({ outcome: 'blocked', built_in: 'own-reach' });
    expect(decided['rule']).toBeUndefined();
  });

  const argument = { name: 'path', value: CODE };
  it.each([
    ['completion/complete', { ref: { type: 'ref/prompt', name: 'p' }, argument }],
    ['logging/setLevel', { level: 'debug', argument }],
    ['vendor/anything', { argument }],
  ])('does not get by in a method that names something else: %s', async (method, params) => {
    const { disposition } = send(gate(), requestOf(method, params));
    expect(answerOf(await disposition).error).toMatchObject({ code: -32010 });
    await until(() => eventsOf(DECIDED).length === 1);
    expect(data(eventsOf(DECIDED)[0])).toMatchObject({ outcome: 'blocked', built_in: 'own-reach' });
  });

  it.each(['ping', 'resources/list', 'tasks/get'])('nor in one that no rule is about: %s', async (method) => {
    const { disposition } = send(gate(), requestOf(method, { argument }));
    expect(answerOf(await disposition).error).toMatchObject({ code: -32010 });
    await until(() => eventsOf(REFUSED).length === 1);
    expect(data(eventsOf(REFUSED)[0])['because']).toContain('own-reach');
  });

  it('does not get by in an initialize, the first or a later one', async () => {
    const one = gate();
    for (const more of [{ description: CODE }, { websiteUrl: 'http://127.1:8000/approvals' }]) {
      expect(answerOf(await send(one, initialize(more)).disposition).error).toMatchObject({ code: -32010 });
      expect((await send(one, initialize({})).disposition).type).toBe('forward');
    }
  });

  it('does not get by in a notification', async () => {
    const one = gate();
    expect(one.clientNotification(notification('notifications/x', { path: CODE }))).toBe('drop');
    expect(one.clientNotification(notification('notifications/x', { path: '/srv' }))).toBe('forward');
    expect(one.clientNotification(notification('notifications/cancelled', { reason: CODE }))).toBe('drop');
    await until(() => eventsOf(REFUSED).length === 1 && eventsOf(DECIDED).length === 2);
    expect(eventsOf(DECIDED).map((event) => data(event)['outcome'])).toEqual(['blocked', 'allowed']);
  });

  it.each([
    [
      'a folder that the server asks for',
      { result: { roots: [{ uri: 'file:///var/lib/aegismcp', name: 'r' }] } },
    ],
    ['what a form is filled with', { result: { action: 'accept', content: { path: CODE } } }],
    ['what a model says', { result: { role: 'assistant', content: { type: 'text', text: `read ${CODE}` } } }],
    ['an error', { error: { code: 1, message: 'no', data: { see: 'http://127.1:8000/' } } }],
    ['a long text', { result: { content: { type: 'text', text: `${'words '.repeat(1_000)} ${CODE}` } } }],
  ])('does not get by in an answer to the server: %s', async (_what, member) => {
    const instead = JSON.parse(gate().clientResponse(response(member, 's-1')));
    expect(instead).toMatchObject({ jsonrpc: '2.0', id: 's-1', error: { code: -32010 } });
    expect(JSON.stringify(instead)).not.toContain('"content"');
    await until(() => eventsOf(REFUSED).length === 1);
    expect(data(eventsOf(REFUSED)[0])['because']).toContain('built-in own-');
  });

  it.each([
    ['a path', callOf('read', { path: './x/../own-rules.yml' })],
    ['a name', callOf('read', { in: 'own-rules.yml' })],
    ['a word of a command line', callOf('read', { command: 'cd x; cat own-rules.yml|head' })],
    ['what no rule judges', requestOf('vendor/anything', { file: 'own-rules.yml' })],
  ])(
    'does not get by relative to a folder of its server, or one that it was given: %s',
    async (_what, call) => {
      const inFolder = gate({ folders: ['/srv', '/srv/etc'] });
      const given = gate();
      given.clientResponse(response({ result: { roots: [{ uri: 'file:///srv/etc' }] } }, 's-1'));
      for (const one of [inFolder, given]) {
        const { result, error } = answerOf(await send(one, call).disposition);
        expect(JSON.stringify(result ?? error)).toContain('own-reach');
      }
      expect((await send(gate({ folders: ['/srv'] }), call).disposition).type).toBe('forward');
    },
  );

  it('does not get by where the client gives its server other folders besides, or afterwards', async () => {
    const one = gate();
    const uris = Array.from({ length: 30 }, (_, at) => ({ uri: `file:///home/${at}` }));
    one.clientResponse(response({ result: { roots: [...uris, { uri: 'file:///srv/etc' }] } }, 's-1'));
    one.clientResponse(response({ result: { roots: [{ uri: 5 }] } }, 's-2'));
    one.clientResponse(response({ result: { action: 'accept', roots: [] } }, 's-3'));
    const disposition = await send(one, callOf('read', { path: 'own-rules.yml' })).disposition;
    expect(saidNo(disposition)).toContain('own-reach');
    const many = Array.from({ length: 70 }, (_, at) => ({ uri: `file:///srv/${at}` }));
    const instead = JSON.parse(one.clientResponse(response({ result: { roots: many } }, 's-4')));
    expect(instead).toMatchObject({ id: 's-4', error: { code: -32010 } });
  });

  it('and other answers to the server go as they came', () => {
    const roots = response({ result: { roots: [{ uri: 'file:///var/lib', name: 'r' }] } }, 's-1');
    expect(gate().clientResponse(roots)).toBe(roots.text);
  });

  it('where a long text only names it, a person is asked', async () => {
    const content = `${'words '.repeat(1_000)} ${CODE}`;
    const { disposition } = send(gate({ holdMs: 0 }), callOf('write', { path: '/srv/a.md', content }));
    expect(saidNo(await disposition)).toContain('own-mention: arguments.content has a long text that names');
  });

  it('and other calls go as before', async () => {
    const { disposition } = send(gate(), callOf('read', { path: '/var/lib', url: 'http://127.0.0.1:3000' }));
    expect((await disposition).type).toBe('forward');
  });
});
