import type { ICruiseOptions, IFlattenedRuleSet, IForbiddenRuleType } from 'dependency-cruiser';

/** Tests and what they stand on. */
const TESTS = '(\\.test\\.ts$|/testkit/|/testing/)';
const NODE_MODULES = '/?node_modules/';

/** A room may import itself and what it names, and of other packages what npm brings. */
const room = (name: string, folder: string, mayImport: readonly string[]): IForbiddenRuleType => ({
  name,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: TESTS },
  to: { path: '^(libs|services|console|cli|deploy)/', pathNot: [NODE_MODULES, `^${folder}/`, ...mayImport] },
});

const KIT = '^libs/shared/kit/';
const TEXT = '^libs/shared/kit/src/text/';
const NUMBERS = '^libs/shared/kit/src/numbers/';
/** Of the kit's JSON what needs nothing of Node. */
const READING = '^libs/shared/kit/src/json/(json-text|number-text|parse)\\.ts$';
const CONTRACTS = '^libs/shared/contracts/';
const SHARED = '^libs/shared/';
const ENGINE = '^libs/policy-engine/';
const REPLICAS = '^libs/replicas/';

/** What each package may import of the others. */
const packages: IForbiddenRuleType[] = [
  room('the-kit-stands-alone', 'libs/shared/kit', []),
  room('contracts-need-the-kit', 'libs/shared/contracts', [KIT]),
  room('the-bus-needs-contracts-and-kit', 'libs/shared/bus', [KIT, CONTRACTS]),
  room('the-engine-needs-text-and-numbers-of-the-kit', 'libs/policy-engine', [TEXT, NUMBERS]),
  room('replicas-need-the-engine-and-the-shared', 'libs/replicas', [SHARED, ENGINE]),
  room('the-firewall-needs-libraries', 'libs/firewall', [SHARED, ENGINE, REPLICAS]),
  room('a-server-of-ones-own-needs-the-shared', 'libs/local-nats', [SHARED]),
  room('the-console-needs-contracts-text-and-numbers', 'console', [CONTRACTS, TEXT, NUMBERS, READING]),
  {
    name: 'clients-need-nothing',
    comment: 'Whoever writes an agent takes the folder as it is: no package, and nothing of one runtime.',
    severity: 'error',
    from: { path: '^clients/', pathNot: TESTS },
    to: { pathNot: ['^clients/'] },
  },
  {
    name: 'services-meet-on-the-bus',
    comment: 'A service never imports another. Approvals serves what the console builds.',
    severity: 'error',
    from: { path: '^services/([^/]+)/', pathNot: TESTS },
    to: {
      path: '^(services|console|cli|deploy)/',
      pathNot: [NODE_MODULES, '^services/$1/', '^console/(dist-folder|src/pages)\\.ts$'],
    },
  },
  {
    name: 'the-command-starts-services',
    comment: 'It speaks to those that run over HTTP; only what starts them imports them.',
    severity: 'error',
    from: { path: '^cli/', pathNot: [TESTS, '^cli/src/local/'] },
    to: { path: '^services/' },
  },
  {
    name: 'the-relay-is-node-and-nothing-else',
    comment: "It runs on the agent's side: no bus, no key, and under whatever Node starts it.",
    severity: 'error',
    from: { path: '^cli/relay/', pathNot: TESTS },
    to: { pathNot: ['^cli/relay/'], dependencyTypesNot: ['core'] },
  },
];

/** What rooms inside a package may import. */
const rooms: IForbiddenRuleType[] = [
  {
    name: 'domains-are-pure',
    comment: 'A domain imports contracts, errors, the engine and its own folder; node:crypto only to hash.',
    severity: 'error',
    from: { path: '/domain/', pathNot: '\\.test\\.ts$' },
    to: {
      pathNot: [
        '/domain/',
        CONTRACTS,
        '^libs/shared/kit/src/(errors|json|numbers|text)/',
        ENGINE,
        '^(node:)?crypto$',
        'node_modules/zod/',
      ],
    },
  },
  {
    name: 'the-engine-knows-no-io',
    comment: 'Digests need node:crypto; nothing else of Node.',
    severity: 'error',
    from: { path: ENGINE, pathNot: TESTS },
    to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
  },
  {
    name: 'text-and-numbers-run-in-a-browser-too',
    severity: 'error',
    from: { path: [TEXT, NUMBERS, READING], pathNot: '\\.test\\.ts$' },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'only-the-bus-speaks-to-nats',
    comment: 'Tests may look beneath, and an example shows what an outsider does.',
    severity: 'error',
    from: {
      path: '^(libs|services|console|cli|deploy|scripts)/',
      pathNot: ['^libs/shared/bus/', TESTS],
    },
    to: { path: ['node_modules/@nats-io/', '^libs/shared/bus/src/testing\\.ts$'] },
  },
  {
    name: 'projections-know-no-way-in',
    comment: 'Nor what a page shows: what is known of the log is no view of it.',
    severity: 'error',
    from: { path: '/projections/', pathNot: TESTS },
    to: { path: ['^services/[^/]+/src/(console/|http|nats)', '^libs/shared/contracts/src/console'] },
  },
  {
    name: 'the-lifecycle-knows-no-way-in',
    severity: 'error',
    from: { path: '/lifecycle/', pathNot: TESTS },
    to: { path: '^services/[^/]+/src/(console/|http|nats)' },
  },
  {
    name: 'the-wire-knows-no-gate',
    severity: 'error',
    from: { path: '^libs/firewall/src/wire/', pathNot: TESTS },
    to: { path: '^libs/firewall/src/gate/' },
  },
  {
    name: 'reading-knows-no-other-room-of-the-gate',
    severity: 'error',
    from: { path: '^libs/firewall/src/gate/read/', pathNot: TESTS },
    to: { path: '^libs/firewall/src/gate/(pins|record|review)/' },
  },
];

/** What may import what. The folder tree is the design; these rules keep it so. */
export const ruleSet: IFlattenedRuleSet = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...packages,
    ...rooms,
    {
      name: 'products-import-no-tests',
      severity: 'error',
      from: { path: '^(libs|services|console|cli|clients|deploy)/', pathNot: TESTS },
      to: { path: ['\\.test\\.ts$', '/testkit/', '/testing/', '^(e2e|bench|examples|scripts)/'] },
    },
  ],
};

export const cruiseOptions: ICruiseOptions = {
  doNotFollow: { path: 'node_modules' },
  tsPreCompilationDeps: true,
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
};
