import { compilePolicy } from '@aegis/policy-engine';
import { describe, expect, it } from 'vitest';
import type { Response } from '../../wire/message.ts';
import { readServerMessage } from '../../wire/read-message.ts';
import { filterList, LISTINGS, type Listing } from './lists.ts';

const policy = compilePolicy({
  version: 2,
  rules: [
    { match: '*.move', decision: 'deny' },
    { match: '*.drop', decision: 'deny', principals: ['ann'] },
    { match: '*.send', decision: 'deny', when: { 'args.to': { eq: 'x' } } },
    { match: 'resource:file:///etc/*', decision: 'deny' },
    { match: 'prompt:secret*', decision: 'deny' },
    { match: '*', decision: 'allow' },
  ],
});
const VIEWER = { server: 'files', principal: 'ann', client: undefined };
const OPTIONS = { showDenied: false, isModern: false, isPersonal: false };

const list = (result: string): Response => {
  const read = readServerMessage(Buffer.from(`{"jsonrpc":"2.0", "id":7,"result":${result}}`));
  if ('nonsense' in read) throw new Error(read.nonsense);
  return read.message as Response;
};
const listingOf = (method: string): Listing => {
  const listing = LISTINGS.get(method);
  if (listing === undefined) throw new Error(`${method} lists nothing`);
  return listing;
};
const filtered = (result: string, more: Partial<typeof OPTIONS> = {}, viewer = VIEWER): string => {
  const done = filterList(list(result), listingOf('tools/list'), policy, viewer, { ...OPTIONS, ...more });
  return 'odd' in done ? done.odd : done.text.replace('{"jsonrpc":"2.0", "id":7,"result":', '').slice(0, -1);
};

describe('a list of tools', () => {
  it('loses the tools that could only be denied, and not a byte more', () => {
    const before =
      '{ "tools" : [ {"name":"read", "n":1.0e0} , {"name":"move"},{"name":"send"} ],"nextCursor":"c", "x":1 }';
    const after = '{ "tools" : [ {"name":"read", "n":1.0e0} , {"name":"send"} ],"nextCursor":"c", "x":1 }';
    expect(filtered(before)).toBe(after);
  });

  it('is another one for another principal', () => {
    const all = '{"tools":[{"name":"drop"},{"name":"read"}]}';
    expect(filtered(all)).toBe('{"tools":[{"name":"read"}]}');
    expect(filtered(all, {}, { ...VIEWER, principal: 'bob' })).toBe(all);
  });

  it('may have arguments that differ by case alone', () => {
    const all = '{"tools":[{"name":"read","inputSchema":{"properties":{"n":{},"N":{}}}}]}';
    expect(filtered(all)).toBe(all);
  });

  it('keeps its cursor on an emptied page', () => {
    expect(filtered('{"tools":[{"name":"move"}],"nextCursor":"c"}')).toBe('{"tools":[],"nextCursor":"c"}');
  });

  it('loses what is no tool, and names that no rule can hold', () => {
    expect(filtered('{"tools":[7,null,{"title":"x"},{"name":"re ad"},{"name":"read"}]}')).toBe(
      '{"tools":[{"name":"read"}]}',
    );
  });

  it('with --show-denied keeps denied tools, marked', () => {
    const all = '{"tools":[{"name":"move","description":"moves \\"a\\""},{"name":"read"},{"name":"drop"},3]}';
    expect(filtered(all, { showDenied: true })).toBe(
      '{"tools":[{"name":"move","description":"[denied by policy] moves \\"a\\""},{"name":"read"},' +
        '{"name":"drop","description":"[denied by policy]"}]}',
    );
  });

  it.each([
    [
      'public and filtered becomes private',
      '{"tools":[{"name":"move"}],"cacheScope":"public","ttlMs":5}',
      true,
      false,
      true,
    ],
    ['public and for one principal becomes private', '{"tools":[],"cacheScope":"public"}', true, true, true],
    ['public and whole stays public', '{"tools":[],"cacheScope":"public"}', true, false, false],
    [
      'of an older revision stays as it is',
      '{"tools":[{"name":"move"}],"cacheScope":"public"}',
      false,
      true,
      false,
    ],
  ])('%s', (_, text, isModern, isPersonal, isPrivate) => {
    expect(filtered(text, { isModern, isPersonal }).includes('"cacheScope":"private"')).toBe(isPrivate);
  });

  it('gets no cache field that it did not have', () => {
    expect(filtered('{"tools":[{"name":"move"}]}', { isModern: true, isPersonal: true })).toBe(
      '{"tools":[]}',
    );
  });

  it.each([
    ['{"tools":{"a":1}}', 'it is not a list'],
    ['[]', 'it is not a list'],
    ['{"tools":[{"name":"read","name":"move"}]}', 'it has an object with the same key twice'],
    ['{"tools":[{"name":"read"}],"Tools":[{"name":"move"}]}', 'it has keys that look alike'],
    ['{"tools":[{"name":"read"}],"tool\u017f":[{"name":"move"}]}', 'it has keys that look alike'],
    ['{"tools":[{"name":"read","Name":"move"}]}', 'it has keys that look alike'],
    ['{"tools":[{"name":"read","description":"","Description":"x"}]}', 'it has keys that look alike'],
    [`{"tools":[{"name":"read","s":${'['.repeat(9_999)}${']'.repeat(9_999)}}]}`, 'it is nested too deep'],
  ])('%.40s does not reach the client', (text, odd) => expect(filtered(text)).toBe(odd));
});

describe('a list of prompts, resources or templates', () => {
  const BOTH = ['file:///srv/a', 'file:///etc/passwd', 'FILE:///srv/../etc/shadow', 'file:///etc/..//srv/b'];
  it.each([
    ['prompts/list', 'prompts', 'name', ['plan', 'secret-plan'], ['plan']],
    ['resources/list', 'resources', 'uri', BOTH, ['file:///srv/a']],
    [
      'resources/templates/list',
      'resourceTemplates',
      'uriTemplate',
      ['file:///srv/{f}', 'file:///etc/{f}', 'file:///etc/ssl/{+f}', 'file:///e{f}', '{+uri}'],
      ['file:///srv/{f}', 'file:///e{f}', '{+uri}'],
    ],
  ])('%s loses what could only be denied', (method, member, named, all, shown) => {
    const text = (names: string[]) =>
      `{"${member}":[${names.map((name) => `{"${named}":${JSON.stringify(name)}}`).join(',')}]}`;
    const done = filterList(list(text(all)), listingOf(method), policy, VIEWER, OPTIONS);
    expect(done).toEqual({ text: `{"jsonrpc":"2.0", "id":7,"result":${text(shown)}}` });
  });
});
