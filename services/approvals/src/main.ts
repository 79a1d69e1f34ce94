import { runService } from '@aegis/shared/runtime/run-service';
import { ApprovalsEnv } from './config.ts';
import { createApprovals } from './service.ts';

runService('approvals', ApprovalsEnv, createApprovals);
