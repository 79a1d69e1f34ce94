import { fixtureOf } from '@aegis/contracts/fixture';
import {
  AcceptTool,
  AcceptToolReply,
  approvalsAccept,
  approvalsAcceptBy,
  approvalsTools,
  ListToolsReply,
} from '@aegis/contracts/tool-definition';
import { AppError } from '@aegis/kit/errors';
import { z } from 'zod';
import { credentialOf } from '../http/credential.ts';
import type { App, HttpDeps } from '../http-deps.ts';
import { SIGNED_IN } from '../openapi/security.ts';
import { BODY_FAULTS, CREDENTIAL_FAULTS, problems } from '../schemas/problem.ts';

const tags = ['tools'];

const { source: _source, approval_code: _code, ...example } = fixtureOf(approvalsAccept).request;
/** One exact definition, by its digest. The code is here, where no `Authorization` has who accepts it. */
const AcceptBody = AcceptTool.omit({ source: true })
  .extend({ approval_code: z.string().min(1, 'required').max(1024).optional() })
  .meta({
    id: 'Accept',
    description:
      'One exact definition; with the code, where no header has the key of an approver or the code',
    examples: [example],
  });

/** Tools whose definition changed, for programs; people use the page at `/ui/tools`. */
export function toolRoutes(app: App, { ask }: HttpDeps): void {
  const list = {
    tags,
    operationId: 'listQuarantinedTools',
    summary: 'Definitions of tools that nobody accepted yet',
    description:
      'Each call of them waits for a person. Of each tool the one seen last comes first, then those seen before it, the newest first. `more` says how many had no room in the answer.',
    response: { 200: ListToolsReply, ...problems([...CREDENTIAL_FAULTS, 503]) },
  };
  app.get('/tools', { schema: list }, (request) => ask(approvalsTools, {}, request));

  const accept = {
    tags,
    operationId: 'acceptTool',
    summary: 'Accept one definition of a tool, as an approver',
    description:
      'By `Authorization`, as approvals are decided, or with `approval_code` in the body. A wrong one accepts nothing. One ' +
      'that is accepted already stays so.',
    ...SIGNED_IN,
    body: AcceptBody,
    response: { 200: AcceptToolReply, ...problems([...BODY_FAULTS, ...CREDENTIAL_FAULTS, 404]) },
  };
  app.post('/tools/accept', { schema: accept }, (request) => {
    const { approval_code, ...definition } = request.body;
    if (approval_code === undefined) {
      return ask(approvalsAcceptBy, { ...definition, credential: credentialOf(request) }, request);
    }
    if (request.headers.authorization !== undefined) {
      throw new AppError('invalid_request', 'approval_code: not beside Authorization, which says who it is');
    }
    return ask(approvalsAccept, { ...definition, approval_code, source: request.ip }, request);
  });
}
