export { foldName, withoutCase } from './fold.ts';
export { codePoint, INVISIBLE, oneLine, UNUSUAL_SPACE, visible } from './visible.ts';
