import type { ElicitRequestFormParams, McpServer, ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';

type Properties = ElicitRequestFormParams['requestedSchema']['properties'];

const OPTIONS = ['option1', 'option2', 'option3'];
const titled = (kind: string) =>
  ['First', 'Second', 'Third'].map((title, index) => ({
    const: `value${index + 1}`,
    title: `${title} ${kind}`,
  }));

/** One of each primitive with its default, as SEP-1034 has them. */
const DEFAULTS: Properties = {
  name: { type: 'string', description: 'A name', default: 'John Doe' },
  age: { type: 'integer', description: 'Years', default: 30 },
  score: { type: 'number', description: 'A score', default: 95.5 },
  status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', description: 'Whether it was verified', default: true },
};

/** The five ways to let a user choose, as SEP-1330 has them. */
const CHOICES: Properties = {
  untitledSingle: { type: 'string', enum: OPTIONS },
  titledSingle: { type: 'string', oneOf: titled('Option') },
  legacyEnum: {
    type: 'string',
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: { type: 'array', items: { type: 'string', enum: OPTIONS } },
  titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
};

const CONTACT: Properties = {
  username: { type: 'string', description: "User's response" },
  email: { type: 'string', description: "User's email address" },
};

async function elicit(
  ctx: ServerContext,
  message: string,
  properties: Properties,
  required: string[] = [],
  opening = 'Elicitation completed',
) {
  const requestedSchema = { type: 'object' as const, properties, required };
  const { action, content } = await ctx.mcpReq.elicitInput({ mode: 'form', message, requestedSchema });
  const text = `${opening}: action=${action}, content=${JSON.stringify(content ?? {})}`;
  return { content: [{ type: 'text' as const, text }] };
}

/** Tools that ask the client in the middle of a call, as revisions before 2026-07-28 do. */
export function addAskingTools(server: McpServer): void {
  const prompt = z.object({ prompt: z.string() });
  server.registerTool(
    'test_sampling',
    { description: 'Asks the model.', inputSchema: prompt },
    async (args, ctx) => {
      const { content } = await ctx.mcpReq.requestSampling({
        messages: [{ role: 'user', content: { type: 'text', text: args.prompt } }],
        maxTokens: 100,
      });
      const answer = !Array.isArray(content) && content.type === 'text' ? content.text : '';
      return { content: [{ type: 'text', text: `LLM response: ${answer}` }] };
    },
  );
  const message = z.object({ message: z.string() });
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the user.', inputSchema: message },
    (args, ctx) => elicit(ctx, args.message, CONTACT, ['username', 'email'], 'User response'),
  );
  server.registerTool(
    'test_elicitation_sep1034_defaults',
    { description: 'Asks the user, with defaults.' },
    (ctx) => elicit(ctx, 'Is this right?', DEFAULTS),
  );
  server.registerTool('test_elicitation_sep1330_enums', { description: 'Lets the user choose.' }, (ctx) =>
    elicit(ctx, 'What do you choose?', CHOICES),
  );
}
