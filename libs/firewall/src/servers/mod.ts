export type { HttpUpstream, ServerEntry, StdioUpstream, Upstream } from './entry.ts';
export { parseServers, type Servers, serverProblem } from './parse-servers.ts';
