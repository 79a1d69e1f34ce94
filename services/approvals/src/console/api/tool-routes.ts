import { AcceptDefinition, type ToolsView } from '@aegis/contracts/console';
import { parseRequest } from '@aegis/kit/errors';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Ground } from '../../ground.ts';
import { type Tools, toReply } from '../../lifecycle/tools.ts';
import { soon } from '../form.ts';
import type { Sessions } from '../sessions.ts';
import { placeOf } from '../waiting-tool.ts';

const ToolsQuery = z.strictObject({
  skip: z
    .string()
    .regex(/^\d{1,6}$/, 'expected a whole number')
    .transform(Number)
    .default(0),
});

export type ToolDeps = Pick<Ground, 'known'> & { sessions: Sessions; tools: Tools };

/** The definitions that wait, and accepting one in the name of who is signed in. */
export function toolRoutes(app: FastifyInstance, { sessions, tools, known }: ToolDeps): void {
  app.get('/tools', async (request): Promise<ToolsView> => {
    sessions.require(request);
    const { skip } = parseRequest(ToolsQuery, request.query);
    const waiting = await tools.quarantined(soon());
    const { tools: shown, more = 0 } = toReply(waiting.slice(skip));
    const items = shown.map((one) => {
      const tool = known.tools.state.get(one.server, one.tool);
      return { ...one, ...placeOf(tool, one.digest) };
    });
    return { tools: items, more };
  });
  app.post('/tools/accept', async (request) => {
    const { by } = sessions.require(request);
    const definition = parseRequest(AcceptDefinition, request.body);
    await tools.acceptBy(by.name, definition, soon());
    return {};
  });
}
