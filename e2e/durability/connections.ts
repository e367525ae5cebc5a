import Database from 'better-sqlite3';

export type Connection = Database.Database;

/**
 * The connections that some work opened and left open. Stores keep theirs to themselves; the
 * harness has to ask SQLite itself, and to weaken a store on purpose, without a switch for that in
 * the product.
 */
export function capturing<Value>(work: () => Value): {
  readonly value: Value;
  readonly connections: readonly Connection[];
} {
  const connections = new Set<Connection>();
  const value = noting(connections, work);
  return { value, connections: [...connections].filter(({ open }) => open) };
}

/** Whatever the work opened is closed in the end: a store that refuses a file keeps it open. */
export function closing<Value>(work: () => Value): Value {
  const connections = new Set<Connection>();
  try {
    return noting(connections, work);
  } finally {
    for (const connection of connections) connection.close();
  }
}

function noting<Value>(connections: Set<Connection>, work: () => Value): Value {
  const { prototype } = Database;
  const original = prototype.pragma;
  prototype.pragma = function pragma(this: Connection, ...given: Parameters<typeof original>) {
    connections.add(this);
    return original.apply(this, given);
  };
  try {
    return work();
  } finally {
    prototype.pragma = original;
  }
}
