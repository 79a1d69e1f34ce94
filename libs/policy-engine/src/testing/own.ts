import type { Own } from '../own/own.ts';

/** A firewall of somebody's on a Unix, with its data in the state folder and the policy in a project. */
export const OWN: Own = {
  paths: [
    {
      path: '/home/u/.local/state/aegismcp',
      what: 'the data directory of the firewall',
      holds: ['stack.json', 'keys', 'audit.jsonl'],
      tells: ['approval-code', 'session-secret'],
    },
    { path: '/home/u/work/policy.yml', what: 'the policy file' },
    { path: '/home/u/work/mcp-servers.json', what: 'the file of servers behind the firewall' },
    { path: '/home/u/.cursor/mcp.json', what: "a client's file that leads through the firewall" },
    {
      path: '/home/u/Library/Application Support/Claude/claude_desktop_config.json',
      what: "a client's file",
    },
  ],
  addresses: [
    { host: 'here', port: 8000, what: 'the gateway and the console of the firewall' },
    { host: 'here', port: 8001, what: 'the MCP server of the firewall' },
    { host: 'here', port: 4222, what: 'the message bus of the firewall' },
    { host: 'aegis.example.com', port: 443, what: 'the console of the firewall' },
  ],
  hosts: ['build-7', '192.168.1.20', 'fe80::1'],
  variables: {
    HOME: '/home/u',
    USERPROFILE: '/home/u',
    USER: 'u',
    PWD: '/home/u/work',
    XDG_STATE_HOME: '/home/u/.local/state',
  },
  bases: ['/home/u/work', '/home/u'],
};
