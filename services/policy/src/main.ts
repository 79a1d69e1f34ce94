import { runService } from '@aegis/bus/service';
import { PolicyEnv } from './config.ts';
import { createPolicy } from './service.ts';

runService('policy', PolicyEnv, createPolicy);
