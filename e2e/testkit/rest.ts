import { CODE } from './stack.ts';

/** A reply of the API, its body parsed. */
export type Reply<T = Record<string, unknown>> = { status: number; body: T; headers: Headers };

async function send<T>(url: string, init?: RequestInit): Promise<Reply<T>> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text) as T, headers: response.headers };
}

/** With `asApprover` as somebody who reads the arguments too. */
export const get = <T = Record<string, unknown>>(
  base: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Reply<T>> => send<T>(`${base}${path}`, { headers });

/** Whoever knows the code of a stack of these tests. */
export const asApprover = { authorization: `Bearer ${CODE}` };

export const post = <T = Record<string, unknown>>(
  base: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Reply<T>> =>
  send<T>(`${base}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** What `/guard/enforce` answers. */
export type Enforced = {
  allowed: boolean;
  approval_required: boolean;
  status: 'allowed' | 'pending' | 'blocked';
  reasons: string[];
  approval_id?: string;
  dry_run_id?: string;
  trace_id: string;
  decision_id?: string;
  replayed?: boolean;
};

/** A line of the audit file, as the API gives it. */
export type AuditEntry = {
  seq: number;
  ts: string;
  action: string;
  status: string | null;
  ok: boolean | null;
  tool: string | null;
  trace_id: string;
  event_id: string;
  type: string;
  approval_id?: string;
  dry_run_id?: string;
  principal?: string;
};

export const enforce = (base: string, body: unknown, headers: Record<string, string> = {}) =>
  post<Enforced>(base, '/guard/enforce', body, headers);

/** Every audit entry, oldest first. */
export async function allAudit(base: string): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  let before = '';
  for (;;) {
    const { body } = await get<{ entries: AuditEntry[]; next?: number }>(base, `/audit?limit=1000${before}`);
    entries.push(...body.entries);
    if (body.next === undefined) return entries.toReversed();
    before = `&before=${body.next}`;
  }
}
