/** Every error that leaves a service: a stable code, its HTTP status and its title. Codes are never reused. */
export const CATALOGUE = {
  invalid_json: { status: 400, title: 'The body is not valid JSON' },
  unauthorized: { status: 401, title: 'Nobody is signed in' },
  forbidden_origin: { status: 403, title: 'This origin may not use the API' },
  wrong_code: { status: 403, title: 'The code is wrong' },
  not_an_approver: { status: 403, title: 'This person may not decide this' },
  not_found: { status: 404, title: 'Not found' },
  approval_not_found: { status: 404, title: 'No such approval' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  dry_run_id_in_use: { status: 409, title: 'This dry run id waits for another call' },
  dry_run_id_ambiguous: { status: 409, title: 'More than one caller uses this dry run id' },
  version_conflict: { status: 409, title: 'Somebody else was first' },
  already_decided: { status: 409, title: 'It is decided already' },
  read_only: { status: 409, title: 'This can not be changed here' },
  precondition_failed: { status: 412, title: 'It is not as you saw it' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  invalid_request: { status: 422, title: 'The request is not valid' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key belongs to another call' },
  idempotency_key_expired: { status: 422, title: 'The idempotency key is too old' },
  too_many_attempts: { status: 429, title: 'Too many wrong codes' },
  too_many_pending: { status: 429, title: 'This agent has too many calls waiting' },
  internal: { status: 500, title: 'Something broke' },
  bus_unavailable: { status: 503, title: 'The message bus is away' },
  storage_unavailable: { status: 503, title: 'The event log does not take writes' },
  deadline_exceeded: { status: 503, title: 'No answer in time' },
  policy_unavailable: { status: 503, title: 'The policy service is away' },
  enforcer_unavailable: { status: 503, title: 'The enforcer is away' },
  approvals_unavailable: { status: 503, title: 'The approvals service is away' },
  notifier_unavailable: { status: 503, title: 'The notifier is away' },
  audit_unavailable: { status: 503, title: 'The audit service is away' },
  gateway_unavailable: { status: 503, title: 'The gateway is away' },
  mcp_unavailable: { status: 503, title: 'The MCP service is away' },
} as const;

export type ErrorCode = keyof typeof CATALOGUE;

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(CATALOGUE, code);
