import { beforeAll, describe, expect, it } from 'vitest';
import { readPackFile, writePackFile } from '#core/evidence/file.ts';
import { writeMachinePart, type Pack, type PackBody } from '#core/evidence/pack.ts';
import { marksOf, slicesOf } from '#core/evidence/slices.ts';
import { verifyPackFile, type PackVerdict } from '#core/evidence/verify-pack.ts';
import type { Fact } from '#core/facts/registry.ts';
import { present } from '#core/kernel/assert.ts';
import { createRandom, type Random } from '#core/kernel/random.ts';
import { ruleSetHash } from '#core/rules/rule-set.ts';
import { verifyStrictly } from '#server/audit/verify-signature.ts';
import { demoEvidence } from './testing/demo-evidence.ts';

const SEED = Number(process.env['SEED'] ?? 4_711);
const PACKS = 20;
const BYTES = 100;
const FIELDS = 70;
const PRICES_MIN = 100;

type Firm = ReturnType<typeof demoEvidence>;
let firm: Firm;
let verdicts: readonly Fact[];
/** A breach with some hundred prices behind it: enough to change, and soon judged again. */
let breach: Pack;
beforeAll(() => {
  firm = demoEvidence(SEED, { accounts: 80, records: 60_000 });
  verdicts = [...firm.store.facts(0, 1, Number.MAX_SAFE_INTEGER)].filter(
    (fact) => 'ruleKind' in fact.data || fact.kind === 'accountStatusChanged',
  );
  const breaches = verdicts
    .filter((fact) => fact.kind === 'breachDetected' && fact.data.cause.type === 'mark')
    .map((fact) => packOf(fact));
  breach = present(
    breaches
      .filter((one) => pricesIn(one) > PRICES_MIN)
      .sort((one, other) => pricesIn(one) - pricesIn(other))[0],
    'a breach on a price',
  );
}, 240_000);

function packOf({ envelope }: Fact): Pack {
  return firm.pack(envelope.stream.slice('account:'.length), envelope.seq);
}

function pricesIn({ body }: Pack): number {
  return body.prices.reduce((sum, { count }) => sum + count, 0);
}

/** What a person learns from a file: 0 and the words only when it follows. */
function outcome(text: string): PackVerdict | string {
  const read = readPackFile(text);
  return read.ok ? firm.verify(read.value) : read.error;
}

/** What the verifier says of a file, page and all. */
function verified(text: string): PackVerdict {
  return verifyPackFile(text, { verify: verifyStrictly });
}

function exitOf(text: string): number {
  const verdict = outcome(text);
  return typeof verdict === 'string' ? 1 : verdict.exit;
}

function places({ findings }: PackVerdict): string[] {
  return findings.map(({ place }) => place);
}

