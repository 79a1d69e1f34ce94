import { z } from 'zod';
import { Credential } from './approvals.ts';
import { Principal, Timestamp } from './call.ts';
import { Empty, rpc } from './rpc.ts';

/** A subject token and a file's key. */
export const WebhookId = z
  .string()
  .regex(
    /^(?!__proto__$)[A-Za-z0-9_-]{1,64}$/,
    'expected 1 to 64 characters of A-Z a-z 0-9 _ -, not __proto__',
  );
export type WebhookId = z.infer<typeof WebhookId>;

/** What a webhook may be told of, by the names of https://www.standardwebhooks.com. */
export const NOTICES = [
  'approval.requested',
  'approval.endorsed',
  'approval.approved',
  'approval.denied',
  'approval.expired',
  'approval.cancelled',
  'approval.superseded',
  'approval.consumed',
] as const;
export const Notice = z.enum(NOTICES);
export type Notice = z.infer<typeof Notice>;

const EXPECTED_SECRET = 'expected whsec_ and 24 to 64 bytes in base64';
export const WebhookSecret = z.string().regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, EXPECTED_SECRET);

const told = {
  events: z.array(Notice).min(1).default(['approval.requested']).describe('of what they are told'),
  description: z.string().max(200).optional().describe('what it is for'),
};

const WebhookUrl = z.url({ protocol: /^https?$/ }).max(2000);
const atAddress = <T extends string>(type: T) =>
  z.strictObject({ type: z.literal(type), url: WebhookUrl.describe('where to'), ...told });

/**
 * What each channel takes. `standard`: signed, thin JSON (Standard Webhooks). `slack`: an incoming webhook's Block Kit
 * message.
 */
export const TARGETS = {
  standard: atAddress('standard'),
  slack: atAddress('slack'),
  email: z.strictObject({
    type: z.literal('email'),
    to: z.array(z.email()).min(1).max(20).describe('whom'),
    ...told,
  }),
};
export type ChannelType = keyof typeof TARGETS;

type Target = (typeof TARGETS)[ChannelType];
/** Where people are told. */
export const WebhookTarget = z.discriminatedUnion('type', Object.values(TARGETS) as [Target, ...Target[]]);
export type WebhookTarget = z.infer<typeof WebhookTarget>;

/** A webhook as it is shown: its secret never. */
export const Webhook = z.strictObject({
  webhook_id: WebhookId,
  target: WebhookTarget,
  /** Why nothing is sent any more, where that is so. */
  disabled_because: z.string().optional(),
});
export type Webhook = z.infer<typeof Webhook>;

/** One attempt. `status` is the HTTP status where there was an answer. */
export const Delivery = z.strictObject({
  webhook_id: WebhookId,
  /** The same for each attempt at one notice: `webhook-id`. */
  message_id: z.string().min(1).max(128),
  event: z.string().min(1).max(64),
  attempt: z.int().min(1),
  at: Timestamp,
  duration_ms: z.number().min(0),
  ok: z.boolean(),
  status: z.int().optional(),
  error: z.string().max(1000).optional(),
  /** When it is tried again, where it is. */
  next_at: Timestamp.optional(),
});
export type Delivery = z.infer<typeof Delivery>;

export const WebhookChanged = z.strictObject({
  webhook_id: WebhookId.describe('its name'),
  change: z.enum(['saved', 'removed', 'disabled']).describe('what was done'),
  target: WebhookTarget.optional().describe('where people are told, and of what'),
  by: Principal.describe('who changed it'),
  because: z.string().max(1000).optional().describe('why, where it was disabled'),
});
export type WebhookChanged = z.infer<typeof WebhookChanged>;

export const ListWebhooks = z.strictObject({ credential: Credential });
export const ListWebhooksReply = z
  .strictObject({ webhooks: z.array(Webhook) })
  .meta({ id: 'Webhooks', description: 'Who is told' });
/** Makes a webhook, or changes it and lets it be told again. Without `secret` one is made, or the one it has stays. */
export const SaveWebhook = z.strictObject({
  webhook_id: WebhookId,
  target: WebhookTarget,
  secret: WebhookSecret.optional(),
  credential: Credential,
});
export type SaveWebhook = z.infer<typeof SaveWebhook>;
/** `secret` where one was made: shown once. */
export const SaveWebhookReply = z
  .strictObject({ webhook: Webhook, secret: WebhookSecret.optional() })
  .meta({ id: 'WebhookSaved', description: 'It is told from now on' });
export const NamedWebhook = z.strictObject({ webhook_id: WebhookId });
export const OneWebhook = NamedWebhook.extend({ credential: Credential });
export const RemoveWebhookReply = z
  .strictObject({ ok: z.literal(true) })
  .meta({ id: 'WebhookRemoved', description: 'It is told nothing any more' });
/** Sends a `webhook.test` at once, once. */
export const TestWebhookReply = z
  .strictObject({ delivery: Delivery })
  .meta({ id: 'WebhookTested', description: 'What came back' });
/** Newest first, the last 100 attempts. */
export const ListDeliveriesReply = z
  .strictObject({ deliveries: z.array(Delivery) })
  .meta({ id: 'Deliveries', description: 'Attempts, newest first' });

/** As people ask, by their credential: approvals says whether they may, and asks the notifier. */
const ofPeople = { askedBy: ['gateway'] } as const;
export const webhooksList = rpc('approvals', 'webhooks', ListWebhooks, ListWebhooksReply, ofPeople);
export const webhooksSave = rpc('approvals', 'webhook-save', SaveWebhook, SaveWebhookReply, ofPeople);
export const webhooksRemove = rpc('approvals', 'webhook-remove', OneWebhook, RemoveWebhookReply, ofPeople);
export const webhooksTest = rpc('approvals', 'webhook-test', OneWebhook, TestWebhookReply, ofPeople);
export const webhooksDeliveries = rpc(
  'approvals',
  'webhook-deliveries',
  OneWebhook,
  ListDeliveriesReply,
  ofPeople,
);

/** The same in the name of whom approvals knows: the service with a way out hears no credential. */
const ofApprovals = { askedBy: ['approvals'] } as const;
const by = { by: Principal };
export const SaveWebhookAs = SaveWebhook.omit({ credential: true }).extend(by);
export const RemoveWebhookAs = NamedWebhook.extend(by);
export const notifierList = rpc('notifier', 'webhooks', Empty, ListWebhooksReply, ofApprovals);
export const notifierSave = rpc('notifier', 'webhook-save', SaveWebhookAs, SaveWebhookReply, ofApprovals);
export const notifierRemove = rpc(
  'notifier',
  'webhook-remove',
  RemoveWebhookAs,
  RemoveWebhookReply,
  ofApprovals,
);
export const notifierTest = rpc('notifier', 'webhook-test', NamedWebhook, TestWebhookReply, ofApprovals);
export const notifierDeliveries = rpc(
  'notifier',
  'webhook-deliveries',
  NamedWebhook,
  ListDeliveriesReply,
  ofApprovals,
);
