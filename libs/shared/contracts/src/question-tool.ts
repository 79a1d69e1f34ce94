/** The tool of an approval that asks a person without a call: its yes is on record, and opens nothing. */
export const QUESTION_TOOL = 'require_approval';
