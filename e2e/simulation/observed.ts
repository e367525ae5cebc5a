import type { Fact } from '#core/facts/registry.ts';
import type { Reference, SignedFact } from './reference.ts';
import type { Situation } from './situations.ts';
import type { World } from './world.ts';

const BY_CODE: Readonly<Record<string, Situation>> = {
  stale: 'stale',
  blocked: 'blocked',
  moot: 'moot',
  expired: 'expiredOffline',
  notPermitted: 'notPermitted',
  maker: 'maker',
  duplicatePerson: 'duplicatePerson',
  coolingOff: 'coolingOff',
  limit: 'dailyLimit',
};
const NEVER = Number.POSITIVE_INFINITY;

/** What a log tells of situations that were met on the way. */
export function observe(world: World, reference: Reference): void {
  const { server, situations } = world;
  const facts = server.all();
  for (const word of reference.words) observeWord(word, reference, world);
  for (const matter of reference.matters.values()) observeMatter(matter, reference, world);
  for (const fact of facts) observeFact(fact, reference, world);
  const answers = new Map<string, Set<string>>();
  for (const { decisionId, result } of server.acknowledged) {
    if (answers.has(decisionId)) situations.seen('duplicateDecision');
    const word = result.type === 'accepted' ? 'accepted' : result.code;
    const said = answers.get(decisionId) ?? new Set();
    if (word === 'accepted' && said.has('needSequence')) situations.seen('needSequenceHealed');
    answers.set(decisionId, said.add(word));
  }
}

function observeWord(
  word: SignedFact,
  { keys, matters, rolesAt }: Reference,
  { situations }: World,
): void {
  const situation = BY_CODE[word.code];
  if (situation) situations.seen(situation);
  const key = keys.get(word.keyId);
  if (word.code === 'revoked' && key && key.revoked < word.seq) situations.seen('revokedLate');
  const roles = [
    rolesAt(word.word.actor.person, word.word.base.size),
    rolesAt(word.word.actor.person, word.seq),
  ] as const;
  if (word.code === 'notPermitted' && roles[0].length > roles[1].length)
    situations.seen('roleRemovedAfterSigning');
  if (word.code === 'notPermitted' && roles[0].length < roles[1].length)
    situations.seen('roleGrantedAfterSigning');
  if (word.code !== 'duplicatePerson') return;
  const others = matters.get(word.word.subject.id)?.words ?? [];
  const twin = others.some(
    (other) =>
      other.counted &&
      other.word.actor.person === word.word.actor.person &&
      other.keyId !== word.keyId &&
      other.seq < word.seq,
  );
  if (twin) situations.seen('duplicatePersonSecondDevice');
}

type Matter = Reference['instructed'][number];

const BY_OUTCOME: Readonly<Record<string, Situation>> = {
  rejected: 'refused',
  withdrawn: 'withdrawn',
  expired: 'expired',
};

function observeMatter(matter: Matter, reference: Reference, { situations }: World): void {
  const { closed, words, action } = matter;
  const end = BY_OUTCOME[closed?.outcome ?? ''];
  if (end) situations.seen(end);
  const isDone = closed?.outcome === 'executed';
  if (action === 'grantKey' && isDone && words.filter(({ counted }) => counted).length >= 2) {
    situations.seen('keyGrantedByTwo');
  }
  if (action !== 'payPayout') return;
  observeWords(matter, situations);
  observeBetween(matter, reference, situations);
  observeAmounts(matter, reference, situations);
}

/** Who opposed whom on the version that stood last. */
function observeWords(
  { versions, words, instructed }: Matter,
  situations: World['situations'],
): void {
  const version = versions.at(-1);
  const counted = words.filter((word) => word.counted && word.word.subject.ver === version?.ver);
  const personsWho = (type: string): number =>
    new Set(counted.filter(({ word }) => word.type === type).map(({ word }) => word.actor.person))
      .size;
  const [approve, reject, hold] = [personsWho('approve'), personsWho('reject'), personsWho('hold')];
  const isPaid = instructed !== null;
  if (hold > 0) situations.seen(isPaid ? 'holdReleased' : 'held');
  if (reject > 1) situations.seen('twoRejectsRacing');
  if (reject > 0 && approve > 0) situations.seen(isPaid ? 'contestedReleased' : 'contested');
  if (isPaid && versions.length > 1) situations.seen('revisedThenPaid');
  if (isPaid && approve === 0) situations.seen('autoApproved');
}

