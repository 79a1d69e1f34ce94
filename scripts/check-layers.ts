import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { cruiseOptions, ruleSet } from './layer-rules.ts';
import { strayTypeImports } from './svelte-imports.ts';

/** Far fewer modules than there are means that the cruiser saw nothing, and would call that a success. */
const FEWEST_MODULES = 1_000;
const FEWEST_SVELTE_MODULES = 40;

const FOLDERS = [
  'libs',
  'services',
  'console',
  'cli',
  'clients',
  'deploy',
  'e2e',
  'bench',
  'examples',
  'scripts',
];

const { output } = await cruise(FOLDERS, { ...cruiseOptions, ruleSet, validate: true }, undefined, {
  tsConfig: extractTSConfig('tsconfig.json'),
});
const { modules, summary } = output as ICruiseResult;
const own = modules.filter((module) => !/node_modules/.test(module.source) && !module.coreModule);
const svelte = own.filter(({ source }) => source.endsWith('.svelte'));

const problems = [
  ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
  ...strayTypeImports(svelte.map(({ source }) => source)),
];
if (own.length < FEWEST_MODULES || svelte.length < FEWEST_SVELTE_MODULES) {
  problems.push(
    `expected at least ${FEWEST_MODULES} modules, ${FEWEST_SVELTE_MODULES} of them in Svelte: the cruiser does not see the sources`,
  );
}
for (const problem of problems) console.error(problem);
console.log(
  `layers: ${own.length} modules, ${svelte.length} of them in Svelte, ${problems.length} violations`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
