import { setTimeout as sleep } from 'node:timers/promises';
import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  type McpServer,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { askFor, sayText } from './input-requests.ts';
import { createTasks, TASKS_EXTENSION, type Work } from './tasks.ts';

const tasks = createTasks();

/** The SDK's own type of the envelope has no keys. */
type Envelope = { [CLIENT_CAPABILITIES_META_KEY]?: { extensions?: Record<string, unknown> } };

function hasTasks({ mcpReq }: ServerContext): boolean {
  const envelope: Envelope = mcpReq.envelope ?? {};
  return TASKS_EXTENSION in (envelope[CLIENT_CAPABILITIES_META_KEY]?.extensions ?? {});
}

/** A task's handle is the whole result; the SDK knows no such result, and passes it on. */
const handleOf = (work: Work): CallToolResult =>
  ({ resultType: 'task', ...tasks.create(work) }) as unknown as CallToolResult;

/** As a task where the client knows tasks, else at once. */
async function runAs(ctx: ServerContext, work: Work, atOnce: () => CallToolResult): Promise<CallToolResult> {
  return hasTasks(ctx) ? handleOf(work) : atOnce();
}

function addWorkingTools(server: McpServer): void {
  server.registerTool(
    'greet',
    { description: 'Greets.', inputSchema: z.object({ name: z.string().default('you') }) },
    ({ name }) => sayText(`Hello, ${name}!`),
  );
  server.registerTool(
    'slow_compute',
    {
      description: 'Takes its time.',
      inputSchema: z.object({ seconds: z.number().default(1), label: z.string().optional() }),
    },
    ({ seconds }, ctx) => {
      const result = sayText(`It took ${seconds} s.`);
      const work: Work = ({ signal }) => sleep(seconds * 1000, result, { signal });
      return runAs(ctx, work, () => result);
    },
  );
  const failure = { ...sayText('This job fails.'), isError: true };
  server.registerTool('failing_job', { description: 'Fails, as a task.' }, (ctx) =>
    runAs(
      ctx,
      () => sleep(100, failure),
      () => failure,
    ),
  );
  server.registerTool('protocol_error_job', { description: 'Breaks, as a task.' }, (ctx) =>
    runAs(
      ctx,
      () => Promise.reject(new Error('The job broke.')),
      () => failure,
    ),
  );
}

function addAskingTasks(server: McpServer): void {
  const asks = (name: string, description: string, keys: string[]): void => {
    server.registerTool(name, { description }, (ctx) => {
      const requests = Object.fromEntries(keys.map((key) => [key, askFor(`What about ${key}?`, 'name')]));
      const work: Work = async ({ ask }) =>
        sayText(`Answered: ${Object.keys(await ask(requests)).join(', ')}`);
      return runAs(ctx, work, () => sayText('There was nobody to ask.'));
    });
  };
  asks('confirm_delete', 'Asks once, as a task.', ['confirmation']);
  asks('multi_input', 'Asks for two things, as a task.', ['first', 'second']);
  server.registerTool('test_tool_with_task', { description: 'Asks, then is a task.' }, ({ mcpReq }) => {
    const given = acceptedContent(mcpReq.inputResponses, 'user_name');
    const name = Object.values(given ?? {}).join(' ');
    if (given) return handleOf(() => sleep(100, sayText(`Done for ${name}.`)));
    return inputRequired({ inputRequests: { user_name: askFor('What is your name?', 'name') } });
  });
}

const ById = z.looseObject({ taskId: z.string() });

/** @throws ProtocolError where the client did not declare tasks, or there is no such task */
function requireTask(taskId: string, ctx: ServerContext) {
  if (!hasTasks(ctx)) {
    const requiredCapabilities = { extensions: { [TASKS_EXTENSION]: {} } };
    throw new MissingRequiredClientCapabilityError({ requiredCapabilities });
  }
  const task = tasks.get(taskId);
  if (task === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such task.');
  return task;
}

/** The tasks extension of 2026-07-28 (SEP-2663), which the SDK does not serve itself. */
export function addTasks(server: McpServer): void {
  addWorkingTools(server);
  addAskingTasks(server);
  server.server.setRequestHandler('tasks/get', { params: ById }, ({ taskId }, ctx) =>
    requireTask(taskId, ctx),
  );
  server.server.setRequestHandler('tasks/cancel', { params: ById }, ({ taskId }, ctx) => {
    requireTask(taskId, ctx);
    tasks.cancel(taskId);
    return {};
  });
  server.server.setRequestHandler('tasks/update', { params: ById }, ({ taskId }, ctx) => {
    requireTask(taskId, ctx);
    // The SDK takes the responses out of the params of every method.
    tasks.update(taskId, ctx.mcpReq.inputResponses ?? {});
    return {};
  });
}
