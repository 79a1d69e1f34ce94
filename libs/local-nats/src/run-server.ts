import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BrokerError, natsConf, type PublicKeys } from '@aegis/bus/law';
import { makeFolder } from '@aegis/kit/files';
import type { BrokerLog } from './broker-log.ts';
import { STOP_LIMIT_MS } from './leftover.ts';
import type { BrokerPaths } from './paths.ts';
import { requireFreePort } from './port.ts';

const HOST = '127.0.0.1';
const POLL_MS = 10;
/** What it says where it could not write; the stream takes nothing from then on, room or not, until it is started again. */
const CAN_NOT_WRITE =
  /write error|no space left|failed to store|will be DISABLED|read-only file system|quota/i;
/** A start reads the whole log back and checks it, which takes a while where there is much of it. */
const READY_LIMIT_MS = 60_000;

export type RunServerOptions = {
  readonly binary: string;
  readonly paths: BrokerPaths;
  /** 0 = any free port. */
  readonly port: number;
  readonly identities: PublicKeys;
  readonly log: BrokerLog;
};

export type RunningServer = Awaited<ReturnType<typeof runServer>>;

/** Starts a nats-server as a child on loopback and waits until it takes connections. @throws BrokerError */
export async function runServer(options: RunServerOptions) {
  const { binary, paths, log } = options;
  await requireFreePort(HOST, options.port);
  await writeFiles(options);
  // A group of its own: Ctrl-C reaches the parent only, which stops the server last.
  const child = spawn(binary, ['-c', paths.conf], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = new Promise<void>((done) => child.once('exit', () => done()).once('error', () => done()));
  const { lastWords, writeError } = readLog(child, log);
  const watchdog = startWatchdog(child.pid, paths.conf);
  void exited.then(() => watchdog?.stdin?.end());
  /** SIGKILL. */
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  const port = await untilListening(child, paths.portsDir);
  if (port === undefined || child.pid === undefined) {
    await kill();
    throw new BrokerError(
      `The NATS server ${binary} did not start (${lastWords()}): mend that, or set NATS_URL to a server that runs.`,
    );
  }
  return {
    url: `nats://${HOST}:${port}`,
    port,
    pid: child.pid,
    /** Settles when the server has ended, for whatever reason. */
    exited,
    /** What it said of a write that failed, once one did: then it takes no more until it is started again. */
    writeError: (): string | undefined => (hasEnded(child) ? undefined : writeError()),
    /** Asks it to end, waits 3 s, then kills it. */
    stop: (): Promise<void> => stop(child, exited),
    kill,
  };
}

async function writeFiles({ paths, port, identities }: RunServerOptions): Promise<void> {
  await rm(paths.portsDir, { recursive: true, force: true });
  for (const dir of [paths.dir, paths.portsDir]) await makeFolder(dir, 0o700);
  const conf = natsConf({
    host: HOST,
    port: port === 0 ? -1 : port,
    storeDir: paths.storeDir,
    identities,
    pidFile: paths.pidFile,
    portsFileDir: paths.portsDir,
  });
  await writeFile(paths.conf, conf, { mode: 0o600 });
  await writeFile(paths.ownerFile, `${process.pid}\n`);
}

/** Passes the server's warnings and errors on and remembers the last one, and the first of a write that failed. */
function readLog(child: ChildProcess, log: BrokerLog) {
  let last = 'it said nothing';
  let failedWrite: string | undefined;
  child.on('error', (error) => {
    last = error.message;
  });
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const [, level, message = line] = /\[(INF|WRN|ERR|FTL|DBG|TRC)\] (.*)/.exec(line) ?? [];
      if (level === 'INF') return;
      last = message;
      if (level === 'ERR' && CAN_NOT_WRITE.test(message)) {
        // From here on each call that is denied would be such a line.
        if (failedWrite !== undefined) return;
        failedWrite = message;
      }
      // Its warnings are its own affair, such as what it rebuilt after a crash; its errors are ours.
      log[level === 'WRN' ? 'info' : 'warn']({ message }, 'the NATS server says');
    });
  }
  return { lastWords: () => last, writeError: () => failedWrite };
}

/** Sees to it that the server ends with this process even where that is killed with -9. */
function startWatchdog(pid: number | undefined, conf: string): ChildProcess | undefined {
  if (pid === undefined) return undefined;
  const script = fileURLToPath(new URL('./watchdog.ts', import.meta.url));
  const watchdog = spawn(process.execPath, [script, String(pid), conf], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.on('error', () => undefined);
  watchdog.stdin.on('error', () => undefined);
  watchdog.unref();
  return watchdog;
}

const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null;

/** The port, once the server has written its ports file, which it does when it listens; undefined where it ended. */
async function untilListening(child: ChildProcess, dir: string): Promise<number | undefined> {
  for (let waitedMs = 0; waitedMs < READY_LIMIT_MS && !hasEnded(child); waitedMs += POLL_MS) {
    const port = await listeningPort(dir, child.pid);
    if (port !== undefined) return port;
    await sleep(POLL_MS);
  }
  return undefined;
}

async function listeningPort(dir: string, pid: number | undefined): Promise<number | undefined> {
  const name = (await readdir(dir)).find((each) => each.endsWith(`_${pid}.ports`));
  if (name === undefined) return undefined;
  const port = /"nats":\s*\[\s*"[^"]*:(\d+)"/.exec(await readFile(join(dir, name), 'utf8'))?.[1];
  return port === undefined ? undefined : Number(port);
}

async function stop(child: ChildProcess, exited: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(late);
}
