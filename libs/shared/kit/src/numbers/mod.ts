export { canonicalJson } from './canonical-json.ts';
export {
  type AnyNumber,
  asDouble,
  compareNumbers,
  isNumber,
  isWholeNumber,
  readNumber,
  roundingsOf,
  WrittenNumber,
  withDoubles,
  withPlainNumbers,
} from './written-number.ts';
