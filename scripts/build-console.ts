import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const CONFIG = fileURLToPath(new URL('../console/vite.config.ts', import.meta.url));

/** Builds the console that the approvals service serves: `npm run build:console`; `npm ci` does it too. */
try {
  await build({ configFile: CONFIG, logLevel: 'warn' });
} catch (thrown) {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  console.error(`The console could not be built: ${why}`);
  console.error('Mend what it names, then run: npm run build:console');
  process.exitCode = 1;
}
