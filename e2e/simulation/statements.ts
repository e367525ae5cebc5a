import Database from 'better-sqlite3';

type Connection = Database.Database;
type Prepare = Connection['prepare'];
type Statement = ReturnType<Prepare>;

/**
 * Stores prepare some statements at every call, which is most of what a simulated day costs. Here a
 * statement is prepared once for each connection, and again only while it is being read from.
 */
export function rememberStatements(): void {
  const { prototype } = Database;
  const { prepare } = prototype;
  const known = new WeakMap<Connection, Map<string, Statement>>();
  const remembering = function (this: Connection, source: string): Statement {
    const own = known.get(this) ?? new Map<string, Statement>();
    known.set(this, own);
    const before = own.get(source);
    if (before && !before.busy) return before;
    const fresh = prepare.call(this, source);
    own.set(source, fresh);
    return fresh;
  };
  prototype.prepare = remembering as Prepare;
}
