import { isIPv4, SocketAddress } from 'node:net';

/** https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt, section 2.2 */
const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const HEAD_BYTES = 16;
/** Addresses and what a proxy may add to them (TLVs); no proxy of ours sends so much. */
const MAX_BODY_BYTES = 512;
const LOCAL = 0x20;
const PROXY = 0x21;
const UNKNOWN = 0x00;
const TCP4 = 0x11;
const TCP6 = 0x21;

/** A whole header: how long it is, and who connected to the proxy; without an address the proxy speaks for itself. */
export type ProxyHeader = { readonly bytes: number; readonly address?: string };

const groups = (bytes: Buffer): string =>
  Array.from({ length: 8 }, (_, n) => bytes.readUInt16BE(n * 2).toString(16)).join(':');

/** An IPv6 address as Node writes those of sockets; one that stands for an IPv4 address is that address. */
function ipv6(bytes: Buffer): string {
  const { address } = new SocketAddress({ family: 'ipv6', address: groups(bytes) });
  const mapped = address.replace(/^::ffff:/, '');
  return isIPv4(mapped) ? mapped : address;
}

function addressIn(family: number, body: Buffer): string | undefined {
  if (family === TCP4 && body.length >= 12) return body.subarray(0, 4).join('.');
  if (family === TCP6 && body.length >= 36) return ipv6(body.subarray(0, 16));
  return undefined;
}

/**
 * Reads a header of the PROXY protocol, version 2, from the first bytes of a connection. Version 1, other transports than
 * TCP and headers that are too long are none.
 *
 * @returns undefined while more bytes are needed
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader | 'none' | undefined {
  const signature = bytes.subarray(0, SIGNATURE.length);
  if (!signature.equals(SIGNATURE.subarray(0, signature.length))) return 'none';
  if (bytes.length < HEAD_BYTES) return undefined;
  const [command, family, length] = [bytes.readUInt8(12), bytes.readUInt8(13), bytes.readUInt16BE(14)];
  if ((command !== LOCAL && command !== PROXY) || length > MAX_BODY_BYTES) return 'none';
  const end = HEAD_BYTES + length;
  if (bytes.length < end) return undefined;
  if (command === LOCAL || family === UNKNOWN) return { bytes: end };
  const address = addressIn(family, bytes.subarray(HEAD_BYTES, end));
  return address === undefined ? 'none' : { bytes: end, address };
}
