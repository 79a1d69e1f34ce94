import { runService } from '@aegis/bus/service';
import { EnforcerEnv } from './config.ts';
import { createEnforcer } from './service.ts';

runService('enforcer', EnforcerEnv, createEnforcer);
