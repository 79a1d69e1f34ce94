const WINDOW_MS = 10_000;
const PER_WINDOW = 10;

/** Says what was dropped, one line each; a flood of it is counted. */
export function createComplaints(say: (sentence: string) => void, now: () => number = Date.now) {
  let since = 0;
  let said = 0;
  let unsaid = 0;
  return (because: string): void => {
    if (now() - since >= WINDOW_MS) {
      if (unsaid > 0) say(`${unsaid} more messages of the server were dropped.`);
      since = now();
      said = 0;
      unsaid = 0;
    }
    if (said++ < PER_WINDOW) say(`A message of the server was dropped: ${because}`);
    else unsaid++;
  };
}
