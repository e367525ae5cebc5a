import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Messages in one file; a file is removed once all of it is acknowledged. */
const MESSAGES_PER_FILE_MAX = 10_000;
const FILES_KEPT = 2;
/** Messages that wait for acknowledgement at the most: hours without a server, not days. */
export const JOURNAL_MESSAGES_MAX = 2_000_000;
/** Actions remembered, so that one that is asked for again is not done again. */
const DONE_MAX = 100_000;

/** A message as it stands in the journal, without the stream's name. */
export type JournalMessage = { readonly type: string } & Readonly<Record<string, unknown>>;

/**
 * What a plugin has told and the server has not acknowledged, on this machine's disk: one numbering
 * of one stream. Only what was flushed may be sent.
 */
export interface Journal {
  readonly epoch: string;
  /** The first number that is still held, and the next that was not used. */
  readonly first: number;
  readonly next: number;
  /** Everything before this number is on the disk. */
  readonly durable: number;
  append(message: JournalMessage): number;
  flush(): void;
  /** The line of a number, ready to send. */
  line(seq: number): string;
  acknowledge(seq: number): void;
  /** What became of an action; undefined when it was not done here. */
  done(actionId: string): { readonly result: string; readonly reason: string } | undefined;
  remember(actionId: string, outcome: { result: string; reason: string }): void;
  close(): void;
}

export function openJournal(folder: string, stream: string): Journal {
  mkdirSync(folder, { recursive: true });
  const epoch = epochIn(join(folder, 'epoch'));
  const files = filesIn(folder);
  if (files.length === 0) files.push(1);
  const lines: string[] = [];
  let first = files[0] ?? 1;
  for (const start of files) {
    if (start !== first + lines.length) {
      throw new Error(`${folder}: messages ${first + lines.length} to ${start - 1} are missing`);
    }
    for (const line of linesIn(nameOf(folder, start))) lines.push(line);
  }
  let last = files.at(-1) ?? 1;
  let handle = openSync(nameOf(folder, last), 'a', 0o600);
  synchronise(folder);
  let durable = first + lines.length;
  const done = doneIn(join(folder, 'actions'));
  const doneHandle = openSync(join(folder, 'actions'), 'a', 0o600);
  /** Where `lines` begins: what is acknowledged leaves it in pieces. */
  let base = first;
  const next = (): number => base + lines.length;
  return {
    epoch,
    get first() {
      return first;
    },
    get next() {
      return next();
    },
    get durable() {
      return durable;
    },
    append: (message) => {
      if (next() - first >= JOURNAL_MESSAGES_MAX) {
        throw new Error(`${folder}: ${JOURNAL_MESSAGES_MAX} messages wait for the server`);
      }
      const seq = next();
      lines.push(JSON.stringify({ ...message, stream, seq }));
      return seq;
    },
    flush: () => {
      if (durable === next()) return;
      const text = lines.slice(durable - base).join('\n');
      writeSync(handle, `${text}\n`);
      fsyncSync(handle);
      durable = next();
      if (durable - last < MESSAGES_PER_FILE_MAX) return;
      closeSync(handle);
      last = durable;
      files.push(last);
      handle = openSync(nameOf(folder, last), 'a', 0o600);
      synchronise(folder);
    },
    line: (seq) => {
      const text = lines[seq - base];
      if (text === undefined) throw new Error(`${folder}: message ${seq} is not held any more`);
      return text;
    },
    acknowledge: (seq) => {
      if (seq < first) return;
      first = Math.min(seq + 1, next());
      if (first - base >= MESSAGES_PER_FILE_MAX) {
        lines.splice(0, first - base);
        base = first;
      }
      // The newest files stay: they say where the numbering goes on, and what was told last.
      while (files.length > FILES_KEPT && (files[1] ?? Infinity) <= first) {
        const [oldest = 1] = files.splice(0, 1);
        unlinkSync(nameOf(folder, oldest));
      }
    },
    done: (actionId) => done.get(actionId),
    remember: (actionId, outcome) => {
      done.set(actionId, outcome);
      writeSync(doneHandle, `${JSON.stringify({ actionId, ...outcome })}\n`);
      fsyncSync(doneHandle);
      const [oldest] = done.keys();
      if (done.size > DONE_MAX && oldest !== undefined) done.delete(oldest);
    },
    close: () => {
      closeSync(handle);
      closeSync(doneHandle);
    },
  };
}

/** The numbering's name: made once, on the disk before the first number is used. */
function epochIn(file: string): string {
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, randomUUID(), { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  }
  return readFileSync(file, 'utf8').trim();
}

function nameOf(folder: string, start: number): string {
  return join(folder, `${String(start).padStart(15, '0')}.ndjson`);
}

function filesIn(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => /^\d{15}\.ndjson$/.test(name))
    .map((name) => Number(name.slice(0, 15)))
    .sort((one, other) => one - other);
}

/** Whole lines; a last one that was cut off was never sent, and is taken away. */
function linesIn(file: string): string[] {
  if (!existsSync(file)) return [];
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) {
    const handle = openSync(file, 'r+');
    ftruncateSync(handle, end);
    fsyncSync(handle);
    closeSync(handle);
  }
  return bytes
    .subarray(0, end)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function doneIn(file: string): Map<string, { result: string; reason: string }> {
  if (!existsSync(file)) return new Map();
  const entries = linesIn(file)
    .slice(-DONE_MAX)
    .map((line) => JSON.parse(line) as { actionId: string; result: string; reason: string });
  return new Map(entries.map(({ actionId, result, reason }) => [actionId, { result, reason }]));
}

function synchronise(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
