import { isIP } from 'node:net';
import { AppError } from '@aegis/kit/errors';

const HOST = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?$/;

/**
 * Refuses what a web page elsewhere could send that made its own name point here (DNS rebinding): such a name has a dot. An
 * address, a name without dots such as a container's, and the operator's own names are right: unlike the gateway and MCP,
 * which browsers reach themselves, this is behind a gateway that may know it by any such name.
 *
 * @returns a check of a `Host` header that throws `forbidden_origin`
 */
export function createHostCheck(own: readonly string[]): (host: string | undefined) => void {
  const allowed = new Set(own.map((name) => name.toLowerCase()));
  return (host) => {
    const [, ipv6, name = ''] = HOST.exec(host?.toLowerCase() ?? '') ?? [];
    const isAddress = isIP(ipv6 ?? name) > 0;
    if (isAddress || allowed.has(name) || (name !== '' && !name.includes('.'))) return;
    throw new AppError(
      'forbidden_origin',
      'The Host header names a host that is not this service; ALLOWED_HOSTS adds names.',
    );
  };
}
