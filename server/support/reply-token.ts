import { createHmac, timingSafeEqual } from 'node:crypto';

const MAC_HEX = 20;
const TOKEN = /\b(t-[0-9a-f]{24})\.([0-9a-f]{20})\b/gi;

/**
 * Names a ticket in addresses and message ids so that nobody can make one up: who has a token was
 * given it by the firm. It lets somebody write onto the ticket, and read nothing of it.
 */
export interface ReplyTokens {
  token(ticketId: string): string;
  /** The first ticket that a text names with a token that is ours. */
  ticketIn(text: string): string | null;
}

export function createReplyTokens(secret: Uint8Array): ReplyTokens {
  const macOf = (ticketId: string): Buffer =>
    createHmac('sha256', secret)
      .update(`reply ${ticketId}`)
      .digest()
      .subarray(0, MAC_HEX / 2);
  return {
    token: (ticketId) => `${ticketId}.${macOf(ticketId).toString('hex')}`,
    ticketIn: (text) => {
      for (const [, name = '', mac = ''] of text.matchAll(TOKEN)) {
        const ticketId = name.toLowerCase();
        if (timingSafeEqual(macOf(ticketId), Buffer.from(mac, 'hex'))) return ticketId;
      }
      return null;
    },
  };
}
