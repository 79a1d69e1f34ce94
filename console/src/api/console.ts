import type { Verdict } from '@aegis/contracts/approvals';
import type {
  ApprovalView,
  Decide,
  DecidedView,
  DeliveriesView,
  GiveGrantForm,
  GrantsView,
  HistoryView,
  InboxView,
  WebhooksView,
} from '@aegis/contracts/console';
import { client } from '../session/session.svelte.ts';

type DeliveryView = { delivery: DeliveriesView['deliveries'][number] };

const part = encodeURIComponent;

export const getInbox = (signal?: AbortSignal) => client.get<InboxView>('inbox', signal);
export const getApproval = (id: string, signal?: AbortSignal) =>
  client.get<ApprovalView>(`approvals/${part(id)}`, signal);
export const decide = (id: string, verdict: Verdict, form: Decide) =>
  client.post<DecidedView>(`approvals/${part(id)}/${verdict}`, form);
export const giveGrant = (id: string, form: GiveGrantForm) =>
  client.post<DecidedView>(`approvals/${part(id)}/grant`, form);
export const getHistory = (query: string, signal?: AbortSignal) =>
  client.get<HistoryView>(`history${query === '' ? '' : `?${query}`}`, signal);
export const getGrants = (signal?: AbortSignal) => client.get<GrantsView>('grants', signal);
export const revokeGrant = (id: string) => client.post(`grants/${part(id)}/revoke`, {});
export const getWebhooks = (signal?: AbortSignal) => client.get<WebhooksView>('webhooks', signal);
export const testWebhook = (id: string) => client.post<DeliveryView>(`webhooks/${part(id)}/test`, {});
export const getDeliveries = (id: string, signal?: AbortSignal) =>
  client.get<DeliveriesView>(`webhooks/${part(id)}/deliveries`, signal);
