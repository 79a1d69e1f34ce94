export { createOnce } from './create-once.ts';
export { createWatchedFile, type WatchedFile } from './in-force.ts';
export { parseFile, type ReadFile } from './parse-file.ts';
export { type Draft, draftFile, replaceFile } from './replace-file.ts';
export { watchPath } from './watch-path.ts';
