import { expect, it } from 'vitest';
import { knownClientFiles } from './known-clients.ts';

it('in the home folder the file of the user and that of the project are one', () => {
  const paths = knownClientFiles('/home/ada', {}, '/home/ada', 'linux').map(({ path }) => path);
  expect(paths.filter((path) => path === '/home/ada/.cursor/mcp.json')).toHaveLength(1);
  expect(new Set(paths).size).toBe(paths.length);
});
