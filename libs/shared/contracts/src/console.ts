/**
 * What the console's pages ask of this service, under `/ui/api/`. JSON; times are ISO 8601 in UTC. A GET decides nothing.
 * All but the one that signs in need the cookie and the page's half of the same session, in the header `x-page-token`:
 * either alone is nobody. Faults are problem details (RFC 9457) with a `code`.
 *
 * | | |
 * |---|---|
 * | `GET session` | {@link SessionView}, or 401 `unauthorized` |
 * | `POST session` {@link SignIn} | {@link OpenedView} and the cookie; 401 `unauthorized`, 429 `too_many_attempts` |
 * | `POST session/end` | `{}` |
 * | `GET first-approver` | {@link FirstApproverView} |
 * | `POST first-approver` {@link BecomeApprover} | {@link FirstApproverKey}; 401 `unauthorized` where the link opens nothing, 409 `already_decided` |
 * | `GET inbox` | {@link InboxView} |
 * | `GET approvals/{id}` | {@link ApprovalView}; 404 `approval_not_found` |
 * | `POST approvals/{id}/approve`, `…/deny` {@link Decide} | {@link DecidedView}; 403 `not_an_approver`, 422 `invalid_request` (`reason: …`) |
 * | `POST approvals/{id}/code` {@link Decide} | {@link DrawnView}; as a decision |
 * | `POST approvals/{id}/grant` {@link GiveGrantForm} | {@link DecidedView} with the grant |
 * | `GET history?agent=&tool=&status=&approver=&from=&to=&before=` | {@link HistoryView} |
 * | `GET grants` | {@link GrantsView} |
 * | `POST grants/{id}/revoke` | `{ grant }` |
 * | `GET tools?skip=` | {@link ToolsView} |
 * | `POST tools/accept` {@link AcceptDefinition} | `{}`; 404 `not_found` |
 * | `GET webhooks` | {@link WebhooksView}; 403 `not_an_approver` where the role `admin` is missing |
 * | `POST webhooks/{id}/test` | `{ delivery }` |
 * | `GET webhooks/{id}/deliveries` | {@link DeliveriesView} |
 */
import type { z } from 'zod';
import {
  type Approval,
  type ApprovalStatus,
  type ApprovalSummary,
  Credential,
  type DecideReply,
  type Unreadable,
  Word,
} from './approvals.ts';
import type { Call } from './call.ts';
import { type DrawCodeReply } from './codes.ts';
import { type Grant, type GrantShown, GrantWord } from './grants.ts';
import { AcceptTool, type QuarantinedTool } from './tool-definition.ts';
import type { ListDeliveriesReply, ListWebhooksReply } from './webhooks.ts';

/** An approver's own key, or the code. */
export const SignIn = Credential.pick({ secret: true });
export type SignIn = z.infer<typeof SignIn>;
export type SessionView = {
  name: string;
  roles: string[];
  expires_at: string;
  /** The server's clock, to count deadlines by. */
  now: string;
};
/** What a sign-in answers, once: the page keeps its half where only its own origin reads it. */
export type OpenedView = SessionView & { page_token: string };

/** Whether nobody can approve yet; `refused`: why there is no link of `approve-here`; `damage`: where that is a bad file. */
export type FirstApproverView = { is_needed: boolean; damage?: string; refused?: string };
/** Shown once. */
export type FirstApproverKey = { name: string; key: string };

/** Identical pending calls of one agent: one item. `latest` is the newest of them; `ids` are all, the newest first. */
export type InboxItem = { latest: ApprovalSummary; ids: string[]; count: number; may_decide: boolean };
/** What waits for people, soonest deadline first. `more`: so many items had no room. */
export type InboxView = { items: InboxItem[]; more: number; now: string };

/** One thing that happened to the call, in order. */
export type TimelineEntry = {
  at: string;
  what:
    | 'requested'
    | 'endorsed'
    | 'code_drawn'
    | 'code_dropped'
    | 'code_refused'
    | Exclude<ApprovalStatus, 'pending'>
    | 'dispatched'
    | 'succeeded'
    | 'failed'
    | 'outcome_unknown';
  by?: string;
  note?: string;
};

