import type { Random } from '#core/kernel/random.ts';
import type { DiskEvent } from './trace.ts';

/** A disk writes a sector whole or not at all, and sectors in any order. */
const SECTOR_BYTES = 512;

/** A change of a file that no synchronisation has made safe yet. */
export type Change =
  | { readonly type: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly type: 'resize'; readonly size: number };

interface File {
  /** What a loss of power cannot take. */
  safe: Uint8Array;
  pending: Change[];
}

type NameChange =
  | { readonly type: 'link'; readonly name: string; readonly file: File }
  | { readonly type: 'unlink'; readonly name: string };

export type Fate = 'kept' | 'lost' | 'damaged';

/** How the power goes: what becomes of everything that was on its way to the disk. */
export interface Loss {
  /** Names change in order on a disk with a journal: so many of the pending changes are kept. */
  readonly namesKept: number;
  /** Of one sector of a pending change; `change` counts all pending ones in their order. */
  fate(change: number, sector: number): Fate;
  /** Whether a file has grown already where its new bytes are lost: then there are zeros. */
  readonly sizesKept: boolean;
}

export type Image = ReadonlyMap<string, Uint8Array>;

/**
 * A disk that promises what POSIX promises and no more: bytes are safe once their file was
 * synchronised, names once their folder was.
 */
export interface Disk {
  apply(event: DiskEvent): void;
  /** Changes that could still be lost: of bytes, in order, and of names. */
  pending(): { readonly changes: readonly Change[]; readonly names: number };
  /** What is on the disk after a loss of power. `random` makes up what damaged sectors hold. */
  after(loss: Loss, random: Random): Image;
}

/** `dropsFailed`: what a failed synchronisation was about never reaches the disk any more. */
export function createDisk({ dropsFailed }: { readonly dropsFailed: boolean }): Disk {
  /** What programs see. */
  const seen = new Map<string, File>();
  let safeNames = new Map<string, File>();
  let pendingNames: NameChange[] = [];
  /** Every pending change of every file, in order. */
  let order: Change[] = [];

  const change = (name: string, next: Change): void => {
    const file = seen.get(name);
    if (!file) return; // Its name is gone: nobody finds it again.
    file.pending.push(next);
    order.push(next);
  };
  const forget = (file: File): void => {
    const gone = new Set(file.pending);
    file.pending = [];
    order = order.filter((one) => !gone.has(one));
  };
  const synchronise = (name: string): void => {
    if (name === '') {
      safeNames = namesAfter(safeNames, pendingNames);
      pendingNames = [];
      return;
    }
    const file = seen.get(name);
    if (!file) return;
    file.safe = contentOf(file, () => 'kept', false, noRandom);
    forget(file);
  };
  const rename = (name: string, next: NameChange): void => {
    pendingNames.push(next);
    if (next.type === 'link') seen.set(name, next.file);
    else seen.delete(name);
  };
  const apply = (event: DiskEvent): void => {
    switch (event.type) {
      case 'create': {
        const file = { safe: new Uint8Array(0), pending: [] };
        return rename(event.name, { type: 'link', name: event.name, file });
      }
      case 'write':
      case 'resize':
        return change(event.name, event);
      case 'sync':
        return synchronise(event.name);
      case 'failedSync': {
        const file = seen.get(event.name);
        if (dropsFailed && file) forget(file);
        return;
      }
      case 'rename': {
        const file = seen.get(event.name);
        if (!file) return;
        rename(event.to, { type: 'link', name: event.to, file });
        return rename(event.name, { type: 'unlink', name: event.name });
      }
      case 'remove':
        return rename(event.name, { type: 'unlink', name: event.name });
      case 'said':
    }
  };
  return {
    apply,
    pending: () => ({ changes: order, names: pendingNames.length }),
    after: (loss, random) => {
      const names = namesAfter(safeNames, pendingNames.slice(0, loss.namesKept));
      const numbers = new Map(order.map((one, at) => [one, at]));
      const fate = (one: Change, sector: number): Fate => loss.fate(numbers.get(one) ?? 0, sector);
      return new Map(
        [...names].map(([name, file]) => [name, contentOf(file, fate, loss.sizesKept, random)]),
      );
    },
  };
}

const noRandom: Random['next'] = () => 0;

function namesAfter(
  names: ReadonlyMap<string, File>,
  changes: readonly NameChange[],
): Map<string, File> {
  const after = new Map(names);
  for (const change of changes) {
    if (change.type === 'link') after.set(change.name, change.file);
    else after.delete(change.name);
  }
  return after;
}

function contentOf(
  { safe, pending }: File,
  fateOf: (change: Change, sector: number) => Fate,
  sizesKept: boolean,
  random: Random | Random['next'],
): Uint8Array {
  const next = typeof random === 'function' ? random : random.next;
  const bytes = new Uint8Array(Math.max(safe.length, ...pending.map(endOf)));
  bytes.set(safe);
  let size = safe.length;
  for (const change of pending) {
    if (change.type === 'write') {
      size = Math.max(
        size,
        writeSectors(bytes, change, (at) => fateOf(change, at), next),
      );
      if (sizesKept) size = Math.max(size, endOf(change));
    } else if (fateOf(change, 0) !== 'lost') {
      bytes.fill(0, change.size, Math.max(size, change.size));
      size = change.size;
    }
  }
  return bytes.subarray(0, size);
}

function endOf(change: Change): number {
  return change.type === 'write' ? change.offset + change.bytes.length : change.size;
}

/** How many sectors a change touches: those that can meet a fate of their own. */
export function sectorsOf(change: Change | undefined): number {
  if (change?.type !== 'write') return 1;
  const { offset, bytes } = change;
  return Math.ceil(((offset % SECTOR_BYTES) + bytes.length) / SECTOR_BYTES);
}

/**
 * Damage stays within the bytes of the write, as SQLite assumes of every disk of today ("powersafe
 * overwrite"). Returns where the last byte kept ends.
 */
function writeSectors(
  into: Uint8Array,
  { offset, bytes }: Extract<Change, { type: 'write' }>,
  fateOf: (sector: number) => Fate,
  next: () => number,
): number {
  let end = 0;
  for (let at = 0, sector = 0; at < bytes.length; sector += 1) {
    const until = Math.min(bytes.length, at + SECTOR_BYTES - ((offset + at) % SECTOR_BYTES));
    const fate = fateOf(sector);
    if (fate !== 'lost') {
      into.set(bytes.subarray(at, until), offset + at);
      end = offset + until;
    }
    if (fate === 'damaged') damage(into.subarray(offset + at, offset + until), next);
    at = until;
  }
  return end;
}

/** Everything garbage, or some bits turned over. */
function damage(bytes: Uint8Array, next: () => number): void {
  if (next() % 2 === 0) for (const at of bytes.keys()) bytes[at] = next() & 0xff;
  for (let times = 1 + (next() % 4); times > 0; times -= 1) {
    const at = next() % bytes.length;
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (next() % 8));
  }
}
