import type { CallToolResult, McpServer } from '@modelcontextprotocol/server';
import { PNG, WAVE } from './media.ts';

type Content = CallToolResult['content'];

const text = (value: string): Content[number] => ({ type: 'text', text: value });

const EMBEDDED: Content[number] = {
  type: 'resource',
  resource: {
    uri: 'test://embedded-resource',
    mimeType: 'text/plain',
    text: 'This is an embedded resource content.',
  },
};

const JSON_RESOURCE: Content[number] = {
  type: 'resource',
  resource: {
    uri: 'test://mixed-content-resource',
    mimeType: 'application/json',
    text: '{"test":"data","value":123}',
  },
};

const CONTENT: Readonly<Record<string, Content>> = {
  test_simple_text: [text('This is a simple text response for testing.')],
  test_image_content: [{ type: 'image', ...PNG }],
  test_audio_content: [{ type: 'audio', ...WAVE }],
  test_embedded_resource: [EMBEDDED],
  test_multiple_content_types: [
    text('Multiple content types test:'),
    { type: 'image', ...PNG },
    JSON_RESOURCE,
  ],
};

/** Tools that always give the same content, one of each kind, and one that always fails. */
export function addContentTools(server: McpServer): void {
  for (const [name, content] of Object.entries(CONTENT)) {
    server.registerTool(name, { description: `Gives the fixed content of ${name}.` }, () => ({ content }));
  }
  server.registerTool('test_error_handling', { description: 'Fails, always.' }, () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
}
