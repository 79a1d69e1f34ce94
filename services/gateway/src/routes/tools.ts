import { fixtureOf } from '@aegis/contracts/fixture';
import {
  AcceptTool,
  AcceptToolReply,
  approvalsAccept,
  approvalsTools,
  ListToolsReply,
} from '@aegis/contracts/tool-definition';
import { z } from 'zod';
import type { App, HttpDeps } from '../http-deps.ts';
import { BODY_FAULTS, problems } from '../schemas/problem.ts';

const tags = ['tools'];

const { source: _, ...example } = fixtureOf(approvalsAccept).request;
/** One exact definition, by its digest. */
const AcceptBody = AcceptTool.omit({ source: true })
  .extend({ approval_code: z.string().min(1, 'required').max(1024) })
  .meta({ id: 'Accept', description: 'One exact definition and the code', examples: [example] });

/** Tools whose definition changed, for programs; people use the page at `/ui/tools`. */
export function toolRoutes(app: App, { ask }: HttpDeps): void {
  const list = {
    tags,
    operationId: 'listQuarantinedTools',
    summary: 'Definitions of tools that nobody accepted yet',
    description:
      'Each call of them waits for a person. Of each tool the one seen last comes first, then those seen before it, the newest first. `more` says how many had no room in the answer.',
    response: { 200: ListToolsReply, ...problems([503]) },
  };
  app.get('/tools', { schema: list }, (request) => ask(approvalsTools, {}, request));

  const accept = {
    tags,
    operationId: 'acceptTool',
    summary: 'Accept one definition of a tool with the code',
    description: 'A wrong code accepts nothing. One that is accepted already stays so.',
    body: AcceptBody,
    response: { 200: AcceptToolReply, ...problems([...BODY_FAULTS, 403, 404, 429]) },
  };
  app.post('/tools/accept', { schema: accept }, (request) =>
    ask(approvalsAccept, { ...request.body, source: request.ip }, request),
  );
}
