// In parts, so that no scanner of secrets takes them for real ones.
const join = (...parts: string[]) => parts.join('');

/** One of each shape, with a word in it that no output may have. */
export const SECRETS: Readonly<Record<string, string>> = {
  bearer: join('Bearer ', 'canary0123456789'),
  basic: join('basic ', 'Y2FuYXJ5OmNhbmFyeQ=='),
  aws: join('AKIA', 'CANARYCANARY1234'),
  github: join('ghp_', 'Canary0123456789Canary0123456789'),
  githubFine: join('github_', 'pat_', 'Canary0123456789_Canary'),
  gitlab: join('glpat-', 'Canary0123456789_xyz'),
  slack: join('xoxb-', '0123456789-canary'),
  openai: join('sk-', 'proj-canary0123456789'),
  stripe: join('sk_', 'live_', 'canary0123456789'),
  google: join('AIza', 'Canary0123456789Canary0123456789abc'),
  jwt: join('eyJ', 'hbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.canary-canary'),
  pem: join('-----BEGIN RSA PRIVATE', ' KEY-----\ncanary\n-----END RSA PRIVATE', ' KEY-----'),
  pgp: join('-----BEGIN PGP PRIVATE', ' KEY BLOCK-----\ncanary\n-----END PGP PRIVATE', ' KEY BLOCK-----'),
  slackBrowser: join('xoxc-', '01234567-canary'),
  jwtCut: join('eyJ', 'hbGciOiJcanary'),
  pemCut: join('-----BEGIN PRIVATE', ' KEY-----\n', 'canary'.repeat(500)),
};
