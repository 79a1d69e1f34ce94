import { AppError } from '../../errors/app-error.ts';
import { serveWorker } from '../serve-worker.ts';

/** Says it again; refuses `no`; and to `never` there is no end. */
serveWorker((said: string) => {
  if (said === 'no') throw new AppError('invalid_request', 'No.');
  if (said === 'never') for (;;);
  return said;
});
