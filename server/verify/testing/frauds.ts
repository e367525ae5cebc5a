import { generateKeyPairSync, sign } from 'node:crypto';
import { DECISION_PAYLOAD } from '#core/approvals/decision.ts';
import type { Fact, FactData, FactKind } from '#core/facts/registry.ts';
import { present } from '#core/kernel/assert.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { EVERYWHERE } from '#core/people/roles.ts';
import { DEFAULT_POLICIES } from '#core/approvals/policy.ts';
import { instructionIdOf } from '#core/governance/actions/pay-payout.ts';
import type { BundleFinding } from '../judge-bundle.ts';
import { renumbered, type AuditedLog, type Forgery } from './audited-firm.ts';

/** What must be said of a fraud: which rule, and on which payout or entry. */
export interface Expected {
  readonly rule: BundleFinding['rule'];
  readonly says: RegExp;
  readonly payoutId?: string;
  /** Of the forged log. */
  readonly seq?: number;
}

export interface Fraud {
  readonly what: string;
  forge(log: AuditedLog): Forgery & { readonly expected: readonly Expected[] };
}

type FactOf<Kind extends FactKind> = Extract<Fact, { kind: Kind }>;

/** Facts of one kind that say it. */
function all<Kind extends FactKind>(
  facts: readonly Fact[],
  kind: Kind,
  is: (data: FactData<Kind>) => boolean = () => true,
): FactOf<Kind>[] {
  return facts.filter(
    (fact): fact is FactOf<Kind> => fact.kind === kind && is(fact.data as FactData<Kind>),
  );
}

function one<Kind extends FactKind>(
  facts: readonly Fact[],
  kind: Kind,
  is?: (data: FactData<Kind>) => boolean,
): FactOf<Kind> {
  return present(all(facts, kind, is)[0], `a ${kind}`);
}

/** The same log with one fact saying something else. */
function saying<Kind extends FactKind>(
  facts: readonly Fact[],
  fact: FactOf<Kind>,
  other: Partial<FactData<Kind>>,
): Fact[] {
  return facts.map((each) =>
    each === (fact as Fact) ? ({ ...each, data: { ...each.data, ...other } } as Fact) : each,
  );
}

function without(facts: readonly Fact[], ...gone: readonly Fact[]): Fact[] {
  return renumbered(facts.filter((fact) => !gone.includes(fact)));
}

/** Facts put after another one, or at the end. */
function withMore(facts: readonly Fact[], after: Fact | null, ...more: readonly Fact[]): Fact[] {
  const at = after === null ? facts.length : facts.indexOf(after) + 1;
  // A number of its own, so that nothing that names the copied fact's number is led astray.
  const added = more.map((fact, place) => ({
    ...fact,
    envelope: { ...fact.envelope, seq: 1_000_000 + place },
  })) as Fact[];
  return renumbered([...facts.slice(0, at), ...added, ...facts.slice(at)]);
}

/** Facts put elsewhere, in the order given. */
function moved(facts: readonly Fact[], after: Fact, ...put: readonly Fact[]): Fact[] {
  const rest = facts.filter((each) => !put.includes(each));
  const at = rest.indexOf(after) + 1;
  return renumbered([...rest.slice(0, at), ...put, ...rest.slice(at)]);
}

function decisionsOn(facts: readonly Fact[], proposalId: string): FactOf<'decisionReceived'>[] {
  return all(facts, 'decisionReceived', (data) => data.proposalId === proposalId);
}

function by(
  facts: readonly Fact[],
  proposalId: string,
  personId: string,
): FactOf<'decisionReceived'> {
  const found = decisionsOn(facts, proposalId).find(({ data }) => data.personId === personId);
  return present(found, `a decision of ${personId}`);
}

function paymentOf(facts: readonly Fact[], payoutId: string): FactOf<'paymentInstructed'> {
  return one(facts, 'paymentInstructed', (data) => data.payoutId === payoutId);
}

function closingOf(facts: readonly Fact[], proposalId: string): FactOf<'proposalClosed'> {
  return one(facts, 'proposalClosed', (data) => data.proposalId === proposalId);
}

function seqOf(facts: readonly Fact[], is: (fact: Fact) => boolean): number {
  return present(facts.findLast(is), 'a fact').envelope.seq;
}

