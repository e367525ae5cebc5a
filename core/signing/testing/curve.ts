import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

/**
 * The arithmetic of edwards25519 as RFC 8032, section 5.1, states it: slow, and written apart from
 * what it tests. Only for tests: it makes keys and signatures that nobody should make.
 */
export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

export const P = 2n ** 255n - 19n;
export const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = modulo(-121665n * inverse(121666n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);
export const IDENTITY: Point = { x: 0n, y: 1n };

export function modulo(value: bigint, by = P): bigint {
  const rest = value % by;
  return rest < 0n ? rest + by : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = modulo(base), left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

function inverse(value: bigint): bigint {
  return power(value, P - 2n);
}

/** A point with a common divisor z and the product t = xy / z, so that sums need no division. */
interface Extended {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
  readonly t: bigint;
}

function sum(one: Extended, other: Extended): Extended {
  const a = (one.y - one.x) * (other.y - other.x);
  const b = (one.y + one.x) * (other.y + other.x);
  const c = ((2n * D * one.t) % P) * other.t;
  const d = 2n * one.z * other.z;
  const [e, f, g, h] = [modulo(b - a), modulo(d - c), modulo(d + c), modulo(b + a)];
  return { x: (e * f) % P, y: (g * h) % P, z: (f * g) % P, t: (e * h) % P };
}

function extended({ x, y }: Point): Extended {
  return { x, y, z: 1n, t: (x * y) % P };
}

function affine({ x, y, z }: Extended): Point {
  const divisor = inverse(z);
  return { x: (x * divisor) % P, y: (y * divisor) % P };
}

export function add(one: Point, other: Point): Point {
  return affine(sum(extended(one), extended(other)));
}

export function times(factor: bigint, point: Point): Point {
  let total = extended(IDENTITY);
  let doubled = extended(point);
  for (let left = factor; left > 0n; left >>= 1n) {
    if (left & 1n) total = sum(total, doubled);
    doubled = sum(doubled, doubled);
  }
  return affine(total);
}

/** The point with this y and an even or odd x, or null when there is none. */
export function pointAt(y: bigint, odd = 0n): Point | null {
  const u = modulo(y * y - 1n);
  const v = modulo(D * y * y + 1n);
  const square = modulo(u * inverse(v));
  const candidate = power(square, (P + 3n) / 8n);
  const x =
    modulo(candidate * candidate - square) === 0n ? candidate : candidate * ROOT_OF_MINUS_ONE;
  if (modulo(x * x - square) !== 0n) return null;
  return { x: (modulo(x) & 1n) === odd ? modulo(x) : modulo(-x), y };
}

export const BASE = pointAt(modulo(4n * inverse(5n))) as Point;

export function bytesOf(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_unused, at) => Number((value >> BigInt(8 * at)) & 255n));
}

export function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** What a reader makes of 32 bytes that takes a y for its rest by the field, and a zero of any sign. */
export function decode(bytes: Uint8Array): Point | null {
  const number = numberOf(bytes);
  return pointAt(modulo(number % 2n ** 255n), number >> 255n);
}

export function encode({ x, y }: Point): Uint8Array {
  return bytesOf(y | ((x & 1n) << 255n));
}

/** Every way in which 32 bytes can be taken for this point by a reader that is not strict. */
export function encodings({ x, y }: Point): Uint8Array[] {
  const heights = y + P < 2n ** 255n ? [y, y + P] : [y];
  const signs = x === 0n ? [0n, 1n] : [x & 1n];
  return heights.flatMap((height) => signs.map((sign) => bytesOf(height | (sign << 255n))));
}

/** The hash of RFC 8032, section 5.1.7, over what is in the signature and the key as it is there. */
export function challenge(commitment: Uint8Array, key: Uint8Array, message: Uint8Array): bigint {
  return numberOf(sha512(concatBytes(commitment, key, message))) % L;
}

/**
 * Verifies as the first implementation of Ed25519 does, and after it OpenSSL, BoringSSL and Go: S is
 * below the order, the key can be read, and SB - kA is written as R is. No more than that.
 */
export function verifyPlainly(
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const point = decode(key);
  const commitment = signature.subarray(0, 32);
  const scalar = numberOf(signature.subarray(32));
  if (signature.length !== 64 || scalar >= L || point === null) return false;
  const negative = { x: modulo(-point.x), y: point.y };
  const factor = challenge(commitment, key, message);
  return (
    numberOf(encode(add(times(scalar, BASE), times(factor, negative)))) === numberOf(commitment)
  );
}

/** The eight points whose order divides eight, by their multiples of one of order eight. */
export function torsionPoints(): Point[] {
  for (let y = 2n; ; y += 1n) {
    const point = pointAt(y);
    const torsion = point && times(L, point);
    if (!torsion || times(4n, torsion).y === 1n) continue;
    return [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n].map((factor) => times(factor, torsion));
  }
}
