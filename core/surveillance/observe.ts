import {
  ACCOUNT_STATUSES,
  bustAsOperation,
  hasEnded,
  type AccountTerms,
  type Deal,
} from '#core/accounts/account.ts';
import { microLots } from '#core/accounts/held-position.ts';
import type { Fact } from '#core/facts/registry.ts';
import type { Fill, Observation, SurveyedAccount } from '#core/fraud/observation.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { SharedDirectory } from './directory.ts';
import type { MarkOuts } from './mark-outs.ts';
import type { Trades } from './trades.ts';

export interface TranslationPorts {
  readonly directory: SharedDirectory;
  readonly trades: Trades;
  readonly markOuts: MarkOuts;
  /** Whether a phase is the last of its program, or pays out. */
  isFunded(terms: AccountTerms): boolean;
  tell(observation: Observation): void;
}

/** What a fact says to detectors, as it happens: each at its instant, in the order of instants. */
export function translate(fact: Fact, at: EpochMs, ports: TranslationPorts): void {
  const { directory, trades, tell } = ports;
  switch (fact.kind) {
    case 'accountOpened': {
      const account = surveyed(fact.data, at, ports.isFunded(fact.data));
      directory.open(account);
      return tell({ type: 'account', at, account });
    }
    case 'accountStatusChanged': {
      const { accountId, to } = fact.data;
      directory.ended(accountId, hasEnded(ACCOUNT_STATUSES.indexOf(to)) ? at : null);
      return tell({ type: 'status', at, accountId, status: to });
    }
    case 'dealBooked':
      return tellFill(fact.data, at, ports);
    case 'balanceOperationBooked':
      return directory.book(fact.data.accountId, fact.data.amount);
    case 'dealBusted':
      return directory.book(fact.data.accountId, bustAsOperation(fact.data).amount);
    case 'protectionSet': {
      const { accountId, positionId, stopLoss } = fact.data;
      if (stopLoss === null) return;
      trades.protect(accountId, positionId);
      return tell({ type: 'protection', at, accountId, positionId });
    }
    case 'identityRecorded':
      return tell({ ...fact.data, type: 'identity', at });
    case 'sessionObserved':
      return tell({ ...fact.data, type: 'session', at });
    case 'orderActivityObserved':
      return tell({ ...fact.data, type: 'activity', at });
    case 'newsScheduled':
      return tell({ type: 'news', at, release: fact.data });
    case 'payoutRequested': {
      const { payoutId, accountId, requested: amount, payee } = fact.data;
      return tell({ type: 'payout', at, payoutId, accountId, payeeId: payee.digest, amount });
    }
  }
}

function surveyed(terms: AccountTerms, openedAt: EpochMs, funded: boolean): SurveyedAccount {
  const { accountId, traderId, program, phase, currency, nominalSize, startBalance } = terms;
  return {
    accountId,
    traderId,
    programId: program.programId,
    phaseId: phase.phaseId,
    funded,
    currency,
    nominalSize,
    startBalance,
    openedAt,
    previousAccountId: terms.previousAccountId ?? null,
  };
}

/** A fill, and the round trip that it ends. */
function tellFill(deal: Deal, at: EpochMs, ports: TranslationPorts): void {
  const { directory, trades, markOuts, tell } = ports;
  const fill = fillOf(deal, at, directory);
  directory.book(deal.accountId, fill.realised);
  markOuts.schedule(fill);
  tell(fill);
  const trade = trades.fill(fill, deal.volume);
  if (trade) tell(trade);
}

function fillOf(deal: Deal, at: EpochMs, directory: SharedDirectory): Fill {
  const { accountId, dealId, positionId, symbol, entry, volume, price } = deal;
  const opposite = deal.side === 'buy' ? 'sell' : 'buy';
  const currency = directory.account(accountId)?.currency ?? '';
  return {
    type: 'fill',
    at,
    accountId,
    dealId,
    positionId,
    symbol,
    entry,
    price,
    side: entry === 'in' ? deal.side : opposite,
    lots: microLots(volume, directory.instrument(symbol)),
    notional: directory.notional(symbol, volume * price, currency),
    realised: deal.profit + deal.commission + deal.swap + deal.fee,
    balance: directory.balance(accountId) ?? 0,
    quote: directory.quote(symbol) ?? null,
    reference: directory.reference(symbol) ?? null,
  };
}
