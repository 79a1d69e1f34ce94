import type { Delivery } from '@aegis/contracts/webhooks';
import type { ApproverOptions } from '../approver-credential.ts';
import { DeliveriesAnswer, DeliveryAnswer } from '../gateway/answers.ts';
import { askAsApprover } from '../gateway/ask-as-approver.ts';
import type { ExitCode, Host } from '../host.ts';
import { printList } from '../output.ts';

/** Somebody else's server answers, after the gateway's own limit at the latest. */
const TEST_WITHIN_MS = 25_000;

const HEADER = ['AT', 'EVENT', 'ATTEMPT', 'RESULT', 'MS', 'AGAIN AT', 'ERROR'];

const row = ({ at, event, attempt, ok, status, duration_ms, next_at, error }: Delivery) => [
  at,
  event,
  attempt,
  `${ok ? 'ok' : 'failed'}${status ? ` ${status}` : ''}`,
  Math.round(duration_ms),
  next_at,
  error,
];

/** Sends a test now: 0 where it arrived. */
export async function testWebhook(host: Host, id: string, options: ApproverOptions): Promise<ExitCode> {
  const path = `webhooks/${encodeURIComponent(id)}/test`;
  const answer = await askAsApprover(
    host,
    options,
    { method: 'POST', path, timeoutMs: TEST_WITHIN_MS },
    DeliveryAnswer,
  );
  printList(host, options, answer, HEADER, [row(answer.delivery)], '');
  return answer.delivery.ok ? 0 : 1;
}

/** The last attempts to tell it, newest first. */
export async function listDeliveries(host: Host, id: string, options: ApproverOptions): Promise<ExitCode> {
  const path = `webhooks/${encodeURIComponent(id)}/deliveries`;
  const answer = await askAsApprover(host, options, { method: 'GET', path }, DeliveriesAnswer);
  printList(host, options, answer, HEADER, answer.deliveries.map(row), 'It was told nothing yet.');
  return 0;
}
