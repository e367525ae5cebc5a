import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PlatformRecord } from '#core/accounts/record.ts';
import type { ExposureLimit, ExposureLimits } from '#core/exposure/limits.ts';
import { rowOfWire, SAMPLE_EVERY_MS, SAMPLES_MAX, type ExposureView } from '#core/exposure/view.ts';
import { exposureViewSchema } from '#core/exposure/view.ts';
import type { Fact } from '#core/facts/registry.ts';
import { auditGovernance } from '#core/governance/verify-governance.ts';
import { present } from '#core/kernel/assert.ts';
import { openGovernedFirm, type GovernedFirm } from '#server/commands/testing/governed-firm.ts';
import { createCatalogue } from '#server/partition/catalogue.ts';
import { loadPrograms } from '#server/programs.ts';
import { openExposure, type ExposureService } from './exposure.ts';
import { openLiveBook, type LiveBook } from './live-book.ts';
import { openSamples } from './samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'propdesk-exposure-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const USD = 10_000;
const catalogue = createCatalogue(loadPrograms());
/** One lot of EURUSD at 1.10: 110,000 USD. */
const LOT = 110_000 * USD;

const limit: ExposureLimit = {
  limitId: 'euro',
  by: 'symbol',
  key: 'EURUSD',
  measure: 'net',
  limit: 3 * LOT,
  warnAt: [600],
};

interface World {
  readonly firm: GovernedFirm;
  readonly service: ExposureService;
  readonly book: LiveBook;
  readonly problems: string[];
  clock: number;
  tell(...records: readonly PlatformRecord[]): void;
  /** Looks at the book, and lets what follows from it take place. */
  look(): Promise<ExposureView>;
  facts(kind: string): Fact[];
}

function openWorld(firm = openGovernedFirm(), samplesFile: string | null = null): World {
  const problems: string[] = [];
  const state = { clock: 1_000_000 };
  const { partition, store, platform } = firm;
  const book = openLiveBook({
    partition: 0,
    book: partition.ingest.book,
    catalogue,
    store,
    governance: partition.governance,
    now: () => state.clock,
  });
  const service = openExposure({
    governance: partition.governance,
    note: (intent) => {
      const said = firm.system(intent);
      if (said !== 'accepted') throw new Error(said);
      return Promise.resolve({ type: 'accepted', commandId: 'c', seq: 1 });
    },
    holders: (request) => Promise.resolve(book.holders(request)),
    samplesFile,
    now: () => state.clock,
    failed: (problem) => void problems.push(problem),
  });
  return {
    firm,
    service,
    book,
    problems,
    get clock() {
      return state.clock;
    },
    set clock(at) {
      state.clock = at;
    },
    tell: (...records) => {
      platform.tell(...records);
      for (;;) {
        const { facts, records: taken } = partition.run(Infinity);
        if (taken === 0) return;
        book.take(facts);
      }
    },
    look: async () => {
      state.clock += 1_000;
      const view = service.take(present(book.look(), 'a look'), partition.ingest.marketAt);
      await service.close();
      return view;
    },
    facts: (kind) => store.stream(0, 'firm').filter((fact) => fact.kind === kind),
  };
}

let deals = 0;
function deal(accountId: string, side: 'buy' | 'sell', lots: number, closes = ''): PlatformRecord {
  deals += 1;
  return {
    type: 'deal',
    deal: {
      accountId,
      dealId: `d-${deals}`,
      positionId: closes === '' ? `p-${deals}` : closes,
      symbol: 'EURUSD',
      side,
      entry: closes === '' ? 'in' : 'out',
      volume: lots * 100,
      price: 110_000,
      profit: 0,
      commission: 0,
      swap: 0,
      fee: 0,
      at: 1_800_000_000_000,
    },
  };
}

function quote(price: number): PlatformRecord {
  return {
    type: 'mark',
    symbol: 'EURUSD',
    bid: price,
    ask: price,
    at: 1_800_000_000_000,
    source: 'test',
  };
}

/** Puts limits in force the way a firm does: one proposes, another signs. */
function agree({ firm }: World, limits: ExposureLimits): string {
  const said = firm.ask('finn', {
    type: 'propose',
    action: 'changeExposureLimits',
    params: { limits } as never,
    reason: 'a test',
  });
  if (said !== 'accepted') return said;
  const { governance } = firm.partition;
  const { proposalId } = present([...governance.proposals()].at(-1), 'a proposal');
  firm.as('gia', firm.desk('gia').decide(proposalId, 'approve'));
  return governance.proposal(proposalId)?.closed?.outcome ?? firm.verdictOn(proposalId);
}

