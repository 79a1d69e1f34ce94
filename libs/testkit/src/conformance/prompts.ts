import { acceptedContent, completable, inputRequired, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { askFor } from './input-requests.ts';
import { PNG } from './media.ts';

const user = <T>(content: T) => ({ role: 'user' as const, content });
const text = (value: string) => user({ type: 'text' as const, text: value });
const CITIES = ['paris', 'park', 'party', 'berlin'];
const beginningWith = (value: string): string[] => CITIES.filter((city) => city.startsWith(value));

function addPlainPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'A prompt of one line.' }, () => ({
    messages: [text('This is a simple prompt for testing.')],
  }));
  server.registerPrompt('test_prompt_with_image', { description: 'A prompt about an image.' }, () => ({
    messages: [user({ type: 'image' as const, ...PNG }), text('Please analyze the image above.')],
  }));
}

function addPromptsWithArguments(server: McpServer): void {
  const argsSchema = z.object({
    arg1: completable(z.string().describe('First test argument'), beginningWith),
    arg2: completable(z.string().describe('Second test argument'), beginningWith),
  });
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'A prompt with two arguments.', argsSchema },
    ({ arg1, arg2 }) => ({ messages: [text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'A prompt about a resource.', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri: uri }) => {
      const resource = { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' };
      return {
        messages: [
          user({ type: 'resource' as const, resource }),
          text('Please process the embedded resource above.'),
        ],
      };
    },
  );
}

/** Prompts of every kind of content, one that completes its arguments, one that asks first. */
export function addPrompts(server: McpServer): void {
  addPlainPrompts(server);
  addPromptsWithArguments(server);
  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'A prompt that asks for its context.' },
    ({ mcpReq }) => {
      const given = acceptedContent(mcpReq.inputResponses, 'user_context', z.object({ context: z.string() }));
      if (given) return { messages: [text(`In this context: ${given.context}`)] };
      const user_context = askFor('What context should the prompt use?', 'context');
      return inputRequired({ inputRequests: { user_context } });
    },
  );
}
