import type { Decision } from '#core/approvals/decision.ts';
import type { Fact } from '#core/facts/registry.ts';
import type { ServerCommand } from '#server/commands/server-command.ts';
import type { Partition } from '#server/partition/partition.ts';
import type { Store } from '#server/store/store.ts';
import type { DeskStore } from '#desk/store/store.ts';
import { HOUR_MS } from './kernel.ts';
import { nextPaymentStep, type PaymentStep, type PaymentView } from './payment-driver.ts';

/**
 * A mistake made on purpose, from outside: ports are wrapped and objects patched, the product's own
 * code is as it is. Each must be noticed by some checker, or the checkers are not worth much.
 */
export interface Plant {
  /** The server's fold is bent: that it differs from the log is the plant itself, and no catch. */
  readonly isBent?: boolean;
  store?(store: Store): Store;
  patch?(partition: Partition, at: { readonly store: Store }): void;
  before?(command: ServerCommand, partition: Partition): void;
  readonly acknowledgesBeforeCommit?: boolean;
  /** What desks are shown in place of a fact. */
  shows?(fact: Fact): readonly Fact[];
  deskStopped?(store: DeskStore, logId: string): void;
  readonly losesTwin?: boolean;
  readonly showsCountedOnAcceptance?: boolean;
  readonly settlesOnTimeout?: boolean;
  readonly ignoresGaps?: boolean;
  step?(view: PaymentView): PaymentStep;
  /** The key under which a payment is handed over for the nth time. */
  submitKey?(key: string, attempt: number): string;
  reportId?(reportId: string, times: number): string;
  readonly tellsPayeeName?: boolean;
}

type Bend = (fact: Fact) => Fact | null;
type Received = Extract<Fact, { kind: 'decisionReceived' }>;

/** The server takes facts for others than the log holds. */
function bending(bend: Bend, more: Plant = {}): Plant {
  return {
    ...more,
    isBent: true,
    store: (store) => {
      const inner = more.store?.(store) ?? store;
      return {
        ...inner,
        stream: (partition, stream) => {
          const facts = inner.stream(partition, stream);
          return stream === 'firm' ? facts.flatMap((fact) => bend(fact) ?? []) : facts;
        },
      };
    },
    patch: (partition, at) => {
      more.patch?.(partition, at);
      const governance = changeable(partition.governance);
      const { apply } = partition.governance;
      governance.apply = (fact) => {
        const bent = bend(fact);
        if (bent) apply(bent);
      };
    },
  };
}

function changeable<Value>(value: Value): { -readonly [Key in keyof Value]: Value[Key] } {
  return value;
}

/** Decisions that were not counted for a reason count all the same. */
function countingDespite(isMeant: (received: Received) => boolean): Plant {
  const versions = new Map<string, number>();
  return bending((fact) => {
    if (fact.kind === 'proposalOpened' || fact.kind === 'proposalRevised') {
      versions.set(fact.data.proposalId, fact.data.version);
    }
    if (fact.kind !== 'decisionReceived' || fact.data.verdict.type === 'counted' || !isMeant(fact))
      return fact;
    const version = versions.get(fact.data.proposalId) ?? fact.data.version;
    return { ...fact, data: { ...fact.data, version, verdict: { type: 'counted' } } };
  });
}

const codeOf = ({ data }: Received): string =>
  data.verdict.type === 'counted' ? '' : data.verdict.code;
const messageOf = ({ data }: Received): string =>
  data.verdict.type === 'counted' ? '' : data.verdict.message;

function claimedClock({ data }: Received): number {
  const { payload } = JSON.parse(data.envelope) as { payload: string };
  return (JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Decision).clock;
}

/** Sets the chain of the key that signed to just before what it signed: no place is ever wrong. */
function forgiveChain(command: ServerCommand, { governance }: Partition): void {
  if (command.intent.type !== 'decide') return;
  const { payload, signatures } = command.intent.envelope;
  const key = governance.people.key(signatures[0].keyid);
  const { chain } = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Decision;
  if (key) key.chain = chain.prev === null ? null : { seq: chain.seq - 1, digest: chain.prev };
}

function personsByLogin(): Plant {
  const withoutLogin = (personId: string): string => personId.split('/')[0] ?? personId;
  const bend: Bend = (fact) => {
    if (fact.kind !== 'decisionReceived' || codeOf(fact) !== 'duplicatePerson') return fact;
    const personId = `${fact.data.personId}/${fact.data.keyId.slice(0, 6)}`;
    return { ...fact, data: { ...fact.data, personId, verdict: { type: 'counted' } } };
  };
  return bending(bend, {
    patch: ({ governance }) => {
      const people = changeable(governance.people);
      const { may, mightAt } = governance.people;
      people.may = (personId, action, about) => may(withoutLogin(personId), action, about);
      people.mightAt = (personId, seq, action, about) =>
        mightAt(withoutLogin(personId), seq, action, about);
    },
  });
}

/** Pays by what was true when the payout was approved. */
function payingFromMemory(): Plant {
  let isPaying = false;
  return {
    before: ({ intent }) => {
      isPaying = intent.type === 'runPayments';
    },
    store: (store) => ({
      ...store,
      stream: (partition, stream) => {
        const facts = store.stream(partition, stream);
        if (!isPaying || stream === 'firm') return facts;
        return facts.filter(
          ({ kind }) => kind !== 'breachDetected' && kind !== 'accountStatusChanged',
        );
      },
    }),
    patch: ({ ingest }) => {
      const book = changeable(ingest.book);
      const { status } = ingest.book;
      book.status = (account) => (isPaying ? 0 : status(account));
    },
  };
}

