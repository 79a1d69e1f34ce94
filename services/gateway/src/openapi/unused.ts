type WithSchemas = { components?: { schemas?: Record<string, unknown> } };

/**
 * Takes out of the document the schemas that nothing refers to, and returns it: the generator makes one for what is sent
 * and one for what is received of each.
 */
export function withoutUnused<D extends object>(document: D): D {
  const schemas = (document as WithSchemas).components?.schemas ?? {};
  for (;;) {
    const text = JSON.stringify(document);
    const unused = Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`));
    if (unused.length === 0) return document;
    for (const name of unused) delete schemas[name];
  }
}
