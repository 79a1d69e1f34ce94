import type { Bus, Refusals, RequestContext } from '@aegis/bus';
import type { Via } from '@aegis/contracts/call';
import { parseRequest, toAppError } from '@aegis/kit/errors';
import type { CallToolResult, StandardSchemaWithJSON, ToolAnnotations } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { listedSchema } from './listed-schema.ts';

/** What every tool is made of: how to ask the services, where its calls come in, and how long an answer may take. */
export type ToolDeps = {
  readonly bus: Pick<Bus, 'ask'>;
  readonly via: Extract<Via, 'mcp-stdio' | 'mcp-http'>;
  readonly timeoutMs: number;
  /** Where what is refused before it is asked is counted. */
  readonly refusals?: Pick<Refusals, 'count'> | undefined;
};

/** What a tool answers: a sentence for the model, and the same as data. */
export type Answer<Output> = { readonly text: string; readonly data: Output };

/** Who calls, from which address where that is known, and the trace that the call belongs to. */
export type Caller = {
  readonly principal: string;
  readonly from?: string | undefined;
  readonly traceparent: string | undefined;
};

export type Tool = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly inputSchema: StandardSchemaWithJSON<unknown, unknown>;
  readonly outputSchema: StandardSchemaWithJSON<unknown, unknown>;
  /** @throws AppError `invalid_request` that names the field, or the fault of the service that was asked */
  call(args: unknown, caller: Caller): Promise<CallToolResult>;
};

type Shown = Pick<Tool, 'name' | 'title' | 'description' | 'annotations'>;

type Definition<Input extends z.ZodType, Output extends z.ZodType> = Shown & {
  readonly input: Input;
  readonly output: Output;
  readonly run: (
    args: z.output<Input>,
    context: RequestContext,
    principal: string,
  ) => Promise<Answer<z.input<Output>>>;
};

/** A result with the sentence first and the data as JSON text behind it, for clients that read no structured content. */
const toResult = ({ text, data }: Answer<unknown>): CallToolResult => ({
  content: [
    { type: 'text', text },
    { type: 'text', text: JSON.stringify(data) },
  ],
  structuredContent: data,
});

/** One tool: its arguments are parsed strictly, its question has an absolute deadline. */
export function defineTool<Input extends z.ZodType, Output extends z.ZodType>(
  deps: ToolDeps,
  definition: Definition<Input, Output>,
): Tool {
  const { input, output, run, ...shown } = definition;
  return {
    ...shown,
    inputSchema: listedSchema(input, 'input'),
    outputSchema: listedSchema(output, 'output'),
    async call(args, { principal, from, traceparent }) {
      try {
        const parsed = parseRequest(input, args ?? {});
        const deadlineMs = Date.now() + deps.timeoutMs;
        const answer = await run(parsed, { deadlineMs, traceparent, caller: { principal, from } }, principal);
        return toResult(answer);
      } catch (thrown) {
        deps.refusals?.count(toAppError(thrown).code, principal);
        throw thrown;
      }
    },
  };
}
