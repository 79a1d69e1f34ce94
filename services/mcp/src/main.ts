import { runService } from '@aegis/shared/runtime/run-service';
import { McpEnv } from './config.ts';
import { createMcp } from './service.ts';

runService('mcp', McpEnv, createMcp);
