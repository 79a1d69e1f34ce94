import { AuditLine, type QueryAudit, type QueryAuditReply } from '@aegis/contracts/audit';
import { AppError } from '@aegis/kit/errors';
import { parseJson } from '@aegis/kit/json';
import { asShown, CLOCKS_DIFFER_MS } from '../domain/audit-line.ts';
import { type Line, linesBackward, type Readable } from '../file/backward.ts';
import type { LineFile } from '../file/line-file.ts';
import { seekSeq } from '../file/seek.ts';

/** Lines looked at between two looks at the clock. */
export const LOOK_AT_CLOCK = 256;

/** What a page may have: whoever passes it on, reads and writes it again, on the loop where calls are decided. */
const PAGE_BYTES = 262_144;

/** What a line has to have exactly as it was asked for. */
const EQUAL = ['tool', 'ok', 'status', 'principal', 'approval_id', 'call_id'] as const;

type Times = { from: number; to: number };

function matches(line: AuditLine, asked: QueryAudit, times: Times): boolean {
  if (EQUAL.some((field) => asked[field] !== undefined && line[field] !== asked[field])) return false;
  const ts = Date.parse(line.ts);
  // A line without a time matches, so that its damage is reported and it is not passed over.
  return Number.isNaN(ts) || (ts >= times.from && ts < times.to);
}

/** A file of lines, open to be read. */
export type Searched = Pick<LineFile, 'path' | 'length'> & { readonly handle: Readable };

const damaged = (file: Searched, at: number, cause: unknown): AppError =>
  new AppError('audit_unavailable', `${file.path} is damaged at byte ${at}.`, { cause });

/** A line as it stands there. Only those given out are compared with the contract: it costs more than the search. */
export function readLine(file: Searched, { at, text }: Line): AuditLine {
  try {
    return parseJson(text) as AuditLine;
  } catch (cause) {
    throw damaged(file, at, cause);
  }
}

/** @throws AppError `audit_unavailable` where it is no line of the record */
export function checked(file: Searched, line: AuditLine, at: number): AuditLine {
  const parsed = AuditLine.safeParse(line);
  if (parsed.success) return asShown(parsed.data);
  throw damaged(file, at, parsed.error);
}

const timesOf = ({ from, to }: QueryAudit): Times => ({
  from: from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from),
  to: to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to),
});

/**
 * The lines that match, newest first. A search that is not over at `giveUpAt`, in milliseconds since the epoch, gives what
 * it found so far, perhaps nothing, and `next`: as long as there is a `next` there may be more.
 *
 * @throws AppError `audit_unavailable` where a line can't be read
 */
export async function queryLines(
  file: Searched,
  query: QueryAudit,
  giveUpAt: number,
): Promise<QueryAuditReply> {
  const { limit, before } = query;
  const times = timesOf(query);
  const length = file.length();
  const end = before === undefined ? length : await seekSeq(file.handle, length, before);
  const entries: AuditLine[] = [];
  let looked = 0;
  let bytes = 0;
  for await (const found of linesBackward(file.handle, end)) {
    const line = readLine(file, found);
    if (before !== undefined && line.seq >= before) continue;
    // Lines stand in the order of the log, and none says a time that is further off it.
    if (Date.parse(line.ts) < times.from - CLOCKS_DIFFER_MS) break;
    if (matches(line, query, times)) {
      const oldest = entries.at(-1);
      bytes += Buffer.byteLength(found.text);
      if (oldest !== undefined && (entries.length === limit || bytes > PAGE_BYTES))
        return { entries, next: oldest.seq };
      entries.push(checked(file, line, found.at));
    }
    if (++looked % LOOK_AT_CLOCK === 0 && Date.now() > giveUpAt) return { entries, next: line.seq };
  }
  return { entries };
}
