import { LimitsEnv } from '@aegis/contracts/limits';
import { BusEnv, durationMs, hostNames, port } from '@aegis/kit/env';
import { ReachEnv } from '@aegis/kit/reach';
import { z } from 'zod';

export const GatewayEnv = BusEnv.extend({
  ...ReachEnv.shape,
  ...LimitsEnv.shape,
  /** 0 takes any free port. */
  PORT: port.default(8000),
  /** The internal HTTP server of the approvals service, where `/ui/*` comes from. */
  APPROVALS_URL: z.url({ protocol: /^http$/ }).default('http://127.0.0.1:8090'),
  /** How long a caller waits at most for an answer, in milliseconds. */
  REQUEST_TIMEOUT_MS: durationMs.default(1500),
  /** More names that the Host header may have, separated by commas, without a port. */
  ALLOWED_HOSTS: hostNames,
});
export type GatewayConfig = z.output<typeof GatewayEnv>;