describe('an honest pack', () => {
  it(
    `verifies, whatever verdict of whichever account it is about (seed ${SEED})`,
    { timeout: 240_000 },
    () => {
      const random = createRandom(SEED);
      const kinds = new Set<string>();
      for (let number = 0; number < PACKS; number += 1) {
        const fact = random.pick(verdicts);
        kinds.add(fact.kind);
        const verdict = outcome(writePackFile(packOf(fact)));
        expect(verdict).toMatchObject({ exit: 0, findings: [] });
      }
      expect(kinds.size).toBeGreaterThan(2);
    },
  );

  it('says of a breach what the log says of it, and that it follows', () => {
    const { subject, ruleSet } = breach.body;
    expect(subject.sentence).toMatch(/^(Equity|Balance) .* (fell below|touched) the .* on .*\//);
    expect(firm.verify(breach).sentence).toBe(
      `The verdict follows from these facts under rule set ${ruleSet.ruleSetId} v${ruleSet.version}.`,
    );
    expect(pricesIn(breach)).toBeGreaterThan(PRICES_MIN);
  });

  it('names nobody but the trader whose account it is, in a world with copy rings', () => {
    const opened = [...firm.store.facts(0, 1, Number.MAX_SAFE_INTEGER)].flatMap((fact) =>
      fact.kind === 'accountOpened' ? [fact.data] : [],
    );
    const ringed = verdicts.filter((fact) => fact.kind === 'breachDetected').slice(0, 8);
    for (const fact of ringed) {
      const { accountId } = fact.data as { readonly accountId: string };
      const own = present(
        opened.find((terms) => terms.accountId === accountId),
        'terms',
      );
      const pack = packOf(fact);
      // Slices and hashes are base64, in which anything stands somewhere: their content was read.
      const { prices: _prices, proof: _proof, ...said } = pack.body;
      const text = writePackFile(pack).split('<script')[0] + JSON.stringify(said);
      const words = new Set(text.replaceAll(/"leaf":"[^"]*"/g, '').match(/[\w-]+/g));
      for (const other of opened) {
        if (other.traderId === own.traderId) continue;
        expect(words.has(other.accountId), `${other.accountId} in a pack of ${accountId}`).toBe(
          false,
        );
        expect(words.has(other.traderId), `${other.traderId} in a pack of ${own.traderId}`).toBe(
          false,
        );
        const isNamed = other.traderName !== own.traderName && text.includes(other.traderName);
        expect(isNamed, `${other.traderName} is named`).toBe(false);
      }
    }
  });

  it('says so when it is made of the log as far as it was signed', () => {
    expect(() => firm.pack('nobody', 1)).toThrow(/there is no account nobody/);
    const { accountId } = breach.body.subject;
    expect(() => firm.pack(accountId, 1)).toThrow(/entry 1 is no verdict on account/);
    expect(() => firm.pack(accountId, 9_999_999)).toThrow(
      /no signed checkpoint covers entry 9999999/,
    );
  });
});

describe('a pack that somebody changed', () => {
  it(
    `is refused whichever byte of the file was changed (seed ${SEED})`,
    { timeout: 240_000 },
    () => {
      const random = createRandom(SEED + 1);
      const file = writePackFile(breach);
      for (let number = 0; number < BYTES; number += 1) {
        const at = random.below(file.length);
        const other = String.fromCharCode(32 + random.below(95));
        if (other === file[at]) continue;
        const changed = file.slice(0, at) + other + file.slice(at + 1);
        expect(exitOf(changed), `byte ${at}: "${file[at]}" to "${other}"`).not.toBe(0);
      }
    },
  );

  it(
    `is refused whichever field was changed, page and all (seed ${SEED})`,
    { timeout: 240_000 },
    () => {
      const random = createRandom(SEED + 2);
      for (let number = 0; number < FIELDS; number += 1) {
        const { pack, path } = withFieldChanged(breach, random);
        const exit = exitOf(writePackFile(pack));
        expect(exit, `after a change at ${path}`).not.toBe(0);
      }
    },
  );

  it(
    `is refused, or says the same, when the firm itself signed the change (seed ${SEED})`,
    {
      timeout: 240_000,
    },
    () => {
      const random = createRandom(SEED + 3);
      for (let number = 0; number < FIELDS; number += 1) {
        const { pack, path } = withFieldChanged(breach, random);
        if (path.startsWith('note')) continue;
        const signed = firm.signed(pack.body);
        const verdict = outcome(writePackFile(signed));
        if (typeof verdict === 'string' || verdict.exit !== 0) continue;
        // Only when it was made is the firm's to say.
        expect(path).toBe('body.madeAt');
      }
    },
  );

  it('is no pack with a second key, white space, another order, a fraction, or too deep', () => {
    const text = writeMachinePart(breach);
    const file = writePackFile(breach);
    const put = (machine: string): string => file.replace(text, () => machine);
    for (const machine of [
      text.replace('{"body":{', '{"body":{ '),
      text.replace(`"madeAt":${breach.body.madeAt}`, `"madeAt":${breach.body.madeAt}.0`),
      text.replace('"madeAt":', '"madeAt":1,"madeAt":'),
      text.replace('"log":{', '"__proto__":{},"log":{'),
      '['.repeat(100_000),
      `{"body":${'{"a":'.repeat(90)}1${'}'.repeat(90)},"note":""}`,
      '',
      'null',
    ]) {
      expect(outcome(put(machine))).toMatch(/machine part|page/);
    }
    expect(outcome('<!doctype html>')).toMatch(/no machine part/);
    expect(outcome(file.replace('<h1>', '<h1>Not '))).toMatch(/page is not the one/);
  });
});

describe('a pack whose maker owns the key and the log', () => {
  const changed = (edit: (body: PackBody) => PackBody): PackVerdict =>
    firm.verify(firm.resealed(edit(structuredClone(breach.body))));

  it('is in order when nothing was changed', () => {
    expect(changed((body) => body)).toMatchObject({ exit: 0, findings: [] });
  });

  it('shows a deal that was left out, at the entry behind it', () => {
    const { facts } = breach.body;
    const at = facts.findIndex(({ envelope }) => envelope.kind === 'dealBooked');
    const { stream } = present(facts[at], 'a deal').envelope;
    const next = facts.slice(at + 1).find(({ envelope }) => envelope.stream === stream);
    const verdict = changed((body) => ({ ...body, facts: body.facts.toSpliced(at, 1) }));
    expect(verdict.exit).toBe(2);
    expect(verdict.findings[0]).toMatchObject({
      step: 'account',
      place: `fact ${next?.envelope.seq}`,
      sentence: expect.stringMatching(/is not in the pack before it/) as string,
    });
  });

  it('shows the price that was moved, at the verdict that rests on it', () => {
    const verdict = changed((body) => {
      const marks = body.prices.flatMap((slice) => {
        const read = marksOf(slice);
        return read.ok ? read.value : [];
      });
      const last = present(marks.at(-1), 'a mark');
      const moved = { ...last, bid: last.bid + 500, ask: last.ask + 500 };
      return { ...body, prices: slicesOf([...marks.slice(0, -1), moved]) };
    });
    expect(verdict.exit).toBe(2);
    expect(places(verdict)).toContain(`fact ${breach.body.subject.seq}`);
    expect(verdict.sentence).toMatch(/does not follow from these facts/);
  });

  it('shows rules that were put in the place of those in force', () => {
    const isRules = ({ envelope }: PackBody['facts'][number]): boolean =>
      envelope.kind === 'ruleSetPublished';
    const verdict = changed((body) => ({
      ...body,
      facts: body.facts.map((entry) => {
        if (!isRules(entry)) return entry;
        const data = structuredClone(entry.data) as never as Extract<
          Fact,
          { kind: 'ruleSetPublished' }
        >['data'];
        const rules = data.content.rules.slice(1);
        return { ...entry, data: { ...data, content: { ...data.content, rules } } as never };
      }),
    }));
    const published = present(breach.body.facts.find(isRules), 'rules');
    expect(verdict.exit).toBe(2);
    expect(verdict.findings[0]).toMatchObject({
      step: 'rules',
      place: `fact ${published.envelope.seq}`,
    });
  });

  it('shows another version of the rules, with a hash that is its own, as one not in force', () => {
    const verdict = changed((body) => {
      const facts = body.facts.map((entry) => {
        if (entry.envelope.kind !== 'ruleSetPublished') return entry;
        const { ruleSet, content } = entry.data as never as Extract<
          Fact,
          { kind: 'ruleSetPublished' }
        >['data'];
        const hash = ruleSetHash(content, ruleSet.version + 1);
        return {
          ...entry,
          data: { ...entry.data, ruleSet: { ...ruleSet, version: ruleSet.version + 1, hash } },
        };
      });
      return { ...body, facts: facts as never };
    });
    expect(verdict.exit).toBe(2);
    expect(verdict.findings.map(({ sentence }) => sentence).join()).toMatch(/not in the pack/);
  });

  it('shows a fact of another account, at that fact', () => {
    const { accountId } = breach.body.subject;
    const deals = [...firm.store.facts(0, 1, breach.body.through)].filter(
      (fact) => fact.kind === 'dealBooked' && fact.data.accountId !== accountId,
    );
    const foreign = present(deals.at(-1), 'a deal of another');
    const verdict = changed((body) => ({
      ...body,
      facts: [
        ...body.facts,
        { data: foreign.data as never, envelope: foreign.envelope, leaf: '' },
      ].sort((one, other) => one.envelope.seq - other.envelope.seq),
    }));
    expect(verdict.exit).toBe(2);
    expect(verdict.findings[0]).toMatchObject({
      step: 'account',
      place: `fact ${foreign.envelope.seq}`,
    });
  });

  it('shows a trading day that was left out', () => {
    const days = breach.body.facts.filter(({ envelope }) => envelope.kind === 'tradingDayRolled');
    const gone = present(days[0], 'a day');
    const verdict = changed((body) => ({
      ...body,
      facts: body.facts.filter(({ envelope }) => envelope.seq !== gone.envelope.seq),
    }));
    expect(verdict.exit).not.toBe(0);
  });
});

describe('a pack that was changed on its way', () => {
  it('names the fact that is not what the log holds, and the prices that are not what was signed', () => {
    const body = structuredClone(breach.body);
    const deal = present(
      body.facts.find(({ envelope }) => envelope.kind === 'dealBooked'),
      'a deal',
    );
    (deal.data as Record<string, unknown>)['price'] = 1;
    const forged = firm.verify({ ...breach, body });
    expect(forged.exit).toBe(1);
    expect(forged.sentence).toContain(`fact ${deal.envelope.seq}: it is not what the log holds`);
    const other = structuredClone(breach.body);
    const slice = present(other.prices[0], 'prices');
    const middle = Math.floor(slice.bytes.length / 8) * 4;
    const letter = slice.bytes[middle] === 'A' ? 'B' : 'A';
    const bytes = slice.bytes.slice(0, middle) + letter + slice.bytes.slice(middle + 1);
    const moved = firm.verify({ ...breach, body: { ...other, prices: [{ ...slice, bytes }] } });
    expect(moved.exit).toBe(1);
    expect(moved.sentence).toMatch(/prices 1 \(marks \d+ to \d+\)/);
  });

  it('is named by its place inside, and by the page where that alone was changed', () => {
    const file = writePackFile(breach);
    const page = verified(file.replace('<h1>', '<h1>Not '));
    expect(page).toMatchObject({ exit: 1, findings: [{ place: 'page' }] });
    const deal = present(
      breach.body.facts.find(({ envelope }) => envelope.kind === 'dealBooked'),
      'a deal',
    );
    const { price } = deal.data as { readonly price: number };
    const inside = verified(file.replace(`"price":${price}`, () => `"price":${price + 1}`));
    expect(inside.exit).toBe(1);
    expect(inside.sentence).toContain(`fact ${deal.envelope.seq}: it is not what the log holds`);
  });

  it('is refused under another key than the one that a person expects', () => {
    const key = '0123 4567 89ab cdef 0123 4567 89ab cdef';
    expect(firm.verifyWith(breach, key)).toMatchObject({ exit: 1 });
    expect(firm.verifyWith(breach, firm.fingerprint)).toMatchObject({ exit: 0 });
  });
});

/** Changes one number or text, chosen at random among all there are. */
function withFieldChanged(pack: Pack, random: Random): { pack: Pack; path: string } {
  const copy = structuredClone(pack);
  const leaves: { readonly path: string; change(): void }[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const place = path === '' ? key : `${path}.${key}`;
      const holder = value as Record<string, unknown>;
      if (typeof inner === 'number') {
        leaves.push({ path: place, change: () => void (holder[key] = inner + 1) });
      } else if (typeof inner === 'string') {
        leaves.push({ path: place, change: () => void (holder[key] = otherText(inner, random)) });
      } else if (typeof inner === 'boolean' || inner === null) {
        leaves.push({
          path: place,
          change: () => void (holder[key] = inner === null ? 1 : !inner),
        });
      } else walk(inner, place);
    }
  };
  walk(copy, '');
  const { path, change } = random.pick(leaves);
  change();
  return { pack: copy, path };
}

function otherText(text: string, random: Random): string {
  if (text === '') return 'x';
  const at = random.below(text.length);
  const letter = text[at] === 'a' ? 'b' : 'a';
  return text.slice(0, at) + letter + text.slice(at + 1);
}
