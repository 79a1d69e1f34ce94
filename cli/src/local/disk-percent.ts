import { DiskEnv } from '@aegis/kit/disk';
import { type Env, parseEnv } from '@aegis/kit/env';

/** How full the disk may be before that is said. @throws ConfigError */
export const diskPercentOf = (env: Env): number => parseEnv(DiskEnv, env).DISK_WARNING_PERCENT;
