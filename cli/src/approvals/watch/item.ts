import { parseJson } from '@aegis/kit/json';
import { z } from 'zod';
import { ApprovalItem, UnreadableItems } from '../../gateway/answers.ts';

/** An approval as the watch shows it; members that it does not name stay. */
export const WatchItem = ApprovalItem.extend({
  principal: z.string(),
  server: z.string().nullish(),
  args: z.record(z.string(), z.unknown()).nullish(),
  input: z.record(z.string(), z.unknown()).nullish(),
  reasons: z.array(z.string()).default([]),
  reason: z.string().nullish(),
  rule: z.looseObject({ index: z.number(), match: z.string() }).nullish(),
  terms: z
    .looseObject({
      approvers: z.array(z.string()).nullish(),
      quorum: z.number().nullish(),
      require_reason: z.boolean().nullish(),
    })
    .nullish(),
  decide_by: z.string(),
  /** Why its arguments, which are not here, can't be read. */
  unreadable: z.string().nullish(),
});
export type WatchItem = z.infer<typeof WatchItem>;

/** A page of the list. */
export const WatchPage = z.looseObject({
  approvals: z.array(WatchItem),
  unreadable: UnreadableItems,
  next: z.string().nullish(),
});
type WatchPage = z.infer<typeof WatchPage>;

/** What a page has, each with why its arguments can't be read, where they can't. */
export function itemsOfPage({ approvals, unreadable }: WatchPage): WatchItem[] {
  const why = new Map(unreadable.map(({ approval_id, because }) => [approval_id, because]));
  return approvals.map((item) => ({ ...item, unreadable: why.get(item.approval_id) }));
}

const ApprovalEvent = z.looseObject({
  data: z.looseObject({
    approval: z.looseObject({ call: z.looseObject({}), requested_at: z.string() }),
  }),
});

/** The approval in an event of the stream, as the list has it; undefined where the event is about something else. */
export function itemOfEvent(text: string): WatchItem | undefined {
  let event: unknown;
  try {
    event = parseJson(text);
  } catch {
    return undefined;
  }
  const parsed = ApprovalEvent.safeParse(event);
  if (!parsed.success) return undefined;
  const { call, requested_at, ...rest } = parsed.data.data.approval;
  return WatchItem.safeParse({ ...rest, ts: requested_at, ...call }).data;
}
