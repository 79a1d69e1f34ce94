export { type Definition, definitionDigest, isRecordable } from './domain/definition.ts';
export {
  changeLevel,
  type DefinitionStatus,
  definitionStatus,
  definitionWith,
  inQuarantine,
  type Tool,
  toQuarantined,
  type WaitingDefinition,
} from './domain/tool.ts';
export { createToolFold, type InQuarantine, type ToolFold } from './domain/tool-fold.ts';
