type Varying = { what: string; pattern: RegExp; steady: string };

/** All that differs between two runs of the same script on the same server, and why. Nothing else may. */
const VARYING: readonly Varying[] = [
  {
    what: 'the time of day in texts of dynamic resources',
    pattern: /created at \d{1,2}:\d\d:\d\d [AP]M/g,
    steady: 'created at <time>',
  },
  {
    what: 'the same in blobs, as base64',
    pattern: /"blob":"UmVzb3VyY2Ug[A-Za-z0-9+/=]+"/g,
    steady: '"blob":"<resource at a time>"',
  },
  {
    what: 'the level of a simulated log line, which is random',
    pattern: /\{"level":"[a-z]+","data":"[A-Z][a-z]+[- ]level[- ]message"\}/g,
    steady: '{<a simulated log line>}',
  },
  {
    what: 'ids of tasks and of elicitations that the server makes up',
    pattern: /"(taskId|elicitationId)":"[0-9a-f-]{32,36}"/g,
    steady: '"$1":"<id>"',
  },
  {
    what: 'when a task was made and changed',
    pattern: /"(createdAt|lastUpdatedAt)":"[^"]+"/g,
    steady: '"$1":"<time>"',
  },
  {
    what: 'when a file was made, changed and read',
    pattern: /(created|modified|accessed): [A-Z][^\\]+\\n/g,
    steady: '$1: <time>\\n',
  },
];

/** A line without what is listed above. */
export const steadyLine = (line: string): string =>
  VARYING.reduce((text, { pattern, steady }) => text.replace(pattern, steady), line);
