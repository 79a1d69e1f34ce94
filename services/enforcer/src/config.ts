import { BusEnv } from '@aegis/shared/runtime/env';
import type { z } from 'zod';

/** The enforcer needs the bus and nothing else. */
export const EnforcerEnv = BusEnv;
export type EnforcerConfig = z.output<typeof EnforcerEnv>;
