import { Buffer } from 'node:buffer';

/** Something that changed the disk, by names relative to the folder that is watched; '' is itself. */
export type DiskEvent =
  | { readonly type: 'create'; readonly name: string }
  | {
      readonly type: 'write';
      readonly name: string;
      readonly offset: number;
      readonly bytes: Uint8Array;
    }
  | { readonly type: 'resize'; readonly name: string; readonly size: number }
  | { readonly type: 'sync'; readonly name: string }
  | { readonly type: 'failedSync'; readonly name: string }
  | { readonly type: 'rename'; readonly name: string; readonly to: string }
  | { readonly type: 'remove'; readonly name: string }
  | { readonly type: 'said'; readonly line: string };

/** Calls that change a disk, and that the model of a disk knows. */
export const CHANGING_CALLS = [
  'openat',
  'write',
  'pwrite64',
  'fsync',
  'fdatasync',
  'ftruncate',
  'unlink',
  'unlinkat',
  'rename',
  'renameat',
  'renameat2',
] as const;

/** Calls that would change a disk unseen: a recording that holds one is refused. */
export const UNKNOWN_CALLS = [
  'writev',
  'pwritev',
  'pwritev2',
  'truncate',
  'fallocate',
  'copy_file_range',
  'sendfile',
  'splice',
  'link',
  'linkat',
  'symlink',
  'symlinkat',
  'sync_file_range',
  'msync',
] as const;

/** SQLite's index of its log, written through memory: no trace sees it, and every start drops it. */
export function isSharedMemory(name: string): boolean {
  return name.endsWith('-shm');
}

interface Call {
  readonly thread: string;
  readonly name: string;
  readonly text: string;
  readonly result: number;
}

interface Reader {
  /** Relative to the folder watched; null for what lies elsewhere. */
  nameOf(path: string): string | null;
  readonly saidIn: string;
  readonly sizes: Map<string, number>;
  /** By number of the open file: where the next plain write goes; null is always the end. */
  readonly places: Map<string, number | null>;
}

/** Reads what strace wrote down with `-y -xx` about one folder and the file of what was said. */
export function readTrace(text: string, folder: string, saidIn: string): DiskEvent[] {
  const calls = callsIn(text);
  if (new Set(calls.map(({ thread }) => thread)).size > 1)
    throw new Error('more than one thread wrote: calls can no longer be counted or put in order');
  const reader: Reader = {
    nameOf: (path) =>
      path === folder ? '' : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null,
    saidIn,
    sizes: new Map(),
    places: new Map(),
  };
  return calls.flatMap((call) => eventsOf(call, reader));
}

function callsIn(text: string): Call[] {
  return wholeLines(text).flatMap((line) => {
    if (/^\d+ +(\+\+\+|---)/.test(line)) return []; // A thread's end, or a signal.
    const [, thread = '', name = '', rest = '', result = ''] =
      /^(\d+) +(\w+)\((.*)\) += (-?\d+|\?)/.exec(line) ?? [];
    if (name === '') throw new Error(`a line of the trace cannot be read: ${line.slice(0, 200)}`);
    return [{ thread, name, text: rest, result: Number(result) }];
  });
}

/** A call during which another thread did something is written down in two halves. */
function wholeLines(text: string): string[] {
  const begun = new Map<string, string>();
  return text.split('\n').flatMap((line) => {
    const thread = /^\d+/.exec(line)?.[0] ?? '';
    if (line.endsWith('<unfinished ...>')) {
      begun.set(thread, line.slice(0, -'<unfinished ...>'.length));
      return [];
    }
    const [, end] = /^\d+ +<\.\.\. \w+ resumed>(.*)$/.exec(line) ?? [];
    if (end === undefined) return line === '' ? [] : [line];
    return [`${begun.get(thread) ?? ''}${end}`];
  });
}

/** How often each call was about the files watched: what strace counts to when it injects. */
export function callsOn(text: string, saidIn: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const call of callsIn(text)) {
    if (openPath(call) === saidIn) continue;
    counts.set(call.name, (counts.get(call.name) ?? 0) + 1);
  }
  return counts;
}

/** How often a call came before the worker said something first, and before it did so last. */
export function callsWhileSaying(
  text: string,
  saidIn: string,
  name: string,
): { readonly from: number; readonly to: number } {
  let count = 0;
  const counts = callsIn(text).flatMap((call) => {
    if (openPath(call) === saidIn) return [count];
    if (call.name === name) count += 1;
    return [];
  });
  return { from: counts[0] ?? 0, to: counts.at(-1) ?? 0 };
}

