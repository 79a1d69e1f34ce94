export { type Definition, definitionDigest, isRecordable } from './domain/definition.ts';
export {
  changeLevel,
  definitionWith,
  inQuarantine,
  standingOf,
  type Tool,
  type ToolStanding,
  toQuarantined,
  type Waiting,
} from './domain/tool.ts';
export { createToolFold, type InQuarantine, type ToolFold } from './domain/tool-fold.ts';
