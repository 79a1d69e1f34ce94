import { setTimeout as sleep } from 'node:timers/promises';
import { type Bus, createSkipped, type Followed, type Follower } from '@aegis/bus';
import { readEvent } from '@aegis/contracts/read-event';
import { holdsState } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import { type AuditEntry, toEntry } from '../domain/entry.ts';
import { linesBackward } from '../file/backward.ts';
import { FileChangedError, type LineFile } from '../file/line-file.ts';
import { writeProblem } from '../file/write-problem.ts';
import { openStore, type Store, type StoreOptions } from '../store.ts';
import { createQueue } from './queue.ts';
import { SeenIds } from './seen-ids.ts';

/** How often the files are looked at while nothing is written. */
const LOOK_MS = 400;
const RETRY_MS = 250;
/** A file that was removed is soon back; that it happened stays visible for as long as this. */
const SHOWN_MS = 3_000;
const POLL_MS = 2;
/**
 * A pause between writes while few entries come, so that those of a moment share one sync of the file: many small ones are
 * in the way of the log's own, which callers wait for.
 */
const GATHER_MS = 25;
const FEW = 256;

/** The subject that the operator mended, where that is what this is. */
const mended = (fact: Followed): string | undefined => readEvent(fact, 'aegis.audit.mended.v1')?.data.subject;

/** Copies the log into the files, for as long as it runs. */
export type Recorder = Awaited<ReturnType<typeof startRecorder>>;

export type RecorderOptions = Omit<StoreOptions, 'read'> & {
  bus: Pick<Bus, 'read' | 'follow'>;
  log: Logger;
};

/** @throws AppError `audit_unavailable` where the files can't be opened, or don't belong to this log */
export async function startRecorder(options: RecorderOptions) {
  const { bus, log } = options;
  const queue = createQueue();
  const skipped = createSkipped(log);
  let store: Store | undefined;
  let follower: Follower | undefined;
  let problems: string[] = [];
  let lately: { sentence: string; until: number } | undefined;
  let stopBy: number | undefined;

  const taken = (fact: Followed, seen: SeenIds): AuditEntry => {
    const repeats = fact.event && seen.place(fact.event.id, fact.seq);
    const entry = toEntry({ ...fact, repeats });
    if (entry.isEvent) for (const subject of [fact.subject, mended(fact)]) skipped.clear(subject ?? '');
    else if (repeats === undefined) skipped.add(fact, holdsState(fact.subject));
    return entry;
  };
  const open = async (): Promise<void> => {
    store ??= await openStore({ ...options, read: bus.read });
    for (const path of store.setAside) log.warn({ path }, 'a torn last line was set aside');
    const seen = new SeenIds();
    await seen.read(linesBackward(store.audit.handle, store.audit.length()));
    follower = await bus.follow({
      fromSeq: store.nextSeq,
      apply: (fact) => queue.push(taken(fact, seen)),
    });
  };
  const letGo = async (): Promise<void> => {
    const held = { store, follower };
    store = undefined;
    follower = undefined;
    queue.clear();
    await held.follower?.stop();
    await held.store?.close().catch((err: unknown) => log.warn({ err }, 'a file did not close'));
  };
  const step = async (): Promise<void> => {
    if (!store || !follower) await open();
    if (!store) return;
    const found = await store.check();
    const entries = queue.peek();
    await store.append(entries);
    queue.drop(entries.length);
    problems = found;
  };
  const failed = async (error: unknown): Promise<void> => {
    const sentence = writeProblem(error);
    if (!problems.includes(sentence)) log.error({ err: error }, 'the audit files are not written');
    problems = [sentence];
    if (error instanceof FileChangedError) {
      lately = { sentence, until: Date.now() + SHOWN_MS };
      await letGo();
    } else await sleep(RETRY_MS);
  };
  const isOver = (): boolean =>
    stopBy !== undefined && (queue.size() === 0 || follower === undefined || Date.now() > stopBy);
  const run = async (): Promise<void> => {
    while (!isOver()) {
      await queue.waitForWork(stopBy === undefined ? LOOK_MS : 0);
      await step().catch(failed);
      if (stopBy === undefined && queue.size() < FEW) await sleep(GATHER_MS);
    }
  };

  await open();
  const running = run();
  return {
    /** True once the file has everything that was stored when asked, false where the deadline came first. */
    async caughtUp(deadlineMs: number): Promise<boolean> {
      const asked = follower;
      if (!asked || !(await asked.caughtUp(deadlineMs))) return false;
      const target = asked.position();
      while ((store?.auditSeq() ?? 0) < target) {
        if (Date.now() + POLL_MS > deadlineMs) return false;
        await sleep(POLL_MS);
      }
      return true;
    },
    /** The audit file. @throws AppError `audit_unavailable` while it is being opened again */
    file(): LineFile {
      if (store) return store.audit;
      throw new AppError('audit_unavailable', 'The audit file is being opened again; try again in a moment.');
    },
    problems: (): string[] => [
      ...(skipped.problem ? [skipped.problem] : []),
      ...(lately && Date.now() < lately.until && !problems.includes(lately.sentence)
        ? [lately.sentence, ...problems]
        : problems),
    ],
    /** Stops following, writes what waits, until the deadline at the latest, and closes the files. */
    async stop(deadlineMs: number): Promise<void> {
      await Promise.race([follower?.stop(), sleep(deadlineMs - Date.now())]);
      stopBy = deadlineMs;
      queue.interrupt();
      await running;
      await letGo();
    },
  };
}
