import type { Verdict } from '@aegis/contracts/approvals';
import type {
  AcceptDefinition,
  Decide,
  DecidedView,
  DeliveriesView,
  DrawnView,
  GiveGrantForm,
  PageViews,
} from '@aegis/contracts/console';
import { setClock } from '../live/clock.svelte.ts';
import type { PageName } from '../pages.ts';
import { dataOf, type Route } from '../router/routes.ts';
import { client } from '../session/session.svelte.ts';

type DeliveryView = { delivery: DeliveriesView['deliveries'][number] };

const part = encodeURIComponent;

/** What a page shows. */
export async function getPage<P extends PageName>(
  page: P,
  of: Partial<Route> = {},
  signal?: AbortSignal,
): Promise<PageViews[P]> {
  const view = await client.get<PageViews[P]>(dataOf(page, of), signal);
  if ('now' in view) setClock(view.now);
  return view;
}
export const decide = (id: string, verdict: Verdict, form: Decide) =>
  client.post<DecidedView>(`approvals/${part(id)}/${verdict}`, form);
export const drawCode = (id: string, form: Decide) =>
  client.post<DrawnView>(`approvals/${part(id)}/code`, form);
export const giveGrant = (id: string, form: GiveGrantForm) =>
  client.post<DecidedView>(`approvals/${part(id)}/grant`, form);
export const revokeGrant = (id: string) => client.post(`grants/${part(id)}/revoke`, {});
export const acceptDefinition = (definition: AcceptDefinition) => client.post('tools/accept', definition);
export const testWebhook = (id: string) => client.post<DeliveryView>(`webhooks/${part(id)}/test`, {});
export const getDeliveries = (id: string, signal?: AbortSignal) =>
  client.get<DeliveriesView>(`webhooks/${part(id)}/deliveries`, signal);
