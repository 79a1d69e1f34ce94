import type { Notice } from '@aegis/contracts/webhooks';
import type { Payload } from './payload.ts';

/** What happened, for people. */
export const HEADLINES: Readonly<Record<Notice | 'webhook.test', string>> = {
  'approval.requested': 'A call waits for approval',
  'approval.endorsed': 'A first yes; more are needed',
  'approval.approved': 'A call was approved',
  'approval.denied': 'A call was denied',
  'approval.expired': 'An approval expired',
  'approval.cancelled': 'The agent took its question back',
  'approval.superseded': 'An approval does not count any more',
  'approval.consumed': 'An approved call was let through',
  'webhook.test': 'AegisMCP can reach you here',
};

/** What there is to say beside the headline: names and values. */
export function detailsOf(payload: Payload): [name: string, value: string][] {
  if (payload.type === 'webhook.test') return [['Webhook', payload.data.webhook_id]];
  const { tool, server, principal, status, decide_by } = payload.data;
  return [
    ['Tool', tool],
    ...(server === undefined ? [] : [['Server', server] as [string, string]]),
    ['Agent', principal],
    ['Status', status],
    ...(status === 'pending' ? [['Decide by', decide_by] as [string, string]] : []),
  ];
}
