import { runService } from '@aegis/bus/service';
import { McpEnv } from './config.ts';
import { createMcp } from './service.ts';

runService('mcp', McpEnv, createMcp);
