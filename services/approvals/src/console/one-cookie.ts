/** As far as the console's own addresses go, and more. */
const DEEPEST = 8;
const PLAIN_PATH = /^[\w/.~%-]*$/;

/**
 * How many cookies of this name came. A browser sends one of each path that they were set for, in an order that whoever sets
 * one can choose (RFC 6265, section 5.4), and any port of a host can set them.
 */
export const countCookies = (header: string | undefined, name: string): number =>
  (header ?? '').split(';').filter((one) => one.split('=', 1)[0]?.trim() === name).length;

/** Each path that a cookie which came to this address may be set for (RFC 6265, section 5.1.4). */
export function pathsTo(url: string): string[] {
  const [path = ''] = url.split('?', 1);
  const parts = path.split('/').slice(1, DEEPEST);
  const paths = parts.flatMap((_, n) => {
    const upTo = `/${parts.slice(0, n + 1).join('/')}`;
    return [upTo, `${upTo}/`];
  });
  return ['/', ...paths.filter((one) => one !== '//' && PLAIN_PATH.test(one))];
}
