import { connectBus } from '@aegis/bus';
import { parseEnv } from '@aegis/kit/env';
import { createLogger } from '@aegis/kit/logger';
import { runStdio } from '@aegis/mcp/stdio';
import type { ExitCode, Host } from '../host.ts';
import { AgentSideEnv, busAddress } from './bus-address.ts';

/** Serves MCP until the client closes the input. The agent's side of the bus only: the identity is `mcp`. */
export async function serveMcp(host: Host): Promise<ExitCode> {
  const config = parseEnv(AgentSideEnv, host.env);
  const log = createLogger('mcp', config.LOG_LEVEL);
  const bus = await connectBus({ ...(await busAddress('mcp', host.env)), identity: 'mcp', log });
  try {
    await runStdio(bus, { log, timeoutMs: config.REQUEST_TIMEOUT_MS });
  } finally {
    await bus.close();
  }
  return 0;
}
