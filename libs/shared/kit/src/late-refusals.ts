/** Who is refused hears it so much later, in milliseconds: who asks again at once would be served nothing but refusals. */
const REFUSED_AFTER_MS = 250;
/** So many are kept waiting for that at most. */
const MOST_REFUSED = 1_024;

/** Refuses by a promise, after a while. @throws the error at once, where many wait for that already */
export function createLateRefusals() {
  let refused = 0;
  return (error: unknown): Promise<never> => {
    if (refused >= MOST_REFUSED) throw error;
    refused += 1;
    const { promise, reject } = Promise.withResolvers<never>();
    setTimeout(() => {
      refused -= 1;
      reject(error);
    }, REFUSED_AFTER_MS);
    return promise;
  };
}
