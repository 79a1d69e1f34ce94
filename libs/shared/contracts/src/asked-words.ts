/** Which doors ask a caller for a key: both, `/mcp` alone by the keys of its file, or none. */
export type WhoIsAsked = 'everybody' | 'at mcp' | 'nobody';

const NOT_ASKED = {
  nobody: 'Nobody is asked for a name, over REST or at /mcp,',
  'at mcp': 'Keys of mcp-keys.json are asked for at /mcp only, and over REST nobody is asked for a name,',
  'over rest': 'Nobody is asked for a name over REST',
} as const;

/** What each start says while callers need no name, with the command that changes it. */
export const notAsked = (who: keyof typeof NOT_ASKED, program = 'aegis'): string =>
  `${NOT_ASKED[who]} while no agent has a key: "${program} keys create --name NAME" makes the first one.`;
