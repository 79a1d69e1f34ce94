import { type JsonMembers as Meta, membersOf } from '@aegis/kit/json';

export const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';

/** What a message says of itself; nothing where it has no `_meta`. */
export const metaOf = (message: { readonly params?: Meta | undefined }): Meta =>
  membersOf(message.params?.['_meta']);

/** The revision that a modern request names in its own envelope. */
export function revisionOf(params: Meta): string | undefined {
  const revision = metaOf({ params })[VERSION_KEY];
  return typeof revision === 'string' ? revision : undefined;
}
