import { runService } from '@aegis/shared/runtime/run-service';
import { EnforcerEnv } from './config.ts';
import { createEnforcer } from './service.ts';

runService('enforcer', EnforcerEnv, createEnforcer);
