/** What the server's clock said, and when by the clock of this page, which nobody can set. */
let known = { server: Date.now(), here: performance.now() };
let tick = $state(Date.now());

const read = (): number => known.server + (performance.now() - known.here);

/** The server's time in milliseconds, once a second; what is shown by it follows. */
export const serverNow = (): number => tick;

/** Sets the clock by what an answer said, in ISO 8601. */
export function setClock(iso: string): void {
  const server = Date.parse(iso);
  if (Number.isNaN(server)) return;
  known = { server, here: performance.now() };
  tick = read();
}

/** Lets the clock run; returns what stops it. */
export function startClock(): () => void {
  const timer = setInterval(() => {
    tick = read();
  }, 1000);
  return () => clearInterval(timer);
}
