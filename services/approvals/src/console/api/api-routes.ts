import { ApprovalStatus, Verdict } from '@aegis/contracts/approvals';
import { Timestamp } from '@aegis/contracts/call';
import {
  Decide,
  type DecidedView,
  type DrawnView,
  GiveGrantForm,
  type GrantsView,
  type HistoryView,
} from '@aegis/contracts/console';
import { onTheBus, type StoredGrant } from '@aegis/contracts/grants';
import { parseRequest } from '@aegis/kit/errors';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Grants } from '../../lifecycle/grants.ts';
import type { Lifecycle } from '../../lifecycle/lifecycle.ts';
import { soon } from '../form.ts';
import type { Sessions } from '../sessions.ts';
import type { Views } from './views.ts';

/** Grants that are over, in the list. */
const OVER = 100;
const text = z.string().min(1).max(256);
const HistoryQuery = z.strictObject({
  agent: text.optional(),
  tool: text.optional(),
  status: ApprovalStatus.optional(),
  approver: text.optional(),
  from: Timestamp.optional(),
  to: Timestamp.optional(),
  before: text.optional(),
});

export type ApiDeps = {
  sessions: Sessions;
  views: Views;
  lifecycle: Lifecycle;
  grants: Grants;
  now: () => Date;
};
type Id = { Params: { id: string } };

const msOf = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : Date.parse(time);

function readRoutes(app: FastifyInstance, { sessions, views, grants, now }: ApiDeps): void {
  app.get('/inbox', (request) => views.inbox(sessions.require(request).by, soon()));
  app.get<Id>('/approvals/:id', (request) =>
    views.approval(sessions.require(request).by, request.params.id, soon()),
  );
  app.get('/history', async (request): Promise<HistoryView> => {
    sessions.require(request);
    const { agent, tool, status, approver, from, to, before } = parseRequest(HistoryQuery, request.query);
    return views.history(
      { principal: agent, tool, status, approver, fromMs: msOf(from), toMs: msOf(to), before },
      soon(),
    );
  });
  app.get('/grants', async (request): Promise<GrantsView> => {
    sessions.require(request);
    const counts = (grant: StoredGrant) => grants.whyOver(grant) === undefined;
    const active = await grants.list(counts, Number.POSITIVE_INFINITY, soon());
    const over = await grants.list((grant) => !counts(grant), OVER, soon());
    return { active, over, now: now().toISOString() };
  });
}

function decisionRoutes(app: FastifyInstance, { sessions, lifecycle, grants }: ApiDeps): void {
  for (const verdict of Verdict.options) {
    app.post<Id>(`/approvals/:id/${verdict}`, async (request): Promise<DecidedView> => {
      const { by } = sessions.require(request);
      const word = { ...parseRequest(Decide, request.body), id: request.params.id, verdict };
      return lifecycle.decide(by, word, soon());
    });
  }
  app.post<Id>('/approvals/:id/code', async (request): Promise<DrawnView> => {
    const { by } = sessions.require(request);
    const word = { ...parseRequest(Decide, request.body), id: request.params.id };
    return lifecycle.draw(by, word, soon());
  });
  app.post<Id>('/approvals/:id/grant', async (request): Promise<DecidedView> => {
    const { by } = sessions.require(request);
    const word = onTheBus(parseRequest(GiveGrantForm, request.body));
    return lifecycle.grant(by, { ...word, approval_id: request.params.id }, soon());
  });
  app.post<Id>('/grants/:id/revoke', async (request) => {
    const { by } = sessions.require(request);
    return { grant: await grants.revoke(request.params.id, by.name, soon()) };
  });
}

/** What the console asks of this service; the shapes are in its contract. */
export function apiRoutes(app: FastifyInstance, deps: ApiDeps): void {
  readRoutes(app, deps);
  decisionRoutes(app, deps);
}
