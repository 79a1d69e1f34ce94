/** Asks the service in this container whether it is ready: exit 0 yes, 1 no, and why on stdout. */
const port = process.env['HEALTH_PORT'] ?? '8080';
const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) });
process.stdout.write(await answer.text());
process.exitCode = answer.ok ? 0 : 1;
