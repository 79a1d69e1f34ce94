import type { Logger } from './logger.ts';

const LOOK_EVERY_MS = 30_000;

/** Looks again and again whether something is well that will not stay so. The log has it each time that it becomes so. */
export function watchWarning(look: () => Promise<string | undefined>, log: Pick<Logger, 'warn'>) {
  let warning: string | undefined;
  const lookAgain = async (): Promise<void> => {
    const before = warning;
    warning = await look();
    if (warning !== undefined && before === undefined) log.warn(warning);
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    /** As it was at the last look. */
    get warning(): string | undefined {
      return warning;
    },
    /** Resolves after the first look. */
    async start(): Promise<void> {
      timer = setInterval(() => void lookAgain(), LOOK_EVERY_MS).unref();
      await lookAgain();
    },
    stop: (): void => clearInterval(timer),
  };
}
