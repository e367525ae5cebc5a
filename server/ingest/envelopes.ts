import { canonicalText } from '#core/kernel/canonical.ts';
import type { Actor, Causation } from '#core/kernel/event.ts';
import { factDefinitions, type Fact, type FactDraft } from '#core/facts/registry.ts';

/** A fact's surroundings, given by whoever decided it. */
export interface Surroundings {
  readonly occurredAt: number;
  readonly actor: Actor;
  readonly causation: Causation;
  readonly marksBefore: number;
}

/** Gives facts their places: gap-free `seq`, and versions of their streams. */
export interface Envelopes {
  wrap(draft: FactDraft, around: Surroundings): Fact;
  /** Takes over a fact that stands in the log already. */
  adopt(fact: Fact): void;
  readonly lastSeq: number;
  state(): EnvelopesState;
}

export interface EnvelopesState {
  readonly seq: number;
  readonly versions: readonly (readonly [string, number])[];
}

export function createEnvelopes(
  partition: number,
  now: () => number,
  resume?: EnvelopesState,
): Envelopes {
  const versions = new Map<string, number>(resume?.versions);
  let seq = resume?.seq ?? 0;
  return {
    wrap: (draft, around) => {
      const definition = factDefinitions.get(draft.kind);
      const stream = definition.stream === 'account' ? `account:${accountIdOf(draft)}` : 'firm';
      const streamVersion = (versions.get(stream) ?? 0) + 1;
      versions.set(stream, streamVersion);
      seq += 1;
      const envelope = {
        partition,
        seq,
        kind: draft.kind,
        version: definition.version,
        stream,
        streamVersion,
        recordedAt: now(),
        ...around,
      };
      return { envelope, kind: draft.kind, data: draft.data } as Fact;
    },
    adopt: ({ envelope }) => {
      seq = envelope.seq;
      versions.set(envelope.stream, envelope.streamVersion);
    },
    get lastSeq() {
      return seq;
    },
    state: () => ({ seq, versions: [...versions] }),
  };
}

/** Whether two facts say the same, the server's clock apart. */
export function sameFact(one: Fact, other: Fact): boolean {
  const without = (fact: Fact): string =>
    canonicalText({ ...fact, envelope: { ...fact.envelope, recordedAt: 0 } });
  return without(one) === without(other);
}

function accountIdOf(draft: FactDraft): string {
  return (draft.data as { accountId: string }).accountId;
}
