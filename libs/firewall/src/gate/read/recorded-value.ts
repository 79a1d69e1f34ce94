import { MAX_DEPTH } from '@aegis/kit/json';
import type { RecordMode } from '../api.ts';
import { MAX_RECORDED, redact } from './redact.ts';

/** Whether a value has more levels of brackets than this. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
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
