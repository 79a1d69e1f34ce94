export { count } from './count.ts';
export { type DurationUnit, parseDuration } from './duration.ts';
export { foldName, withoutCase } from './fold.ts';
export { Html, html } from './html.ts';
export { type TextKind, textKind } from './text-kind.ts';
export {
  CONTROL,
  every,
  IGNORABLE,
  INVISIBLE,
  isBlank,
  LINE_BREAKING,
  ONE_LINE,
  UNUSUAL_SPACE,
} from './unseen.ts';
export { codePoint, escaped, oneLine, visible, visibleJson } from './visible.ts';
