import { CATALOGUE, isErrorCode, toAppError } from '@aegis/kit/errors';
import { oneLine } from '@aegis/kit/text';
import type { FastifyInstance } from 'fastify';
import type { Tools } from '../../lifecycle/tools.ts';
import type { ToolIndex } from '../../projections/tool-index.ts';
import { ANSWER_WITHIN_MS, HTML, isForeign, sourceOfForm } from '../form.ts';
import { checkToken, type Sessions } from '../sessions.ts';
import type { Notice } from './layout.ts';
import { toolsPage } from './tools-page.ts';

export type ToolRoutesDeps = { sessions: Sessions; tools: Tools; toolIndex: ToolIndex };
type Query = { before?: string; accepted?: string; error?: string };

/** What the page says after a form was sent; the text is ours, never the address line's. */
function notice({ accepted, error }: Query, toolIndex: ToolIndex): Notice | undefined {
  if (error !== undefined && isErrorCode(error)) return { tone: 'bad', text: `${CATALOGUE[error].title}.` };
  const tool = accepted === undefined ? undefined : toolIndex.countingFor(accepted);
  if (!tool) return undefined;
  return { tone: 'good', text: `The definition of ${tool.server}.${oneLine(tool.tool)} is accepted.` };
}

/** The tools in quarantine, and the form that accepts one definition: only a POST of our own page does. */
export function toolRoutes(app: FastifyInstance, { sessions, tools, toolIndex }: ToolRoutesDeps): void {
  app.get<{ Querystring: Query }>('/ui/tools', async (request, reply) => {
    const waiting = await tools.quarantined(Date.now() + ANSWER_WITHIN_MS);
    const { before } = request.query;
    return reply.type(HTML).send(
      toolsPage(waiting, {
        before,
        csrf: sessions.of(request)?.csrf,
        notice: notice(request.query, toolIndex),
      }),
    );
  });

  app.post<{ Body: URLSearchParams | undefined }>('/ui/tools', async (request, reply) => {
    const { body, headers } = request;
    const failed = (code: string) => reply.redirect(`/ui/tools?error=${code}`, 303);
    if (isForeign(headers)) return failed('forbidden_origin');
    const tool = toolIndex.withKey(body?.get('key') ?? '');
    const digest = body?.get('digest') ?? '';
    const approval_code = body?.get('approval_code') ?? '';
    const session = sessions.of(request);
    if (!tool || (!session && approval_code === '')) return failed('invalid_request');
    const definition = { server: tool.server, tool: tool.tool, digest };
    const deadlineMs = Date.now() + ANSWER_WITHIN_MS;
    try {
      if (session) {
        checkToken(session, body?.get('csrf_token'));
        await tools.acceptBy(session.by.name, definition, deadlineMs);
      } else {
        await tools.accept({ ...definition, approval_code, source: sourceOfForm(request) }, deadlineMs);
      }
    } catch (thrown) {
      return failed(toAppError(thrown).code);
    }
    return reply.redirect(`/ui/tools?accepted=${encodeURIComponent(digest)}`, 303);
  });
}
