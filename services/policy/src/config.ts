import { OwnEnv } from '@aegis/firewall/own';
import { BusEnv, port } from '@aegis/kit/env';
import { z } from 'zod';

export const PolicyEnv = BusEnv.extend({
  ...OwnEnv.shape,
  PORT: port.optional(),
  MCP_PORT: port.optional(),
  /** YAML or JSON, version 1 or 2. Where no policy was ever in force, no file means that a person is asked. */
  POLICY_PATH: z.string().default('./policy.yml'),
});
export type PolicyConfig = z.output<typeof PolicyEnv>;
