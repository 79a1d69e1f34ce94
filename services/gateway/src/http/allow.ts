/** Which methods a path takes, by the routes there are. */
export type Allowed = {
  add(method: string | string[], pattern: string): void;
  /** The methods of a path, sorted; empty where no route has it. */
  at(path: string): string[];
};

const toRegExp = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('/')
      .map((part) => (part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replaceAll('.', '\\.')))
      .join('/')}$`,
  );

/** For the `Allow` header of a 405, which Fastify's router does not know. */
export function createAllowed(): Allowed {
  const routes = new Map<string, { shape: RegExp; methods: Set<string> }>();
  return {
    add(method, pattern) {
      const route = routes.get(pattern) ?? { shape: toRegExp(pattern), methods: new Set() };
      for (const one of [method].flat()) route.methods.add(one);
      routes.set(pattern, route);
    },
    at(path) {
      const matching = [...routes.values()].filter((route) => route.shape.test(path));
      return [...new Set(matching.flatMap((route) => [...route.methods]))].toSorted();
    },
  };
}
