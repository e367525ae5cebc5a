import Database from 'better-sqlite3';

export type Connection = Database.Database;

/**
 * The connections that some work opened. Stores keep theirs to themselves; the harness has to ask
 * SQLite itself, and to weaken a store on purpose, without a switch for that in the product.
 */
export function capturing<Value>(work: () => Value): {
  readonly value: Value;
  readonly connections: readonly Connection[];
} {
  const { prototype } = Database;
  const original = prototype.pragma;
  const connections = new Set<Connection>();
  prototype.pragma = function pragma(this: Connection, ...given: Parameters<typeof original>) {
    connections.add(this);
    return original.apply(this, given);
  };
  try {
    const value = work();
    // What the work has closed itself is past asking.
    return { value, connections: [...connections].filter(({ open }) => open) };
  } finally {
    prototype.pragma = original;
  }
}
