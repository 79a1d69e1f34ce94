import { AppError } from '@aegis/kit/errors';
import { membersOf } from '@aegis/kit/json';
import { looksAt } from '@aegis/policy-engine';
import { errorResponse, INTERNAL_ERROR } from '../../wire/errors.ts';
import type { Request } from '../../wire/message.ts';
import type { Disposition, GateOptions, HttpSaid, UpstreamEnd } from '../api.ts';
import type { FirewallParts } from '../firewall-parts.ts';
import type { Definitions } from '../pins/definitions.ts';
import { filterList, type Listing, type Viewer } from '../pins/lists.ts';
import type { Caller } from '../read/caller.ts';
import { cannotList } from '../sentences.ts';

/** Lets a request for a list through, and its response only as far as the rules let this viewer see it. */
export type ListHandler = (
  request: Request,
  listing: Listing,
  caller: Caller,
  client: Viewer['client'],
) => Disposition;

export type ListHandlerDeps = {
  readonly parts: Pick<FirewallParts, 'replica' | 'log'>;
  readonly options: Pick<GateOptions, 'server' | 'principal' | 'showDenied'>;
  readonly definitions: Pick<Definitions, 'page'>;
};

const httpOf = (end: UpstreamEnd): HttpSaid | undefined => (end.type === 'lost' ? end.http : undefined);
const odd = (detail: string): AppError => new AppError('mcp_unavailable', detail);

export function createListHandler({ parts, options, definitions }: ListHandlerDeps): ListHandler {
  const { replica, log } = parts;
  const { server, principal, showDenied } = options;

  const filter = (
    listing: Listing,
    isFirst: boolean,
    end: UpstreamEnd,
    isModern: boolean,
    client: Viewer['client'],
  ): string => {
    if (end.type === 'lost') throw odd(end.because);
    const { response } = end;
    const { compiled } = replica.active();
    const isPersonal = looksAt(compiled).caller;
    const viewer = { server, principal, client };
    const list = filterList(response, listing, compiled, viewer, { showDenied, isModern, isPersonal });
    if ('odd' in list) throw odd(`The server's list of ${listing.member} can not be read: ${list.odd}.`);
    if (response.error === undefined && listing.member === 'tools') {
      definitions.page(membersOf(response.result), isFirst);
    }
    return list.text;
  };

  return ({ text, rawId, params }, listing, { isModern }, client) => {
    const isFirst = (params?.['cursor'] ?? undefined) === undefined;
    return {
      type: 'forward',
      text,
      ended(end) {
        try {
          return filter(listing, isFirst, end, isModern, client);
        } catch (thrown) {
          if (!(thrown instanceof AppError))
            log.error({ err: thrown, list: listing.member }, 'a list could not be filtered');
          return errorResponse(rawId, INTERNAL_ERROR, cannotList(listing.member, thrown), httpOf(end));
        }
      },
    };
  };
}
