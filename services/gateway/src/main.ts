import { runService } from '@aegis/shared/runtime/run-service';
import { GatewayEnv } from './config.ts';
import { createGateway } from './service.ts';

runService('gateway', GatewayEnv, createGateway);
