import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** Whether a signature of a message is right; hosts bring their own. */
export type VerifyBytes = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean;

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** The field, the curve -x^2 + y^2 = 1 + dx^2y^2 and its prime order: RFC 8032, section 5.1. */
const P = 2n ** 255n - 19n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const SIGN_BIT = 2n ** 255n;

/**
 * Wraps a host's verifier so that a signature has one way of being right. Hosts accept keys under
 * which one signature fits every message (orders 1, 2, 4 and 8), and with them their owner could
 * deny whatever was signed. These are the checks that Chalkias, Garillot and Nikolaenko, "Taming
 * the many EdDSAs" (2020), ask for so that a signature is bound to one message and one key.
 */
export function strictVerify(verify: VerifyBytes): VerifyBytes {
  return (publicKey, message, signature) =>
    signatureProblem(signature) === null &&
    publicKeyProblem(publicKey) === null &&
    verify(publicKey, message, signature);
}

/** Why bytes may not be enrolled or used as an Ed25519 public key, or null. */
export function publicKeyProblem(key: Uint8Array): string | null {
  if (key.length !== PUBLIC_KEY_BYTES) return `the key is not ${PUBLIC_KEY_BYTES} bytes`;
  const problem = encodingProblem(key);
  if (problem !== null) return `the key ${problem}`;
  return isOnCurve(heightOf(key)) ? null : 'the key is not on the curve';
}

/**
 * Why bytes cannot be an Ed25519 signature of anybody, or null. That its first half is on the curve
 * is left to the verifier, which compares that half with a point that it computes itself.
 */
export function signatureProblem(signature: Uint8Array): string | null {
  if (signature.length !== SIGNATURE_BYTES) return `the signature is not ${SIGNATURE_BYTES} bytes`;
  const problem = encodingProblem(signature.subarray(0, PUBLIC_KEY_BYTES));
  if (problem !== null) return `the first half of the signature ${problem}`;
  // A second half with the order added would be right as well: RFC 8032, section 8.4.
  const scalar = numberIn(signature.subarray(PUBLIC_KEY_BYTES));
  return scalar < L ? null : 'the second half of the signature is not below the order';
}

/** Names a key for look-ups and lists: SHA-256 of its bytes, as 64 hexadecimal digits. */
export function fingerprintOf(publicKey: Uint8Array): string {
  return bytesToHex(sha256(publicKey));
}

/** What two people read to each other: 128 bits of the fingerprint in eight groups. */
export function fingerprintText(publicKey: Uint8Array): string {
  return fingerprintOf(publicKey).slice(0, 32).match(/.{4}/g)?.join(' ') ?? '';
}

/** What is wrong with 32 bytes as a point, apart from whether there is such a point. */
function encodingProblem(point: Uint8Array): string | null {
  const y = heightOf(point);
  if (y >= P) return 'is not written canonically: its y is not below the field';
  // Only where y is 1 or -1 is x zero, and zero has no sign: RFC 8032, section 5.1.3.
  if (numberIn(point) >= SIGN_BIT && (y === 1n || y === P - 1n)) {
    return 'is not written canonically: its x is a negative zero';
  }
  return isSmallOrder(y) ? 'has small order' : null;
}

/**
 * Points of the orders 1, 2, 4 and 8. The first two have x = 0, thus y = 1 or -1. Doubling gives
 * y' = (y^2 + x^2) / (1 - dx^2y^2), and x' = 2xy / (1 + dx^2y^2) (RFC 8032, section 5.1.4, on the
 * curve): order 4 doubles to x' = 0, thus y = 0; order 8 doubles to y' = 0, thus x^2 = -y^2, and the
 * curve's equation becomes dy^4 + 2y^2 = 1.
 */
function isSmallOrder(y: bigint): boolean {
  const square = (y * y) % P;
  return square === 0n || square === 1n || (D * square * square + 2n * square - 1n) % P === 0n;
}

/**
 * Whether a y has an x: x^2 = u / v with u = y^2 - 1 and v = dy^2 + 1 (RFC 8032, section 5.1.3). As
 * v is never zero, that is when z = uv is a square, by Euler's criterion when z^((p-1)/2) is 1 or z
 * is 0. (p-1)/2 is 2^254 - 10, so instead of a long power, z^(2^254) is compared with z^10.
 */
function isOnCurve(y: bigint): boolean {
  const square = (y * y) % P;
  const z = ((square - 1n) * (D * square + 1n)) % P;
  let power = z;
  for (let round = 0; round < 254; round += 1) power = (power * power) % P;
  return power === z ** 10n % P;
}

function heightOf(point: Uint8Array): bigint {
  return numberIn(point) % SIGN_BIT;
}

/** Bytes as a number, the last byte first. */
function numberIn(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytesToHex(bytes.toReversed())}`);
}
