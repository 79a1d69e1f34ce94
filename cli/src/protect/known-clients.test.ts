import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { knownClientFiles } from './known-clients.ts';

it('in the home folder the file of the user and that of the project are one', () => {
  const paths = knownClientFiles('/home/ada', {}, '/home/ada', 'linux').map(({ path }) => path);
  expect(paths.filter((path) => path === '/home/ada/.cursor/mcp.json')).toHaveLength(1);
  expect(new Set(paths).size).toBe(paths.length);
});

it('has every client that the documentation names, and the documentation names every one', async () => {
  const page = await readFile(new URL('../../../docs/clients.md', import.meta.url), 'utf8');
  const table = page.slice(page.indexOf('| client |'), page.indexOf('\n\n', page.indexOf('| client |')));
  const named = [...table.matchAll(/^\| (?!client|---)([^|]+?) +\|/gm)].flatMap(([, names = '']) =>
    names.split(', '),
  );
  const known = knownClientFiles('/home/ada/project', {}, '/home/ada', 'linux').map(({ client }) => client);
  expect(named.toSorted()).toEqual([...new Set(known)].toSorted());
});
