/** How long a grant may be, in minutes: a day at most. Apart from the schemas, for the browser too. */
export const LEAST_GRANT_MINUTES = 1;
export const MOST_GRANT_MINUTES = 24 * 60;

const MINUTE_MS = 60_000;

export const minutesToMs = (minutes: number): number => minutes * MINUTE_MS;
