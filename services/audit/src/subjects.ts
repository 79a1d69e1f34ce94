import type { Bus } from '@aegis/bus';
import type { Logger } from '@aegis/kit/logger';
import { watchWarning } from '@aegis/kit/warning';

const WITHIN_MS = 5_000;
/** What one takes of the NATS server's memory, as it was measured (ADR 0040). */
const BYTES_EACH = 300;
const MIB = 1_048_576;

/** A sentence where the log has as many subjects as that, each of which the NATS server keeps in memory for good. */
export function subjectsWarning(subjects: number, most: number): string | undefined {
  if (subjects < most) return undefined;
  const mib = Math.round((subjects * BYTES_EACH) / MIB);
  return (
    `The log has ${subjects} subjects, one for each call through the firewall, approval and kept answer, which take about ` +
    `${mib} MiB of the NATS server's memory for good: see that it has them, or go on with a new data directory.`
  );
}

/** Counts them again and again. Nothing is said where nobody can tell: that the bus is away is said elsewhere. */
export const watchSubjects = (bus: Pick<Bus, 'read'>, most: number, log: Pick<Logger, 'warn'>) =>
  watchWarning(async () => {
    const end = await bus.read.end(Date.now() + WITHIN_MS).catch(() => undefined);
    return end && subjectsWarning(end.subjects, most);
  }, log);
