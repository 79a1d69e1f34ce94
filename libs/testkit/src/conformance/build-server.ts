import { McpServer } from '@modelcontextprotocol/server';
import { addAskingTools } from './asking-tools.ts';
import { addContentTools } from './content-tools.ts';
import { addDiagnosticTools, type Changes } from './diagnostic-tools.ts';
import { addInputRequiredTools } from './input-required-tools.ts';
import { addPrompts } from './prompts.ts';
import { stateCodec } from './request-state.ts';
import { addResources, addSubscriptions } from './resources.ts';
import { addSchemaTools } from './schema-tools.ts';
import { addStreamingTools } from './streaming-tools.ts';
import { addTasks } from './task-tools.ts';
import { TASKS_EXTENSION } from './tasks.ts';

const INFO = { name: 'conformance-server', version: '1.0.0' };

/** All that the suite asks a server for, in one server. */
export function buildServer(era: 'legacy' | 'modern', changes: (server: McpServer) => Changes): McpServer {
  const server = new McpServer(INFO, {
    capabilities: {
      logging: {},
      completions: {},
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
      ...(era === 'modern' && { extensions: { [TASKS_EXTENSION]: {} } }),
    },
    requestState: { verify: (state, ctx) => stateCodec.verify(state, ctx) },
  });
  addContentTools(server);
  addStreamingTools(server);
  addAskingTools(server);
  addInputRequiredTools(server);
  addSchemaTools(server);
  addDiagnosticTools(server, changes(server));
  addResources(server);
  addPrompts(server);
  if (era === 'legacy') addSubscriptions(server);
  else addTasks(server);
  return server;
}
