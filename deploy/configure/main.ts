import { configure } from './configure.ts';

try {
  await configure({
    conf: '/etc/nats/nats.conf',
    keysDir: '/keys',
    storeDir: '/data',
    webhooks: { file: '/data/notifier/webhooks.json', before: '/data/approvals/webhooks.json' },
  });
  process.stdout.write('The NATS configuration and the keys are in place.\n');
} catch (error) {
  process.stderr.write(`configure: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
