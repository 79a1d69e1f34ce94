import { hash } from 'node:crypto';
import { isObject, MAX_DEPTH } from '@aegis/kit/json';
import type { Request } from '../../wire/message.ts';
import { spanOf } from '../../wire/splice.ts';
import type { RecordMode } from '../api.ts';
import { MAX_RECORDED, redact } from './redact.ts';

/** Whether a value has more levels of brackets than this. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (!Array.isArray(value) && !isObject(value)) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1));
}

/**
 * What the record keeps of arguments or of a result; undefined where it keeps nothing but digests, or where there is too
 * much. `written` is the length of the message that holds the value, so never less than its own.
 */
export function recordedValue(value: unknown, mode: RecordMode, written: number): unknown {
  if (value === undefined || mode === 'none' || mode === 'digest') return undefined;
  if (written > MAX_RECORDED || isDeeper(value, MAX_DEPTH)) return undefined;
  return mode === 'full' ? value : redact(value);
}

/** What the record keeps of the parameters of a request that nobody judges. */
export function recordedParams({ params, text }: Request, mode: RecordMode) {
  const span = params === undefined || mode === 'none' ? undefined : spanOf(text, ['params']);
  if (span === undefined) return {};
  const written = text.slice(span.start, span.end);
  const kept = recordedValue(params, mode, written.length);
  return {
    params_digest: `sha256:${hash('sha256', written, 'hex')}`,
    ...(kept === undefined ? {} : { recorded_params: kept }),
  };
}
