import { expect, test } from 'vitest';
import { saidIn } from './health-words.ts';

test('nothing is said where all is well', () => {
  expect(saidIn({ status: 'ok' })).toEqual([]);
});

test('what is not well comes first, and what several parts say is said once', () => {
  const said = saidIn({
    status: 'degraded',
    parts: { policy: ['The file was refused.', 'No bus.'], mcp: ['No bus.'] },
    warnings: { audit: ['The disk fills.'], policy: ['The disk fills.'] },
  });
  expect(said).toEqual([
    { part: 'policy', text: 'The file was refused.' },
    { part: 'policy', text: 'No bus.' },
    { part: 'audit', text: 'The disk fills.' },
  ]);
});
