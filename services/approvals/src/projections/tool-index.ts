import { createHash } from 'node:crypto';
import type { Followed } from '@aegis/bus';
import {
  createToolFold,
  type Definition,
  definitionStatus,
  definitionWith,
  type InQuarantine,
  type Tool,
} from '@aegis/replicas/tools';

/** A tool's key: short and plain, whatever its name is. Forms carry it, which would change odd characters of a name. */
export const toolKey = ({ server, tool }: Pick<Tool, 'server' | 'tool'>): string =>
  createHash('sha256')
    .update(JSON.stringify([server, tool]))
    .digest('hex')
    .slice(0, 32);

/** Every tool that the log knows of, and what counts of it. */
export class ToolIndex {
  readonly #fold = createToolFold({ keepsDefinitions: true });
  #unreadable = 0;

  /**
   * The tool as it is since, or undefined where the event changes nothing here. One that the firewall would not write is
   * unreadable; a definition that can't be shown is its server's doing, and its calls go to a person as long as it stays so.
   */
  apply(message: Followed): Tool | undefined {
    const tool = this.#fold.apply(message);
    if (tool === 'unreadable') this.#unreadable++;
    return typeof tool === 'string' ? undefined : tool;
  }

  get(server: string, tool: string): Tool | undefined {
    return this.#fold.get(server, tool);
  }

  withKey(key: string): Tool | undefined {
    return this.#fold.tools().find((tool) => toolKey(tool) === key);
  }

  /** What a server said of one of its tools, by the name that rules have for it and the digest; undefined where it is not known. */
  definitionOf(server: string, tool: string, digest: string): Definition | undefined {
    const found = this.get(server, tool.slice(server.length + 1));
    return found && definitionWith(found, digest);
  }

  /** Every definition that waits: what keeps its tool in quarantine first, then older ones; each the newest first. */
  quarantined(): InQuarantine[] {
    return this.#fold.quarantined();
  }

  /** The tool that this definition counts for, where there is one. */
  countingFor(digest: string): Tool | undefined {
    return this.#fold.tools().find((tool) => definitionStatus(tool, digest) === 'counts');
  }

  get unreadable(): number {
    return this.#unreadable;
  }
}
