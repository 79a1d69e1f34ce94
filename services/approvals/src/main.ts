import { runService } from '@aegis/bus/service';
import { ApprovalsEnv } from './config.ts';
import { createApprovals } from './service.ts';

runService('approvals', ApprovalsEnv, createApprovals);
