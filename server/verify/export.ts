import { readCheckpoint } from '#core/audit/checkpoint.ts';
import { isSame, leafHash } from '#core/audit/tree.ts';
import { entryOf } from '#core/facts/entry.ts';
import { encodeMarks } from '#core/market/journal.ts';
import type { Store } from '../store/store.ts';
import type { BundleSource } from './bundle-writer.ts';
import { ENTRIES_MAX } from './bundle-format.ts';
import { sha256 } from './growing-tree.ts';

export interface ExportOptions extends Pick<BundleSource, 'key' | 'note' | 'sign' | 'verifier'> {
  /** An entry that is not what was appended: it is exported as it is, for the verifier to find. */
  problem(sentence: string): void;
}

/** A store's log as a bundle is made of it: up to its checkpoint, and nothing after. */
export function exportOf(store: Store, options: ExportOptions): BundleSource {
  const checkpoint = readCheckpoint(options.note);
  if (!checkpoint.ok) throw new Error(checkpoint.error);
  const { size } = checkpoint.value;
  if (size > ENTRIES_MAX) throw new Error(`a bundle holds ${ENTRIES_MAX} entries at the most`);
  const named = new Set<string>();
  const progress = store.progress(0);
  let marksBefore = 0;
  const tree = store.tree(0);
  const { key, note, sign, verifier } = options;
  return {
    key,
    note,
    sign,
    verifier,
    entries: function* () {
      for (const fact of store.facts(0, 1, size)) {
        const entry = entryOf(fact);
        const { seq, stream } = fact.envelope;
        if (!isSame(leafHash(entry, sha256), tree.leaf(seq))) {
          options.problem(`seq ${seq} (${fact.kind}) is not what was appended`);
        }
        if (stream === 'firm') nameDigests(entry, named);
        marksBefore = fact.envelope.marksBefore;
        yield entry;
      }
    },
    leaf: (index) => tree.leaf(index + 1),
    contents: function* () {
      for (const digest of [...named].sort()) {
        const text = store.content(digest);
        if (text !== null) yield { digest, text };
      }
    },
    marks: function* () {
      // Of a log that has gone on since, later prices may have led to entries that are not exported.
      const count = progress.seq === size ? progress.marks : marksBefore;
      for (const chunk of store.marks(0, 0)) {
        const known = chunk.filter(({ index }) => index < count);
        if (known.length === 0) return;
        yield encodeMarks(known);
      }
    },
  };
}

/** Whatever looks like a digest in an entry: only those under which something is kept are exported. */
function nameDigests(entry: Uint8Array, into: Set<string>): void {
  const text = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength).toString('latin1');
  for (const [digest] of text.matchAll(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g)) into.add(digest);
}
