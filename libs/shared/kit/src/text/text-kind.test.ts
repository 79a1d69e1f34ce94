import { expect, it } from 'vitest';
import { textKind } from './text-kind.ts';

it.each([
  [['note'], 'hello', undefined],
  [['amount'], '5', undefined],
  [['body'], 'see https://example.com', 'url'],
  [['x'], 'example.com/a', 'url'],
  [['x'], 'ada@example.com', 'address'],
  [['x'], 'a; b', 'command'],
  [['x'], './a', 'path'],
  [['params', 'callbackURL'], 'x', 'url'],
  [['targetDir'], 'x', 'path'],
  [['x'], '.example.com', 'url'],
  [['x'], 'localhost:8000', 'url'],
  [['x'], 'https', 'url'],
  [['x'], '.test.ts', undefined],
  [['x'], 'httpd', undefined],
  [['args'], 'x', 'command'],
  [['x'], 'pytest -q', 'command'],
] as const)('%j with %j is %s', (names, text, kind) => {
  expect(textKind(names, text)).toBe(kind);
});

it.each(['bash.run', 'remoteShell', 'db-sql', 'ssh_exec'])(
  'what %s takes is a command, whatever it looks like',
  (tool) => {
    expect(textKind(['x'], 'deploy staging', tool)).toBe('command');
    expect(textKind(['cwd'], 'staging', tool)).toBe('path');
  },
);

it.each(['shelter.find', 'notes.add', 'push.all'])('%s is no shell', (tool) => {
  expect(textKind(['x'], 'deploy staging', tool)).toBeUndefined();
});
