import type { Follower } from '@aegis/shared/bus/follow';
import type { Responder } from '@aegis/shared/bus/respond';
import type { PolicyPublished } from '@aegis/shared/contracts/policy';
import { POLICY_LOG } from '@aegis/shared/contracts/subjects';
import { AppError } from '@aegis/shared/errors/app-error';
import type { Deps } from '@aegis/shared/runtime/run-service';
import { healthFrom, type Service } from '@aegis/shared/runtime/service';
import { ActiveFromLog, type ActivePolicy } from './active.ts';
import { readCandidate } from './candidate.ts';
import type { PolicyConfig } from './config.ts';
import type { Candidate } from './domain/policy-log.ts';
import { routes } from './nats.ts';
import { offer } from './publish.ts';
import { watchPath } from './watch.ts';

const CATCH_UP_WITHIN_MS = 10_000;

/** Why the file is not what is in force, as a sentence, or undefined where it is. */
function fileProblem(
  candidate: Candidate | undefined,
  published: PolicyPublished | undefined,
): string | undefined {
  if (candidate?.type === 'bad') {
    const { path, errors } = candidate.rejected;
    return `the policy file ${path} was refused (${errors[0]}); the last good policy stays in force`;
  }
  if (candidate?.type === 'missing' && published?.origin === 'file') {
    return `the policy file ${candidate.path} is missing; the last good policy stays in force`;
  }
  if (candidate?.type === 'good' && published && published.digest !== candidate.policy.digest) {
    return `the policy in force is not the one in ${candidate.policy.path}`;
  }
  return undefined;
}

/** Owns the policy's versions: reads the file, records what is good, activates from the log, answers checks. */
export function createPolicy({ bus, config, log, now }: Deps<PolicyConfig>): Service {
  const fromLog = new ActiveFromLog();
  let follower: Follower | undefined;
  let responder: Responder | undefined;
  let watcher: { stop(): void } | undefined;
  let candidate: Candidate | undefined;
  let warned: string | undefined;
  let current = false;
  let stopped = false;

  const active = (): ActivePolicy => {
    if (!current) throw new AppError('policy_unavailable', 'This replica is behind the log.');
    return fromLog.active;
  };

  const read = async (): Promise<Candidate> => {
    candidate = await readCandidate(config.POLICY_PATH);
    const problem = fileProblem(candidate, undefined);
    if (problem !== undefined && problem !== warned) log.warn({ problem }, 'policy file not in force');
    warned = problem;
    return candidate;
  };
  const offerFile = async (): Promise<void> => {
    if (follower) await offer(bus, follower, fromLog, read, now);
  };
  /** One at a time: an older reading must not overtake a newer one. */
  let rereading: Promise<void> = Promise.resolve();
  const reread = (): void => {
    rereading = rereading.then(offerFile).catch((err: unknown) => {
      log.error({ err }, 'policy file not taken; will be tried again');
      if (!stopped) setTimeout(reread, 1_000).unref();
    });
  };

  /** After the bus was away: not current until all that happened meanwhile is applied. */
  const catchUp = async (): Promise<void> => {
    for (;;) {
      if (stopped || current) return;
      try {
        current = bus.isUp() && (await follower?.caughtUp(Date.now() + CATCH_UP_WITHIN_MS)) === true;
      } catch (err) {
        log.debug({ err }, 'still behind the log');
      }
      if (!current) await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  const health = () =>
    healthFrom([
      !bus.isUp() && 'the message bus is away',
      !current && 'this replica is behind the log',
      fromLog.problem,
      fileProblem(candidate, fromLog.state.published),
    ]);

  return {
    async start() {
      follower = await bus.follow({
        filter: POLICY_LOG,
        fromSeq: 1,
        apply: (message) => fromLog.apply(message),
      });
      await catchUp();
      await offerFile();
      bus.link.onDown(() => {
        current = false;
        void catchUp();
      });
      watcher = watchPath(config.POLICY_PATH, reread);
      responder = await bus.respond(routes(bus, active, now, health));
    },
    async stop() {
      stopped = true;
      watcher?.stop();
      await responder?.drain();
      await follower?.stop();
    },
    health,
  };
}
