import type { EventType } from '@aegis/contracts/events';
import {
  AUDIT_LOG,
  approvalLog,
  callLog,
  EVENTS,
  enforceLog,
  eventSubject,
  grantLog,
  idempotencyLog,
  POLICY_LOG,
  toolAcceptedLog,
  toolLog,
  WEBHOOK_LOG,
  waitingLog,
} from '@aegis/contracts/subjects';

/** Where an outsider sees a kind of fact. A `{parameter}` in the address stands for one token. */
export type Channel = {
  readonly address: string;
  readonly title: string;
  readonly parameter?: {
    readonly name: string;
    readonly description: string;
    readonly values?: readonly string[];
  };
  readonly facts: Partial<Record<EventType, string>>;
};

/** The subject that a writer uses, as an outsider sees it, with its last token as a parameter. */
const withParameter = (logSubject: string, name: string): string =>
  eventSubject(logSubject).replace(/[^.]+$/, `{${name}}`);

const SERVER = { name: 'server', description: 'The MCP server, by its name behind the firewall.' };

/** Every event that leaves the firewall, by where it is seen, with what it says in a sentence. */
export const CHANNELS: Readonly<Record<string, Channel>> = {
  decisions: {
    address: withParameter(enforceLog('allowed'), 'outcome'),
    title: 'Decisions',
    parameter: {
      name: 'outcome',
      description: 'What was answered.',
      values: ['allowed', 'pending', 'blocked'],
    },
    facts: { 'aegis.decision.enforced.v1': 'An enforce was answered, or a call let through. Stored before.' },
  },
  checks: {
    address: `${EVENTS}.decision.check.{outcome}`,
    title: 'Advisory checks',
    parameter: {
      name: 'outcome',
      description: 'What the policy says.',
      values: ['allowed', 'review', 'blocked'],
    },
    facts: {
      'aegis.decision.checked.v1': 'Somebody asked what the policy would say. Not part of the record.',
    },
  },
  approvals: {
    address: withParameter(approvalLog('id'), 'approval_id'),
    title: 'Approvals',
    parameter: {
      name: 'approval_id',
      description: 'The approval, such as `apr_pbjrjziqfbawmmiwbrtpy3lmom`.',
    },
    facts: {
      'aegis.approval.requested.v1': 'A call waits for a person.',
      'aegis.approval.endorsed.v1': 'One person of several said yes; the call still waits.',
      'aegis.approval.approved.v1': 'The call is approved, for one run, by a person or by a grant.',
      'aegis.approval.denied.v1': 'A person denied the call, or gave a wrong code.',
      'aegis.approval.expired.v1': 'Nobody decided in time, or the approval was not used in time.',
      'aegis.approval.cancelled.v1': 'Whoever asked took the question back.',
      'aegis.approval.superseded.v1': 'The policy or the tool changed under it, so it no longer counts.',
      'aegis.approval.consumed.v1': 'The approval is used up; its decision is stored beside it.',
    },
  },
  waiting: {
    address: withParameter(waitingLog('digest'), 'principal_digest'),
    title: 'Calls of an agent that wait',
    parameter: {
      name: 'principal_digest',
      description: 'SHA-256 of the principal, in hexadecimal.',
    },
    facts: { 'aegis.agent.waiting.v1': 'An agent asked for one more approval; these waited then.' },
  },
  grants: {
    address: withParameter(grantLog('id'), 'grant_id'),
    title: 'Grants',
    parameter: { name: 'grant_id', description: 'The grant, such as `gra_y7h5ouf4g2pd3geca2nc3fuqlo`.' },
    facts: {
      'aegis.grant.given.v1': 'A person let calls like one run for a while without being asked.',
      'aegis.grant.used.v1': 'A grant approved a call.',
      'aegis.grant.revoked.v1': 'A person took a grant back.',
    },
  },
  webhooks: {
    address: eventSubject(WEBHOOK_LOG),
    title: 'Webhooks',
    facts: { 'aegis.webhook.changed.v1': 'A webhook was saved or removed, or is told nothing any more.' },
  },
  calls: {
    address: withParameter(callLog('id'), 'call_id'),
    title: 'Calls through the firewall in the path',
    parameter: { name: 'call_id', description: "The call, as its decision's dispatch names it." },
    facts: {
      'aegis.call.succeeded.v1': 'The server answered with a result.',
      'aegis.call.failed.v1': 'The server answered with an error, or with a result that says it is one.',
      'aegis.call.outcome_unknown.v1': 'The server may have run it; nobody knows. It is never sent again.',
      'aegis.call.passed.v1': 'A request that no rule names was forwarded.',
      'aegis.call.refused.v1': 'A message was not forwarded, because readers could differ on what it says.',
    },
  },
  tools: {
    address: withParameter(toolLog('server'), 'server'),
    title: 'Definitions of tools',
    parameter: SERVER,
    facts: {
      'aegis.tool.seen.v1': "A tool's definition was seen for the first time.",
      'aegis.tool.changed.v1': 'A definition is none of those that count. Calls of the tool go to a person.',
    },
  },
  acceptedTools: {
    address: eventSubject(toolAcceptedLog('SERVER')).replace('SERVER', '{server}'),
    title: 'Accepted definitions of tools',
    parameter: SERVER,
    facts: { 'aegis.tool.accepted.v1': 'An approver says that a definition counts too.' },
  },
  policy: {
    address: eventSubject(POLICY_LOG),
    title: 'The policy',
    facts: {
      'aegis.policy.published.v1': 'A policy came into force.',
      'aegis.policy.rejected.v1': 'A policy file was refused; the last good one stays in force.',
    },
  },
  audit: {
    address: eventSubject(AUDIT_LOG),
    title: "Clients' own entries",
    facts: { 'aegis.audit.written.v1': 'A client wrote an entry into the audit log.' },
  },
  idempotency: {
    address: withParameter(idempotencyLog('digest'), 'key_digest'),
    title: 'Answers kept for retries',
    parameter: {
      name: 'key_digest',
      description: 'SHA-256 of the principal and the Idempotency-Key, in hexadecimal.',
    },
    facts: {
      'aegis.idempotency.answered.v1': 'The answer given under an Idempotency-Key. Stored with its decision.',
    },
  },
};
