/** Why a request came to nothing, in words for people. `status` 0: there was no answer at all. */
export class Fault extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

export const NO_ANSWER = new Fault(
  0,
  'no_answer',
  'AegisMCP does not answer. Is it running, and is the network up?',
);

/** An answer that is an error, by its problem details (RFC 9457) where it has them. */
export async function faultOf(response: Response): Promise<Fault> {
  const fallback = `AegisMCP answered with an error: ${response.status} ${response.statusText}.`;
  try {
    const { code, title, detail } = (await response.json()) as Record<string, unknown>;
    const text = typeof detail === 'string' && detail !== '' ? detail : title;
    return new Fault(
      response.status,
      typeof code === 'string' ? code : 'unknown',
      typeof text === 'string' ? text : fallback,
    );
  } catch {
    return new Fault(response.status, 'unknown', fallback);
  }
}

/** Whatever was thrown, as a fault. */
export const asFault = (thrown: unknown): Fault => (thrown instanceof Fault ? thrown : NO_ANSWER);
