import { describe, expect, it } from 'vitest';
import type { Response } from '../../wire/message.ts';
import { readServerMessage } from '../../wire/read-message.ts';
import { response } from '../testkit/client.ts';
import { endingOf } from './ending.ts';
import { sha256 } from './recorder.ts';

const failed = {
  content: [{ type: 'image' }, { type: 'text', text: 'no: token ghp_aaaaaaaaaaaaaaaaaaaaaa' }],
  isError: true,
};

describe('how a call ended', () => {
  it('bytes and digest are of the result as the server wrote it', () => {
    const result = '{ "content":[] , "n":1.00,"é":1}';
    const read = readServerMessage(Buffer.from(`{"jsonrpc":"2.0","id":7,"result": ${result} }`));
    if ('nonsense' in read) throw new Error(read.nonsense);
    const { data } = endingOf(read.message as Response, 'digest', 3);
    expect(data).toEqual({
      duration_ms: 3,
      result_bytes: Buffer.byteLength(result),
      result_digest: sha256(result),
    });
  });

  it('what is kept of a result has its numbers as the server wrote them', () => {
    const result = '{"n":[1.00,1e400,12345678901234567890]}';
    const read = readServerMessage(Buffer.from(`{"jsonrpc":"2.0","id":7,"result":${result}}`));
    if ('nonsense' in read) throw new Error(read.nonsense);
    for (const mode of ['full', 'redacted'] as const)
      expect(JSON.stringify(endingOf(read.message as Response, mode, 3))).toContain(
        `"recorded_result":${result}`,
      );
  });

  it('a task’s handle is an accepted call, not a finished one', () => {
    expect(endingOf(response({ result: { task: { taskId: 't' } } }), 'none', 0)).toEqual({
      type: 'succeeded',
      data: { duration_ms: 0, result_bytes: 23, accepted: true },
    });
  });

  it.each([
    ['redacted', 'no: token [redacted]'],
    ['full', 'no: token ghp_aaaaaaaaaaaaaaaaaaaaaa'],
    ['digest', 'the tool says that it failed'],
    ['none', 'the tool says that it failed'],
  ] as const)('a result that is an error is a failure; recorded %s it says %j', (mode, error) => {
    expect(endingOf(response({ result: failed }), mode, 0)).toMatchObject({
      type: 'failed',
      data: { error },
    });
  });

  it('a protocol error is a failure, with its code', () => {
    const error = { code: -32000, message: 'x'.repeat(2_000) };
    const end = endingOf(response({ error }), 'redacted', 0);
    expect(end).toMatchObject({ type: 'failed', data: { error: expect.stringMatching(/^-32000: x+$/) } });
    expect(JSON.stringify(end)).not.toContain('x'.repeat(2_001));
  });

  it('of a large result only the digest is kept', () => {
    const { data } = endingOf(response({ result: { t: 'x'.repeat(70_000) } }), 'full', 0);
    expect(data).toMatchObject({ recorded_result: undefined });
    expect(data).toHaveProperty('result_digest');
  });
});
