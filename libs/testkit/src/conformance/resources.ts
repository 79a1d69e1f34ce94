import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { PNG } from './media.ts';

const TEMPLATE = new ResourceTemplate('test://template/{id}/data', { list: undefined });

/** A text, an image, a watched resource and a template. */
export function addResources(server: McpServer): void {
  server.registerResource(
    'static-text',
    'test://static-text',
    { description: 'A text that never changes.', mimeType: 'text/plain' },
    ({ href: uri }) => ({
      contents: [{ uri, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }],
    }),
  );
  server.registerResource(
    'static-binary',
    'test://static-binary',
    { description: 'An image of one pixel.', mimeType: PNG.mimeType },
    ({ href: uri }) => ({ contents: [{ uri, mimeType: PNG.mimeType, blob: PNG.data }] }),
  );
  server.registerResource(
    'watched-resource',
    'test://watched-resource',
    { description: 'A resource to subscribe to.', mimeType: 'text/plain' },
    ({ href: uri }) => ({ contents: [{ uri, mimeType: 'text/plain', text: 'Nothing new.' }] }),
  );
  server.registerResource(
    'template',
    TEMPLATE,
    { description: 'Data by its id.', mimeType: 'application/json' },
    ({ href: uri }, { id }) => {
      const text = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` });
      return { contents: [{ uri, mimeType: 'application/json', text }] };
    },
  );
}

/** Subscriptions of the legacy era; the modern one has `subscriptions/listen` instead. */
export function addSubscriptions(server: McpServer): void {
  const subscribed = new Set<string>();
  server.server.setRequestHandler('resources/subscribe', ({ params: { uri } }) => {
    subscribed.add(uri);
    return {};
  });
  server.server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    subscribed.delete(uri);
    return {};
  });
}
