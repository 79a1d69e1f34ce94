export { createFirewall, type Firewall } from './firewall.ts';
export {
  type AskUpstream,
  type Circumstances,
  type Gate,
  type GateOptions,
  type Passage,
  RECORD_MODES,
  type RecordMode,
  type UpstreamEnd,
} from './passage.ts';
export { sealSecret } from './read/request-state.ts';
export { UpstreamQuestions } from './upstream-questions.ts';
