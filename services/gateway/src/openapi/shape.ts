/** As much of a JSON Schema as the page shows. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  examples?: unknown[];
};

type Media = { schema?: Schema };

/** As much of an OpenAPI operation as the page shows. */
export type Operation = {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[];
  requestBody?: { content?: Record<string, Media> };
  responses?: Record<string, { description: string; content?: Record<string, Media> }>;
};

/** As much of an OpenAPI document as the page shows (https://spec.openapis.org/oas/v3.1.1). */
export type ApiDocument = {
  openapi: string;
  info: { title: string; description: string };
  tags?: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components?: {
    schemas?: Record<string, Schema>;
    securitySchemes?: Record<string, { description?: string }>;
  };
};