/** A payment and its closing for another payout, made after those of one that was paid. */
function paymentFor({ facts, payouts }: AuditedLog, payoutId: string): Fact[] {
  const payment = paymentOf(facts, payouts.paid);
  const closed = closingOf(facts, payouts.paid);
  const request = one(facts, 'payoutRequested', (data) => data.payoutId === payoutId);
  const opened = one(facts, 'proposalOpened', (data) => data.proposalId === payoutId);
  const { accountId, payee, currency } = request.data;
  const { amount, version } = opened.data;
  const instructionId = instructionIdOf(payoutId, version);
  const data = {
    ...payment.data,
    payoutId,
    version,
    instructionId,
    accountId,
    payee,
    currency,
    amount,
  };
  return [
    { ...payment, data: { ...data, gross: amount } },
    { ...closed, data: { ...closed.data, proposalId: payoutId, version } },
  ];
}

function approvalFor({ facts, payouts }: AuditedLog, proposalId: string, people: string[]): Fact {
  const approved = one(facts, 'proposalApproved', (data) => data.proposalId === payouts.paid);
  return { ...approved, data: { ...approved.data, proposalId, by: people } };
}

/** Bytes changed, and every entry that names them made to name the new ones. */
function otherBytes(
  { contents }: AuditedLog,
  facts: readonly Fact[],
  digest: string,
  change: (text: string) => string,
): { readonly facts: Fact[]; readonly contents: Map<string, string> } {
  const text = change(present(contents.get(digest), 'the bytes'));
  const named = digestOfText(text);
  return {
    facts: facts.map((fact) => {
      if (fact.kind !== 'proposalOpened' || fact.data.snapshot !== digest) return fact;
      return { ...fact, data: { ...fact.data, snapshot: named } };
    }),
    contents: new Map([...contents, [named, text]]),
  };
}

/** The same decision, signed with a key that the forger made. */
function resigned(fact: FactOf<'decisionReceived'>): FactOf<'decisionReceived'>['data'] {
  const { privateKey } = generateKeyPairSync('ed25519');
  const envelope = JSON.parse(fact.data.envelope) as {
    payload: string;
    signatures: { keyid: string; sig: string }[];
  };
  const payload = Buffer.from(envelope.payload, 'base64');
  const head = `DSSEv1 ${DECISION_PAYLOAD.length} ${DECISION_PAYLOAD} ${payload.length} `;
  const signature = sign(null, Buffer.concat([Buffer.from(head), payload]), privateKey);
  const signatures = [{ keyid: fact.data.keyId, sig: signature.toString('base64') }];
  return { ...fact.data, envelope: canonicalText({ ...envelope, signatures }) };
}

const counted = { type: 'counted' } as const;
const notCounted = { type: 'notCounted', code: 'stale', message: 'it changed' } as const;

/**
 * What somebody could do who owns the database and the server's log key: every log here is whole
 * and signed. Only what persons signed with their own keys is out of reach.
 */
