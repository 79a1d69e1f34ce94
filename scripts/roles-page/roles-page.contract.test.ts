import { readFile } from 'node:fs/promises';
import { PAGE_NAMES } from '@aegis/console/pages';
import { ACCESS } from '@aegis/contracts/access';
import { RPCS } from '@aegis/contracts/rpcs';
import { expect, it } from 'vitest';
import { createTools } from '../../services/mcp/src/tools/all.ts';
import { rolesPage } from './page.ts';

const unasked = () => Promise.reject(new Error('asked'));

it('docs/roles.md has what the table says; "npm run docs:roles" writes it', async () => {
  const page = await readFile(new URL('../../docs/roles.md', import.meta.url), 'utf8');
  expect(rolesPage(page)).toBe(page);
});

it('each question on the bus, each tool and each page of the console has its row, and no row is of nothing', () => {
  const tools = createTools({ bus: { ask: unasked }, via: 'mcp-stdio', timeoutMs: 1 });
  expect(Object.keys(ACCESS.rpc).toSorted()).toEqual([...RPCS.keys()].toSorted());
  expect(Object.keys(ACCESS.mcp).toSorted()).toEqual(tools.map(({ name }) => name).toSorted());
  expect(Object.keys(ACCESS.console).toSorted()).toEqual(PAGE_NAMES.toSorted());
});

it('who proves a role on the bus is asked for a credential there, and nobody else', () => {
  const roles = ['agent', 'own', 'approver', 'auditor', 'operator', 'admin'];
  for (const [name, { request }] of RPCS) {
    const isProved = ACCESS.rpc[name]?.may.some((who) => roles.includes(who)) === true;
    const fields = 'shape' in request ? Object.keys(request.shape as object) : [];
    const asks = fields.some((field) => ['credential', 'approval_code'].includes(field));
    expect([name, asks]).toEqual([name, isProved]);
  }
});
