import { describe, expect, it } from 'vitest';
import { hasNoList, readEntries, replaceEntry } from './client-config.ts';

const BOM = '\uFEFF';
const ONE = '{"mcpServers":{"a":{"command":"x"}}}';
const namesIn = (text: string) =>
  readEntries('f.json', text).map(({ name, unknownPlace }) => unknownPlace ?? name);

describe('a client’s file', () => {
  it.each([
    ['as most have it', ONE],
    ['with a byte order mark', `${BOM}${ONE}`],
    ['with comments, a trailing comma and CRLF', '{ // mine\r\n"servers":{"a":{"command":"x",},},\r\n}\r\n'],
    ['with keys that are escaped', '{"mcpServers":{"\\u0061":{"comm\\u0061nd":"x"}}}'],
    ['of VS Code’s settings', '{"mcp":{"servers":{"a":{"command":"x"}}},"servers":{}}'],
    ['of Claude Code', '{"mcpServers":{},"projects":{"/x":{"mcpServers":{"a":{"command":"x"}}},"/y":{}}}'],
  ])('is read %s', (_, text) => expect(namesIn(text)).toEqual(['a']));

  it.each([
    ['a server twice', '{"mcpServers":{"a":{"command":"x"},"a":{"command":"evil"}}}', '"a" twice'],
    [
      'a server twice, once escaped',
      '{"mcpServers":{"a":{"command":"x"},"\\u0061":{"command":"evil"}}}',
      '"a" twice',
    ],
    ['the list twice', '{"mcpServers":{"a":{"command":"x"}},"mcpServers":{}}', '"mcpServers" twice'],
    ['a command twice', '{"mcpServers":{"a":{"command":"x","command":"evil"}}}', '"command" twice'],
    ['a variable twice', '{"mcpServers":{"a":{"command":"x","env":{"A":"1","A":"2"}}}}', '"A" twice'],
    ['__proto__', '{"mcpServers":{"__proto__":{"command":"evil"},"a":{"command":"x"}}}', 'a key "__proto__"'],
    [
      '__proto__ for the list',
      '{"__proto__":{"mcpServers":{"a":{"command":"x"}}},"servers":{}}',
      'a key "__proto__"',
    ],
    ['__proto__, escaped', '{"mcpServers":{"a":{"\\u005f_proto__":{"command":"x"}}}}', 'a key "__proto__"'],
    [
      'a list that Go reads',
      '{"mcpServers":{},"MCPServers":{"a":{"command":"evil"}}}',
      '"MCPServers" is another name',
    ],
    [
      'a list that Go reads by folding its letters',
      '{"mcpServers":{},"mcp\u017ferver\u017f":{"a":{"command":"evil"}}}',
      'is another name to some clients',
    ],
    [
      'a comment that ends for some',
      '{"mcpServers":{// \r"a":{"command":"x"}\n}}',
      'it has comments, and a character',
    ],
    [
      'a line separator',
      '{"mcpServers":{// \u2028"a":{"command":"evil"},\n"b":{"command":"x"}}}',
      'it has comments, and',
    ],
  ])('with %s is refused: clients read one thing or the other', (_, text, why) => {
    expect(() => readEntries('f.json', text)).toThrow(/^f\.json is NOT behind the firewall: /);
    expect(() => readEntries('f.json', text)).toThrow(why);
  });

  it('that has servers in a list which is not known says so of each', () => {
    const there = '{"command":"x"}';
    expect(namesIn(`{"mcpServers":{},"context_servers":{"a":${there}},"mcp_servers":[${there}]}`)).toEqual([
      'context_servers',
      'mcp_servers',
    ]);
    expect(namesIn(`{"servers":{},"mcp":{"a":${there}}}`)).toEqual(['mcp']);
    for (const one of [
      '{"httpUrl":"x"}',
      '{"cmd":"x"}',
      '{"Command":"x"}',
      '{"command":["x"]}',
      '{"uri":"x"}',
    ])
      expect([one, namesIn(`{"mcpServers":{},"context_servers":{"a":${one}}}`)]).toEqual([
        one,
        ['context_servers'],
      ]);
    expect(namesIn(`{"servers":{},"x":{"modelContextProtocolServers":[{"transport":${there}}]}}`)).toEqual([
      'x.modelContextProtocolServers.0',
    ]);
    expect(namesIn(`{"projects":{"/x":{"mcpServers":{},"mcp.servers":{"a":${there}}}}}`)).toEqual([
      'projects./x.mcp.servers',
    ]);
    expect(
      namesIn(`{"servers":{},"mcpServers":[${there}],"profiles":[{"mcpServers":{"a":${there}}}]}`),
    ).toEqual(['mcpServers', 'profiles.0.mcpServers']);
    expect(namesIn(`{"projects":{"/x":{"servers":{"a":${there}}}},"servers":{}}`)).toEqual([
      'projects./x.servers',
    ]);
    expect(namesIn('{"mcpServers":{},"enabledMcpjsonServers":["a"],"mcpContextUris":[]}')).toEqual([]);
  });

  it('without a list is one that has no servers, unless they stand somewhere else', () => {
    for (const text of ['', '{}', '{"theme":"dark"}', `${BOM}{}`])
      expect([text, hasNoList(text)]).toEqual([text, true]);
    for (const text of [ONE, '{', '{"MCPSERVERS":{}}', '{"context_servers":{"a":{"command":"x"}}}'])
      expect([text, hasNoList(text)]).toEqual([text, false]);
  });

  it('keeps its byte order mark, its line ends and its indentation', () => {
    const text = `${BOM}{\r\n\t"mcpServers": {\r\n\t\t"a": { "command": "x" }\r\n\t}\r\n}\r\n`;
    const written = replaceEntry(text, ['mcpServers', 'a'], { command: 'y' });
    expect(written).toBe(
      `${BOM}{\r\n\t"mcpServers": {\r\n\t\t"a": {\r\n\t\t\t"command": "y"\r\n\t\t}\r\n\t}\r\n}\r\n`,
    );
  });
});
