/** Readers that obey another charset read another text. */
const JSON_IN_UTF8 = /^application\/json[ \t]*(;[ \t]*charset[ \t]*=[ \t]*"?utf-8"?[ \t]*)?;?[ \t]*$/i;

/** The headers of a body, as Node gives them. */
export type BodyHeaders = {
  readonly 'content-type'?: string | undefined;
  readonly 'content-encoding'?: string | undefined;
  readonly 'transfer-encoding'?: string | undefined;
};

/** Node takes this one off, whatever else is beside it, and says nothing of the rest. */
const CHUNKED = /^[ \t]*chunked[ \t]*$/i;

/** Why a body is not what it is sent as: a coding of its transfer that nobody undoes. Undefined where there is none. */
export function transferProblem({ 'transfer-encoding': coding }: BodyHeaders): string | undefined {
  return coding === undefined || CHUNKED.test(coding)
    ? undefined
    : 'The Transfer-Encoding must be chunked, and nothing else.';
}

/** Why a body is not read: what it says of itself is not JSON in UTF-8, as it is. Undefined where it is. */
export function whyNotJson(headers: BodyHeaders): string | undefined {
  if (!JSON_IN_UTF8.test(headers['content-type'] ?? ''))
    return 'The Content-Type must be application/json, in UTF-8.';
  return headers['content-encoding'] === undefined
    ? transferProblem(headers)
    : 'A body may not be compressed: leave the Content-Encoding out.';
}
