import { fingerprintOf, fingerprintText } from '#core/signing/public-key.ts';
import { writeKey, type LogKey } from './log-key.ts';

/** What lies in a bundle, and how to check it without us. */
export function bundleReadme(key: LogKey): string {
  return `A log of Propdesk, whole, as files: every decision, payment and verdict, and what they rest on.

CHECK IT
  node verify-log.mjs .            needs Node 22 or newer and nothing else, no network, no packages
  node verify-log.mjs . --key "${fingerprintText(key.publicKey)}"
  node verify-log.mjs . --older <a checkpoint that you kept> --json
  node verify-log.mjs . explain <payout>
Exit code 0: in order. 1: this is not what was signed (names the first entry that differs). 2: it is,
and a rule was broken (names the entry and the payout). 3: it cannot be read.

You have that program from whom you check. The key and its fingerprint should reach you by another way:
  ${writeKey(key).trim()}
  SHA-256 of the key's 32 bytes: ${fingerprintOf(key.publicKey)}
  to compare on paper or by voice: ${fingerprintText(key.publicKey)}

FILES
  checkpoint        What the log commits to: its name, how many entries, the root over them (base64),
                    signed. https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note.
  log-key.txt       The key that signs it, "name+id+key" (base64 of the byte 1 and 32 bytes of Ed25519).
  tile/L/N          Hashes of the tree, 256 to a tile, as https://c2sp.org/tlog-tiles lays them out:
                    N is written x001/x234/067 for 1234067; a tile that is not full ends in .p/<width>.
  tile/entries/N    The entries, 256 to a file, each after its length in two bytes, larger byte first.
                    An entry is canonical JSON (RFC 8785): {"data":…,"envelope":{…,"seq":…}}; entry 0 of
                    the tree is seq 1. Leaf: SHA-256(0x00 and the entry), node: SHA-256(0x01, left, right).
  large/N           Entries longer than 65,535 bytes, which that length cannot say: at their place in
                    tile/entries stands length 0, and their bytes stand here, under their index (from 0)
                    written like a tile's number. Their leaf is the hash of these bytes. Tools that know
                    only tile/entries report such an entry as different; all others they check.
  cas/<sha256>      Bytes that entries name by their digest: what people saw and signed, letters. Bytes
                    that were erased are not here; what is missing is listed, and proves no less.
  marks/N           Prices, in compact chunks (core/market/journal.ts). They are no entries of the tree:
                    the manifest alone says that they are those of the day of the export, and the verdicts
                    that they led to are entries.
  manifest          SHA-256 of every file above; "sha256sum --check manifest" reads it.
  manifest.note     Over the manifest, signed by the log's key at the export: as many files as its second
                    line says, and in the third the SHA-256 of the manifest (base64).

WITH OTHER TOOLS
  sha256sum --check manifest
  Any reader of tlog-tiles over file:// checks checkpoint, tiles and entries, for instance
  "fsck" of https://github.com/transparency-dev/tessera.
  A second implementation of these checks, in Python without packages, is
  server/verify/second/verify_tree.py in the source: python3 verify_tree.py <this folder>

WHAT IT DOES NOT PROVE
  That a person is who the firm says; that two who approved did not agree to deceive; that the first
  people, roles and limits, which no older approval can stand behind, are those that the firm meant;
  that prices and deals are those of the market and of the platform; that clocks were right; and that
  there is no second, other log: for that, compare with a checkpoint that somebody else kept.
`;
}
