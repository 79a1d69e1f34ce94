const PAGE_TOKEN = /^(\/ui\/s\/)[^/?]+/;

/** An address as it may stand in a log: one of a sign-in without scripts has half of a session in it. */
export const loggedUrl = (url: string): string => url.replace(PAGE_TOKEN, '$1…');
