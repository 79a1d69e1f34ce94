import { ApprovalChanged, ApprovalId, ApprovalStatus } from '@aegis/contracts/approvals';
import { Principal, Timestamp, ToolName } from '@aegis/contracts/call';
import type { Envelope } from '@aegis/contracts/envelope';
import { tolerant } from '@aegis/contracts/tolerant';
import { NOTICES, Notice } from '@aegis/contracts/webhooks';
import { z } from 'zod';

/**
 * What a receiver is told: that something happened, and where to look. Thin, as Standard Webhooks wants it: no arguments and
 * no words of the agent, which belong in front of a person who is signed in.
 */
export const NoticePayload = z.strictObject({
  type: Notice,
  timestamp: Timestamp,
  data: z.strictObject({
    approval_id: ApprovalId,
    status: ApprovalStatus,
    tool: ToolName,
    server: ToolName.optional(),
    principal: Principal,
    decide_by: Timestamp,
    url: z.string(),
  }),
});
export type NoticePayload = z.infer<typeof NoticePayload>;

type TestPayload = { type: 'webhook.test'; timestamp: string; data: { webhook_id: string; url: string } };
export type Payload = NoticePayload | TestPayload;

/** A notice in line for one webhook. */
export const Queued = z.strictObject({ message_id: z.string().min(1).max(128), payload: NoticePayload });
export type Queued = z.infer<typeof Queued>;

const pageOf = (consoleUrl: string, path: string): string => `${consoleUrl.replace(/\/+$/, '')}${path}`;

/** Whoever is told only looks: a version that is not known here is told of as far as it can be read. */
const ANY_VERSION = tolerant(ApprovalChanged, 'dropped');

function noticeNamed(type: string): Notice | undefined {
  const name = /^aegis\.(.+)\.v[0-9]+$/.exec(type)?.[1];
  return NOTICES.find((notice) => notice === name);
}

/** What is told of an event; undefined where it is nothing that anybody is told of. */
export function noticeOf(event: Envelope, consoleUrl: string): NoticePayload | undefined {
  const type = noticeNamed(event.type);
  const changed = ANY_VERSION.safeParse(event.data);
  if (type === undefined || !changed.success) return undefined;
  const { approval_id, status, call, decide_by } = changed.data.approval;
  const { tool, server, principal } = call;
  return {
    type,
    timestamp: event.time,
    data: {
      approval_id,
      status,
      tool,
      server,
      principal,
      decide_by,
      url: pageOf(consoleUrl, `/ui/approvals/${approval_id}`),
    },
  };
}

/** What a webhook is told when somebody tries it. */
export const testPayload = (webhookId: string, consoleUrl: string, now: Date): Payload => ({
  type: 'webhook.test',
  timestamp: now.toISOString(),
  data: { webhook_id: webhookId, url: pageOf(consoleUrl, '/ui/approvals') },
});

/** The same for each attempt to tell one webhook of one event, on whichever replica. */
export const messageIdOf = (eventId: string, webhookId: string): string => `${eventId}_${webhookId}`;
