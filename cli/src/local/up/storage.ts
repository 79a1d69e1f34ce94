import type { Logger } from '@aegis/kit/logger';
import { type EmbeddedBroker, storeProblem, storingProblem } from '@aegis/local-nats';

const LOOK_EVERY_MS = 500;

/**
 * Looks at the disk of our own server. One that could not write takes nothing from then on, room or not; it says so of
 * itself, and is ended as soon as its disk can be written again, so that whoever keeps it alive starts it anew.
 */
export function watchStorage(
  folder: string,
  server: () => Pick<EmbeddedBroker, 'writeError' | 'stop'>,
  log: Pick<Logger, 'warn'>,
) {
  let problem: string | undefined;
  let stopped = false;

  const look = async (): Promise<void> => {
    const current = server();
    const isLost = current.writeError() !== undefined;
    const before = problem;
    problem = await (isLost ? storingProblem : storeProblem)(folder);
    if (problem !== undefined && before === undefined) log.warn(problem);
    if (!isLost || problem !== undefined || stopped) return;
    log.warn('there is room again; starting the NATS server anew');
    await current.stop();
  };
  const run = async (): Promise<void> => {
    await look().catch((err: unknown) => log.warn({ err }, 'the disk could not be looked at'));
    if (!stopped) timer = setTimeout(() => void run(), LOOK_EVERY_MS).unref();
  };
  let timer: NodeJS.Timeout | undefined = setTimeout(() => void run(), LOOK_EVERY_MS).unref();
  return {
    /** Why nothing can be stored, as it was at the last look. */
    problem: (): string | undefined => problem,
    stop: (): void => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
