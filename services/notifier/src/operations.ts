import type { Credential } from '@aegis/contracts/approvals';
import type { Delivery, Webhook } from '@aegis/contracts/webhooks';
import type { Webhooks } from './webhooks.ts';

/** Who it is, where that is somebody who may change webhooks. @throws AppError where it is not */
export type Authorize = (credential: Credential) => Promise<{ name: string }>;

/** What people do with webhooks. `by` is who changes something; deadlines are in milliseconds since the epoch. */
export type Operations = Pick<Webhooks, 'save' | 'remove'> & {
  list(): Promise<Webhook[]>;
  /** Sends a `webhook.test` at once, once. @throws AppError `not_found` */
  test(webhookId: string, deadlineMs?: number): Promise<Delivery>;
  /** The last 100 attempts, newest first. @throws AppError `not_found`, `storage_unavailable` */
  deliveries(webhookId: string): Promise<Delivery[]>;
};