export const FRAUDS: readonly Fraud[] = [
  {
    what: 'an approval was removed',
    forge: ({ facts, payouts: { paid: payoutId } }) => ({
      facts: without(facts, by(facts, payoutId, 'dario')),
      expected: [
        { rule: 'approval', says: /1 persons \(cleo\) approve it, 2 had to/, payoutId },
        { rule: 'payment', says: /1 persons \(cleo\) approve it, 2 had to/, payoutId },
      ],
    }),
  },
  {
    what: 'one approval stands there twice, once for each person',
    forge: ({ facts, payouts: { paid: payoutId } }) => {
      const cleo = by(facts, payoutId, 'cleo');
      const dario = by(facts, payoutId, 'dario');
      const { personId } = dario.data;
      const twice = saying(facts, dario, { ...cleo.data, personId, decisionId: 'x'.repeat(32) });
      return {
        facts: twice,
        expected: [
          {
            rule: 'decision',
            says: /another id, person than was signed/,
            payoutId,
            seq: dario.envelope.seq,
          },
          { rule: 'payment', says: /[01] persons/, payoutId },
        ],
      };
    },
  },
  {
    what: 'one person’s second approval is counted',
    forge: (log) => {
      const { open: payoutId } = log.payouts;
      const [, second] = decisionsOn(log.facts, payoutId);
      const facts = saying(log.facts, present(second, 'the second'), { verdict: counted });
      const more = [approvalFor(log, payoutId, ['cleo', 'cleo']), ...paymentFor(log, payoutId)];
      return {
        facts: withMore(facts, null, ...more),
        expected: [
          {
            rule: 'counted',
            says: /cleo had approved it already/,
            payoutId,
            seq: second?.envelope.seq ?? 0,
          },
          { rule: 'payment', says: /1 persons \(cleo\)/, payoutId },
        ],
      };
    },
  },
  {
    what: 'the maker’s own approval is counted',
    forge: (log) => {
      const { adjustment } = log.payouts;
      const own = by(log.facts, adjustment, 'gia');
      return {
        facts: saying(log.facts, own, { verdict: counted }),
        expected: [{ rule: 'counted', says: /gia made or changed it/, seq: own.envelope.seq }],
      };
    },
  },
  {
    what: 'who changed a payout is not named as its maker',
    forge: ({ facts, payouts: { deducted: payoutId } }) => {
      const revised = one(facts, 'proposalRevised', (data) => data.proposalId === payoutId);
      return {
        facts: saying(facts, revised, { maker: null }),
        expected: [
          {
            rule: 'proposal',
            says: /finn sent it and is not named/,
            payoutId,
            seq: revised.envelope.seq,
          },
        ],
      };
    },
  },
  {
    what: 'an approver’s role was granted after the payment',
    forge: ({ facts, payouts: { paid: payoutId } }) => {
      const role = one(facts, 'roleGranted', (data) => data.personId === 'dario');
      return {
        facts: moved(facts, closingOf(facts, payoutId), role),
        expected: [
          { rule: 'counted', says: /no role of dario reaches it/, payoutId },
          { rule: 'payment', says: /[01] persons/, payoutId },
          { rule: 'power', says: /roleGranted follows from no proposal/ },
        ],
      };
    },
  },
  {
    what: 'a role was taken away before its person approved',
    forge: ({ facts, payouts: { deducted: payoutId } }) => {
      const gone = one(facts, 'roleRevoked', (data) => data.personId === 'ezra');
      const opened = one(facts, 'proposalOpened', (data) => data.proposalId === payoutId);
      return {
        facts: moved(facts, opened, gone),
        expected: [
          { rule: 'counted', says: /no role of ezra reaches it/, payoutId },
          { rule: 'payment', says: /[01] persons/, payoutId },
        ],
      };
    },
  },
  {
    what: 'a role was granted without a proposal',
    forge: ({ facts }) => {
      const role = one(facts, 'roleGranted', (data) => data.personId === 'dario');
      const more = { ...role, data: { ...role.data, personId: 'edda', scope: EVERYWHERE } };
      return {
        facts: withMore(facts, null, more),
        expected: [
          { rule: 'power', says: /roleGranted follows from no proposal/, seq: facts.length + 1 },
        ],
      };
    },
  },
  {
    what: 'another role was granted than was approved',
    forge: ({ facts }) => {
      const role = one(
        facts,
        'roleGranted',
        (data) => data.personId === 'finn' && data.role === 'payoutApprover',
      );
      return {
        facts: saying(facts, role, { role: 'admin' }),
        expected: [
          { rule: 'power', says: /roleGranted follows from no proposal/, seq: role.envelope.seq },
        ],
      };
    },
  },
  {
    what: 'a role was granted before its cool-off ended',
    forge: ({ facts }) => {
      const role = one(
        facts,
        'roleGranted',
        (data) => data.personId === 'finn' && data.role === 'payoutApprover',
      );
      const hurried = facts.map((fact) =>
        fact === role
          ? {
              ...fact,
              envelope: { ...fact.envelope, recordedAt: role.envelope.recordedAt - 60_000 },
            }
          : fact,
      ) as Fact[];
      return {
        facts: hurried,
        expected: [{ rule: 'power', says: /its cool-off had not ended/, seq: role.envelope.seq }],
      };
    },
  },
  {
    what: 'the amount was changed in the bytes, the entries and the payment',
    forge: (log) => {
      const { paid: payoutId } = log.payouts;
      const opened = one(log.facts, 'proposalOpened', (data) => data.proposalId === payoutId);
      const other = otherBytes(log, log.facts, opened.data.snapshot, (text) =>
        text.replace(
          '"amounts":{"deducted":0,"firm":10000000,"gross":50000000,"trader":40000000}',
          '"amounts":{"deducted":0,"firm":1000000,"gross":50000000,"trader":49000000}',
        ),
      );
      const payment = paymentOf(other.facts, payoutId);
      const paid = saying(other.facts, payment, { amount: 49_000_000 });
      const again = one(paid, 'proposalOpened', (data) => data.proposalId === payoutId);
      return {
        facts: saying(paid, again, { amount: 49_000_000 }),
        contents: other.contents,
        expected: [
          {
            rule: 'amounts',
            says: /recomputed, the trader would get 40000000/,
            payoutId,
            seq: opened.envelope.seq,
          },
          { rule: 'counted', says: /other bytes were signed than stood/, payoutId },
          { rule: 'payment', says: /0 persons approve it/, payoutId, seq: payment.envelope.seq },
        ],
      };
    },
  },
  {
    what: 'more is paid than was approved',
    forge: ({ facts, payouts: { paid: payoutId } }) => {
      const payment = paymentOf(facts, payoutId);
      const { seq } = payment.envelope;
      return {
        facts: saying(facts, payment, { amount: 41_000_000 }),
        expected: [
          { rule: 'payment', says: /another amount is paid than cleo signed/, payoutId, seq },
          { rule: 'payment', says: /than the signed bytes say/, payoutId, seq },
        ],
      };
    },
  },
  {
    what: 'more leaves the account than was approved',
    forge: ({ facts, payouts: { paid: payoutId } }) => {
      const payment = paymentOf(facts, payoutId);
      return {
        facts: saying(facts, payment, { gross: 60_000_000 }),
        expected: [
          { rule: 'payment', says: /another amount is paid than the signed bytes say/, payoutId },
        ],
      };
    },
  },
  {
    what: 'somebody else is paid',
    forge: ({ facts, payouts: { paid: payoutId } }) => {
      const payment = paymentOf(facts, payoutId);
      const payee = { ...payment.data.payee, digest: digestOfText('mine'), last4: '6666' };
      return {
        facts: saying(facts, payment, { payee }),
        expected: [
          { rule: 'payment', says: /another payee is paid than cleo signed/, payoutId },
          { rule: 'payment', says: /another payee is paid than was asked for/, payoutId },
        ],
      };
    },
  },
  {
    what: 'the payee was changed everywhere but in what was signed',
    forge: (log) => {
      const { paid: payoutId } = log.payouts;
      const request = one(log.facts, 'payoutRequested', (data) => data.payoutId === payoutId);
      const payee = { ...request.data.payee, digest: digestOfText('mine') };
      const opened = one(log.facts, 'proposalOpened', (data) => data.proposalId === payoutId);
      const other = otherBytes(log, log.facts, opened.data.snapshot, (text) =>
        text.replaceAll(request.data.payee.digest, payee.digest),
      );
      const asked = saying(
        other.facts,
        one(other.facts, 'payoutRequested', (data) => data.payoutId === payoutId),
        { payee },
      );
      return {
        facts: saying(asked, paymentOf(asked, payoutId), { payee }),
        contents: other.contents,
        expected: [
          {
            rule: 'counted',
            says: /cleo was counted.* other bytes were signed than stood/,
            payoutId,
          },
          { rule: 'payment', says: /0 persons approve it/, payoutId },
        ],
      };
    },
  },
  {
    what: 'a payout that nobody approved is paid',
    forge: (log) => {
      const { open: payoutId } = log.payouts;
      return {
        facts: withMore(log.facts, null, ...paymentFor(log, payoutId)),
        expected: [
          {
            rule: 'payment',
            says: /version 1 was never approved/,
            payoutId,
            seq: log.facts.length + 1,
          },
          { rule: 'payment', says: /1 persons \(cleo\) approve it, 2 had to/, payoutId },
        ],
      };
    },
  },
  {
    what: 'a payout that one person approved is said to be approved',
    forge: (log) => {
      const { open: payoutId } = log.payouts;
      const approved = approvalFor(log, payoutId, ['cleo', 'dario']);
      return {
        facts: withMore(log.facts, null, approved, ...paymentFor(log, payoutId)),
        expected: [
          {
            rule: 'approval',
            says: /it names cleo, dario as approvers/,
            payoutId,
            seq: log.facts.length + 1,
          },
          { rule: 'payment', says: /1 persons \(cleo\)/, payoutId },
        ],
      };
    },
  },
  {
    what: 'the entry of the approval was removed',
    forge: ({ facts, payouts: { paid: payoutId } }) => ({
      facts: without(
        facts,
        one(facts, 'proposalApproved', (data) => data.proposalId === payoutId),
      ),
      expected: [{ rule: 'payment', says: /version 1 was never approved/, payoutId }],
    }),
  },
  {
    what: 'a payout is paid twice',
    forge: (log) => {
      const { paid: payoutId } = log.payouts;
      return {
        facts: withMore(log.facts, null, paymentOf(log.facts, payoutId)),
        expected: [
          {
            rule: 'payment',
            says: /it was instructed before/,
            payoutId,
            seq: log.facts.length + 1,
          },
          { rule: 'payment', says: /instruction PD\w+ was given before/, payoutId },
        ],
      };
    },
  },
  {
    what: 'a payout is paid again under another instruction',
    forge: (log) => {
      const { paid: payoutId } = log.payouts;
      const payment = paymentOf(log.facts, payoutId);
      const again = { ...payment, data: { ...payment.data, instructionId: `PD${'A'.repeat(30)}` } };
      return {
        facts: withMore(log.facts, null, again),
        expected: [
          {
            rule: 'payment',
            says: /another instruction id is used/,
            payoutId,
            seq: log.facts.length + 1,
          },
          { rule: 'payment', says: /it was instructed before/, payoutId },
        ],
      };
    },
  },
  {
    what: 'a payout is paid after its account breached',
    forge: (log) => {
      const { breached: payoutId } = log.payouts;
      return {
        facts: withMore(log.facts, null, ...paymentFor(log, payoutId)),
        expected: [
          {
            rule: 'payment',
            says: /became failed after it was assessed|was breached after/,
            payoutId,
            seq: log.facts.length + 1,
          },
        ],
      };
    },
  },
  {
    what: 'the breach was removed, and the payout paid',
    forge: (log) => {
      const { breached: payoutId } = log.payouts;
      const breach = one(log.facts, 'breachDetected');
      const status = one(log.facts, 'accountStatusChanged', (data) => data.to === 'failed');
      const payment = paymentFor(log, payoutId);
      return {
        facts: withMore(without(log.facts, breach, status), null, ...payment),
        expected: [
          { rule: 'verdict', says: /the log lacks breachDetected of account A4/, payoutId },
        ],
      };
    },
  },
  {
    what: 'a verdict was edited',
    forge: ({ facts }) => {
      const breach = one(facts, 'breachDetected');
      return {
        facts: saying(facts, breach, { equity: breach.data.equity + 1 }),
        expected: [
          { rule: 'verdict', says: /derived breachDetected with equity/, seq: breach.envelope.seq },
        ],
      };
    },
  },
  {
    what: 'a deal was edited',
    forge: ({ facts, payouts: { paid: payoutId } }) => {
      const deal = one(facts, 'dealBooked', (data) => data.dealId === 'A1-out');
      return {
        facts: saying(facts, deal, { profit: deal.data.profit - 1_000_0000 }),
        expected: [
          { rule: 'proposal', says: /another balance than the log/, payoutId },
          { rule: 'counted', says: /its signer had seen another log than this one/, payoutId },
        ],
      };
    },
  },
  {
    what: 'a key was granted without a proposal',
    forge: ({ facts }) => {
      const granted = one(facts, 'keyGranted');
      const { keyId } = granted.data;
      const about = all(
        facts,
        'proposalOpened',
        ({ action, params }) =>
          action === 'grantKey' && (params as { keyId?: unknown }).keyId === keyId,
      );
      const ids = about.map(({ data }) => data.proposalId);
      const gone = facts.filter(
        ({ kind, data }) =>
          kind.startsWith('proposal') && ids.includes((data as { proposalId: string }).proposalId),
      );
      const forged = without(facts, ...gone);
      return {
        facts: forged,
        expected: [
          {
            rule: 'power',
            says: /keyGranted follows from no proposal/,
            seq: seqOf(
              forged,
              ({ kind, data }) =>
                kind === 'keyGranted' && (data as { keyId: string }).keyId === keyId,
            ),
          },
        ],
      };
    },
  },
  {
    what: 'a key was granted before anybody approved it',
    forge: ({ facts }) => {
      const granted = present(all(facts, 'keyGranted').at(-1), 'the last');
      const { keyId } = granted.data;
      const enrolled = one(facts, 'keyEnrolled', (data) => data.keyId === keyId);
      const opened = one(
        facts,
        'proposalOpened',
        ({ params }) => (params as { keyId?: unknown }).keyId === keyId,
      );
      const forged = moved(facts, opened, granted);
      return {
        facts: forged,
        expected: [
          {
            rule: 'power',
            says: /keyGranted, though version 1 was never approved/,
            seq: enrolled.envelope.seq + 2,
          },
        ],
      };
    },
  },
  {
    what: 'another key was put in the place of the one that was approved',
    forge: ({ facts }) => {
      const enrolled = present(all(facts, 'keyEnrolled').at(-1), 'the last');
      const { publicKey: half } = generateKeyPairSync('ed25519');
      const raw = Buffer.from(half.export({ format: 'jwk' }).x ?? '', 'base64url');
      return {
        facts: saying(facts, enrolled, { publicKey: raw.toString('base64') }),
        expected: [
          { rule: 'key', says: /not called by its own fingerprint/, seq: enrolled.envelope.seq },
          { rule: 'key', says: /signature is not of this key/, seq: enrolled.envelope.seq },
        ],
      };
    },
  },
  {
    what: 'a limit was lowered without a proposal',
    forge: ({ facts }) => {
      const changed = present(all(facts, 'policyChanged').at(-1), 'the last');
      const policy = { ...present(DEFAULT_POLICIES[0], 'one'), approvals: 0 };
      return {
        facts: withMore(facts, null, { ...changed, data: { ...changed.data, policy } }),
        expected: [
          { rule: 'power', says: /policyChanged follows from no proposal/, seq: facts.length + 1 },
        ],
      };
    },
  },
  {
    what: 'another limit was set than was approved',
    forge: ({ facts }) => {
      const changed = present(all(facts, 'policyChanged').at(-1), 'the last');
      const policy = { ...changed.data.policy, approvals: 0 };
      return {
        facts: saying(facts, changed, { policy }),
        expected: [
          {
            rule: 'power',
            says: /policyChanged follows from no proposal/,
            seq: changed.envelope.seq,
          },
        ],
      };
    },
  },
  {
    what: 'the bytes of a payout were swapped for another’s',
    forge: (log) => {
      const { paid: payoutId, open } = log.payouts;
      const digestOf = (id: string): string =>
        one(log.facts, 'proposalOpened', (data) => data.proposalId === id).data.snapshot;
      const contents = new Map(log.contents);
      contents.set(digestOf(payoutId), present(log.contents.get(digestOf(open)), 'the bytes'));
      return {
        contents,
        expected: [{ rule: 'proposal', says: /the bytes kept as \w+… are others/, payoutId }],
      };
    },
  },
  {
    what: 'a rejection is said not to count',
    forge: ({ facts, payouts: { rejected: payoutId } }) => {
      const reject = by(facts, payoutId, 'dario');
      return {
        facts: saying(facts, reject, { verdict: notCounted }),
        expected: [
          {
            rule: 'notCounted',
            says: /"reject" of dario was not counted, though nothing stands against it/,
            payoutId,
            seq: reject.envelope.seq,
          },
        ],
      };
    },
  },
  {
    what: 'a rejected payout is paid, its rejections removed',
    forge: (log) => {
      const { rejected: payoutId } = log.payouts;
      const words = decisionsOn(log.facts, payoutId);
      const rest = without(log.facts, ...words, closingOf(log.facts, payoutId));
      return {
        facts: withMore(rest, null, ...paymentFor(log, payoutId)),
        expected: [
          { rule: 'payment', says: /version 1 was never approved/, payoutId },
          { rule: 'chain', says: /of device desk-cleo/ },
        ],
      };
    },
  },
  {
    what: 'a rejection is said to be an approval',
    forge: ({ facts, payouts: { rejected: payoutId } }) => {
      const reject = by(facts, payoutId, 'cleo');
      return {
        facts: saying(facts, reject, { decision: 'approve' }),
        expected: [
          {
            rule: 'decision',
            says: /another decision than was signed/,
            payoutId,
            seq: reject.envelope.seq,
          },
        ],
      };
    },
  },
  {
    what: 'a hold was removed, and the payout paid before its release',
    forge: ({ facts, payouts: { held: payoutId } }) => ({
      facts: without(facts, by(facts, payoutId, 'edda')),
      expected: [{ rule: 'chain', says: /decision 2 of device desk-edda, 1 was due/, payoutId }],
    }),
  },
  {
    what: 'a held payout is paid before its release',
    forge: ({ facts, payouts: { held: payoutId } }) => {
      const approved = one(facts, 'proposalApproved', (data) => data.proposalId === payoutId);
      const last = by(facts, payoutId, 'dario');
      return {
        facts: moved(facts, last, approved, paymentOf(facts, payoutId)),
        expected: [
          { rule: 'payment', says: /edda held it/, payoutId },
          { rule: 'approval', says: /edda held it/, payoutId },
        ],
      };
    },
  },
  {
    what: 'an approval was signed with a key of the forger’s own',
    forge: ({ facts, payouts: { paid: payoutId } }) => {
      const dario = by(facts, payoutId, 'dario');
      return {
        facts: saying(facts, dario, resigned(dario)),
        expected: [
          {
            rule: 'decision',
            says: /signature is not of this key/,
            payoutId,
            seq: dario.envelope.seq,
          },
          { rule: 'payment', says: /1 persons \(cleo\)/, payoutId },
        ],
      };
    },
  },
  {
    what: 'an account that failed goes on without a proposal',
    forge: ({ facts }) => {
      const directed = one(
        facts,
        'accountDirected',
        ({ directive }) => directive.type === 'reinstate',
      );
      const again = withMore(facts, null, directed);
      return {
        facts: again,
        expected: [
          {
            rule: 'power',
            says: /accountDirected follows from no proposal/,
            seq: facts.length + 1,
          },
        ],
      };
    },
  },
  {
    what: 'another amount is adjusted than was approved',
    forge: ({ facts }) => {
      const ordered = one(facts, 'adjustmentOrdered');
      return {
        facts: saying(facts, ordered, { amount: 9_999_0000 }),
        expected: [
          {
            rule: 'power',
            says: /adjustmentOrdered follows from no proposal/,
            seq: ordered.envelope.seq,
          },
        ],
      };
    },
  },
  {
    what: 'a payout is said to be rejected by nobody',
    forge: (log) => {
      const { open: payoutId } = log.payouts;
      const closed = closingOf(log.facts, log.payouts.refused);
      return {
        facts: withMore(log.facts, null, {
          ...closed,
          data: { ...closed.data, proposalId: payoutId },
        }),
        expected: [
          {
            rule: 'closing',
            says: /not enough persons rejected it/,
            payoutId,
            seq: log.facts.length + 1,
          },
        ],
      };
    },
  },
  {
    what: 'a bank entry is matched with a payment of another amount',
    forge: ({ facts, payouts: { paid: payoutId } }) => {
      const entry = one(facts, 'bankEntryBooked');
      return {
        facts: saying(facts, entry, { amount: entry.data.amount - 10_000 }),
        expected: [{ rule: 'bank', says: /is of another payment/, payoutId }],
      };
    },
  },
  {
    what: 'more left the account than was instructed',
    forge: ({ facts, payouts: { paid: payoutId } }) => {
      const booked = one(facts, 'balanceOperationBooked', (data) => data.type === 'payout');
      return {
        facts: saying(facts, booked, { amount: booked.data.amount - 10_000 }),
        expected: [
          {
            rule: 'payment',
            says: /another amount left the account/,
            payoutId,
            seq: booked.envelope.seq,
          },
        ],
      };
    },
  },
  {
    what: 'a letter was written anew',
    forge: ({ facts, contents, payouts: { paid: payoutId } }) => {
      const letter = one(facts, 'letterIssued');
      return {
        contents: new Map([...contents, [letter.data.letter, 'Dear Tess, you are not paid.']]),
        expected: [{ rule: 'proposal', says: /are others/, payoutId, seq: letter.envelope.seq }],
      };
    },
  },
  {
    what: 'an identity check that failed was made to pass',
    forge: ({ facts, payouts: { open: payoutId } }) => {
      const checked = one(facts, 'traderChecked', (data) => data.traderId === 'T7');
      return {
        facts: saying(facts, checked, { result: 'failed' }),
        expected: [{ rule: 'proposal', says: /another identity than the log/, payoutId }],
      };
    },
  },
  {
    what: 'two entries changed places without their numbers',
    forge: ({ facts }) => {
      const [one, other] = [present(facts[19], 'one'), present(facts[20], 'other')];
      return {
        facts: facts.with(19, other).with(20, one),
        expected: [{ rule: 'order', says: /entry 20 calls itself 21/, seq: 20 }],
      };
    },
  },
];
