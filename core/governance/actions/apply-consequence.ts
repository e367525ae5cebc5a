import { z } from 'zod';
import { consequenceWishSchema } from '#core/cases/act.ts';
import type { CaseFile } from '#core/cases/cases.ts';
import { caseLetter } from '#core/cases/letter.ts';
import { FOUND_CODES, OUTCOME_WORDS, type Consequence } from '#core/cases/outcomes.ts';
import { departsFrom } from '#core/cases/precedents.ts';
import type { FactDraft } from '#core/facts/registry.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { idSchema } from '#core/kernel/ids.ts';
import { err, ok } from '#core/kernel/result.ts';
import { moneyText } from '#core/money/money.ts';
import { DIRECTED_FROM } from '#core/rules/directive.ts';
import type { GovernedWorld } from '../world.ts';
import { formAction, NOBODY } from './action-kind.ts';

const LETTER_MAX = 4_000;

/** A consequence as its proposal holds it. */
export const consequenceParamsSchema = z.strictObject({
  caseId: idSchema,
  /** The case as its proposer saw it: an entry of the log. */
  caseVersion: z.int().min(1),
  ...consequenceWishSchema.shape,
  /** What every trader is told: approvers sign it as well. */
  letter: z.string().min(1).max(LETTER_MAX),
});
export type ConsequenceParams = z.output<typeof consequenceParamsSchema>;

/** What a case leads to beyond a word: one person proposes it, others agree. */
export const applyConsequence = formAction({
  type: 'applyConsequence',
  title: 'Apply what a case leads to',
  schema: consequenceParamsSchema,
  prepare: (params, world) => {
    const { caseId, accountIds } = params;
    const file = world.governance.cases.file(caseId);
    if (!file) return err(`caseId: there is no case ${caseId}`);
    const problem = problemWith(params, file, world);
    if (problem !== null) return err(problem);
    const accounts = accountIds.map((accountId) => world.accountOf(accountId));
    const about = {
      ...NOBODY,
      accountId: only(accountIds),
      traderId: only(accounts.map((one) => one?.traderId ?? '')),
      programId: only(accounts.map((one) => one?.programId ?? '')),
    };
    return ok({ about, amount: atStake(params, world), concerned: [] });
  },
  lines: (params) => [
    `In case ${params.caseId}, as of entry ${params.caseVersion}`,
    `What happens: ${WHAT[params.consequence]}`,
    `Accounts: ${params.accountIds.join(', ')}`,
    ...(params.dealIds.length > 0 ? [`Trades: ${params.dealIds.join(', ')}`] : []),
    params.amount === 0 ? 'No profit is deducted' : `Deducted: ${moneyText(params.amount)}`,
    `Found: ${FOUND_CODES[params.code]} (${params.code})`,
    params.departure === null
      ? 'Similar cases speak for nothing else'
      : `Otherwise than similar cases because: ${params.departure}`,
    'The trader is told:',
    ...params.letter.split('\n').map((line) => `| ${line}`),
  ],
  blockedBy: (params, world) => {
    const { cases } = world.governance;
    const file = cases.file(params.caseId);
    return file ? standsAgainst(params, file, world) : `there is no case ${params.caseId}`;
  },
  execute: (params, { at, marketAt, accountStatus }, { proposalId, makers, reason }) => {
    const { caseId, consequence, code, departure, accountIds, dealIds, amount, letter } = params;
    const personId = makers[0] ?? 'proposal';
    const decided: FactDraft = {
      kind: 'caseDecided',
      data: {
        caseId,
        outcome: consequence,
        code,
        personId,
        proposalId,
        reason: reason || 'as proposed',
        departure,
        accountIds,
        dealIds,
        amount,
        letter: digestOfText(letter),
        at,
      },
    };
    if (consequence !== 'restrict' && consequence !== 'close') return ok([decided]);
    const reached = accountIds.filter((accountId) => {
      const status = accountStatus(accountId);
      return status !== null && DIRECTED_FROM[consequence].includes(status);
    });
    const directed = reached.map((accountId): FactDraft => ({
      kind: 'accountDirected',
      data: {
        accountId,
        at: marketAt,
        directive: { type: consequence },
        operatorId: personId,
        reason: (reason || 'as proposed').slice(0, 400),
      },
    }));
    return ok([decided, ...directed]);
  },
});

