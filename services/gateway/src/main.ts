import { runService } from '@aegis/bus/service';
import { GatewayEnv } from './config.ts';
import { createGateway } from './service.ts';

runService('gateway', GatewayEnv, createGateway);
