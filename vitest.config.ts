import { defineConfig } from 'vitest/config';

const nothing = ['**/node_modules/**', '**/coverage/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{libs,services,cli,bench,examples}/**/*.test.ts'],
          exclude: [...nothing, '**/*.{int,contract,e2e}.test.ts'],
        },
      },
      {
        test: { name: 'contract', include: ['**/*.contract.test.ts'], exclude: nothing },
      },
      {
        test: {
          name: 'integration',
          include: ['**/*.int.test.ts'],
          exclude: nothing,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.test.ts'],
          exclude: nothing,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
