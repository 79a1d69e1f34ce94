import { AppError, belongElsewhere } from '@aegis/kit/errors';
import { DryRunId } from './call.ts';

/** The caller's own name for a run of a call: `run_key`, by its older name, which the record has, `dry_run_id`. */
export const runKeyFields = { run_key: DryRunId.optional(), dry_run_id: DryRunId.optional() };

type Keyed = { readonly run_key?: string | undefined; readonly dry_run_id?: string | undefined };

/** What a caller named, by either name. */
export const runKeyOf = ({ run_key, dry_run_id }: Keyed): string | undefined => run_key ?? dry_run_id;

/** Two names with two keys: whoever reads the one would mean another call than who reads the other. */
export const isOneKey = ({ run_key, dry_run_id }: Keyed): boolean =>
  run_key === undefined || dry_run_id === undefined || run_key === dry_run_id;
export const ONE_KEY = {
  path: ['run_key'],
  message: 'is not what dry_run_id, its older name, says: give one of them',
};

/** An answer with its key by both names. */
export const withRunKey = <T extends Keyed>(answer: T): T & { run_key?: string } =>
  answer.dry_run_id === undefined ? answer : { ...answer, run_key: answer.dry_run_id };

const OLDER = 'dry_run_id: ';

/**
 * What a service has against a key, which it knows by the older name only, with the field that the caller sent: `within`
 * is where their keys stand, such as `meta.`.
 */
export function nameWhatWasSent(sent: Keyed | undefined, within: string): (thrown: unknown) => never {
  return (thrown) => {
    if (!(thrown instanceof AppError && thrown.message.startsWith(OLDER))) throw thrown;
    const field = sent?.run_key === undefined ? 'dry_run_id' : 'run_key';
    throw new AppError(thrown.code, `${within}${field}: ${thrown.message.slice(OLDER.length)}`, {
      cause: thrown,
    });
  };
}

/** What is said of them beside `meta`, and of what is in no place but the arguments. */
export const INSIDE_META = belongElsewhere(
  [['run_key', 'dry_run_id', 'reason'], 'run_key and reason go inside meta: give meta.run_key, meta.reason'],
  [['currency'], 'it goes inside args, where the tool reads it: give args.currency'],
);
