import type { AccountTerms } from '#core/accounts/account.ts';
import { SENTENCE_MAX, type Notice, type NoticeKind, type Severity } from '#core/alerts/notice.ts';
import type { ActionType } from '#core/approvals/action-types.ts';
import type { Proposal } from '#core/approvals/proposal.ts';
import { clearingSentence, crossingSentence, type LimitCrossing } from '#core/exposure/limits.ts';
import { FIRM_CURRENCY } from '#core/exposure/unit-value.ts';
import type { Fact, FactKind } from '#core/facts/registry.ts';
import { ID_MAX } from '#core/kernel/ids.ts';
import { groupedText, moneyText, mulDivFloor, PPM_UNIT } from '#core/money/money.ts';
import { verdictSentence } from '#core/rules/sentence.ts';
import { EVERY_SYMBOL } from '#core/alerts/alerts.events.ts';
import { severityOf } from './accounts-view.ts';

/** What a notice is made of beside its fact: accounts and proposals as the log tells of them. */
export interface NoticeWorld {
  terms(
    accountId: string,
  ):
    | Pick<AccountTerms, 'traderId' | 'traderName' | 'program' | 'nominalSize' | 'currency'>
    | undefined;
  proposal(proposalId: string): Pick<Proposal, 'action' | 'about' | 'amount'> | undefined;
}

type FactOf<Kind extends FactKind> = Extract<Fact, { kind: Kind }>;
type Makers = {
  readonly [Kind in FactKind]?: (fact: FactOf<Kind>, world: NoticeWorld) => Notice | null;
};

/** One line for each kind of fact that people may have to know of. */
const MAKERS: Makers = {
  warningRaised: verdictNotice,
  breachDetected: verdictNotice,
  conductFlagged: verdictNotice,
  objectiveMet: verdictNotice,
  objectiveLost: verdictNotice,
  reviewRequested: reviewNotice,
  proposalEscalated: overdueNotice,
  exposureLimitCrossed: exposureNotice,
  feedStateObserved: feedNotice,
  caseOpened: caseNotice,
  caseWorked: caseEscalationNotice,
  workEscalated: workNotice,
};

/** Facts that may be alerts: what a feed is made of. */
export const NOTICE_FACTS = Object.keys(MAKERS) as readonly FactKind[];

/** What people may have to know of a fact; null for nothing. */
export function noticeOf(fact: Fact, world: NoticeWorld): Notice | null {
  const make = MAKERS[fact.kind];
  return make ? make(fact as never, world) : null;
}

/** That a fact settles every alert about something, with what to say about it. */
export interface Settlement {
  readonly about: string;
  readonly kinds: readonly NoticeKind[];
  readonly note: string;
}

/** What ends by itself what an alert was about; null when nothing does. */
export function settlementOf(fact: Fact): Settlement | null {
  switch (fact.kind) {
    case 'proposalClosed': {
      const { proposalId, outcome } = fact.data;
      const kinds = ['payoutOverdue', 'approvalOverdue'] as const;
      return { about: proposalId, kinds, note: `It is ${outcome}.` };
    }
    case 'feedStateObserved': {
      if (fact.data.state !== 'live') return null;
      const note = `It delivers again, after ${lengthText(fact.data.silentMs)}.`;
      return { about: fact.data.symbol, kinds: ['feedSilent'], note };
    }
    case 'exposureLimitCleared': {
      if (fact.data.share > 0) return null;
      return {
        about: limitName(fact.data),
        kinds: ['exposureLimit'],
        note: clearingSentence(fact.data),
      };
    }
    case 'caseDecided': {
      // A hold leaves the case to be decided.
      if (['payoutHold', 'releaseHold'].includes(fact.data.outcome)) return null;
      const kinds = ['caseOpened', 'caseEscalated', 'workOverdue'] as const;
      return {
        about: fact.data.caseId,
        kinds,
        note: `The case was decided: ${fact.data.outcome}.`,
      };
    }
    case 'caseMerged': {
      const kinds = ['caseOpened', 'caseEscalated', 'workOverdue'] as const;
      return { about: fact.data.caseId, kinds, note: 'It is part of another case.' };
    }
    case 'exceptionSettled':
      return workSettled(fact.data.exceptionId);
    case 'disputeDecided':
    case 'disputeWithdrawn':
      return workSettled(fact.data.disputeId);
    case 'ticketChanged': {
      const { ticketId, change } = fact.data;
      const ends = change.type === 'solved' || change.type === 'merged';
      return ends ? workSettled(ticketId) : null;
    }
    case 'workDone': {
      const { itemId, change } = fact.data;
      return change.type === 'settled' ? workSettled(aboutOf(itemId)) : null;
    }
    default:
      return null;
  }
}

