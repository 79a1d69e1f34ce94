import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runAegis } from '../../cli/src/testkit/spawn-aegis.ts';

let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-hunt-01-'));
  env = { HOME: folder, AEGIS_DATA_DIR: join(folder, 'data') };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const [OLD, NEW] = ['{ "command": "old-notes" }', '{ "command": "new-notes" }'];

it.each([
  ['a server', `{\n  "mcpServers": {\n    "notes": ${OLD},\n    "notes": ${NEW}\n  }\n}\n`, 'line 4'],
  ['the list', `{\n  "mcpServers": { "a": ${OLD} },\n  "mcpServers": { "b": ${NEW} }\n}\n`, 'line 3'],
])(
  'a client’s file with %s twice is refused, with the line, and stays as it was without a copy',
  async (_, text, line) => {
    const file = join(folder, 'mcp.json');
    await writeFile(file, text);
    const so = {
      protect: 'is NOT behind the firewall',
      unprotect: 'is as it was, and nothing was taken out of it',
    };
    for (const command of ['protect', 'unprotect'] as const) {
      const { code, stdout, stderr } = await runAegis([command, file], { env, cwd: folder });
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain(`mcp.json ${so[command]}: `);
      expect(stderr).toContain(line);
    }
    expect(await readFile(file, 'utf8')).toBe(text);
    expect((await readdir(folder)).filter((one) => one.startsWith('mcp.json'))).toEqual(['mcp.json']);
  },
);
