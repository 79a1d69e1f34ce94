/** How an approver signs in, as the API's description knows it. */
export const SECURITY_SCHEMES = {
  approver: {
    type: 'http',
    scheme: 'bearer',
    description: "An approver's own key (`aegis approvers add`), or the approval code",
  },
} as const;

/** A route that needs it. */
export const SIGNED_IN = { security: [{ approver: [] }] };
