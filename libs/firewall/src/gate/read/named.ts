import { type CallInput, Door } from '@aegis/contracts/call';

/** What a request wants to do, as rules and the record name it. */
export type RequestedCall = {
  readonly method: string;
  /**
   * `<server>.<tool>`, for a side door `<server>.resources/read`, `<server>.prompts/get` or `<server>.completion/complete`,
   * and `method:<name>` for a method that names no such thing. A server's name has no colon, so none of the last is
   * a tool's.
   */
  readonly tool: string;
  /** The tool's own name; undefined for a side door. */
  readonly name: string | undefined;
  readonly door: string | undefined;
  readonly args: Record<string, unknown> | undefined;
  /** What else of the request its server gets. */
  readonly input: CallInput | undefined;
  /** Another name that no rule may deny: what a template stands for, as far as it is filled in. */
  readonly filledIn?: string | undefined;
  /** Known by the protocol and harmless by itself: allowed, unless a rule denies it or names it. */
  readonly isKnown?: boolean | undefined;
};

/** What the members that name a call say. */
export type Named = Omit<RequestedCall, 'input'>;
export type ReadName =
  | { readonly named: Named }
  | { readonly invalid: string }
  | { readonly blocked: string };

/** A side door by the name that rules have for it. */
export const readDoor = (named: Omit<Named, 'name'>): ReadName =>
  Door.safeParse(named.door).success
    ? { named: { ...named, name: undefined } }
    : { blocked: 'a URI or a name has up to 8,000 characters' };
