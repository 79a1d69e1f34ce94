import type { z } from 'zod';
import type { OwnEnv } from './env.ts';

/** What a service knows of the firewall that it is a part of: its own configuration, and the variables of {@link OwnEnv}. */
export type OwnSettings = z.output<typeof OwnEnv> & {
  readonly NATS_URL?: string | undefined;
  readonly AGENT_DIR?: string | undefined;
  readonly NATS_NKEY_FILE?: string | undefined;
  readonly PORT?: number | undefined;
  readonly MCP_PORT?: number | undefined;
  readonly ALLOWED_HOSTS?: readonly string[] | undefined;
};
