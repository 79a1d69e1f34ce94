// @ts-check
/** What a client is told while no firewall is there to tell it: the same words and forms as the firewall's own. */

/** As the firewall answers where a method has no result that could say so. */
const BLOCKED = -32_010;
const REVISION_KEY = 'io.modelcontextprotocol/protocolVersion';

/**
 * A request of the client, as far as an answer to it needs: the id as JSON, and whether it is one of the revisions whose
 * results say that they are complete.
 *
 * @typedef {{ rawId: string, method: string, isModern: boolean }} Asked
 */

/** @param {unknown} id */
const isId = (id) => typeof id === 'string' || Number.isSafeInteger(id);

/**
 * What a line asks; undefined where it asks nothing that could be answered.
 *
 * @param {string} line
 * @returns {Asked | undefined}
 */
export function readAsked(line) {
  try {
    const { id, method, params } = JSON.parse(line);
    if (typeof method !== 'string' || !isId(id)) return undefined;
    return { rawId: JSON.stringify(id), method, isModern: params?.['_meta']?.[REVISION_KEY] !== undefined };
  } catch {
    return undefined;
  }
}

/**
 * @param {Asked} asked
 * @param {string} sentence
 */
function sayNo({ rawId, method, isModern }, sentence) {
  const text = JSON.stringify(sentence);
  if (method !== 'tools/call') {
    return `{"jsonrpc":"2.0","id":${rawId},"error":{"code":${BLOCKED},"message":${text}}}\n`;
  }
  const type = isModern ? '"resultType":"complete",' : '';
  return `{"jsonrpc":"2.0","id":${rawId},"result":{${type}"content":[{"type":"text","text":${text}}],"isError":true}}\n`;
}

/**
 * For a request that came while the firewall was away, or while it refuses this agent for the reason that is given.
 *
 * @param {Asked} asked
 * @param {string} [refusal]
 */
export const deny = (asked, refusal) =>
  sayNo(
    asked,
    refusal === undefined
      ? "AegisMCP can't decide now: the firewall is away; the call was not sent, so try again in a moment."
      : `AegisMCP did not send this call. ${refusal}`,
  );

/**
 * For a request that the firewall had when it went away: it may have been sent, and nobody can say whether.
 *
 * @param {Asked} asked
 */
export const unknownOutcome = (asked) =>
  sayNo(
    asked,
    'Nobody knows how this call ended (the firewall went away in the middle of it): it may have run, so look whether it took effect before you repeat it.',
  );
