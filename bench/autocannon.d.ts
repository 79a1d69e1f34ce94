/** The part of autocannon's programmatic API that the load generator uses; the package brings no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  type Options = {
    url: string;
    method: 'POST';
    headers: Record<string, string>;
    body: string;
    connections: number;
    /** Seconds. */
    duration: number;
    /** A response for which this is false counts as a mismatch. */
    verifyBody(body: string): boolean;
  };
  type Result = { errors: number; timeouts: number; mismatches: number; non2xx: number };
  type Response = [client: unknown, statusCode: number, bytes: number, milliseconds: number];

  const autocannon: (options: Options) => EventEmitter<{ response: Response }> & Promise<Result>;
  export = autocannon;
}
