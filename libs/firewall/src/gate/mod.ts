export {
  type AskUpstream,
  type Circumstances,
  type Disposition,
  type Gate,
  type GateOptions,
  type HttpSaid,
  RECORD_MODES,
  type RecordMode,
  type UpstreamEnd,
} from './api.ts';
export { createFirewall, type Firewall } from './firewall.ts';
export { sealSecret } from './read/request-state.ts';
export { unreadable } from './sentences.ts';
export { questionId, UpstreamQuestions } from './upstream-questions.ts';
