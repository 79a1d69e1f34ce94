import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** MCP servers of many kinds, none of them good: `odd-server-child.ts <kind> [argument]`. */
const [kind = '', argument = ''] = process.argv.slice(2);

type Said = { id?: string | number; method?: string; params?: Record<string, unknown> };

const say = (message: unknown): boolean => process.stdout.write(`${JSON.stringify(message)}\n`);
const result = (id: Said['id'], of: unknown) => ({ jsonrpc: '2.0', id, result: of });

/** Calls `heard` with each message; ends at the end of the input, as servers should. */
function listen(heard: (said: Said, line: string) => void): void {
  createInterface({ input: process.stdin }).on('line', (line) => {
    try {
      heard(JSON.parse(line) as Said, line);
    } catch {
      process.stderr.write(`not JSON: ${line}\n`);
    }
  });
}

const echo = ({ id, method }: Said, line: string): void => {
  if (id !== undefined && method !== undefined) say(result(id, { line }));
};

const KINDS: Readonly<Record<string, () => void>> = {
  echo: () => listen(echo),
  silent: () => listen(() => undefined),
  /** Keeps what it gets, byte for byte, in the file that it is given. */
  tee() {
    process.stdin.on('data', (bytes) => appendFileSync(argument, bytes));
  },
  /** Says what is in the file that it is given, byte for byte, then echoes. */
  say() {
    process.stdout.write(readFileSync(argument));
    listen(echo);
  },
  twice: () => listen(({ id }) => [1, 2].forEach((time) => say(result(id, { time })))),
  /** Answers 1 with ids that are not 1, whichever way it is written. */
  odd: () =>
    listen(({ id }) => {
      for (const other of ['"01"', '1.5', '" 1"', '"0x1"', 'null', '99', '"nobody"']) {
        process.stdout.write(`{"jsonrpc":"2.0","id":${other},"result":{"leak":true}}\n`);
      }
      say(result(id, { right: true }));
    }),
  /** Answers each request with what it is given, `ID` being its id, in Latin-1. */
  answers: () =>
    listen(({ id, method }) => {
      if (id === undefined || method === undefined) return;
      process.stdout.write(Buffer.from(argument.replaceAll('ID', JSON.stringify(id)), 'latin1'));
    }),
  midline: () =>
    listen(({ id }) => {
      process.stdout.write(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"half":`, () =>
        process.exit(3),
      );
    }),
  /** Answers a call only once it is cancelled. */
  late: () =>
    listen(({ id, params }) => {
      if (id !== undefined) say({ jsonrpc: '2.0', method: 'notifications/heard' });
      else say(result(params?.['requestId'] as string, { late: true }));
    }),
  /** Says what is no message, then echoes. */
  nonsense() {
    process.stdout.write('Listening on stdio!\n[]\n{"jsonrpc":"2.0"}\n{"id":1,"result":{}}\n');
    process.stdout.write(Buffer.from([0xff, 0x0a, 0x0d, 0x0a, 0x0a]));
    listen(echo);
  },
  /** Answers pings, and never a call. */
  'asks-never': () =>
    listen(({ id, method }) => {
      if (method === 'ping') say(result(id, {}));
    }),
  never: () => listen(() => undefined),
  /** Says how it was asked to end, and stays. */
  stubborn() {
    process.on('SIGTERM', () => say({ jsonrpc: '2.0', method: 'notifications/sigterm' }));
    setInterval(() => undefined, 1_000);
    listen(echo);
  },
  /** Answers with a line of so many bytes as the call asks for. */
  large: () =>
    listen(({ id, params }) => {
      const empty = JSON.stringify(result(id, { text: '' })).length;
      say(result(id, { text: 'x'.repeat(Number(params?.['bytes']) - empty) }));
    }),
  /** Says 4,000 notifications of 16 KiB as fast as they are taken, and keeps the count in the file that it is given. */
  async flood() {
    for (let count = 1; count <= 4_000; count++) {
      const filler = 'x'.repeat(16_000);
      if (!say({ jsonrpc: '2.0', method: 'notifications/message', params: { count, filler } })) {
        await new Promise((drained) => process.stdout.once('drain', drained));
      }
      writeFileSync(argument, String(count));
    }
    listen(echo);
  },
  /** Takes what it gets in small bites, and says how much it was at the end. */
  async slow() {
    let bytes = 0;
    for await (const chunk of process.stdin) {
      bytes += (chunk as Buffer).length;
      await sleep(1);
    }
    say({ jsonrpc: '2.0', method: 'notifications/taken', params: { bytes } });
  },
  /** Asks the client for something, and says what it got. */
  asks() {
    listen((said) => {
      if (said.method === undefined) say({ jsonrpc: '2.0', method: 'notifications/got', params: { said } });
      else if (said.id !== undefined) {
        say({ jsonrpc: '2.0', id: 'ask-1', method: 'roots/list' });
        say(result(said.id, {}));
      }
    });
  },
  /** Asks more than a client ever answers, and says which answer it got. */
  'asks-much'() {
    listen(({ id, method }) => {
      if (method === undefined) say({ jsonrpc: '2.0', method: 'notifications/got', params: { id } });
      else {
        for (let n = 0; n < 1_024; n++) say({ jsonrpc: '2.0', id: `ask-${n}`, method: 'roots/list' });
        say({ jsonrpc: '2.0', id: 'ask-last', method: 'roots/list' });
        say(result(id, {}));
      }
    });
  },
  /** Says the first half of a line at the first message, and what is a message by itself, with its end, at the second. */
  halves() {
    let count = 0;
    listen((said, line) => {
      if (++count === 1) process.stdout.write('{"half":');
      else if (count === 2) process.stdout.write('{"jsonrpc":"2.0","method":"notifications/smuggled"}\n');
      else echo(said, line);
    });
  },
  /** Answers, and says something a while after the first notification. */
  'says-later'() {
    listen((said, line) => {
      echo(said, line);
      if (said.id === undefined) setTimeout(() => say(said), 300);
    });
  },
  /** Answers, and ends a while after the first notification. */
  'exits-later'() {
    listen((said, line) => {
      echo(said, line);
      if (said.id === undefined) setTimeout(() => process.exit(5), 300);
    });
  },
  exit: () => process.exit(Number(argument)),
  kill: () => process.kill(process.pid, argument),
  /** Leaves a process behind that keeps its output open, and says that one's id. */
  orphan() {
    const left = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 60000)'], {
      stdio: ['ignore', 'inherit', 'ignore'],
      detached: true,
    });
    left.unref();
    const { pid } = left;
    const message = { jsonrpc: '2.0', method: 'notifications/left', params: { pid } };
    process.stdout.write(`${JSON.stringify(message)}\n`, () => process.exit(4));
  },
};

KINDS[kind]?.();
