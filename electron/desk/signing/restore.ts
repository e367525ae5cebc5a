import { z } from 'zod';
import { decisionSchema } from '#core/approvals/decision.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { openEnvelope } from '#core/signing/dsse.ts';
import { commandSchema } from '#core/sync/protocol.ts';
import type { DeskStore } from '../store/store.ts';
import type { Twin } from './twin.ts';

const lineSchema = z.object({ logId: z.string(), command: commandSchema });

/**
 * Puts what the twin holds and the database does not back into the database, with its place in the
 * outbox: what a lost or damaged database had not sent is sent after all. What the log has received
 * already needs no sending. Returns how many. What
 * waits in the database without a second copy, because the machine stopped in between, gets one.
 */
export function restoreFromTwin(
  store: DeskStore,
  twin: Twin,
  isReceived: (decisionId: string) => boolean,
): number {
  let restored = 0;
  const known = new Map<string, Set<string>>();
  const copied = new Set<string>();
  for (const line of twin.lines()) {
    const parsed = lineSchema.safeParse(JSON.parse(line));
    if (!parsed.success) continue;
    const { logId, command } = parsed.data;
    const { intent } = command;
    if (intent.type !== 'decide') continue;
    copied.add(command.commandId);
    const here =
      known.get(logId) ?? new Set(store.signed(logId).map(({ decisionId }) => decisionId));
    known.set(logId, here);
    if (here.has(command.commandId) || isReceived(command.commandId)) continue;
    const signed = signedIn(intent.envelope);
    if (!signed) continue;
    const { decision, text } = signed;
    const { actor, chain } = decision;
    const entry = {
      decisionId: decision.id,
      personId: actor.person,
      keyId: actor.key,
      chainSeq: chain.seq,
      digest: digestOfText(text),
      decision: text,
      signedAt: command.issuedAt,
    };
    try {
      restored += Number(store.keepSigned(entry, command, logId));
    } catch {
      // Its place in the chain was given away again since: that one decides, this line stays to be read.
    }
  }
  const { logId } = store.cursor();
  // Without it, a later decision of the same chain would wait for ever after the database is lost.
  for (const command of logId === null ? [] : store.queued(logId)) {
    if (command.intent.type !== 'decide' || copied.has(command.commandId)) continue;
    twin.keep(canonicalText({ logId, command }));
  }
  return restored;
}

function signedIn(
  envelope: unknown,
): { readonly decision: z.output<typeof decisionSchema>; readonly text: string } | null {
  const opened = openEnvelope(envelope);
  if (!opened.ok) return null;
  const text = new TextDecoder().decode(opened.value.payload);
  const decision = decisionSchema.safeParse(JSON.parse(text));
  return decision.success ? { decision: decision.data, text } : null;
}