/** What came between the words that counted and the end. */
function observeBetween(
  matter: Matter,
  reference: Reference,
  situations: World['situations'],
): void {
  const { words, approvedAt, versions, instructed, closed, account } = matter;
  const { keys, rolesAt, blocksOf, recordedAt } = reference;
  const approved = approvedAt.get(versions.at(-1)?.ver ?? 0) ?? NEVER;
  const end = instructed?.seq ?? closed?.seq ?? NEVER;
  for (const { seq, what } of instructed ? [] : blocksOf(account ?? '')) {
    if (recordedAt(seq) < approved || seq > end) continue;
    situations.seen(what === 'restricted' ? 'restrictedAfterApproval' : 'breachAfterApproval');
  }
  for (const { counted, word, keyId, seq } of words) {
    if (!counted || word.type !== 'approve') continue;
    const revoked = keys.get(keyId)?.revoked ?? NEVER;
    if (revoked > seq && revoked < end) situations.seen('keyRevokedAfterApproval');
    const { person } = word.actor;
    if (end !== NEVER && rolesAt(person, seq).length > rolesAt(person, end).length) {
      situations.seen('roleRevokedAfterApproval');
    }
  }
}

/** Whether it was the amounts of other payouts that asked for more. */
function observeAmounts(
  { trader, instructed }: Matter,
  reference: Reference,
  situations: World['situations'],
): void {
  const policy = instructed ? reference.policyAt(instructed.seq) : undefined;
  if (!instructed || !policy) return;
  const reached = (amount: number) => policy.steps.filter(({ above }) => amount > above);
  const within = instructed.at - policy.windowDays * 86_400_000;
  const counts = (other: Matter): boolean =>
    other.trader === trader &&
    (other.instructed?.seq ?? NEVER) <= instructed.seq &&
    (other.instructed?.at ?? 0) > within;
  const sum = reference.instructed.reduce(
    (all, other) => all + (counts(other) ? (other.instructed?.amount ?? 0) : 0),
    0,
  );
  if (reached(sum).length > reached(instructed.amount).length) situations.seen('thresholdBySplit');
  if (reached(sum).some(({ oneOf }) => oneOf.length > 0)) situations.seen('managerNeeded');
}

function observeFact(fact: Fact, { matters }: Reference, world: World): void {
  const { situations } = world;
  const { seq } = fact.envelope;
  const isOpen = (trader: string | null): boolean =>
    [...matters.values()].some(
      (one) =>
        one.action === 'payPayout' &&
        (trader === null || one.trader === trader) &&
        (one.versions[0]?.seq ?? NEVER) < seq &&
        (one.closed?.seq ?? NEVER) > seq,
    );
  if (fact.kind === 'keyFrozen') situations.seen('clonedKeyFrozen');
  if (fact.kind === 'proposalEscalated') situations.seen('escalated');
  if (fact.kind === 'traderChecked' && fact.data.result === 'failed' && isOpen(fact.data.traderId))
    situations.seen('identityFailed');
  if (fact.kind === 'policyChanged' && isOpen(null)) situations.seen('policyChangedMidway');
  if (fact.kind === 'keyGranted' && isOpen(null)) situations.seen('keyEnrolledMidway');
  if (fact.kind !== 'paymentReported') return;
  if (fact.data.reportId.startsWith('person-')) situations.seen('paymentSettledByPerson');
  const before = world.server.partition()?.governance.payout(fact.data.payoutId)?.reports ?? [];
  const wasUnknown = before
    .slice(
      0,
      before.findIndex(({ reportId }) => reportId === fact.data.reportId),
    )
    .some(({ state }) => state === 'unknown');
  if (wasUnknown && fact.data.state === 'paid') situations.seen('unknownThenPaid');
  if (wasUnknown && fact.data.state === 'declined') situations.seen('unknownThenDeclined');
}