/** One of the agent's last calls, from the record. */
export type PastCall = {
  at: string;
  tool: string;
  op?: string;
  amount_cents?: number;
  /** How it was answered; where it waited, how its approval stands now, or `asked` where nobody knows. */
  status: string;
  approval_id?: string;
  note?: string;
};

/** The last calls, newest first, and how many there were, since the beginning of the record or the time that is said. */
export type PastView = { calls: PastCall[]; total: number; blocked: number; since?: string };

export type ApprovalView = {
  /** The whole approval, its arguments never cut. */
  approval: Approval;
  /** Changes with each change; send it back when you decide. */
  revision: number;
  /** Whether this session may decide now, and if not, why not. */
  may_decide: boolean;
  may_decide_because?: string;
  /** Whether this session may deny now: also who has said yes already, and whoever knows the code where it takes several. */
  may_deny: boolean;
  /** Whether this session may let calls like it run for a while, and if not, why not. */
  may_grant: boolean;
  may_grant_because?: string;
  /** The rule that asked, as JSON, as it stands in its policy; and where. */
  rule?: { index: number; match: string; document?: Record<string, unknown>; policy_digest: string };
  /** The tool's definition (MCP `Tool`) that the call was made for, where it is known. */
  definition?: Record<string, unknown>;
  /** Where nobody accepted that definition yet: what it is beside the one that counts. */
  change?: Omit<WaitingTool, 'definition'>;
  /** The last call of the same tool that a person was asked about, before this one. */
  previous?: Pick<Approval, 'approval_id' | 'status' | 'requested_at'> &
    Pick<Call, 'principal' | 'op' | 'amount_cents' | 'args' | 'input'>;
  /** Identical ones that wait, this one with them, the newest first. */
  group: string[];
  timeline: TimelineEntry[];
  /** What the agent asked for before this call; absent where the record can not be read just now. */
  past?: PastView;
  now: string;
};

/** `revision`: the state that the person saw; where it is another one by now, nothing is decided. */
export const Decide = Word.omit({ verdict: true }).required({ revision: true });
export type Decide = z.infer<typeof Decide>;
export const GiveGrantForm = GrantWord.required({ revision: true });
export type GiveGrantForm = z.infer<typeof GiveGrantForm>;
/** `counted: false`: somebody else was first, or the approval is over; `because` says so. */
export type DecidedView = DecideReply & { grant?: Grant };

/** With the code, shown once, where one was drawn. */
export type DrawnView = DrawCodeReply;

/** Newest first; `next` is the `before` of the page after it; `unreadable`: what can't be read whole. */
export type HistoryView = { items: ApprovalSummary[]; unreadable?: Unreadable[]; next?: string };

/** `active`: those that count now. */
export type GrantsView = { active: GrantShown[]; over: GrantShown[]; now: string };

/**
 * A definition that nobody accepted yet. `is_older`: another definition of the tool was seen since. `is_first`: none of it
 * counted before; otherwise a `before` that is absent had no room.
 */
export type WaitingTool = QuarantinedTool & { is_older: boolean; is_first: boolean };
/** What waits, as in `ListToolsReply`, from a place in it on; `more` had no room. */
export type ToolsView = { tools: WaitingTool[]; more: number };
export const AcceptDefinition = AcceptTool.pick({ server: true, tool: true, digest: true });
export type AcceptDefinition = z.infer<typeof AcceptDefinition>;

export type WebhooksView = z.infer<typeof ListWebhooksReply>;
/** Newest first. */
export type DeliveriesView = z.infer<typeof ListDeliveriesReply>;

/** What each page of the console shows, by the page's name. */
export type PageViews = {
  inbox: InboxView;
  approval: ApprovalView;
  history: HistoryView;
  grants: GrantsView;
  tools: ToolsView;
  webhooks: WebhooksView;
};
