export { OwnEnv } from './env.ts';
export { createOwn } from './own.ts';
