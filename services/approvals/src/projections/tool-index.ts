import type { Followed, Unreadable } from '@aegis/bus';
import type { Logger } from '@aegis/kit/logger';
import {
  createToolFold,
  type Definition,
  definitionWith,
  type InQuarantine,
  type Tool,
} from '@aegis/replicas/tools';

/** Every tool that the log knows of, and what counts of it. */
export class ToolIndex {
  readonly #fold = createToolFold({ keepsDefinitions: true });
  readonly #log: Pick<Logger, 'warn'>;

  constructor(log: Pick<Logger, 'warn'>) {
    this.#log = log;
  }

  /**
   * The tool as it is since, or undefined where the event changes nothing here. One that the firewall would not write is
   * unreadable; a definition that can't be shown is its server's doing, and its calls go to a person as long as it stays so.
   */
  apply(message: Followed): Tool | Unreadable | undefined {
    const tool = this.#fold.apply(message);
    if (tool !== 'unfit') return tool;
    this.#log.warn({ seq: message.seq, subject: message.subject }, 'tool event left out');
    return undefined;
  }

  get(server: string, tool: string): Tool | undefined {
    return this.#fold.get(server, tool);
  }

  /** The same by the name that rules have for the tool, `<server>.<tool>`; undefined of a call to no server, too. */
  byRulesName(server: string | undefined, name: string): Tool | undefined {
    return server === undefined ? undefined : this.get(server, name.slice(server.length + 1));
  }

  /** What a server said of one of its tools, by the name that rules have for it; undefined where it is not known. */
  definitionOf(server: string, name: string, digest: string): Definition | undefined {
    const found = this.byRulesName(server, name);
    return found && definitionWith(found, digest);
  }

  /** Every definition that waits: what keeps its tool in quarantine first, then older ones; each the newest first. */
  quarantined(): InQuarantine[] {
    return this.#fold.quarantined();
  }
}
