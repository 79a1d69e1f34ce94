import type { Responder } from '@aegis/shared/bus/respond';
import type { Deps } from '@aegis/shared/runtime/run-service';
import { healthFrom, type Service } from '@aegis/shared/runtime/service';
import type { McpConfig } from './config.ts';
import { createHttp } from './http.ts';
import { routes } from './nats.ts';
import { createServer } from './server.ts';
import { createTools } from './tools/all.ts';

/** `address()` is the URL for MCP clients, such as `http://127.0.0.1:8001/mcp`; empty before `start`. */
export type Mcp = Service & { address(): string };

/** The five tools over Streamable HTTP. Without state of its own: any replica may take any request. */
export function createMcp({ bus, config, log }: Deps<McpConfig>): Mcp {
  const tools = createTools({ bus, via: 'mcp-http', timeoutMs: config.REQUEST_TIMEOUT_MS });
  const health = () => healthFrom([!bus.isUp() && 'the message bus is away']);
  const http = createHttp({ factory: () => createServer(tools, log), config, health, log });
  let responder: Responder | undefined;
  return {
    async start() {
      await http.listen();
      responder = await bus.respond(routes(health));
    },
    async stop() {
      await http.close();
      await responder?.drain();
      responder = undefined;
    },
    health,
    address: () => http.address(),
  };
}
