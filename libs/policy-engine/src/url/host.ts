/** A host as the WHATWG URL Standard writes it, without brackets, zone and the dot at its end; undefined for no host. */
export function hostOf(written: string): string | undefined {
  const bare = written.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (bare === '') return undefined;
  const isV6 = bare.includes(':');
  const url = URL.parse(`http://${isV6 ? `[${bare}]` : bare}/`);
  return url?.hostname.replace(/\.+$/, '').replace(/^\[|\]$/g, '');
}

/** The IPv4 address in an IPv6 one that stands for it, such as `::ffff:7f00:1`. */
export function mappedV4(host: string): string | undefined {
  const [, high, low] =
    /^(?:::ffff:|::|64:ff9b::|::ffff:0:)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const bits = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}

const IS_ADDRESS = /:|(?:^|\.)\d+$/;

/** Whether a host is an address and no name; of `hostOf`'s spelling. */
export function isIpAddress(host: string): boolean {
  return IS_ADDRESS.test(host);
}
