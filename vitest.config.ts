import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { KindsReporter } from './scripts/kinds-reporter.ts';

/** How long a thing may take to become true where a test doesn't say: the default, a second, is short for a busy machine. */
const patient = { poll: { timeout: 10_000 } };
const nothing = ['**/node_modules/**', '**/coverage/**'];

/** Kinds run one after the other, the quick ones first: a broken unit needs no minute to show. */
export default defineConfig({
  test: {
    // Tests wait for servers more than they compute: one fewer than there are cores, as is usual, leaves a small machine
    // idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ['default', new KindsReporter()],
    coverage: {
      provider: 'v8',
      reporter: ['text-summary', 'text'],
      include: ['{libs,services,console,cli}/**/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/testkit/**', '**/testing/**'],
    },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{libs,services,console,cli,clients,bench,examples,scripts}/**/*.test.ts'],
          exclude: [...nothing, '**/*.{int,contract,e2e}.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'contract',
          include: ['**/*.contract.test.ts'],
          exclude: nothing,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['**/*.int.test.ts'],
          exclude: nothing,
          expect: patient,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.test.ts'],
          exclude: nothing,
          expect: patient,
          testTimeout: 120_000,
          hookTimeout: 600_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        // Attacks, each once possible. They start stacks as e2e does, and run beside it.
        test: {
          name: 'cases',
          include: ['e2e/cases/*.case.test.ts'],
          exclude: nothing,
          expect: patient,
          testTimeout: 120_000,
          hookTimeout: 600_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
