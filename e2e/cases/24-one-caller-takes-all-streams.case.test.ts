import { afterAll, beforeAll, expect, it } from 'vitest';
import { asApprover, enforce } from '../testkit/rest.ts';
import { startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';

let stack: Stack;
const aborter = new AbortController();
beforeAll(async () => {
  stack = await startRuledStack({ rules: [{ match: '*', decision: 'review' }] });
});
afterAll(async () => {
  aborter.abort();
  await stack.stop();
});

const open = (query = '', headers: Record<string, string> = {}) =>
  fetch(`${stack.url}/events${query}`, { headers, signal: aborter.signal });

/** Resolves once this much of a stream was read. */
async function readUntil({ body }: Response, text: string): Promise<string> {
  let read = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    read += chunk;
    if (read.includes(text)) return read;
  }
  return read;
}

it('one caller opens more streams than there are, and others hear of what happens all the same', async () => {
  const held: Response[] = [];
  const ended = new Set<Response>();
  for (let n = 0; n < 101; n++) {
    const response = await open('', asApprover);
    held.push(response);
    void response.text().then(
      () => ended.add(response),
      () => ended.add(response),
    );
  }
  await expect.poll(() => held.length - ended.size).toBeLessThanOrEqual(25);
  const streams = await Promise.all([
    open('?types=approval'),
    open('?types=approval', { cookie: 'aegis_session=a-person' }),
  ]);
  expect(streams.map(({ status }) => status)).toEqual([200, 200]);
  const heard = streams.map((stream) => readUntil(stream, 'aegis.approval.requested.v1'));
  const { body } = await enforce(stack.url, { tool: 'pay.out' });
  for (const text of await Promise.all(heard)) expect(text).toContain(body.approval_id);
});

it('without a key they all count as one, and who comes last is served', async () => {
  for (let n = 0; n < 101; n++) expect((await open()).status).toBe(200);
  const heard = readUntil(await open('?types=approval'), 'aegis.approval.requested.v1');
  await enforce(stack.url, { tool: 'pay.out' });
  expect(await heard).toContain('aegis.approval.requested.v1');
});
