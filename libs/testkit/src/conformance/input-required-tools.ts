import { acceptedContent, inputRequired, inputResponse, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { askFor, askModel, askToConfirm, sayText } from './input-requests.ts';
import { type FlowState, stateCodec } from './request-state.ts';

const Name = z.object({ name: z.string() });

/** Tools that need one round: what they ask for, then the result. */
function addOneRoundTools(server: McpServer): void {
  server.registerTool(
    'test_input_required_result_elicitation',
    { description: 'Asks for a name.' },
    ({ mcpReq }) => {
      const given = acceptedContent(mcpReq.inputResponses, 'user_name', Name);
      if (given) return sayText(`Hello, ${given.name}!`);
      return inputRequired({ inputRequests: { user_name: askFor('What is your name?', 'name') } });
    },
  );
  server.registerTool(
    'test_input_required_result_sampling',
    { description: 'Asks the model for a capital.' },
    ({ mcpReq }) => {
      const answer = inputResponse(mcpReq.inputResponses, 'capital_question');
      if (answer.kind === 'sampling') return sayText(JSON.stringify(answer.result.content));
      const capital_question = askModel('What is the capital of France?', 100);
      return inputRequired({ inputRequests: { capital_question } });
    },
  );
  server.registerTool(
    'test_input_required_result_list_roots',
    { description: 'Asks for the roots.' },
    ({ mcpReq }) => {
      const answer = inputResponse(mcpReq.inputResponses, 'client_roots');
      if (answer.kind === 'roots') return sayText(answer.roots.map(({ uri }) => uri).join(' '));
      return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
    },
  );
}

/** Tools whose state goes through the client, signed. */
function addStatefulTools(server: McpServer): void {
  for (const tool of [
    'test_input_required_result_request_state',
    'test_input_required_result_tampered_state',
  ]) {
    server.registerTool(tool, { description: 'Asks for a confirmation.' }, async ({ mcpReq }) => {
      const state = mcpReq.requestState<FlowState>();
      if (state?.tool === tool && acceptedContent(mcpReq.inputResponses, 'confirm'))
        return sayText('state-ok');
      return inputRequired({
        inputRequests: { confirm: askToConfirm('Please confirm') },
        requestState: await stateCodec.mint({ tool, step: 1 }),
      });
    });
  }
  const several = 'test_input_required_result_multiple_inputs';
  server.registerTool(several, { description: 'Asks for three things at once.' }, async ({ mcpReq }) => {
    const kinds = ['user_name', 'greeting', 'client_roots'].map(
      (key) => inputResponse(mcpReq.inputResponses, key).kind,
    );
    if (mcpReq.requestState<FlowState>()?.tool === several && !kinds.includes('missing')) {
      return sayText(`Got ${kinds.join(', ')}.`);
    }
    return inputRequired({
      inputRequests: {
        user_name: askFor('What is your name?', 'name'),
        greeting: askModel('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await stateCodec.mint({ tool: several, step: 1 }),
    });
  });
}

const STEPS = [
  { key: 'step1', message: 'Step 1: What is your name?', field: 'name' },
  { key: 'step2', message: 'Step 2: What is your favorite color?', field: 'color' },
];

/** One tool whose state changes from round to round. */
function addManyRoundsTool(server: McpServer): void {
  const tool = 'test_input_required_result_multi_round';
  server.registerTool(tool, { description: 'Asks twice.' }, async ({ mcpReq }) => {
    const state = mcpReq.requestState<FlowState>();
    const asked = STEPS[(state?.step ?? 0) - 1];
    const answered = asked !== undefined && acceptedContent(mcpReq.inputResponses, asked.key) !== undefined;
    const step = answered ? (state?.step ?? 0) : Math.max(0, (state?.step ?? 0) - 1);
    const next = STEPS[step];
    if (next === undefined) return sayText('Both steps are done.');
    return inputRequired({
      inputRequests: { [next.key]: askFor(next.message, next.field) },
      requestState: await stateCodec.mint({ tool, step: step + 1 }),
    });
  });
}

/** Tools of 2026-07-28 that answer with what they still need. */
export function addInputRequiredTools(server: McpServer): void {
  addOneRoundTools(server);
  addStatefulTools(server);
  addManyRoundsTool(server);
}
