import { runService } from '@aegis/bus/service';
import { AuditEnv } from './config.ts';
import { createAudit } from './service.ts';

runService('audit', AuditEnv, createAudit);
