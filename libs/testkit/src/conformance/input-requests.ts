import { type InputRequest, inputRequired } from '@modelcontextprotocol/server';

/** A form with one line that has to be filled in. */
export const askFor = (message: string, field: string): InputRequest =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [field]: { type: 'string' } }, required: [field] },
  });

/** A form with one box that has to be ticked. */
export const askToConfirm = (message: string): InputRequest =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
  });

export const askModel = (text: string, maxTokens: number): InputRequest =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text } }],
    maxTokens,
  });

export const sayText = (text: string) => ({ content: [{ type: 'text' as const, text }] });
