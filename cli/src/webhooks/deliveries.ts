import { type ApproverOptions, approverCredential } from '../approver-credential.ts';
import { gatewayAddress } from '../gateway/address.ts';
import { DeliveriesAnswer, DeliveryAnswer, type DeliveryItem } from '../gateway/answers.ts';
import { ask } from '../gateway/client.ts';
import type { ExitCode, Host } from '../host.ts';
import { printDocument, printRows } from '../output.ts';

/** Somebody else's server answers, after the gateway's own limit at the latest. */
const TEST_WITHIN_MS = 25_000;

const HEADER = ['AT', 'EVENT', 'ATTEMPT', 'RESULT', 'MS', 'AGAIN AT', 'ERROR'];

const row = ({ at, event, attempt, ok, status, duration_ms, next_at, error }: DeliveryItem) => [
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
  const base = await gatewayAddress(options.url, host.env);
  const headers = await approverCredential(host, options);
  const path = `webhooks/${encodeURIComponent(id)}/test`;
  const answer = await ask(
    base,
    { method: 'POST', path, headers, timeoutMs: TEST_WITHIN_MS },
    DeliveryAnswer,
  );
  if (options.json) printDocument(host, answer);
  else printRows(host, HEADER, [row(answer.delivery)], '');
  return answer.delivery.ok ? 0 : 1;
}

/** The last attempts to tell it, newest first. */
export async function listDeliveries(host: Host, id: string, options: ApproverOptions): Promise<ExitCode> {
  const base = await gatewayAddress(options.url, host.env);
  const headers = await approverCredential(host, options);
  const path = `webhooks/${encodeURIComponent(id)}/deliveries`;
  const answer = await ask(base, { method: 'GET', path, headers }, DeliveriesAnswer);
  if (options.json) printDocument(host, answer);
  else printRows(host, HEADER, answer.deliveries.map(row), 'It was told nothing yet.');
  return 0;
}
