export { createOnce } from './create-once.ts';
export { createWatchedFile, type WatchedFile } from './in-force.ts';
export { makeFolder } from './make-folder.ts';
export { parseFile, type ReadFile } from './parse-file.ts';
export { MAX_FILE_BYTES, type ReadText, type ReadTextOptions, readText } from './read-text.ts';
export { type Draft, draftFile, replaceFile } from './replace-file.ts';
export { type Taking, takeOnChange } from './take-on-change.ts';
