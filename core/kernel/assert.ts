/** Stops at once when one of our own invariants is broken. Never for input: input gets a Result. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`);
}

/** Makes a forgotten union member a compile error. */
export function assertNever(value: never): never {
  throw new Error(`Invariant broken: unexpected variant ${JSON.stringify(value)}`);
}

/** The value, or a stop: for look-ups that our own bookkeeping guarantees. */
export function present<Value>(value: Value | undefined | null, what: string): Value {
  assert(value !== undefined && value !== null, `${what} is missing`);
  return value;
}
