/** The names that the goals are about. */
export const NAMES = {
  direct: 'direct',
  wrap: 'aegis wrap',
  background: 'aegis wrap --record-in-background',
  aegis: 'AegisMCP',
  civic: 'civic passthrough',
} as const;
export const TOPOLOGIES = { stdio: 'stdio', http: 'HTTP to HTTP', bridge: 'HTTP to stdio' } as const;
