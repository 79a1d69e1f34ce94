import { dirname, resolve } from 'node:path';
import type { Responder } from '@aegis/bus';
import { type Deps, healthFrom, type Service } from '@aegis/bus/service';
import { createAllowance } from '@aegis/kit/allowance';
import { watchDisk } from '@aegis/kit/disk';
import type { FileLock } from '@aegis/kit/files/lock';
import type { AuditConfig } from './config.ts';
import { lockFiles } from './file/writer-lock.ts';
import { routes } from './nats.ts';
import { type Lag, watchLag } from './projections/lag.ts';
import { type Recorder, startRecorder } from './projections/recorder.ts';
import { createSearching, type Searching } from './searching/searching.ts';
import { watchSubjects } from './subjects.ts';
import { createCountRefused, createWrite } from './write.ts';

const CATCH_UP_MS = 1_500;
const FLUSH_MS = 1_500;

type Parts = { recorder: Recorder; lag: Lag; responder: Responder; searching: Searching; lock: FileLock };

async function stopParts({ recorder, lag, responder, searching, lock }: Parts): Promise<void> {
  await responder.drain();
  searching.stop();
  lag.stop();
  await recorder.caughtUp(Date.now() + CATCH_UP_MS);
  await recorder.stop(Date.now() + FLUSH_MS);
  lock.release();
}

/** Every event into the audit file, every approval into the approvals file, and questions about them. */
export function createAudit({ bus, config, log, now }: Deps<AuditConfig>): Service {
  const auditPath = resolve(config.AUDIT_PATH);
  const approvalsPath = resolve(config.APPROVALS_PATH);
  const disk = watchDisk(dirname(auditPath), config.DISK_WARNING_PERCENT, log);
  const subjects = watchSubjects(bus, config.LOG_SUBJECTS_WARNING, log);
  let parts: Parts | undefined;

  const health = () =>
    healthFrom(
      [
        bus.problem(),
        parts?.lag.isBehind() && 'The audit file is more than 5 seconds behind the log.',
        ...(parts?.recorder.problems() ?? ['The audit service is not running.']),
      ],
      [disk.warning, subjects.warning],
    );
  const refused = createCountRefused({ bus, now });
  const write = createWrite({ bus, path: config.AUDIT_PATH, allowance: createAllowance(config), now });
  return {
    health,
    async start() {
      const lock = await lockFiles([auditPath, approvalsPath]);
      try {
        const recorder = await startRecorder({ bus, log, now, auditPath, approvalsPath });
        const lag = watchLag(recorder, bus);
        const searching = createSearching(recorder);
        const responder = await bus.respond([...routes({ write, refused, health }), ...searching.routes]);
        await disk.start();
        // Nobody waits for a slow log to be counted.
        void subjects.start();
        parts = { recorder, lag, responder, searching, lock };
      } catch (error) {
        lock.release();
        throw error;
      }
    },
    async stop() {
      const running = parts;
      parts = undefined;
      disk.stop();
      subjects.stop();
      if (running) await stopParts(running);
    },
  };
}
