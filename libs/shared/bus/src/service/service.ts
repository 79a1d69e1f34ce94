import type { HealthReply } from '@aegis/contracts/health';

/** A part of the firewall: the same rooms, the same life. */
export interface Service {
  /** Resolves when it can take requests. */
  start(): Promise<void>;
  /** Takes no new work, finishes what is in flight, lets go of what it holds. */
  stop(): Promise<void>;
  health(): HealthReply;
}

export const healthy: HealthReply = { status: 'ok', problems: [] };

/** `ok` where nothing is wrong, else `degraded` with the sentences. */
export const healthFrom = (problems: readonly (string | false | undefined)[]): HealthReply => {
  const real = problems.filter((problem): problem is string => typeof problem === 'string');
  return real.length === 0 ? healthy : { status: 'degraded', problems: real };
};
