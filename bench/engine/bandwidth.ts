const BYTES = 512 * 1024 * 1024;
const ROUNDS = 3;

/**
 * Bytes per second at which this process can stream float64 from memory: the best of a few passes
 * with four accumulators. The pass of the engine reads and writes at random within that limit.
 */
export function measureBandwidth(): number {
  const values = new Float64Array(BYTES / 8).fill(1);
  let best = 0;
  let sink = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let at = 0; at < values.length; at += 4) {
      a += values[at] as number;
      b += values[at + 1] as number;
      c += values[at + 2] as number;
      d += values[at + 3] as number;
    }
    sink += a + b + c + d;
    best = Math.max(best, BYTES / ((performance.now() - start) / 1000));
  }
  if (sink === 0) throw new Error('the sum was optimised away');
  return best;
}
