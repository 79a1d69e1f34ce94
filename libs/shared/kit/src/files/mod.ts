export { createWatchedFile, type WatchedFile } from './in-force.ts';
export { parseFile, type ReadFile } from './parse-file.ts';
export { watchPath } from './watch-path.ts';
