/** A store opened to be looked at. */
export interface Inspected {
  /** Every id that is there, as often as it is there. */
  present(): readonly string[];
  /** What it says against itself, beyond what SQLite checks; one sentence each. */
  problems(): readonly string[];
  close(): void;
}

/** A store opened as its program opens it. */
export interface Opened extends Inspected {
  /** Does what `id(index)` names; when it returns, a user is told that it is safe. */
  act(index: number): void;
}

/** One kind of promise that a store makes: what the harness kills, fails and cuts the power of. */
export interface Operation {
  /** How many acts one run does, half before the program is closed and opened again. */
  readonly acts: number;
  /** What the program does when an act throws: a desk tells its user and goes on, a server ends. */
  readonly afterFailure: 'goOn' | 'end';
  /** In the second half: so few that the log goes into the database again and again, and starts over. */
  readonly pagesPerCheckpoint: number;
  id(index: number): string;
  open(folder: string): Opened;
  /** Opens no more than the store: thousands of images are looked at. */
  inspect(folder: string): Inspected;
}

export type Operations = Readonly<Record<string, Operation>>;

export function operationOf(operations: Operations, name: string): Operation {
  const operation = operations[name];
  if (operation) return operation;
  throw new Error(`there is no operation "${name}", only ${Object.keys(operations).join(', ')}`);
}
