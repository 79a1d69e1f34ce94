import type { Step } from './play.ts';
import { countSteps, handshake, type Steps } from './steps.ts';

const writes = ({ call }: Steps): Step[] => [
  call('create_entities', {
    entities: [
      { name: 'Ada', entityType: 'person', observations: ['writes programs'] },
      { name: 'Engine', entityType: 'machine', observations: [] },
    ],
  }),
  call('create_relations', { relations: [{ from: 'Ada', to: 'Engine', relationType: 'programs' }] }),
  call('add_observations', { observations: [{ entityName: 'Engine', contents: ['is of brass'] }] }),
  call('add_observations', { observations: [{ entityName: 'None', contents: ['fails'] }] }),
];

const reads = ({ call, ask }: Steps): Step[] => [
  call('read_graph'),
  call('search_nodes', { query: 'brass' }),
  call('open_nodes', { names: ['Ada'] }),
  ask('resources/list'),
  ask('resources/read', { uri: 'memory://knowledge-graph' }),
  ask('resources/templates/list'),
];

const deletes = ({ call }: Steps): Step[] => [
  call('delete_observations', { deletions: [{ entityName: 'Engine', observations: ['is of brass'] }] }),
  call('delete_relations', { relations: [{ from: 'Ada', to: 'Engine', relationType: 'programs' }] }),
  call('delete_entities', { entityNames: ['Ada'] }),
  call('read_graph'),
];

/** Every tool of server-memory on an empty graph, and its resource. */
export function memoryScript(): Step[] {
  const steps = countSteps();
  return [
    ...handshake(steps),
    steps.ask('tools/list'),
    ...writes(steps),
    ...reads(steps),
    ...deletes(steps),
    steps.ask('prompts/list'),
  ];
}
