import type { Reporter, TestModule } from 'vitest/node';

type Counts = { passed: number; failed: number; skipped: number };

/** Says at the end how many tests of each kind ran, in one line a kind, and all together in the last. */
export class KindsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const kinds = new Map<string, Counts>();
    const all: Counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      const kind = kinds.get(module.project.name) ?? { passed: 0, failed: 0, skipped: 0 };
      kinds.set(module.project.name, kind);
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state === 'pending') continue;
        kind[state]++;
        all[state]++;
      }
      // Tests of a file whose set-up failed are skipped, and the file is no success for that.
      if (module.state() !== 'failed' || module.children.allTests('failed').next().done !== true) continue;
      kind.failed++;
      all.failed++;
    }
    const line = ({ passed, failed, skipped }: Counts) =>
      `${passed} passed, ${failed} failed, ${skipped} skipped`;
    const rows = [...kinds].map(([name, counts]) => `  ${name.padEnd(12)} ${line(counts)}\n`);
    process.stdout.write(`\nTests of each kind:\n${rows.join('')}\n${line(all)}\n`);
  }
}
