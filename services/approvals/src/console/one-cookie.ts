/** As far as the console's own addresses go, and more. */
const DEEPEST = 8;
const PLAIN_PATH = /^[\w/.~%-]*$/;

/**
 * The cookies of this name that came, as they came. A browser sends one of each path that they were set for, in an order
 * that whoever sets one can choose (RFC 6265, section 5.4), and any port of a host can set them.
 */
export const cookiesOf = (header: string | undefined, name: string): string[] =>
  (header ?? '').split(';').filter((one) => one.slice(0, Math.max(0, one.indexOf('='))).trim() === name);

/** Each path that a cookie which came to this address may be set for (RFC 6265, section 5.1.4). */
function pathsTo(url: string): string[] {
  const [path = ''] = url.split('?', 1);
  const parts = path.split('/').slice(1, DEEPEST);
  const paths = parts.flatMap((_, n) => {
    const upTo = `/${parts.slice(0, n + 1).join('/')}`;
    return [upTo, `${upTo}/`];
  });
  return ['/', ...paths.filter((one) => one !== '//' && PLAIN_PATH.test(one))];
}

/** What `Set-Cookie` has to say so that no cookie of this name comes to this address again; partitioned ones are others. */
export const clearsOf = (name: string, url: string, isSecure: boolean): string[] =>
  pathsTo(url).flatMap((path) => {
    const clear = `${name}=; Path=${path}; Max-Age=0`;
    return [isSecure ? `${clear}; Secure` : clear, `${clear}; Secure; SameSite=None; Partitioned`];
  });
