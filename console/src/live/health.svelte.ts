import { createResource, type Resource } from '../api/resource.svelte.ts';
import { type Health, type Said, saidIn } from '../text/health-words.ts';
import { LOOK_MS } from './watch.ts';
import { whileSeen } from './while-seen.ts';

/** What the firewall says of itself, to everybody: the gateway's own answer, 503 where a part is not well. */
export const health: Resource<Said[]> = createResource(async (signal) => {
  const response = await fetch('/health', { cache: 'no-store', redirect: 'error', signal });
  return saidIn((await response.json()) as Health);
});

/** Looks from time to time, while somebody looks. Returns what stops it. */
export function watchHealth(): () => void {
  if (!document.hidden) void health.reload();
  return whileSeen(() => void health.reload(), LOOK_MS);
}
