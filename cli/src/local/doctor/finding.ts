import type { Env } from '@aegis/kit/env';
import type { FoundStack } from '../stack/stack-file.ts';

/** What one look found. `mend` says how to put it right; a `warn` works, but perhaps not as wanted. */
export type Finding = {
  readonly name: string;
  readonly level: 'ok' | 'warn' | 'fail';
  readonly message: string;
  readonly mend?: string;
};

/** What every look is given. */
export type Patient = {
  readonly env: Env;
  readonly dataDir: string;
  readonly stack: FoundStack;
  /** `--url`, where it was given. */
  readonly url: string | undefined;
};

export type Look = (patient: Patient) => Promise<readonly Finding[]>;

export const ok = (name: string, message: string): Finding => ({ name, level: 'ok', message });
const toMend =
  (level: 'warn' | 'fail') =>
  (name: string, message: string, mend: string): Finding => ({ name, level, message, mend });
export const warn = toMend('warn');
export const fail = toMend('fail');
