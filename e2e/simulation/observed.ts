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

function observeWord(word: SignedFact, { keys, matters, rolesAt }: Reference, { situations }: World): void {
  const situation = BY_CODE[word.code];
  if (situation) situations.seen(situation);
  const key = keys.get(word.keyId);
  if (word.code === 'revoked' && key && key.revoked < word.seq) situations.seen('revokedLate');
  const roles = [rolesAt(word.word.actor.person, word.word.base.size), rolesAt(word.word.actor.person, word.seq)] as const;
  if (word.code === 'notPermitted' && roles[0].length > roles[1].length) situations.seen('roleRemovedAfterSigning');
  if (word.code === 'notPermitted' && roles[0].length < roles[1].length) situations.seen('roleGrantedAfterSigning');
  if (word.code !== 'duplicatePerson') return;
  const others = matters.get(word.word.subject.id)?.words ?? [];
  const twin = others.some(
    (other) => other.counted && other.word.actor.person === word.word.actor.person && other.keyId !== word.keyId && other.seq < word.seq,
  );
  if (twin) situations.seen('duplicatePersonSecondDevice');
}

type Matter = Reference['instructed'][number];

function observeMatter(matter: Matter, reference: Reference, { situations }: World): void {
  const { closed, instructed, versions, words, action } = matter;
  if (closed?.outcome === 'rejected') situations.seen('refused');
  if (closed?.outcome === 'withdrawn') situations.seen('withdrawn');
  if (closed?.outcome === 'expired') situations.seen('expired');
  if (action === 'grantKey' && closed?.outcome === 'executed' && words.filter(({ counted }) => counted).length >= 2) situations.seen('keyGrantedByTwo');
  if (action !== 'payPayout') return;
  const version = versions.at(-1);
  const counted = words.filter((word) => word.counted && word.word.subject.ver === version?.ver);
  const is = (type: string): readonly SignedFact[] => counted.filter(({ word }) => word.type === type);
  const isPaid = instructed !== null;
  if (is('hold').length > 0) situations.seen('held');
  if (is('hold').length > 0 && isPaid) situations.seen('holdReleased');
  if (new Set(is('reject').map(({ word }) => word.actor.person)).size > 1) situations.seen('twoRejectsRacing');
  if (is('reject').length > 0 && is('approve').length > 0) situations.seen('contested');
  if (is('reject').length > 0 && is('approve').length > 0 && isPaid) situations.seen('contestedReleased');
  if (isPaid && versions.length > 1) situations.seen('revisedThenPaid');
  if (isPaid && is('approve').length === 0) situations.seen('autoApproved');
  observeApproval(matter, reference, situations);
}

function observeApproval(matter: Matter, reference: Reference, situations: World['situations']): void {
  const { words, approvedAt, versions, instructed, closed, account } = matter;
  const { keys, rolesAt, blocksOf, recordedAt, policyAt } = reference;
  const version = versions.at(-1);
  const approved = version ? approvedAt.get(version.ver) : undefined;
  const end = instructed?.seq ?? closed?.seq ?? NEVER;
  if (version && approved !== undefined) {
    for (const { seq, what } of blocksOf(account ?? '')) {
      if (recordedAt(seq) < approved || seq > end || instructed) continue;
      situations.seen(what === 'restricted' ? 'restrictedAfterApproval' : 'breachAfterApproval');
    }
  }
  for (const { counted, word, keyId, seq } of words) {
    if (!counted || word.type !== 'approve') continue;
    const revoked = keys.get(keyId)?.revoked ?? NEVER;
    if (revoked > seq && revoked < end) situations.seen('keyRevokedAfterApproval');
    const lost = end !== NEVER && rolesAt(word.actor.person, seq).length > rolesAt(word.actor.person, end).length;
    if (lost) situations.seen('roleRevokedAfterApproval');
  }
  if (!instructed || !version) return;
  const policy = policyAt(instructed.seq);
  const reached = (amount: number): number => policy?.steps.filter(({ above }) => amount > above).length ?? 0;
  const within = instructed.at - (policy?.windowDays ?? 0) * 86_400_000;
  const sum = reference.instructed.reduce(
    (all, { trader, instructed: other }) =>
      all + (other && trader === matter.trader && other.seq <= instructed.seq && other.at > within ? other.amount : 0),
    0,
  );
  if (reached(sum) > reached(instructed.amount)) situations.seen('thresholdBySplit');
  if (policy?.steps.some(({ above, oneOf }) => sum > above && oneOf.length > 0) === true) situations.seen('managerNeeded');
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
  if (fact.kind === 'traderChecked' && fact.data.result === 'failed' && isOpen(fact.data.traderId)) situations.seen('identityFailed');
  if (fact.kind === 'policyChanged' && isOpen(null)) situations.seen('policyChangedMidway');
  if (fact.kind === 'keyGranted' && isOpen(null)) situations.seen('keyEnrolledMidway');
  if (fact.kind !== 'paymentReported') return;
  if (fact.data.reportId.startsWith('person-')) situations.seen('paymentSettledByPerson');
  const before = world.server.partition()?.governance.payout(fact.data.payoutId)?.reports ?? [];
  const wasUnknown = before.slice(0, before.findIndex(({ reportId }) => reportId === fact.data.reportId)).some(({ state }) => state === 'unknown');
  if (wasUnknown && fact.data.state === 'paid') situations.seen('unknownThenPaid');
  if (wasUnknown && fact.data.state === 'declined') situations.seen('unknownThenDeclined');
}
