import { parseFact, type Fact, type FactDraft } from '#core/facts/registry.ts';
import { present } from '#core/kernel/assert.ts';

/** 09:00 in London, a Wednesday. */
export const MORNING = Date.parse('2026-06-10T08:00:00Z');

/** A draft as the log would hold it, so that what no schema takes is no sample. */
export function told({ kind, data }: FactDraft, seq: number, at: number = MORNING): Fact {
  const envelope = {
    partition: 0,
    seq,
    kind,
    version: 1,
    stream: 'firm',
    streamVersion: seq,
    occurredAt: at,
    recordedAt: at,
    actor: { type: 'system', id: 'test' },
    causation: { type: 'none' },
    marksBefore: 0,
  };
  const fact = parseFact({ envelope, kind, data });
  return present(fact.ok ? fact.value : undefined, fact.ok ? kind : fact.error);
}
