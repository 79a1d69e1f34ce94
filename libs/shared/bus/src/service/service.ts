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

type Sentences = readonly (string | false | undefined)[];
const said = (sentences: Sentences): string[] =>
  sentences.filter((sentence): sentence is string => typeof sentence === 'string');

/** `ok` where nothing is wrong, else `degraded` with the sentences. What is only to be known changes nothing of that. */
export const healthFrom = (problems: Sentences, warnings: Sentences = []): HealthReply => {
  const [real, toKnow] = [said(problems), said(warnings)];
  const health = real.length === 0 ? healthy : { status: 'degraded' as const, problems: real };
  return toKnow.length === 0 ? health : { ...health, warnings: toKnow };
};
