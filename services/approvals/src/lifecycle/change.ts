import type { Fact } from '@aegis/bus';
import { type Command, decide } from '../domain/approval.ts';
import type { Decided } from '../domain/outcome.ts';
import { type Loaded, type Store, toEnvelope } from '../store.ts';

/** Wakes us at that time, in milliseconds since the epoch. Losing one loses nothing but punctuality. */
export type WakeAt = (approvalId: string, atMs: number) => void;

/** What became of a command: the approval after it, and whether anything happened. */
export type Changed = Loaded & { decision: Decided };

export type Change = (
  command: Command,
  loaded: Loaded,
  deadlineMs: number,
  more?: { source?: string; together?: readonly Fact[] },
) => Promise<Changed>;

/** Decides on what was loaded and stores what happened; the standing approval where nothing did. */
export function createChange(store: Store, wakeAt: WakeAt): Change {
  return async (command, loaded, deadlineMs, { source, together = [] } = {}) => {
    const decision = decide(command, loaded.approval);
    if (!('event' in decision)) return { ...loaded, decision };
    const { name, approval } = decision.event;
    const envelope = toEnvelope(decision.event, command.now, {
      before: loaded.approval,
      source: name === 'denied' ? source : undefined,
    });
    // An overdue approval expires whatever was asked: then what belonged to the command does not happen.
    const also = name === 'expired' ? [] : together;
    const seq = await store.save(envelope, approval.approval_id, loaded.seq, deadlineMs, also);
    if (approval.status === 'approved') wakeAt(approval.approval_id, Date.parse(approval.use_by));
    return { approval, seq, decision };
  };
}
