import { Notice, TARGETS, WebhookId, WebhookSecret } from '@aegis/contracts/webhooks';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type ApproverOptions, withCredential } from '../approver-credential.ts';
import type { ExitCode, Host } from '../host.ts';
import { collect, parseBy } from '../option-parsers.ts';
import { listDeliveries, testWebhook } from '../webhooks/deliveries.ts';
import { addWebhook, listWebhooks, removeWebhook } from '../webhooks/webhooks.ts';
import { runs } from './runs.ts';

/** The channels whose target is an address on the web. */
const AT_ADDRESSES = Object.entries(TARGETS).flatMap(([type, { shape }]) => ('url' in shape ? [type] : []));

function parseNotice(value: string): string {
  if (Notice.safeParse(value).success) return value;
  throw new InvalidArgumentError(`expected one of ${Notice.options.join(', ')}.`);
}

function registerAdd(webhooks: Command, host: Host): void {
  withCredential(webhooks.command('add'))
    .description('make a webhook, or change it and let it be told again')
    .argument('<id>', 'a name for it', parseBy(WebhookId))
    .option('--to <address>', 'where to: an http or https address')
    .addOption(
      new Option('--type <type>', 'how it is told (default: standard, signed JSON)').choices(AT_ADDRESSES),
    )
    .option('--email <address>', 'tell a person by e-mail instead; may be repeated', collect(String))
    .option('--event <event>', 'of what (default: approval.requested); may be repeated', collect(parseNotice))
    .option(
      '--secret <secret>',
      'sign with it: whsec_… (default: one is made and shown)',
      parseBy(WebhookSecret),
    )
    .option('--description <text>', 'what it is for')
    .action(runs(host, () => addWebhook));
}

/** `aegis webhooks list|add|remove|test|deliveries`. */
export function registerWebhooks(program: Command, host: Host): void {
  const webhooks = program.command('webhooks').description('who is told of what waits for a person');
  const one = (
    name: string,
    description: string,
    run: (host: Host, id: string, options: ApproverOptions) => Promise<ExitCode>,
  ): void => {
    withCredential(webhooks.command(name))
      .description(description)
      .argument('<id>', 'its name', parseBy(WebhookId))
      .action(runs(host, () => run));
  };
  withCredential(webhooks.command('list'))
    .description('list who is told of what')
    .action(runs(host, () => listWebhooks));
  registerAdd(webhooks, host);
  one('remove', 'tell it nothing any more', removeWebhook);
  one('test', 'send it a test now, and say what came back', testWebhook);
  one('deliveries', 'list the last attempts to tell it, newest first', listDeliveries);
}