function workSettled(about: string): Settlement {
  return { about, kinds: ['workOverdue'], note: 'It is settled.' };
}

/** What an item of work is about, by its own name. */
function aboutOf(itemId: string): string {
  return itemId.slice(itemId.indexOf('/') + 1).slice(0, ID_MAX);
}

/** Whoever settles alerts without being a person. */
export const SETTLED_BY_ITSELF = 'server';

type AboutAccount = Pick<
  Notice,
  'accountId' | 'traderId' | 'traderName' | 'programId' | 'programName' | 'amount' | 'currency'
>;

function aboutAccount(accountId: string, { terms }: NoticeWorld): AboutAccount {
  const known = terms(accountId);
  return {
    accountId,
    traderId: known?.traderId ?? null,
    traderName: known?.traderName ?? '',
    programId: known?.program.programId ?? null,
    programName: known?.program.name ?? '',
    amount: known?.nominalSize ?? 0,
    currency: known?.currency ?? '',
  };
}

const ABOUT_NOTHING: AboutAccount = {
  accountId: null,
  traderId: null,
  traderName: '',
  programId: null,
  programName: '',
  amount: 0,
  currency: '',
};
const TO_NOBODY: Notice['addressed'] = { role: null, personId: null };

const VERDICT_KINDS = {
  warningRaised: 'warning',
  breachDetected: 'breach',
  conductFlagged: 'conductFlag',
  objectiveMet: 'objective',
  objectiveLost: 'objective',
} as const;
type Verdict = FactOf<keyof typeof VERDICT_KINDS>;

function verdictNotice(fact: Verdict, world: NoticeWorld): Notice {
  const { kind, data, envelope } = fact;
  return {
    seq: envelope.seq,
    kind: VERDICT_KINDS[kind],
    severity: severityOf(fact),
    at: data.at,
    ...aboutAccount(data.accountId, world),
    ruleKind: data.ruleKind,
    symbol: data.cause.type === 'mark' ? data.cause.mark.symbol : null,
    used: usedOf(data.figures),
    sentence: verdictSentence(fact),
    about: null,
    review: data.review,
    addressed: TO_NOBODY,
  };
}

/** What of a limit's allowance is used, in parts per million; above 1,000,000 is beyond the floor. */
function usedOf(figures: Verdict['data']['figures']): number {
  const figure = (name: string): number => figures.find((one) => one.name === name)?.value ?? 0;
  const allowance = figure('allowance');
  if (allowance <= 0) return 0;
  return PPM_UNIT - mulDivFloor(figure('headroom'), PPM_UNIT, allowance);
}

function reviewNotice(fact: FactOf<'reviewRequested'>, world: NoticeWorld): Notice {
  const { data, envelope } = fact;
  return {
    seq: envelope.seq,
    kind: 'review',
    severity: severityOf(fact),
    at: data.at,
    ...aboutAccount(data.accountId, world),
    ruleKind: '',
    symbol: null,
    used: 0,
    sentence: data.sentence,
    about: data.about,
    review: [data.reason],
    addressed: TO_NOBODY,
  };
}

const ACTION_TEXTS: Partial<Record<ActionType, string>> = {
  payPayout: 'A payout',
  publishProgram: 'A version of a program',
  overrideVerdict: 'An override of a verdict',
  adjustBalance: 'A balance adjustment',
  changeRole: 'A change of roles',
  grantKey: 'A new signing key',
  revokeKey: 'The end of a signing key',
  changePolicy: 'A change of approval limits',
  changeExposureLimits: 'A change of exposure limits',
};

/** Nobody decided a proposal in time. */
function overdueNotice(
  { data, envelope }: FactOf<'proposalEscalated'>,
  world: NoticeWorld,
): Notice | null {
  const proposal = world.proposal(data.proposalId);
  if (!proposal) return null;
  const { action, about, amount } = proposal;
  const isPayout = action === 'payPayout';
  const account = about.accountId === null ? ABOUT_NOTHING : aboutAccount(about.accountId, world);
  const what = ACTION_TEXTS[action] ?? 'A proposal';
  const over = amount === 0 ? '' : ` over ${moneyText(amount)} ${account.currency}`.trimEnd();
  return {
    seq: envelope.seq,
    kind: isPayout ? 'payoutOverdue' : 'approvalOverdue',
    severity: isPayout ? 'soft' : 'warning',
    at: data.at,
    ...account,
    programId: about.programId ?? account.programId,
    amount,
    ruleKind: '',
    symbol: null,
    used: 0,
    sentence: `${what}${over} has waited too long for a decision: ${data.proposalId}, level ${data.level}`,
    about: data.proposalId,
    review: [],
    addressed: { role: null, personId: about.personId },
  };
}

