import { isText, type Value } from './wrap-form.ts';

/** How clients spell where a server is: most, Windsurf and Antigravity, and Gemini CLI. */
const ADDRESSES = ['url', 'serverUrl', 'httpUrl'] as const;

export type AddressKey = (typeof ADDRESSES)[number];

/** The key under which an entry's client reads where its server is; undefined where it has none. */
export const addressKeyOf = (value: Value): AddressKey | undefined =>
  ADDRESSES.find((key) => isText(value[key]));

/** What the firewall needs to reach a server by HTTP; the rest of the entry is about the client. */
export function upstreamOf(value: Value): Value {
  const key = addressKeyOf(value);
  return { url: key && value[key], headers: value['headers'] };
}

/** An entry with another address, under the key that its client reads, and with these headers or none. */
export function withUpstream(value: Value, upstream: Value): Value {
  const { headers: _, ...rest } = value;
  const { url, headers } = upstreamOf(upstream);
  return { ...rest, [addressKeyOf(value) ?? 'url']: url, ...(headers === undefined ? {} : { headers }) };
}