function forgettingOn(
  isForgotten: (seq: number, openedAt: number) => boolean,
  isLenient: boolean,
): Plant {
  let openedAt = 0;
  return {
    store: (store) => ({
      ...store,
      commandResult: () => null,
      append: (partition, batch) => store.append(partition, { ...batch, commandResults: [] }),
    }),
    patch: ({ governance }, { store }) => {
      openedAt = store.progress(0).seq;
      const { decision } = governance;
      const patched = changeable(governance);
      patched.decision = (id) => {
        const known = decision(id);
        return known && isForgotten(known.envelope.seq, openedAt) ? undefined : known;
      };
    },
    ...(isLenient ? { isBent: true, before: forgiveChain } : {}),
  };
}

function bendingPolicy(
  over: Partial<Extract<Fact, { kind: 'policyChanged' }>['data']['policy']>,
): Plant {
  return bending((fact) => {
    if (fact.kind !== 'policyChanged') return fact;
    return { ...fact, data: { ...fact.data, policy: { ...fact.data.policy, ...over } } };
  });
}

function withoutMakers(fact: Fact): Fact {
  if (fact.kind === 'proposalOpened') return { ...fact, data: { ...fact.data, makers: [] } };
  if (fact.kind === 'proposalRevised') return { ...fact, data: { ...fact.data, maker: null } };
  return fact;
}

function withoutDecisions(decision: 'hold' | 'reject'): Plant {
  const verdict = { type: 'notCounted', code: 'moot', message: '' } as const;
  return bending((fact) =>
    fact.kind === 'decisionReceived' &&
    fact.data.decision === decision &&
    fact.data.verdict.type === 'counted'
      ? { ...fact, data: { ...fact.data, verdict } }
      : fact,
  );
}

function ignoringRolesAt(): Plant {
  return {
    patch: ({ governance }) => {
      changeable(governance.people).mightAt = () => true;
    },
  };
}

function settleAll(store: DeskStore, logId: string): void {
  for (const { commandId } of store.queued(logId))
    store.settled({ type: 'accepted', commandId, seq: 1 });
}

const KEY_SAFE_AS_IF_FOR_EVER = { askAgainMs: HOUR_MS / 2, keySafeMs: Infinity };

/** Every mistake that must be caught, by name. A plant may remember things: one is made for each run. */
export const PLANTED: Readonly<Record<string, () => Plant>> = {
  personsByLogin,
  staleCounts: () => countingDespite((received) => codeOf(received) === 'stale'),
  noDeduplication: () => forgettingOn(() => true, true),
  deduplicationLostOnRestart: () => forgettingOn((seq, openedAt) => seq <= openedAt, false),
  paysFromMemory: payingFromMemory,
  newKeyOnRetry: () => ({
    submitKey: (key, attempt) => (attempt === 1 ? key : `${key}-${attempt}`),
  }),
  sendsAgainAfterUnknown: () => ({
    step: (view) => {
      const step = nextPaymentStep(view, KEY_SAFE_AS_IF_FOR_EVER);
      return step === 'query' ? 'submit' : step;
    },
  }),
  acknowledgesBeforeCommit: () => ({ acknowledgesBeforeCommit: true }),
  outboxLostOnCrash: () => ({ deskStopped: settleAll }),
  settlesOnTimeout: () => ({ settlesOnTimeout: true }),
  trustsDeskClock: () =>
    countingDespite(
      (received) =>
        codeOf(received) === 'expired' && claimedClock(received) >= received.data.at - HOUR_MS,
    ),
  revokedKeyCounts: () => bending((fact) => (fact.kind === 'keyRevoked' ? null : fact)),
  makerNotExcluded: () => bending(withoutMakers),
  holdIgnored: () => withoutDecisions('hold'),
  rejectIgnored: () => withoutDecisions('reject'),
  windowSumIgnored: () => bendingPolicy({ windowDays: 0 }),
  stepsIgnored: () => bendingPolicy({ steps: [] }),
  dailyLimitIgnored: () => bendingPolicy({ approverPerDay: null }),
  coolingIgnored: () =>
    bending((fact) =>
      fact.kind === 'proposalOpened'
        ? { ...fact, data: { ...fact.data, coolingUntil: null } }
        : fact,
    ),
  twinNotWritten: () => ({ losesTwin: true }),
  baseNotChecked: () =>
    countingDespite(
      (received) =>
        codeOf(received) === 'otherAudience' && messageOf(received).includes('had seen'),
    ),
  displayNotChecked: () =>
    countingDespite((received) => ['displayDiffers', 'amountDiffers'].includes(codeOf(received))),
  webhookBookedTwice: () => ({
    reportId: (reportId, times) => (times === 1 ? reportId : `${reportId}-${times}`),
  }),
  showsCountedOnAcceptance: () => ({ showsCountedOnAcceptance: true }),
  forkAccepted: () => ({ isBent: true, before: forgiveChain }),
  gapsIgnored: () => ({ ignoresGaps: true }),
  payeeNameInLog: () => ({ tellsPayeeName: true }),
  roleAtSigningIgnored: ignoringRolesAt,
  roleAtExecutionIgnored: () => bending((fact) => (fact.kind === 'roleRevoked' ? null : fact)),
  desksShownAnotherLog: () => ({
    shows: (fact) =>
      fact.kind === 'proposalOpened' && fact.data.action === 'payPayout'
        ? [{ ...fact, data: { ...fact.data, amount: fact.data.amount - 1 } }]
        : [fact],
  }),
};
export const PLANTED_NAMES: readonly string[] = Object.keys(PLANTED);
