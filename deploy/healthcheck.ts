/**
 * Asks the service in this container whether it is ready: exit 0 yes, 1 no, and why on stdout. With URLs, whether each of
 * them is answered at all: who passes connections on is ready where they arrive. What arrives as no HTTP is answered with
 * 400.
 */
const port = process.env['HEALTH_PORT'] ?? '8080';
const urls = process.argv.slice(2);
const ask = (url: string) => fetch(url, { signal: AbortSignal.timeout(5_000) });
if (urls.length > 0) {
  const answers = await Promise.all(urls.map(ask));
  process.exitCode = answers.every(({ status }) => status !== 400) ? 0 : 1;
} else {
  const answer = await ask(`http://127.0.0.1:${port}/readyz`);
  process.stdout.write(await answer.text());
  process.exitCode = answer.ok ? 0 : 1;
}
