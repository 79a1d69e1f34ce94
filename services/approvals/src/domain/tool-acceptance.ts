import type { EventData } from '@aegis/contracts/events';
import type { AcceptTool } from '@aegis/contracts/tool-definition';
import { definitionStatus, evolve, type Tool } from '@aegis/replicas/tools/tool';
import type { Decider } from './decider.ts';

/** Somebody's word that a definition of a tool counts from now on. */
export type Accept = Pick<AcceptTool, 'server' | 'tool' | 'digest'> & { readonly by: string };

type Accepted = {
  readonly type: 'aegis.tool.accepted.v1';
  readonly data: EventData<'aegis.tool.accepted.v1'>;
};

/** What may be accepted of a tool; what its events make of it is the same for who judges calls. */
export const toolAcceptance: Decider<Tool, Accept, Accepted> = {
  decide({ by, server, tool, digest }, state) {
    const status = definitionStatus(state, digest);
    if (status === 'unknown') {
      return { because: 'digest: this tool was not seen with such a definition of late', fault: 'not_found' };
    }
    if (status === 'counts') return { because: 'This definition counts already' };
    return { event: { type: 'aegis.tool.accepted.v1', data: { server, tool, digest, accepted_by: by } } };
  },
  evolve: (state, event) => evolve(state, event),
};