function exposureNotice({ data, envelope }: FactOf<'exposureLimitCrossed'>): Notice {
  const { slice, measure, value, limit, level, at } = data;
  return {
    seq: envelope.seq,
    kind: 'exposureLimit',
    severity: level === 'breach' ? 'hard' : 'warning',
    at,
    ...ABOUT_NOTHING,
    programId: slice.by === 'program' ? slice.key : null,
    amount: value,
    currency: FIRM_CURRENCY,
    ruleKind: `${measure}Exposure`,
    symbol: slice.by === 'symbol' ? slice.key : null,
    used: limit <= 0 ? 0 : mulDivFloor(value, PPM_UNIT, limit),
    sentence: crossingSentence(data).slice(0, SENTENCE_MAX),
    about: limitName(data),
    review: [],
    addressed: TO_NOBODY,
  };
}

/** One limit on one part of the book. */
function limitName({ limitId, slice }: LimitCrossing): string {
  return `${limitId}/${slice.by}/${slice.key}`.slice(0, ID_MAX);
}

function feedNotice({ data, envelope }: FactOf<'feedStateObserved'>): Notice {
  const { symbol, source, state, silentMs, at } = data;
  const from = source === '' ? '' : ` from ${source}`;
  const severity: Severity = state === 'silent' ? 'soft' : 'info';
  const length = lengthText(silentMs);
  const name = symbol === EVERY_SYMBOL ? 'Every symbol' : symbol;
  return {
    seq: envelope.seq,
    kind: 'feedSilent',
    severity,
    at,
    ...ABOUT_NOTHING,
    ruleKind: '',
    symbol: symbol === EVERY_SYMBOL ? null : symbol,
    used: 0,
    sentence:
      state === 'silent'
        ? `${name}${from} has been silent for ${length} while its market is open`
        : `${name}${from} delivers again, after ${length} of silence`,
    about: symbol,
    review: [],
    addressed: TO_NOBODY,
  };
}

function caseNotice({ data, envelope }: FactOf<'caseOpened'>): Notice {
  const { caseId, signals, score, at } = data;
  const patterns = [...new Set(signals.map(({ pattern }) => pattern))];
  const number = signals.length === 1 ? '1 signal' : `${groupedText(signals.length, 0)} signals`;
  return {
    seq: envelope.seq,
    kind: 'caseOpened',
    severity: 'warning',
    at,
    ...ABOUT_NOTHING,
    ruleKind: patterns.length === 1 ? (patterns[0] ?? '') : '',
    symbol: null,
    used: 0,
    sentence: `Case ${caseId} was opened with ${number}, score ${score} of 1,000`,
    about: caseId,
    review: [],
    addressed: TO_NOBODY,
  };
}

function caseEscalationNotice({ data, envelope }: FactOf<'caseWorked'>): Notice | null {
  const { caseId, change, at } = data;
  if (change.type !== 'escalated') return null;
  return {
    seq: envelope.seq,
    kind: 'caseEscalated',
    severity: 'soft',
    at,
    ...ABOUT_NOTHING,
    ruleKind: '',
    symbol: null,
    used: 0,
    sentence: `Case ${caseId} was escalated to level ${change.level}: ${change.reason}`.slice(
      0,
      SENTENCE_MAX,
    ),
    about: caseId,
    review: [],
    addressed: { role: 'seniorRiskOfficer', personId: null },
  };
}

/** The first step is for who has it, and wants no acknowledgement; each later one goes further up. */
const WORK_TOLD = {
  owner: { severity: 'info', role: null },
  team: { severity: 'warning', role: null },
  lead: { severity: 'soft', role: 'seniorRiskOfficer' },
  manager: { severity: 'soft', role: 'manager' },
} as const;

function workNotice({ data, envelope }: FactOf<'workEscalated'>): Notice {
  const { itemId, level, tell, personId, title, at } = data;
  const { severity, role } = WORK_TOLD[tell];
  return {
    seq: envelope.seq,
    kind: 'workOverdue',
    severity,
    at,
    ...ABOUT_NOTHING,
    ruleKind: '',
    symbol: null,
    used: 0,
    sentence: `Its time passes, step ${level}: ${title}`.slice(0, SENTENCE_MAX),
    about: aboutOf(itemId),
    review: [],
    addressed: { role, personId: tell === 'owner' ? personId : null },
  };
}

/** "4 min", "2 h 05 min" */
function lengthText(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return `${Math.floor(milliseconds / 1_000)} s`;
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
