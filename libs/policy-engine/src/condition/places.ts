import { createWithin } from '../path/within.ts';
import { createDomainTest } from '../url/email.ts';
import { createHostTest } from '../url/host-list.ts';
import { readUrl } from '../url/read-url.ts';
import { createUrlWithin } from '../url/url-within.ts';
import type { Matcher } from './matcher.ts';
import { placed } from './place.ts';
import { showSome, showText } from './show.ts';

const oneOf = (places: readonly string[]): string => showSome(places.map(showText), ' or ');

/** Behind these some readers begin another path, or another word of a command. */
const SECOND_PATH = /[,;:|&<>\s](?:[~/\\]|file:|[a-z]:[/\\])/i;

const SEVERAL = 'more than one path to some readers';

/** Whether a path, or the path in a `file:` URI, is at one of the roots or below it. */
export function pathWithin(roots: readonly string[]): Matcher {
  const within = createWithin(roots);
  return placed({
    test: (text, allowance) => {
      const answer = within(text, allowance);
      const isOne = !SECOND_PATH.test(text.replace(/^file:/i, ''));
      return isOne ? answer : { known: false, because: answer.known ? SEVERAL : answer.because };
    },
    phrase: `within ${oneOf(roots)}`,
    one: 'path',
    many: 'paths',
  });
}

/** Whether a URL is at one of these or below it, on the same scheme, host and port. */
export function urlWithin(bases: readonly string[]): Matcher {
  return placed({ test: createUrlWithin(bases), phrase: `within ${oneOf(bases)}`, one: 'URL', many: 'URLs' });
}

/** Whether a URL's host is one of these, on any port. */
export function hostIn(hosts: readonly string[]): Matcher {
  const isOne = createHostTest(hosts);
  return placed({
    test: (text) => {
      const url = readUrl(text);
      return url.ok ? { known: true, within: isOne(url.host) } : { known: false, because: url.because };
    },
    phrase: `at ${oneOf(hosts)}`,
    one: 'URL',
    many: 'URLs',
  });
}

/** Whether the domain of an e-mail address is one of these. */
export function emailDomainIn(domains: readonly string[]): Matcher {
  return placed({
    test: createDomainTest(createHostTest(domains)),
    phrase: `at ${oneOf(domains)}`,
    one: 'address',
    many: 'addresses',
  });
}