const WHAT: Readonly<Record<Consequence, string>> = {
  restrict: 'the accounts are restricted: they may not trade until that is lifted',
  payoutHold: 'payouts of the accounts are held until that is released',
  profitDeduction: 'profit of these trades is left out of the next payout of the account',
  close: 'the accounts are closed for good',
  releaseHold: 'payouts of the accounts are held by this case no more',
};

function only(names: readonly string[]): string | null {
  const [first] = names;
  return first !== undefined && names.every((name) => name === first) ? first : null;
}

/** Why it cannot be proposed, with the place in its form; null when it can. */
function problemWith(
  params: ConsequenceParams,
  file: CaseFile,
  world: GovernedWorld,
): string | null {
  const { caseId, accountIds, dealIds, amount, consequence, code, departure, letter } = params;
  const stranger = accountIds.find((accountId) => {
    const account = world.accountOf(accountId);
    return account === null || !file.traders.has(account.traderId);
  });
  if (stranger !== undefined) return `accountIds: ${stranger} is of no trader of this case`;
  if (new Set(accountIds).size < accountIds.length) return 'accountIds: one is named twice';
  if (consequence === 'profitDeduction') {
    if (accountIds.length > 1) return 'accountIds: profit is deducted account by account';
    if (dealIds.length === 0) return 'dealIds: name the trades that it rests on';
    if (amount <= 0) return 'amount: nothing would be deducted';
  } else if (dealIds.length > 0 || amount !== 0) {
    return 'amount: only a deduction names trades and an amount';
  }
  const standing = standsAgainst(params, file, world);
  if (standing !== null) return `consequence: ${standing}`;
  const other = world.governance.proposalsOn(caseId).find((proposal) => {
    const known = consequenceParamsSchema.safeParse(proposal.params);
    const overlaps = known.data?.accountIds.some((one) => accountIds.includes(one)) ?? true;
    return overlaps && known.data?.consequence === consequence;
  });
  if (other) return `consequence: proposal ${other.proposalId} of the same is open`;
  const majority =
    departure === null ? departsFrom(consequence, file, world.governance.cases) : null;
  if (majority) {
    const usual = OUTCOME_WORDS[majority.outcome];
    return `departure: ${majority.of} similar cases were nearly all ${usual}: say why this one differs`;
  }
  if (letter !== caseLetter({ caseId, outcome: consequence, code, amount })) {
    return 'letter: it is not what a trader is told about this';
  }
  return null;
}

/** What of the case or its accounts keeps it from being done; null when nothing does. */
function standsAgainst(
  { consequence, accountIds }: ConsequenceParams,
  file: CaseFile,
  world: GovernedWorld,
): string | null {
  if (file.mergedInto !== null) return `it was merged into case ${file.mergedInto}`;
  const ended = file.decided?.outcome;
  if (ended === 'dismiss' || ended === 'warn') {
    return `the case was ${OUTCOME_WORDS[ended]} already: reopen it first`;
  }
  switch (consequence) {
    case 'payoutHold':
      return ended === undefined ? null : 'the case is decided already';
    case 'releaseHold':
      return accountIds.every((accountId) => file.hold?.accountIds.includes(accountId))
        ? null
        : 'it does not hold back all of these accounts';
    case 'profitDeduction':
      return null;
    case 'restrict':
    case 'close': {
      const statuses = accountIds.map((accountId) => world.accountStatus(accountId));
      const reached = statuses.some((one) => one && DIRECTED_FROM[consequence].includes(one));
      return reached ? null : `the accounts are ${statuses.join(', ')}`;
    }
  }
}

/** What limits count: the payouts that wait, and what is taken or stopped. */
function atStake(
  { accountIds, amount, consequence }: ConsequenceParams,
  { governance, moneyOf }: GovernedWorld,
): number {
  let waiting = 0;
  let profit = 0;
  for (const accountId of accountIds) {
    for (const payoutId of governance.payoutsOf(accountId)) {
      const proposal = governance.proposal(payoutId);
      if (proposal && !proposal.closed) waiting += Math.max(0, proposal.amount);
    }
    profit += Math.max(0, moneyOf(accountId)?.profit ?? 0);
  }
  const ends = consequence === 'restrict' || consequence === 'close';
  return Math.max(amount, waiting, ends ? profit : 0);
}
