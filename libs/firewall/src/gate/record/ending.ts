import { membersOf, parseJson } from '@aegis/kit/json';
import type { Response } from '../../wire/message.ts';
import { spanOf } from '../../wire/splice.ts';
import type { RecordMode } from '../api.ts';
import { recordedValue } from '../read/recorded-value.ts';
import { MAX_RECORDED, redactText } from '../read/redact.ts';
import { taskIn } from '../read/tasks.ts';
import { type CallEnd, sha256 } from './recorder.ts';

const MAX_ERROR = 1_000;

type Measured = { result_bytes: number; result_digest?: string; recorded_result?: unknown };

/** The first text of a tool's result, which says what went wrong where it did. */
function textOf(result: unknown): string {
  const { content } = membersOf(result);
  const texts = Array.isArray(content) ? content.map((item) => membersOf(item)['text']) : [];
  return texts.find((text): text is string => typeof text === 'string') ?? '';
}

function errorText(said: string, mode: RecordMode, otherwise: string): string {
  if (mode === 'none' || mode === 'digest' || said === '') return otherwise;
  const text = mode === 'full' ? said.slice(0, MAX_ERROR) : redactText(said.slice(0, 2 * MAX_ERROR));
  return text.slice(0, MAX_ERROR).toWellFormed();
}

function measured(response: Response, member: 'result' | 'error', mode: RecordMode): Measured {
  const { text } = response;
  const span = spanOf(text, [member]);
  const written = span ? text.slice(span.start, span.end) : '';
  // A server's answer is read with doubles, and what the record keeps of it stands there as it was written.
  const isReadAgain = !response.hasExactNumbers && written !== '' && written.length <= MAX_RECORDED;
  const value = isReadAgain ? parseJson(written) : response[member];
  const kept = recordedValue(value, mode, written.length);
  return {
    result_bytes: Buffer.byteLength(written),
    ...(mode === 'none' ? {} : { result_digest: sha256(written) }),
    recorded_result: kept,
  };
}

/**
 * How a call ended that got this response. A tool's own error, and a JSON-RPC error, are failures. Bytes and digest are of
 * the result, or of the error, as the server wrote it.
 */
export function endingOf(response: Response, mode: RecordMode, durationMs: number): CallEnd {
  if (response.error !== undefined) {
    const { code, message } = membersOf(response.error);
    const said = typeof message === 'string' ? `${String(code)}: ${message}` : '';
    const error = errorText(said, mode, `error ${String(code)}`);
    return { type: 'failed', data: { duration_ms: durationMs, ...measured(response, 'error', mode), error } };
  }
  const facts = { duration_ms: durationMs, ...measured(response, 'result', mode) };
  const result = membersOf(response.result);
  if (result['isError'] === true) {
    const error = errorText(textOf(result), mode, 'the tool says that it failed');
    return { type: 'failed', data: { ...facts, error } };
  }
  const isAccepted = taskIn(response) !== undefined;
  return { type: 'succeeded', data: isAccepted ? { ...facts, accepted: true } : facts };
}
