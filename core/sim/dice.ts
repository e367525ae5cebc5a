import { seedFor } from '#core/kernel/random.ts';

/**
 * A well mixed 32-bit number from four (Murmur3's finaliser). Every choice of the demo world is one
 * of these, so that a world needs no stream of randomness to be resumed.
 */
export function mix(seed: number, a: number, b: number, c: number): number {
  let mixed = seedFor(seed, '') ^ Math.imul(a + 1, 0x9e3779b1);
  mixed ^= Math.imul(b + 7, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
