import { showPath } from '../show-path.ts';

/** Where something stands in a policy, by its keys from the outside in. */
export type Path = readonly (string | number)[];

/** Something in a valid policy that its author can't mean, or may not. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  /** It can't mean anything else: a changed policy with it is refused. */
  readonly isCertain: boolean;
}

export const mistake = (path: Path, message: string): Finding => ({ path, message, isCertain: true });
export const doubt = (path: Path, message: string): Finding => ({ path, message, isCertain: false });

export const showFinding = ({ path, message }: Finding): string => `${showPath(path)}: ${message}`;
