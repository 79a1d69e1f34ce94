export { transferProblem, whyNotJson } from './body-headers.ts';
export { digestOf } from './canonical.ts';
export { hasMoreItems, MAX_SENT_ITEMS, tooManyItems } from './items.ts';
export {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  countMembers,
  elements,
  endOfString,
  endOfValue,
  keyOf,
  type MemberSpan,
  members,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  type Span,
  skipSpace,
  slice,
  surveyJson,
} from './json-text.ts';
export { endOfNumber, isNumberStart, isPlainNumber } from './number-text.ts';
export { isObject, type JsonMembers, membersOf } from './object.ts';
export { hasEscapedKeys, parseJson, parseKeyByKey } from './parse.ts';
export { MAX_DEPTH, parseStrictJson } from './strict.ts';
export { partsOf, restFor } from './weight.ts';
