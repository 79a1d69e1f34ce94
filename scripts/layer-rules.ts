import type { ICruiseOptions, IFlattenedRuleSet } from 'dependency-cruiser';

/** What may import what. The folder tree is the design; these rules keep it so. */
export const ruleSet: IFlattenedRuleSet = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'services-meet-on-the-bus',
      comment: 'A service never imports another.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'libs-know-no-service',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(services|cli|e2e|bench|examples)/' },
    },
    {
      name: 'the-engine-stands-alone',
      severity: 'error',
      from: { path: '^libs/policy-engine/src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^libs/', pathNot: '^libs/policy-engine/' },
    },
    {
      name: 'the-kit-stands-alone',
      severity: 'error',
      from: { path: '^libs/shared/kit/', pathNot: '\\.test\\.ts$' },
      to: { path: '^libs/', pathNot: '(^libs/shared/kit/|/node_modules/)' },
    },
    {
      name: 'contracts-need-the-kit-alone',
      severity: 'error',
      from: { path: '^libs/shared/contracts/', pathNot: '\\.test\\.ts$' },
      to: { path: '^libs/', pathNot: '(^libs/shared/(contracts|kit)/|/node_modules/)' },
    },
    {
      name: 'only-the-bus-speaks-to-nats',
      comment: 'Tests may look beneath, and an example shows what an outsider does.',
      severity: 'error',
      from: {
        path: '^(libs|services|console|cli|deploy|scripts)/',
        pathNot: ['^libs/shared/bus/', '\\.test\\.ts$', '/testkit/'],
      },
      to: { path: ['node_modules/@nats-io/', '^libs/shared/bus/src/testing\\.ts$'] },
    },
    {
      name: 'the-bus-needs-contracts-and-kit',
      severity: 'error',
      from: { path: '^libs/shared/bus/', pathNot: '\\.test\\.ts$' },
      to: { path: '^libs/', pathNot: '(^libs/shared/|/node_modules/)' },
    },
    {
      name: 'replicas-need-the-engine-and-the-shared',
      comment: 'Whatever holds a replica brings no more with it.',
      severity: 'error',
      from: { path: '^libs/replicas/src/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^libs/(replicas|policy-engine|shared)/' },
    },
    {
      name: 'the-engine-knows-no-io',
      comment: 'Digests need node:crypto; nothing else of Node.',
      severity: 'error',
      from: { path: '^libs/policy-engine/src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'domains-are-pure',
      comment: 'A domain imports contracts, errors and its own folder; node:crypto only to hash.',
      severity: 'error',
      from: { path: '/domain/', pathNot: '\\.test\\.ts$' },
      to: {
        pathNot: [
          '/domain/',
          '^libs/shared/contracts/src/',
          '^libs/shared/kit/src/(errors|json)/',
          '^libs/policy-engine/',
          '^(node:)?crypto$',
          'node_modules/zod/',
        ],
      },
    },
    {
      name: 'products-import-no-tests',
      severity: 'error',
      from: { path: '^(libs|services|cli)/', pathNot: '(\\.test\\.ts$|/testkit/|/testing/)' },
      to: { path: '(\\.test\\.ts$|/testkit/|/testing/|^e2e/)' },
    },
  ],
};

export const cruiseOptions: ICruiseOptions = {
  doNotFollow: { path: 'node_modules' },
  tsPreCompilationDeps: true,
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
};
