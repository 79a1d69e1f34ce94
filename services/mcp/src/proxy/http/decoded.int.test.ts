import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createUnfinished } from '../unfinished.ts';
import { describeFailure, sendUpstream } from './send-upstream.ts';
import { kindOf, readReply } from './upstream-replies.ts';

const ANSWER = '{"jsonrpc":"2.0","id":1,"result":{}}';
const answers: Record<string, (response: ServerResponse) => void> = {};
const server = createServer((request, response) => answers[request.url ?? '']?.(response));
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const answering = (encoding: string, body: Buffer, status = 200) => {
  answers['/'] = (response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', 'content-encoding': encoding })
      .end(body);
  const signal = new AbortController().signal;
  const outgoing = { method: 'POST', headers: {}, body: '{}', signal, timeoutMs: 60_000 } as const;
  return sendUpstream({ kind: 'http', url, headers: {} }, outgoing);
};

it.each([
  ['gzip', gzipSync(ANSWER)],
  ['GZIP', gzipSync(ANSWER)],
  ['x-gzip', gzipSync(ANSWER)],
  ['deflate', deflateSync(ANSWER)],
  ['br', brotliCompressSync(ANSWER)],
  ['identity', Buffer.from(ANSWER)],
])('an answer in %s is read as it was before', async (encoding, body) => {
  const reply = await answering(encoding, body);
  expect(kindOf(reply)).toEqual({ type: 'json' });
  expect((await readReply(reply)).toString()).toBe(ANSWER);
});

it('one for which there is no room beside the others that are not whole is an error at once, and takes none', async () => {
  const together = createUnfinished(100);
  const hasRoom = (bytes: number): boolean => {
    const isTaken = together.take(bytes);
    if (isTaken) together.give(bytes);
    return isTaken;
  };
  const open = Promise.withResolvers<ServerResponse>();
  answers['/'] = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('x'.repeat(60));
    open.resolve(response);
  };
  const outgoing = { method: 'POST', headers: {}, body: '{}', signal: new AbortController().signal } as const;
  const send = () => sendUpstream({ kind: 'http', url, headers: {} }, { ...outgoing, timeoutMs: 60_000 });
  const first = readReply(await send(), 1_000, together);
  const response = await open.promise;
  await expect.poll(() => hasRoom(41)).toBe(false);
  expect(await readReply(await send(), 1_000, together).catch(describeFailure)).toMatch(
    /^servers' unfinished answers have 100 bytes together, the most that is kept/,
  );
  response.end();
  expect((await first).length).toBe(60);
  expect(hasRoom(100)).toBe(true);
});

it('so is an error', async () => {
  const reply = await answering('gzip', gzipSync('no'), 429);
  expect([reply.statusCode, (await readReply(reply)).toString()]).toEqual([429, 'no']);
});

it.each(['gzip', 'br'])('a small body in %s that becomes a large one is refused', async (encoding) => {
  const zeros = Buffer.alloc(32 * 1024 * 1024);
  const quickly = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MIN_QUALITY } };
  const bomb = encoding === 'gzip' ? gzipSync(zeros, { level: 1 }) : brotliCompressSync(zeros, quickly);
  const reply = await answering(encoding, bomb);
  await expect(readReply(reply)).rejects.toThrow(/16 MiB|16777216|larger/);
  expect(reply.destroyed).toBe(true);
});

it.each([
  [200, 'gzip, chunked'],
  [200, 'identity, chunked'],
  [500, 'chunked, chunked'],
])('an answer (%i) whose transfer is coded as %j is not read', async (status, coding) => {
  answers['/'] = (response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', 'transfer-encoding': coding })
      .end(ANSWER);
  const outgoing = { method: 'POST', headers: {}, body: '{}', signal: new AbortController().signal } as const;
  const reply = await sendUpstream({ kind: 'http', url, headers: {} }, { ...outgoing, timeoutMs: 60_000 });
  expect(reply.headers['transfer-encoding']).toBe(coding);
  expect(kindOf(reply)).toEqual({
    type: 'useless',
    because: expect.stringContaining('a transfer-encoding that is not chunked alone'),
  });
  reply.destroy();
});

it.each([
  ['gzip', gzipSync(ANSWER).subarray(0, 20)],
  ['gzip', Buffer.from(ANSWER)],
  ['br', Buffer.from(ANSWER)],
])('what is no %s is told so', async (encoding, body) => {
  const failed = await readReply(await answering(encoding, body)).catch(describeFailure);
  expect(failed).toMatch(/^its compressed answer can't be read \(/);
});

it.each(['zstd', 'gzip, br'])('in %s it is told which are read', async (encoding) => {
  expect(kindOf(await answering(encoding, Buffer.from('x')))).toEqual({
    type: 'useless',
    because: `it compressed its answer (content-encoding: ${encoding}), and of encodings the firewall reads gzip, deflate and br, one at a time`,
  });
});

it('an event is read once it came, before the stream ends', async () => {
  answers['/events'] = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
    const zip = createGzip();
    zip.pipe(response);
    zip.write(`data: ${ANSWER}\n\n`);
    zip.flush();
  };
  const over = new AbortController();
  const outgoing = { method: 'GET', headers: {}, signal: over.signal, timeoutMs: 0 } as const;
  const reply = await sendUpstream({ kind: 'http', url: `${url}/events`, headers: {} }, outgoing);
  for await (const chunk of reply) {
    expect(String(chunk)).toBe(`data: ${ANSWER}\n\n`);
    break;
  }
  over.abort();
});
