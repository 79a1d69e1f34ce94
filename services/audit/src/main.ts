import { runService } from '@aegis/shared/runtime/run-service';
import { AuditEnv } from './config.ts';
import { createAudit } from './service.ts';

runService('audit', AuditEnv, createAudit);
