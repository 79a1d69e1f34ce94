const LOCALHOST = /^localhost(:[0-9]{1,5})?$/i;
const LOOPBACK = /^(127\.[0-9.]+|\[::1\])$/;

/**
 * Where whoever came by the name `localhost` finds the same page by the address of `consoleUrl`; undefined where they are
 * right. The name is two addresses, and to a browser one origin: a program that listens at the other one reads what pages
 * of that origin keep. So no session is opened there.
 *
 * @returns for the `Host` that a browser named, and the path and query that it asked for
 */
export function createOneOrigin(consoleUrl: string): (host: unknown, url: string) => string | undefined {
  const { protocol, hostname } = new URL(consoleUrl);
  const isLoopback = protocol === 'http:' && LOOPBACK.test(hostname);
  return (host, url) => {
    const [isName, port = ''] = LOCALHOST.exec(String(host)) ?? [];
    return isLoopback && isName !== undefined ? `http://${hostname}${port}${url}` : undefined;
  };
}
