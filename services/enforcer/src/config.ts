import { AllowanceEnv } from '@aegis/kit/allowance';
import { BusEnv, durationMs } from '@aegis/kit/env';
import type { z } from 'zod';

export const EnforcerEnv = BusEnv.extend({
  ...AllowanceEnv.shape,
  /** How long nobody may answer for a run of the firewall in the path before its open calls are unknown. */
  RECONCILE_AFTER_MS: durationMs.default(10_000),
});
export type EnforcerConfig = z.output<typeof EnforcerEnv>;
