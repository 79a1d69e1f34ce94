import { auditWrite } from './audit-write.ts';
import { firewallEnforce } from './firewall-enforce.ts';
import { guardCheck } from './guard-check.ts';
import { policyGet } from './policy-get.ts';
import { requireApproval } from './require-approval.ts';
import type { Tool, ToolDeps } from './tool.ts';

/** The five tools, the one that matters most first. */
export const createTools = (deps: ToolDeps): readonly Tool[] =>
  [firewallEnforce, guardCheck, requireApproval, policyGet, auditWrite].map((create) => create(deps));