describe('the live book', () => {
  it('is shown by symbol, currency, program and stage, with what funded accounts are owed', async () => {
    const world = openWorld();
    world.tell(quote(110_000), deal('A1', 'buy', 2), deal('A2', 'sell', 1));
    const view = await world.look();
    expect(exposureViewSchema.safeParse(JSON.parse(JSON.stringify(view))).success).toBe(true);
    const row = (by: keyof ExposureView['slices'], key: string) =>
      rowOfWire(
        present(
          view.slices[by].find(([name]) => name === key),
          key,
        ),
      );
    expect(row('symbol', 'EURUSD')).toMatchObject({ long: 2 * LOT, short: LOT, accounts: 2 });
    expect(row('currency', 'EUR')).toMatchObject({ long: 2 * LOT, short: LOT });
    expect(row('currency', 'USD')).toMatchObject({ long: LOT, short: 2 * LOT });
    // Three funded accounts that made 5,000 each, of which the traders get 80 %.
    const owed = 3 * 4_000 * USD;
    expect(row('stage', 'funded')).toMatchObject({ positions: 2, payable: owed, ifClosed: owed });
    expect(view.crowds).toEqual([
      { symbol: 'EURUSD', side: 'long', accounts: 1, value: 2 * LOT },
      { symbol: 'EURUSD', side: 'short', accounts: 1, value: LOT },
    ]);
    expect([view.paying, view.inProfit]).toEqual([3, 3]);
  });

  it('knows where traders live from the log, also after the server began again', async () => {
    const world = openWorld();
    const at = 1_800_000_000_000;
    const identity = { documentId: null, addressId: null, purchaseId: null, affiliateId: null, at };
    const lives = (accountId: string, traderId: string, region: string): PlatformRecord => ({
      type: 'identity',
      identity: { accountId, traderId, region, ...identity },
    });
    world.tell(quote(110_000), deal('A1', 'buy', 1), deal('A2', 'buy', 1), deal('A3', 'buy', 1));
    world.tell(lives('A1', 'T1', 'CZ'), lives('A2', 'T2', 'DE'));
    const regions = (view: ExposureView) => view.slices.region.map(([key]) => key).sort();
    expect(regions(await world.look())).toEqual(['CZ', 'DE', 'unknown']);
    expect(regions(await openWorld(world.firm.reopen()).look())).toEqual(['CZ', 'DE', 'unknown']);
  });

  it('answers who holds what, and refuses while it has been asked too much', async () => {
    const world = openWorld();
    world.tell(quote(110_000), deal('A1', 'buy', 2), deal('A2', 'sell', 1));
    const of = (side: 'both' | 'long' | 'short') => {
      world.clock += 10_000;
      return world.book.holders({ place: { by: 'currency', key: 'USD' }, side });
    };
    expect(of('both')).toEqual([
      { account: 0, long: 0, short: 2 * LOT, positions: 1 },
      { account: 1, long: LOT, short: 0, positions: 1 },
    ]);
    expect(of('long')?.map(({ account }) => account)).toEqual([1]);
    expect(world.book.holders({ place: { by: 'firm', key: 'firm' }, side: 'both' })).toBeNull();
  });
});

