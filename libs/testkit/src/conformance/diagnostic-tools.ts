import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  inputRequired,
  type McpServer,
} from '@modelcontextprotocol/server';
import { askFor, askModel, sayText } from './input-requests.ts';

/** The SDK's own type of the envelope has no keys. */
type Envelope = { [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities };

/** What tells clients that a list changed; the two eras do it differently. */
export type Changes = { toolsChanged(): void; promptsChanged(): void };

/** Tools with which the suite brings the server into a certain state. */
export function addDiagnosticTools(server: McpServer, changes: Changes): void {
  server.registerTool('test_missing_capability', { description: 'Needs sampling.' }, () =>
    inputRequired({ inputRequests: { sample: askModel('Say something.', 10) } }),
  );
  server.registerTool('test_streaming_elicitation', { description: 'Asks for a name.' }, () =>
    inputRequired({ inputRequests: { user_name: askFor('What is your name?', 'name') } }),
  );
  server.registerTool(
    'test_input_required_result_capabilities',
    { description: 'Asks for what the client can give.' },
    ({ mcpReq }) => {
      const envelope: Envelope = mcpReq.envelope ?? {};
      const able = envelope[CLIENT_CAPABILITIES_META_KEY] ?? {};
      const inputRequests = {
        ...(able.sampling && { sample: askModel('Say something.', 10) }),
        ...(able.elicitation && { user_name: askFor('What is your name?', 'name') }),
      };
      if (Object.keys(inputRequests).length === 0) return sayText('The client can give nothing.');
      return inputRequired({ inputRequests });
    },
  );
  server.registerTool('test_trigger_tool_change', { description: 'Says that the tools changed.' }, () => {
    changes.toolsChanged();
    return sayText('Said so.');
  });
  server.registerTool('test_trigger_prompt_change', { description: 'Says that the prompts changed.' }, () => {
    changes.promptsChanged();
    return sayText('Said so.');
  });
}
