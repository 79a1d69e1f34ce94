import type { PageViews } from '@aegis/contracts/console';
import { pageToken } from '../session/page-token.ts';
import { alerts } from './alerts.svelte.ts';
import { createEventStream } from './event-stream.ts';
import { openSource } from './fetch-source.ts';
import { type Changed, changedBy, createNudge } from './nudge.ts';
import { createWatch } from './watch.ts';

const TYPES = [
  'requested',
  'endorsed',
  'code_drawn',
  'code_refused',
  'approved',
  'denied',
  'expired',
  'cancelled',
  'superseded',
  'consumed',
].map((what) => `aegis.approval.${what}.v1`);
const NUDGE_MS = 200;

let lost = $state(false);
const listeners = new Set<(changes: Changed[]) => void>();
const nudge = createNudge((changes) => {
  for (const listener of listeners) listener(changes);
}, NUDGE_MS);
/** A browser has six connections a host for all its tabs: one that nobody sees gives its own back, unless it is to alert. */
const isWanted = (): boolean => !document.hidden || alerts.on;
const watch = createWatch({
  isWanted,
  look: () => nudge.add(undefined),
  onLost: (isLost) => {
    lost = isLost;
  },
});

const stream = createEventStream({
  open() {
    const token = pageToken.read();
    return openSource('/events?types=approval', token === undefined ? {} : { 'x-page-token': token });
  },
  types: TYPES,
  onEvent: (data) => nudge.add(changedBy(data)),
  onUp: () => watch.up(),
  onDown: () => watch.down(),
});

function end(): void {
  stream.close();
  watch.stop();
  nudge.stop();
}

function follow(): void {
  if (!isWanted()) {
    end();
    return;
  }
  stream.open();
  if (!document.hidden) nudge.add(undefined);
}

/** Whether the live connection is lost or refused, so that the server is asked from time to time. */
export const isLost = (): boolean => lost;

/** Tells the listener that something changed on the server, and what, if that is known. Returns what ends it. */
export function onChange(listener: (changes: Changed[]) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Follows the server's events; returns what stops it. */
export function startLive(): () => void {
  stream.open();
  document.addEventListener('visibilitychange', follow);
  return () => {
    document.removeEventListener('visibilitychange', follow);
    end();
  };
}

/** Whether what is shown may be another by now: what is about one approval, by what happened to it or to a call like it. */
export function isAbout(shown: PageViews[keyof PageViews] | undefined, changes: readonly Changed[]): boolean {
  if (shown === undefined || !('approval' in shown)) return true;
  const { approval_id, call_digest } = shown.approval;
  return changes.some(
    (change) =>
      change === undefined || change.approvalId === approval_id || change.callDigest === call_digest,
  );
}
