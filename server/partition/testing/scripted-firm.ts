import type { AccountTerms, Deal } from '#core/accounts/account.ts';
import type { PlatformAction, PlatformRecord } from '#core/accounts/record.ts';
import { present } from '#core/kernel/assert.ts';
import { sampleTerms } from '#core/programs/compile.ts';
import type { VerifyBytes } from '#core/signing/public-key.ts';
import type { PlatformAdapter } from '#server/adapters/platform-adapter.ts';
import { loadPrograms } from '#server/programs.ts';
import { openStore, type Store } from '#server/store/store.ts';
import { createCatalogue } from '../catalogue.ts';
import { openPartition, type Partition, type PartitionOptions } from '../partition.ts';

const DAY_MS = 86_400_000;
export const SCRIPT_START: number = Date.UTC(2026, 0, 5, 12);
/** When the accounts' first payout is due, by the calendar. */
export const PAYOUT_DUE: number = SCRIPT_START + 15 * DAY_MS;
const FUNDED = 2;
const program = present(
  loadPrograms().find((one) => one.program.programId === 'ftmo-2-step-100k'),
  'the program',
);

/**
 * A platform that tells what it is told to tell. Asked to book an amount, it books it: the record
 * follows behind those that wait. Opened again, it tells the same from the beginning.
 */
export interface ScriptedPlatform {
  readonly adapter: PlatformAdapter;
  readonly asked: PlatformAction[];
  tell(...records: readonly PlatformRecord[]): void;
}

export function createScriptedPlatform(): ScriptedPlatform {
  const records: PlatformRecord[] = [];
  const asked: PlatformAction[] = [];
  const booked = new Set<string>();
  let now = SCRIPT_START;
  const book = (action: Extract<PlatformAction, { type: 'bookOperation' }>): void => {
    const { accountId, operation } = action;
    if (booked.has(operation.operationId)) return;
    booked.add(operation.operationId);
    records.push({ type: 'balanceOperation', operation: { ...operation, accountId, at: now } });
  };
  const adapter: PlatformAdapter = {
    id: 'script',
    capabilities: {
      deterministic: true,
      actions: ['closePositions', 'disableTrading', 'resumeTrading', 'bookOperation'],
      delivers: ['protection', 'calendar'],
      orderMessages: false,
      margin: false,
    },
    open: (cursor) => {
      let next = typeof cursor === 'number' ? cursor : 0;
      return {
        next: () => {
          const record = records[next] ?? null;
          if (record !== null) next += 1;
          if (record !== null && 'at' in record) now = Math.max(now, record.at);
          return record;
        },
        get ended() {
          return next >= records.length;
        },
        nextAt: () => (records[next] ? now : null),
        execute: (action) => {
          asked.push(action);
          if (action.type === 'bookOperation') book(action);
        },
        cursor: () => next,
        close: () => {},
      };
    },
  };
  return { adapter, asked, tell: (...more) => void records.push(...more) };
}

/** Terms of a funded account of a program that pays out 80 % after 14 days. */
export function fundedTerms(accountId: string, traderId: string): AccountTerms {
  const ruleSet = present(program.ruleSets[FUNDED], 'rule set').ref;
  const terms = sampleTerms(program.program, FUNDED);
  return {
    ...terms,
    accountId,
    traderId,
    traderName: `Trader ${traderId}`,
    platform: 'script',
    ruleSet,
  };
}

/** A funded account that made a profit on its first day and is flat since. */
export function fundedAccount(
  accountId: string,
  traderId: string,
  profit: number,
): PlatformRecord[] {
  const deal = (entry: Deal['entry'], gained: number): PlatformRecord => ({
    type: 'deal',
    deal: {
      accountId,
      dealId: `${accountId}-${entry}`,
      positionId: `${accountId}-1`,
      symbol: 'EURUSD',
      side: entry === 'in' ? 'buy' : 'sell',
      entry,
      volume: 100,
      price: 110_000,
      profit: gained,
      commission: 0,
      swap: 0,
      fee: 0,
      at: SCRIPT_START + 60_000,
    },
  });
  return [
    { type: 'accountOpened', terms: fundedTerms(accountId, traderId), at: SCRIPT_START },
    deal('in', 0),
    deal('out', profit),
  ];
}

/** A trade so bad that the account fails: what comes between an approval and its payment. */
export function ruinousTrade(accountId: string, at: number): PlatformRecord[] {
  const deal = (entry: Deal['entry'], profit: number): PlatformRecord => ({
    type: 'deal',
    deal: {
      accountId,
      dealId: `${accountId}-ruin-${entry}`,
      positionId: `${accountId}-ruin`,
      symbol: 'EURUSD',
      side: entry === 'in' ? 'buy' : 'sell',
      entry,
      volume: 100,
      price: 110_000,
      profit,
      commission: 0,
      swap: 0,
      fee: 0,
      at,
    },
  });
  return [deal('in', 0), deal('out', -30_000_0000)];
}

export const EURUSD: PlatformRecord = {
  type: 'instrument',
  instrument: {
    symbol: 'EURUSD',
    assetClass: 'forex',
    digits: 5,
    volumeDecimals: 2,
    contractSize: '100000',
    quoteCurrency: 'USD',
    tickPoints: 1,
  },
};

export interface ScriptedFirm {
  readonly store: Store;
  readonly partition: Partition;
  readonly platform: ScriptedPlatform;
  /** Takes all records that wait. */
  run(): void;
}

export interface ScriptedFirmOptions {
  readonly platform?: ScriptedPlatform;
  readonly store?: Store;
  readonly now: () => number;
  readonly verify: VerifyBytes;
  readonly salt?: () => string;
  readonly backTest?: PartitionOptions['backTest'] | undefined;
}

/** A partition on a scripted platform; opened again on both, it goes on where it stopped. */
export function openScriptedFirm(options: ScriptedFirmOptions): ScriptedFirm {
  const {
    platform = createScriptedPlatform(),
    store = openStore(':memory:'),
    now,
    verify,
  } = options;
  const partition = openPartition({
    partition: 0,
    store,
    catalogue: createCatalogue([program]),
    adapter: platform.adapter,
    audience: { org: 'test-firm', env: 'test' },
    now,
    verify,
    salt: options.salt ?? (() => '5a'.repeat(32)),
    backTest: options.backTest ?? (() => null),
  });
  return {
    store,
    partition,
    platform,
    run: () => {
      while (partition.run(Infinity).records > 0);
    },
  };
}
