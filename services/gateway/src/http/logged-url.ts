const PAGE_TOKEN = /(\/s\/)[^/?#]+/gi;

/**
 * An address as it may stand in a log: one of a sign-in without scripts has half of a session in it, and what is asked for
 * may be a secret of whoever asks.
 */
export const loggedUrl = (url: string): string => url.replace(PAGE_TOKEN, '$1…').replace(/[?#].*$/s, '?…');
