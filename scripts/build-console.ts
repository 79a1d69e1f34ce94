import { fileURLToPath } from 'node:url';
import { build, createLogger, type Logger } from 'vite';

const CONFIG = fileURLToPath(new URL('../console/vite.config.ts', import.meta.url));

/** A module of Node is nothing in a browser: a page with one builds, and doesn't start. */
const NOT_FOR_BROWSERS = /externalized for browser compatibility/;

const problems: string[] = [];
const plain = createLogger('warn');
const logger: Logger = {
  ...plain,
  warn(message, options) {
    if (NOT_FOR_BROWSERS.test(message)) problems.push(message);
    else plain.warn(message, options);
  },
};

/** Builds the console that the approvals service serves: `npm run build:console`; `npm ci` does it too. */
try {
  await build({ configFile: CONFIG, logLevel: 'warn', customLogger: logger });
  if (problems.length > 0) throw new Error(problems.join('\n'));
} catch (thrown) {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  console.error(`The console could not be built: ${why}`);
  console.error('Mend what it names, then run: npm run build:console');
  process.exitCode = 1;
}
