/** The only randomness of the core: a stream that one 32-bit seed fixes for ever. */
export interface Random {
  /** A whole number, 0 <= n < 2^32. */
  next(): number;
  /** A whole number, 0 <= n < limit. */
  below(limit: number): number;
  /** A number in [0, 1). For models and choices, never for money. */
  fraction(): number;
  /** Approximately normal, mean 0, deviation 1 (sum of twelve: no transcendental functions). */
  normal(): number;
  /** One element. */
  pick<Value>(values: readonly [Value, ...Value[]] | readonly Value[]): Value;
  /** The four words of state: store them to resume the stream exactly. */
  state(): readonly [number, number, number, number];
}

/** Small Fast Counter (Chris Doty-Humphrey's sfc32, public domain): integer operations only. */
export function createRandom(seed: number | readonly [number, number, number, number]): Random {
  let [a, b, c, counter] = typeof seed === 'number' ? [0, 0, seed >>> 0, 1] : seed;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  if (typeof seed === 'number') for (let round = 0; round < 16; round += 1) next();
  const fraction = (): number => next() / 4294967296;
  return {
    next,
    below: (limit) => Math.floor(fraction() * limit),
    fraction,
    normal: () => {
      let sum = -6;
      for (let draw = 0; draw < 12; draw += 1) sum += fraction();
      return sum;
    },
    pick: (values) => values[Math.floor(fraction() * values.length)] as (typeof values)[number],
    state: () => [a, b, c, counter],
  };
}

/** A seed for a named sub-stream, so that adding one stream never shifts another (FNV-1a). */
export function seedFor(seed: number, name: string): number {
  let hash = (2166136261 ^ seed) >>> 0;
  for (let at = 0; at < name.length; at += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 16777619) >>> 0;
  }
  return hash;
}
