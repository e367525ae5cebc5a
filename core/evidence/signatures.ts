import { DECISION_PAYLOAD, decisionSchema } from '#core/approvals/decision.ts';
import type { Fact } from '#core/facts/registry.ts';
import { bytesOfBase64 } from '#core/kernel/base64.ts';
import { openEnvelope, pae } from '#core/signing/dsse.ts';
import { fingerprintOf, type VerifyBytes } from '#core/signing/public-key.ts';
import { readStrictJson } from '#core/signing/strict-json.ts';

type Received = Extract<Fact, { kind: 'decisionReceived' }>;

interface Known {
  readonly keys: ReadonlyMap<string, { readonly personId: string; readonly publicKey: Uint8Array }>;
  /** The digest of what was shown, by proposal and version. */
  readonly snapshots: ReadonlyMap<string, string>;
}

/**
 * Whether every decision of a pack was signed by the key of the person that it names, over the bytes
 * of the version that it is about. Who was allowed to is judged from the whole log.
 */
export function signatureFindings(
  facts: readonly Fact[],
  origin: string,
  verify: VerifyBytes,
): readonly { readonly seq: number; readonly sentence: string }[] {
  const known: Known = { keys: keysIn(facts), snapshots: snapshotsIn(facts) };
  return facts.flatMap((fact) => {
    if (fact.kind !== 'decisionReceived') return [];
    const sentence = problemOf(fact, known, origin, verify);
    return sentence === null ? [] : [{ seq: fact.envelope.seq, sentence }];
  });
}

function keysIn(facts: readonly Fact[]): Known['keys'] {
  const keys = new Map<string, { personId: string; publicKey: Uint8Array }>();
  for (const fact of facts) {
    if (fact.kind !== 'keyEnrolled') continue;
    const { keyId, personId, publicKey } = fact.data;
    const bytes = bytesOfBase64(publicKey);
    if (bytes.ok && fingerprintOf(bytes.value) === keyId) {
      keys.set(keyId, { personId, publicKey: bytes.value });
    }
  }
  return keys;
}

function snapshotsIn(facts: readonly Fact[]): Known['snapshots'] {
  const snapshots = new Map<string, string>();
  for (const fact of facts) {
    if (fact.kind !== 'proposalOpened' && fact.kind !== 'proposalRevised') continue;
    const { proposalId, version, snapshot } = fact.data;
    snapshots.set(`${proposalId}/${version}`, snapshot);
  }
  return snapshots;
}

function problemOf(
  { data }: Received,
  { keys, snapshots }: Known,
  origin: string,
  verify: VerifyBytes,
): string | null {
  const key = keys.get(data.keyId);
  if (!key) return 'the key that it names is not in the pack';
  if (key.personId !== data.personId) return `the key is ${key.personId}’s, not ${data.personId}’s`;
  let value: unknown;
  try {
    value = JSON.parse(data.envelope);
  } catch {
    return 'its envelope is no JSON';
  }
  const envelope = openEnvelope(value);
  if (!envelope.ok) return envelope.error;
  const { payloadType, payload, signature } = envelope.value;
  if (payloadType !== DECISION_PAYLOAD) return `it signs a "${payloadType}"`;
  if (!verify(key.publicKey, pae(payloadType, payload), signature)) {
    return 'its signature is not right';
  }
  const read = readStrictJson(payload);
  const decision = read.ok ? decisionSchema.safeParse(read.value) : null;
  if (!decision?.success) return 'what was signed is no decision';
  const { subject, type, actor, snapshot, aud } = decision.data;
  const isSame =
    subject.id === data.proposalId &&
    subject.ver === data.version &&
    type === data.decision &&
    actor.person === data.personId &&
    aud.log === origin;
  if (!isSame) return 'another decision was signed than the log says';
  const shown = snapshots.get(`${subject.id}/${subject.ver}`);
  if (shown === undefined) return 'the version that it is about is not in the pack';
  if (shown !== snapshot && data.verdict.type === 'counted')
    return 'other bytes were signed than were proposed';
  return null;
}
