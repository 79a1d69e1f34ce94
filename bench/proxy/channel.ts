/** One client's connection to one target, over which calls go one after the other. */
export type Channel = {
  /** An echo call. Resolves with its milliseconds. @throws Error where the answer is not the echo */
  call(): Promise<number>;
  /** The process that was started for this connection, where there is one. */
  readonly pid?: number;
  close(): Promise<void>;
};

/** One way to the echo tool, with a session that is open. */
export type ProxyTarget = { topology: string; name: string; channel: Channel };

export const PROTOCOL_VERSION = '2025-06-18';
/** In the answer to every call, and in no other line. */
export const ECHO_MARK = 'Echo: hello';

export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: PROTOCOL_VERSION,
    capabilities: {},
    clientInfo: { name: 'bench', version: '1.0.0' },
  },
};

export const INITIALIZED = { jsonrpc: '2.0', method: 'notifications/initialized' };

export const echoCall = (id: number): string =>
  `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"echo","arguments":{"message":"hello"}}}`;
