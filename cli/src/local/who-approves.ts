import { isNobodyThere } from '../gateway/is-nobody-there.ts';

/** By what people approve: the code, keys of their own, or nothing yet. */
export type WhoApproves = 'code' | 'people' | 'nobody';

/** Who can approve, where the gateway of this firewall says so: that nobody can is never guessed. */
export async function whoApproves(hasCode: boolean, gatewayUrl: string): Promise<WhoApproves> {
  if (hasCode) return 'code';
  const found = await isNobodyThere(new URL(gatewayUrl)).catch(() => undefined);
  return found?.isNobody ? 'nobody' : 'people';
}
