import { utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalText } from '#core/kernel/canonical.ts';
import type { Fact } from './registry.ts';

/** A fact as the log's tree holds it: everything about it, one text on every machine. */
export function entryOf({ envelope, data }: Fact): Uint8Array {
  return utf8ToBytes(canonicalText({ data, envelope }));
}
