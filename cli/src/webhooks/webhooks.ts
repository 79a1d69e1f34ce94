import type { ApproverOptions } from '../approver-credential.ts';
import { wrongUsage } from '../cli-error.ts';
import { visible } from '../format/visible.ts';
import { RemovedAnswer, WebhookAnswer, WebhooksAnswer } from '../gateway/answers.ts';
import { askAsApprover } from '../gateway/ask-as-approver.ts';
import type { ExitCode, Host } from '../host.ts';
import { printDocument, printLine, printList, printNote } from '../output.ts';

export type AddWebhookOptions = ApproverOptions & {
  /** Where to; `target` on the command line is `--url`, which the gateway has too. */
  readonly to?: string;
  readonly type?: string;
  readonly email?: string[];
  readonly event?: string[];
  readonly secret?: string;
  readonly description?: string;
};

/** What REST takes, from the options. @throws CliError wrong usage */
export function targetOf({ to, type, email, event, description }: AddWebhookOptions) {
  if ((to === undefined) === (email === undefined)) {
    throw wrongUsage('Say where to: an address by --to, or --email once or more, and not both.');
  }
  if (email !== undefined && type !== undefined) throw wrongUsage('--type goes with --to only.');
  const where = email === undefined ? { type: type ?? 'standard', url: to } : { type: 'email', to: email };
  return {
    ...where,
    events: event,
    description,
  };
}

const pathOf = (id: string): string => `webhooks/${encodeURIComponent(id)}`;

export async function listWebhooks(host: Host, options: ApproverOptions): Promise<ExitCode> {
  const answer = await askAsApprover(host, options, { method: 'GET', path: 'webhooks' }, WebhooksAnswer);
  const rows = answer.webhooks.map(({ webhook_id, target, disabled_because }) => [
    webhook_id,
    target.type,
    'url' in target ? target.url : target.to.join(' '),
    target.events.join(' '),
    disabled_because,
  ]);
  printList(host, options, answer, ['WEBHOOK', 'TYPE', 'TO', 'EVENTS', 'OFF BECAUSE'], rows, 'No webhooks.');
  return 0;
}

/** Makes a webhook or changes it; a secret that was made is shown once. */
export async function addWebhook(host: Host, id: string, options: AddWebhookOptions): Promise<ExitCode> {
  const body = { target: targetOf(options), secret: options.secret };
  const answer = await askAsApprover(host, options, { method: 'PUT', path: pathOf(id), body }, WebhookAnswer);
  if (options.json) printDocument(host, answer);
  else if (answer.secret) {
    printLine(host, visible(answer.secret));
    printNote(host, `This secret is shown once: whoever receives ${id} checks signatures with it.`);
  } else printLine(host, `${visible(answer.webhook.webhook_id)} is told from now on.`);
  return 0;
}

export async function removeWebhook(host: Host, id: string, options: ApproverOptions): Promise<ExitCode> {
  const answer = await askAsApprover(host, options, { method: 'DELETE', path: pathOf(id) }, RemovedAnswer);
  if (options.json) printDocument(host, answer);
  else printLine(host, `${id} is told nothing any more.`);
  return 0;
}
