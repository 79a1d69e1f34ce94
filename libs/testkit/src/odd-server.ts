import { fileURLToPath } from 'node:url';

/** The program of MCP servers of many kinds, none of them good: give it the kind, and its argument. */
export const ODD_SERVER = fileURLToPath(new URL('./odd-server-child.ts', import.meta.url));
