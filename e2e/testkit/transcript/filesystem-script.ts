import { join } from 'node:path';
import type { Step } from './play.ts';
import { countSteps, handshake, type Steps } from './steps.ts';

const writes = ({ call }: Steps, folder: string): Step[] => [
  call('create_directory', { path: join(folder, 'notes/old') }),
  call('write_file', { path: join(folder, 'notes/a.txt'), content: 'one\ntwo\nthree\n' }),
  call('edit_file', {
    path: join(folder, 'notes/a.txt'),
    edits: [{ oldText: 'two', newText: 'zwei' }],
    dryRun: true,
  }),
  call('edit_file', {
    path: join(folder, 'notes/a.txt'),
    edits: [{ oldText: 'two', newText: 'zwei' }],
  }),
  call('move_file', { source: join(folder, 'notes/a.txt'), destination: join(folder, 'notes/b.txt') }),
];

const reads = ({ call }: Steps, folder: string): Step[] => [
  call('read_text_file', { path: join(folder, 'notes/b.txt'), head: 2 }),
  call('read_file', { path: join(folder, 'notes/b.txt') }),
  call('read_media_file', { path: join(folder, 'pixel.png') }),
  call('read_multiple_files', { paths: [join(folder, 'notes/b.txt'), join(folder, 'none.txt')] }),
  call('list_directory', { path: folder }),
  call('list_directory_with_sizes', { path: folder, sortBy: 'size' }),
  call('directory_tree', { path: folder }),
  call('search_files', { path: folder, pattern: '**/*.txt' }),
  call('get_file_info', { path: join(folder, 'notes/b.txt') }),
  call('list_allowed_directories'),
  call('read_text_file', { path: '/etc/passwd' }),
];

/** Every tool of server-filesystem on `folder`, which has to hold `pixel.png` and nothing else. */
export function filesystemScript(folder: string): Step[] {
  const steps = countSteps();
  return [
    ...handshake(steps, ['"method":"roots/list"']),
    steps.ask('tools/list'),
    ...writes(steps, folder),
    ...reads(steps, folder),
    steps.ask('resources/list'),
    steps.ask('prompts/list'),
  ];
}
