import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mayAskHealth, ownHostNames } from '@aegis/kit/hosts';
import type { Service } from './service.ts';

/** `/healthz`: the process answers. `/readyz`: 200 where the service is well, 503 with its problems where not. */
export async function serveHealth(
  service: Service,
  host: string,
  port: number,
): Promise<{ server: Server; port: number }> {
  const names = ownHostNames(host, []);
  const server = createServer((request, response) => {
    if (!mayAskHealth(request.headers.host, names)) return response.writeHead(403).end();
    const health = request.url === '/readyz' ? service.health() : { status: 'ok', problems: [] };
    const known = request.url === '/healthz' || request.url === '/readyz';
    response.writeHead(known ? (health.status === 'ok' ? 200 : 503) : 404, {
      'content-type': 'application/json',
    });
    return response.end(JSON.stringify(known ? health : { status: 'unknown path' }));
  });
  await once(server.listen(port, host), 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}
