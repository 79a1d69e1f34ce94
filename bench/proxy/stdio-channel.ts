import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Channel, ECHO_MARK, echoCall, INITIALIZE, INITIALIZED } from './channel.ts';

export type Command = { command: string; args: readonly string[]; env?: Record<string, string> };

const COMPLAINTS_CHARS = 4_000;

/** Requests by their id, and what came for them. `fail` ends them all, now and later. */
function createQuestions(write: (line: string) => void) {
  const waiting = new Map<number, PromiseWithResolvers<string>>();
  let failure: Error | undefined;
  return {
    ask(id: number, line: string): Promise<string> {
      if (failure) return Promise.reject(failure);
      const answer = Promise.withResolvers<string>();
      waiting.set(id, answer);
      write(line);
      return answer.promise;
    },
    take(line: string): void {
      const { id } = JSON.parse(line) as { id?: number };
      if (id === undefined) return;
      waiting.get(id)?.resolve(line);
      waiting.delete(id);
    },
    fail(error: Error): void {
      failure = error;
      for (const answer of waiting.values()) answer.reject(error);
    },
  };
}

/** The end of what the process said on stderr. */
function listenForComplaints({ stderr }: ChildProcess): () => string {
  let said = '';
  stderr?.on('data', (chunk) => (said = (said + String(chunk)).slice(-COMPLAINTS_CHARS)));
  return () => said;
}

function onLines({ stdout }: ChildProcess, take: (line: string) => void): void {
  let rest = '';
  stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
}

/** Starts a server and speaks lines with it; what it says besides the answers is left aside. */
export async function openStdioChannel({ command, args, env }: Command): Promise<Channel> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'pipe' });
  const name = args.join(' ');
  const write = (line: string): void => void child.stdin.write(`${line}\n`);
  const questions = createQuestions(write);
  const complaints = listenForComplaints(child);
  onLines(child, (line) => questions.take(line));
  child.stdin.on('error', () => undefined);
  const closed = once(child, 'close');
  child.once('close', () => questions.fail(new Error(`${name} ended:\n${complaints()}`)));
  await questions.ask(INITIALIZE.id, JSON.stringify(INITIALIZE));
  write(JSON.stringify(INITIALIZED));
  let lastId = 0;
  return {
    pid: child.pid ?? 0,
    async call() {
      const id = ++lastId;
      const line = echoCall(id);
      const startedAt = performance.now();
      const answer = await questions.ask(id, line);
      const ms = performance.now() - startedAt;
      if (!answer.includes(ECHO_MARK)) throw new Error(`${name} answered ${answer}`);
      return ms;
    },
    async close() {
      child.stdin.end();
      child.kill('SIGTERM');
      await closed;
    },
  };
}