/** Every file of a folder that a trace of `openat` shows, relative to that. */
export function namesOpened(text: string, folder: string): string[] {
  const paths = callsIn(text).flatMap((call) => stringsIn(call).map((path) => path.toString()));
  const names = paths.filter((path) => path.startsWith(`${folder}/`));
  return [...new Set(names.map((path) => path.slice(folder.length + 1)))];
}

function eventsOf(call: Call, reader: Reader): readonly DiskEvent[] {
  if ((UNKNOWN_CALLS as readonly string[]).includes(call.name) || call.name === 'lseek')
    throw new Error(`the model of a disk does not know ${call.name}: ${call.text.slice(0, 200)}`);
  if (call.result < 0 || Number.isNaN(call.result)) return failed(call, reader);
  if (call.name === 'openat') return opened(call, reader);
  if (call.name.startsWith('rename')) return renamed(call, reader);
  if (call.name.startsWith('unlink')) return removed(call, reader);
  return written(call, reader);
}

/**
 * Pages whose synchronisation failed count as clean: nobody writes them again. (A later write into
 * the same page takes them along; the model is stricter.)
 */
function failed(call: Call, reader: Reader): readonly DiskEvent[] {
  if (call.name !== 'fsync' && call.name !== 'fdatasync') return [];
  const name = reader.nameOf(openPath(call));
  return name === null ? [] : [{ type: 'failedSync', name }];
}

function opened(call: Call, { nameOf, sizes, places }: Reader): readonly DiskEvent[] {
  const name = nameOf(stringsIn(call)[0]?.toString() ?? '');
  places.set(String(call.result), /\bO_APPEND\b/.test(call.text) ? null : 0);
  if (name === null) return [];
  if (name.includes('/')) throw new Error(`the model of a disk knows one folder, not ${name}`);
  if (!sizes.has(name)) {
    if (!/\bO_CREAT\b/.test(call.text)) return [];
    sizes.set(name, 0);
    return [{ type: 'create', name }];
  }
  if (!/\bO_TRUNC\b/.test(call.text)) return [];
  sizes.set(name, 0);
  return [{ type: 'resize', name, size: 0 }];
}

function renamed(call: Call, { nameOf, sizes }: Reader): readonly DiskEvent[] {
  const [name = null, to = null] = stringsIn(call).map((path) => nameOf(path.toString()));
  if (name === null || to === null) throw new Error('a file was moved into or out of the folder');
  sizes.set(to, sizes.get(name) ?? 0);
  sizes.delete(name);
  return [{ type: 'rename', name, to }];
}

function removed(call: Call, { nameOf, sizes }: Reader): readonly DiskEvent[] {
  const name = nameOf(stringsIn(call)[0]?.toString() ?? '');
  if (name === null || !sizes.delete(name)) return [];
  return [{ type: 'remove', name }];
}

function written(call: Call, reader: Reader): readonly DiskEvent[] {
  const path = openPath(call);
  const [bytes = Buffer.alloc(0)] = stringsIn(call);
  if (path === reader.saidIn) {
    return [{ type: 'said', line: bytes.toString().trimEnd() }];
  }
  const name = reader.nameOf(path);
  if (name === null) return [];
  switch (call.name) {
    case 'fsync':
    case 'fdatasync':
      return [{ type: 'sync', name }];
    case 'ftruncate':
      reader.sizes.set(name, lastNumber(call));
      return [{ type: 'resize', name, size: lastNumber(call) }];
    default: {
      const offset = call.name === 'pwrite64' ? lastNumber(call) : plainOffset(call, name, reader);
      const end = offset + call.result;
      reader.sizes.set(name, Math.max(reader.sizes.get(name) ?? 0, end));
      return [{ type: 'write', name, offset, bytes: bytes.subarray(0, call.result) }];
    }
  }
}

/** Where a write without a place goes: to the end when appending, else on from the one before. */
function plainOffset(call: Call, name: string, { sizes, places }: Reader): number {
  const file = /^\d+/.exec(call.text)?.[0] ?? '';
  const place = places.get(file) ?? sizes.get(name) ?? 0;
  if (places.get(file) !== null) places.set(file, place + call.result);
  return place;
}

/** The path that strace puts behind the number of an open file: `21<\x2f…>`. */
function openPath(call: Call): string {
  return decoded(/^\d+<([^>]*)>/.exec(call.text)?.[1] ?? '').toString();
}

function stringsIn(call: Call): Buffer[] {
  return [...call.text.matchAll(/"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/g)].map(([, text = '', cut]) => {
    if (cut !== undefined) throw new Error('strace cut a string off: the recording is not whole');
    return decoded(text);
  });
}

function decoded(text: string): Buffer {
  return Buffer.from(text.replaceAll('\\x', ''), 'hex');
}

function lastNumber(call: Call): number {
  return Number(/(-?\d+)$/.exec(call.text)?.[1]);
}
