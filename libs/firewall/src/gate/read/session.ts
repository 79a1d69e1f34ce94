import type { ClientInfo } from '@aegis/contracts/call';
import { membersOf } from '@aegis/kit/json';
import type { Request, Response } from '../../wire/message.ts';
import {
  type Capabilities,
  LAST_WITH_SESSIONS,
  type Revision,
  toRevision,
  WITHOUT_SESSIONS,
} from '../../wire/methods.ts';
import { type Caller, toClientInfo } from './caller.ts';

/** What a client and a server have told each other about themselves: once at the start, or with each request. */
export function createSession() {
  let client: ClientInfo | undefined;
  let capabilities: Capabilities = {};
  let revision: Revision = LAST_WITH_SESSIONS;
  let isOpen = false;
  return {
    /** A client of the older revisions says who it is, what it can, and which revision it would like. */
    opens({ params }: Request): void {
      client = toClientInfo(params?.['clientInfo']);
      capabilities = membersOf(params?.['capabilities']);
      revision = toRevision(params?.['protocolVersion']);
    },
    /** The server says which one it is. */
    opened({ result }: Response): void {
      const { protocolVersion } = membersOf(result);
      if (typeof protocolVersion === 'string') revision = toRevision(protocolVersion);
      isOpen ||= result !== undefined;
    },
    /** Whether the two have agreed: what they agreed on stays for as long as the session does. */
    get isOpen() {
      return isOpen;
    },
    /** Who asks: in the modern era each request says itself whose it is, since a gate may serve many clients. */
    of(caller: Caller) {
      if (!caller.isModern) return { client, capabilities, revision };
      client = caller.client;
      return { client, capabilities: caller.capabilities, revision: WITHOUT_SESSIONS };
    },
    /** Whoever is there, for what no request has asked for. */
    get current() {
      return { client, capabilities, revision };
    },
  };
}