describe('limits on exposure', () => {
  it('come into force when a second person agrees, and by nobody’s word alone', async () => {
    const world = openWorld();
    expect([...world.firm.partition.governance.exposure.limits.limits]).toEqual([]);
    expect(agree(world, { version: 1, limits: [limit], hysteresis: 50 })).toBe('executed');
    expect(world.firm.partition.governance.exposure.limits.limits).toEqual([limit]);
    const said = world.firm.ask('edda', {
      type: 'propose',
      action: 'changeExposureLimits',
      params: { limits: { version: 2, limits: [], hysteresis: 50 } } as never,
      reason: 'finance proposes no limits',
    });
    expect(said).toMatch(/^forbidden/);
  });

  it('are proposed again when others were decided on meanwhile', () => {
    const world = openWorld();
    const first = { version: 1, limits: [limit], hysteresis: 50 };
    expect(agree(world, first)).toBe('executed');
    expect(agree(world, first)).toMatch(/the next version of the limits is 2, this is 1/);
    expect(agree(world, { ...first, version: 2 })).toBe('executed');
  });

  it('warn, are breached and are cleared by facts, each told of once', async () => {
    const world = openWorld();
    agree(world, { version: 1, limits: [limit], hysteresis: 50 });
    world.tell(quote(110_000), deal('A1', 'buy', 2));
    await world.look();
    await world.look();
    world.tell(deal('A2', 'buy', 2));
    const view = await world.look();
    await world.look();
    expect(view.limits.usages).toMatchObject([{ limitId: 'euro', key: 'EURUSD', value: 4 * LOT }]);
    expect(world.facts('exposureLimitCrossed').map(({ data }) => data)).toMatchObject([
      { level: 'warning', share: 600, value: 2 * LOT, limit: 3 * LOT },
      { level: 'breach', share: 1_000, value: 4 * LOT, slice: { by: 'symbol', key: 'EURUSD' } },
    ]);
    const { positionId } = present(world.firm.partition.ingest.book.positions(1)[0], 'a position');
    world.tell(deal('A2', 'sell', 2, positionId));
    await world.look();
    expect(world.facts('exposureLimitCleared').map(({ data }) => data)).toMatchObject([
      { level: 'breach', share: 600 },
    ]);
    expect(world.problems).toEqual([]);
  });

  it('go on standing after a restart, and are not told of again', async () => {
    const world = openWorld();
    agree(world, { version: 1, limits: [limit], hysteresis: 50 });
    world.tell(quote(110_000), deal('A1', 'buy', 4));
    await world.look();
    const again = openWorld(world.firm.reopen());
    const view = await again.look();
    expect(view.limits.usages).toMatchObject([{ limitId: 'euro', level: 'breach' }]);
    expect(again.facts('exposureLimitCrossed')).toHaveLength(1);
  });

  it('leave a log in which an auditor finds nothing, unless somebody wrote in it', async () => {
    const world = openWorld();
    agree(world, { version: 1, limits: [limit], hysteresis: 50 });
    world.tell(quote(110_000), deal('A1', 'buy', 4));
    await world.look();
    const { store } = world.firm;
    const findings = (change: (fact: Fact) => Fact): string[] => {
      const audit = auditGovernance({
        origin: `propdesk/${store.logId}`,
        content: store.content,
        verify: () => true,
        rootAt: (size) => Buffer.from(store.tree(0).root(size)).toString('hex'),
      });
      for (const fact of store.facts(0, 1, world.firm.partition.ingest.lastSeq)) {
        audit.take(change(fact));
      }
      audit.end();
      return audit.findings
        .map(({ sentence }) => sentence)
        .filter((sentence) => /limit|exposure/i.test(sentence));
    };
    expect(findings((fact) => fact)).toEqual([]);
    const raised = findings((fact) =>
      fact.kind === 'exposureLimitsChanged'
        ? { ...fact, data: { ...fact.data, limits: { ...fact.data.limits, hysteresis: 500 } } }
        : fact,
    );
    expect(raised.join()).toMatch(/exposureLimitsChanged follows from no proposal/);
    const invented = findings((fact) =>
      fact.kind === 'exposureLimitCrossed' ? { ...fact, data: { ...fact.data, value: LOT } } : fact,
    );
    expect(invented.join()).toMatch(/is not above that share of the limit euro/);
  });
});

describe('samples of exposure', () => {
  it('are taken once a minute, for a day, and are there again after a restart', async () => {
    const file = join(folder, 'samples.json');
    const world = openWorld(openGovernedFirm(), file);
    world.tell(quote(110_000), deal('A1', 'buy', 2), deal('A2', 'sell', 1));
    for (let look = 0; look < 130; look += 1) await world.look();
    const firm = world.service.series(null);
    expect(firm).toHaveLength(3);
    expect(firm[2]).toMatchObject({ net: LOT, gross: 3 * LOT });
    const euro = world.service.series('EURUSD');
    expect(euro.map(({ net, ifClosed }) => [net, ifClosed])).toEqual(firm.map(() => [LOT, null]));
    const again = openSamples({ file, now: world.clock + 1, failed: () => {} });
    expect(again.series(null)).toEqual(firm);
    const later = world.clock + SAMPLES_MAX * SAMPLE_EVERY_MS + 1;
    expect(openSamples({ file, now: later, failed: () => {} }).series(null)).toEqual([]);
  });

  it('that cannot be read are put aside and said so, and the day begins anew', () => {
    const file = join(folder, 'broken.json');
    writeFileSync(file, '{"version":1,"samples":[{"at":"yesterday"}]}');
    const problems: string[] = [];
    const samples = openSamples({ file, now: 1, failed: (problem) => problems.push(problem) });
    expect(samples.series(null)).toEqual([]);
    expect(problems.join()).toMatch(/broken\.json\.unreadable/);
    expect(existsSync(file)).toBe(false);
    expect(readFileSync(`${file}.unreadable`, 'utf8')).toContain('yesterday');
  });
});
