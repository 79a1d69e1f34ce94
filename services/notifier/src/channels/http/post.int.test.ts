import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { postJson } from './post.ts';

const INTERIM = 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(100);

it('a receiver that says without end that it goes on is hung up on', async () => {
  const server = createServer((socket) => {
    const say = (): void => {
      while (!socket.destroyed && socket.write(INTERIM));
    };
    socket.on('error', () => undefined).on('drain', say);
    socket.once('data', say);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const web = {
    resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    allowedHosts: ['127.0.0.1'],
    now: () => new Date(),
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const posting = postJson(web, url, { body: '{}' }, new AbortController().signal);
  await expect(posting).rejects.toThrow('it said that it goes on more than 64 times, and did not');
});
