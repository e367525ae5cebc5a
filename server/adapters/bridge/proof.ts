import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { BRIDGE_PROTOCOL } from './messages.ts';

const NONCE_BYTES = 32;

/** What both sides have said before one proves that it has the key. */
export interface Handshake {
  readonly bridge: string;
  readonly serverNonce: string;
  readonly bridgeNonce: string;
}

/**
 * HMAC-SHA-256 over five lines: both nonces, so that no proof can be used again, and who proves,
 * so that none can be sent back as an answer.
 */
export function proofOf(key: Uint8Array, side: 'bridge' | 'server', said: Handshake): string {
  const { bridge, serverNonce, bridgeNonce } = said;
  const lines = [`propdesk-bridge/${BRIDGE_PROTOCOL}`, side, bridge, serverNonce, bridgeNonce];
  return createHmac('sha256', key).update(lines.join('\n')).digest('hex');
}

export function isProof(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given, 'hex'), Buffer.from(wanted, 'hex')];
  return one.length === other.length && timingSafeEqual(one, other);
}

export function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('hex');
}
