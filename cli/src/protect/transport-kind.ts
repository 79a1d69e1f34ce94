import { isObject } from '@aegis/kit/json';
import { foldName } from '@aegis/kit/text';
import type { Value } from './wrap-form.ts';

/** Names of what says how a server is spoken to; the second kind of names is used for other things, too. */
const KIND = /^(?:type|transport|transport_?type)$/;
const MAYBE_KIND = /^(?:protocol|connection_?type|kind|mode)$/;
const STDIO = ['stdio', 'local'];
const HTTP = ['http', 'https', 'streamablehttp', 'httpstreamable', 'httpstream', 'streaminghttp', 'remote'];

/** A transport that an entry names, under which of its keys; `transport: { "type": … }` too. */
export type Kind = {
  readonly key: string;
  readonly kind: 'stdio' | 'http' | 'sse' | 'other';
  readonly text: string;
};

function kindOf(key: string, written: unknown): Kind {
  const text = typeof written === 'string' ? written : JSON.stringify(written);
  const plain = text.toLowerCase().replaceAll(/[^a-z]/g, '');
  if (typeof written !== 'string') return { key, kind: 'other', text };
  if (STDIO.includes(plain)) return { key, kind: 'stdio', text };
  if (HTTP.includes(plain)) return { key, kind: 'http', text };
  return { key, kind: plain.includes('sse') || plain.includes('serversent') ? 'sse' : 'other', text };
}

/** Every transport that an entry names. */
export const kindsOf = (value: Value): readonly Kind[] =>
  Object.entries(value).flatMap(([key, one]) => {
    const name = foldName(key);
    const isSure = KIND.test(name);
    if ((!isSure && !MAYBE_KIND.test(name)) || one === undefined || one === null) return [];
    const kinds = isObject(one) ? kindsOf(one) : [kindOf(key, one)];
    return isSure ? kinds : kinds.filter(({ kind }) => kind !== 'other');
  });
