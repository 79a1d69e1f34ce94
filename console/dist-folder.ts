/** Where the build puts the console. */
export const CONSOLE_DIST = new URL('./dist/', import.meta.url);
