import { connectBus } from '@aegis/bus';
import { BusEnv, parseEnv } from '@aegis/kit/env';
import { createLogger } from '@aegis/kit/logger';
import { runStdio } from '../tools/serve/stdio.ts';

/** What a client starts in the tests: the tools over this process's own stdin and stdout. */
const env = parseEnv(BusEnv, process.env);
const log = createLogger('mcp', env.LOG_LEVEL);
const bus = await connectBus({ url: env.NATS_URL, identity: 'mcp', seedPath: env.NATS_NKEY_FILE, log });
await runStdio(bus, { log, timeoutMs: 600 });
await bus.close();
