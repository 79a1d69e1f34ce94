import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { serverFolders } from './server-folders.ts';

const HERE = fileURLToPath(import.meta.url);

test('the folder that a server runs in, and those that its command line names; a file is none', () => {
  const args = [HERE, 'files', '--root=/srv/a', '/srv/b'];
  const upstream = { kind: 'stdio', command: 'node', args, cwd: dirname(HERE), env: {} } as const;
  expect(serverFolders(upstream, {})).toEqual([dirname(HERE), `${dirname(HERE)}/files`, '/srv/a', '/srv/b']);
});
