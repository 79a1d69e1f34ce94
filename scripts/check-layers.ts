import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { cruiseOptions, ruleSet } from './layer-rules.ts';

/** Far fewer modules than there are means that the cruiser saw nothing, and would call that a success. */
const FEWEST_MODULES = 200;

const { output } = await cruise(
  ['libs', 'services', 'console', 'cli', 'deploy', 'e2e', 'bench', 'examples', 'scripts'],
  { ...cruiseOptions, ruleSet, validate: true },
  undefined,
  { tsConfig: extractTSConfig('tsconfig.json') },
);
const { modules, summary } = output as ICruiseResult;
const own = modules.filter((module) => !/node_modules/.test(module.source) && !module.coreModule);

for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} -> ${to}`);
console.log(`layers: ${own.length} modules, ${summary.violations.length} violations`);
if (own.length < FEWEST_MODULES) {
  console.error(`layers: expected at least ${FEWEST_MODULES} modules; the cruiser does not see the sources`);
}
process.exitCode = summary.violations.length === 0 && own.length >= FEWEST_MODULES ? 0 : 1;
