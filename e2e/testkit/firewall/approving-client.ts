import type { Target, ToolResult, Way } from '@aegis/testkit/mcp-clients';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

export type Consent = 'accept' | 'decline' | 'cancel';

/**
 * The SDK's v2 client in the newest revision, whose user is asked to open a page: `onAsked` gets its address and says
 * what the user does.
 */
export async function connectAsked(target: Target, way: Way, onAsked: (url: string) => Promise<Consent>) {
  const client = new Client(
    { name: 'asked', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } }, capabilities: { elicitation: { url: {} } } },
  );
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    const url = 'url' in params && typeof params.url === 'string' ? params.url : '';
    return { action: await onAsked(url) };
  });
  const { command, args, env } = target;
  await client.connect(
    way === 'http'
      ? new StreamableHTTPClientTransport(new URL(target.url))
      : new StdioClientTransport({ command, args, env }),
  );
  return {
    call: async (name: string, given: Record<string, unknown>) =>
      (await client.callTool({ name, arguments: given })) as ToolResult,
    close: () => client.close(),
  };
}
