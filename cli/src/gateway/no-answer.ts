import { codeOf } from '@aegis/kit/errors';
import { startCommand } from '../../relay/data-directory.js';
import { CliError } from '../cli-error.ts';

type Asked = { readonly method: string; readonly path: string };

/** Why a gateway says nothing, what helps, and whether it may have heard what it was asked. */
type Silence = { readonly why: string; readonly mend: string; readonly mayHaveHeard?: true };

const NAME_ANOTHER = 'name another one by --url or AEGIS_URL';
const nobody = (why: string): Silence => ({
  why,
  mend: `start it with "${startCommand()}", or ${NAME_ANOTHER}`,
});
const noGateway = (why: string): Silence => ({ why, mend: NAME_ANOTHER });
const broken = (): Silence => ({
  why: 'the connection was closed',
  mend: 'it may be starting or stopping, so try again',
  mayHaveHeard: true,
});
const late = (why: string): Silence => ({
  why,
  mend: 'it may be busy, so try again; its log says more',
  mayHaveHeard: true,
});

const NO_HOST = () => noGateway('there is no host of that name');
const NO_WAY = () => noGateway('no way leads there from this machine');
const CLOSED_EARLY = () => broken();

/** By the code of the system, of Node, or of its HTTP client. */
const SILENCES: Readonly<Record<string, () => Silence>> = {
  ECONNREFUSED: () => nobody('nothing listens there'),
  ENOTFOUND: NO_HOST,
  EAI_AGAIN: NO_HOST,
  EHOSTUNREACH: NO_WAY,
  ENETUNREACH: NO_WAY,
  EADDRNOTAVAIL: NO_WAY,
  ETIMEDOUT: () => nobody('nothing answers there'),
  UND_ERR_CONNECT_TIMEOUT: () => nobody('nothing answers there'),
  UND_ERR_HEADERS_TIMEOUT: () => late('none in time'),
  UND_ERR_BODY_TIMEOUT: () => late('none in time'),
  ECONNRESET: CLOSED_EARLY,
  EPIPE: CLOSED_EARLY,
  UND_ERR_SOCKET: CLOSED_EARLY,
};

function silenceOf(error: unknown, base: URL, timeoutMs: number): Silence {
  if (error instanceof Error && error.name === 'TimeoutError')
    return late(`none within ${timeoutMs / 1000} s`);
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = codeOf(cause);
  const known = SILENCES[code]?.();
  if (known !== undefined) return known;
  if (cause instanceof Error && cause.name === 'HTTPParserError')
    return noGateway('what answers there speaks no HTTP');
  if (message === 'unexpected redirect') return noGateway('what answers there leads to another address');
  if (message === 'bad port') return nobody(`no client of HTTP asks at port ${base.port}`);
  return base.protocol === 'https:' ? noGateway(`no secure connection: ${message}`) : nobody(message);
}

/** What became of what was asked, after a space, where anybody could think otherwise. */
export function becameOf({ method, path }: Asked, mayHaveHeard: boolean): string {
  if (path.startsWith('guard/')) return ' Nothing was allowed.';
  if (method === 'GET' || path === 'policy/validate') return '';
  return mayHaveHeard
    ? ' Whether it was done is not known: look before you do it again.'
    : ' Nothing was done.';
}

/** The gateway said nothing. `what` and `mend` are the halves of its sentence, without a full stop. */
export class NoAnswer extends CliError {
  readonly what: string;
  readonly mend: string;

  constructor(error: unknown, base: URL, asked: Asked, timeoutMs: number) {
    const { why, mend, mayHaveHeard = false } = silenceOf(error, base, timeoutMs);
    const what = `No answer from the gateway at ${base.href} (${why})`;
    const detail = `${what}: ${mend}.${becameOf(asked, mayHaveHeard)}`;
    const [code, title] = ['gateway_unreachable', 'The gateway is not reached'];
    super({ type: `urn:aegis:error:${code}`, title, code, detail }, 1, { cause: error });
    this.what = what;
    this.mend = mend;
  }
}
