import type { Store } from '../store/store.ts';

/** Null for a place that the log has not reached: then it is not the log that was read. */
export function rootHexAt(store: Store, partition: number, seq: number): string | null {
  const tree = store.tree(partition);
  if (seq === 0 || seq > tree.size) return null;
  return Buffer.from(tree.root(seq)).toString('hex');
}
