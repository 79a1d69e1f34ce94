/** How somebody says who they are, as the API's description knows it. */
export const SECURITY_SCHEMES = {
  approver: {
    type: 'http',
    scheme: 'bearer',
    description: "An approver's own key (`aegis approvers add`), or the approval code",
  },
  agent: {
    type: 'http',
    scheme: 'bearer',
    description: "An agent's own key (`aegis keys create`)",
  },
} as const;

const KEY_OR_NOTHING: Record<string, string[]>[] = [{ agent: [] }, {}];
/** What an agent does: without a key only where no agent ever had one. */
export const AS_AGENT = { security: KEY_OR_NOTHING };

/** A route for approvers. */
export const SIGNED_IN = { security: [{ approver: [] }] };
