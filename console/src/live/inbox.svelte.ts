import type { InboxView } from '@aegis/contracts/console';
import { getPage } from '../api/console.ts';
import { createResource, type Resource } from '../api/resource.svelte.ts';
import { navigate } from '../router/router.svelte.ts';
import { approvalPath } from '../router/routes.ts';
import { alert } from './alerts.svelte.ts';

let known: ReadonlySet<string> | undefined;

/** Alerts to what was not there when the console looked last; at first sight everything is old. */
function tellOfNew({ items }: InboxView): void {
  for (const { latest, ids } of items) {
    const isNew = known !== undefined && ids.some((id) => !known?.has(id));
    if (!isNew) continue;
    const id = latest.approval_id;
    alert({ tool: latest.tool, principal: latest.principal, id }, () => navigate(approvalPath(id)));
  }
  known = new Set(items.flatMap(({ ids }) => ids));
}

/** What waits: one for the whole console, because the tab's title counts it on every page. */
export const inbox: Resource<InboxView> = createResource(async (signal) => {
  const view = await getPage('inbox', {}, signal);
  tellOfNew(view);
  return view;
});

/** How many calls wait. */
export const waiting = (): number =>
  inbox.data === undefined ? 0 : inbox.data.items.reduce((sum, { count }) => sum + count, inbox.data.more);
