import { runService } from '@aegis/shared/runtime/run-service';
import { PolicyEnv } from './config.ts';
import { createPolicy } from './service.ts';

runService('policy', PolicyEnv, createPolicy);
