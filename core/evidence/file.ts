import { parseFact, type Fact } from '#core/facts/registry.ts';
import { err, type Result } from '#core/kernel/result.ts';
import { groupedText, moneyText } from '#core/money/money.ts';
import { counterfactualOf } from '#core/rules/counterfactual.ts';
import { compileRuleSet } from '#core/rules/rule-set.ts';
import { figureText } from '#core/rules/sentence.ts';
import { fingerprintText } from '#core/signing/public-key.ts';
import { utcText } from '#core/time/time.ts';
import { hashIn, PACK_BYTES_MAX, readMachinePart, writeMachinePart, type Pack } from './pack.ts';
import { isVerdict } from './subject.ts';

/*
 * A pack as one file: a page that a trader opens and reads, and in it the machine part, from which
 * the page is made. A verifier makes the page again and compares, so that nobody reads anything else
 * than what is checked.
 */

const BEFORE = '<script type="application/json" id="propdesk-pack">';
const AFTER = '</script>';
const DEALS_SHOWN_MAX = 100;

/** The whole file. */
export function writePackFile(pack: Pack): string {
  const facts = pack.body.facts.flatMap(({ data, envelope }) => {
    const parsed = parseFact({ data, envelope });
    return parsed.ok ? [parsed.value] : [];
  });
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>Evidence: account ${escaped(pack.body.subject.accountId)}, entry ${pack.body.subject.seq}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    ...pageOf(pack, facts),
    '</main>',
    `${BEFORE}${writeMachinePart(pack)}${AFTER}`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** Reads a file that somebody may have made to deceive; refuses whatever is not written as above. */
export function readPackFile(text: string): Result<Pack, string> {
  const pack = machinePartIn(text);
  return !pack.ok || isPageOf(text, pack.value) ? pack : err(OTHER_PAGE);
}

export const OTHER_PAGE =
  'the page is not the one that its machine part gives: somebody changed what one reads';

/** Whether a file is, to its last letter, the one that its machine part gives. */
export function isPageOf(text: string, pack: Pack): boolean {
  return writePackFile(pack) === text;
}

/** The machine part of a file, whatever page is around it. */
export function machinePartIn(text: string): Result<Pack, string> {
  if (text.length > PACK_BYTES_MAX) return err(`the file is larger than ${PACK_BYTES_MAX} bytes`);
  const start = text.indexOf(BEFORE);
  const end = text.indexOf(AFTER, start);
  if (start < 0 || end < 0) return err('the file holds no machine part: it is no evidence pack');
  return readMachinePart(text.slice(start + BEFORE.length, end));
}

function pageOf({ body }: Pack, facts: readonly Fact[]): string[] {
  const subject = facts.find(({ envelope }) => envelope.seq === body.subject.seq);
  const opened = facts.find((fact) => fact.kind === 'accountOpened');
  const terms = opened?.kind === 'accountOpened' ? opened.data : null;
  return [
    `<p class="kind">Evidence for ${body.subject.type === 'verdict' ? 'a verdict' : 'the answer to a payout'}</p>`,
    `<h1>${escaped(body.subject.sentence)}</h1>`,
    list([
      ['Account', body.subject.accountId],
      ['Trader', terms ? terms.traderName : ''],
      ['Program', terms ? `${terms.program.name}, ${terms.phase.name}` : ''],
      ['Entry of the log', String(body.subject.seq)],
      ['Rules in force', `${body.ruleSet.ruleSetId}, version ${body.ruleSet.version}`],
      ['Hash of the rules', body.ruleSet.hash],
      ['Made', `${utcText(body.madeAt)} UTC`],
    ]),
    ...(subject && isVerdict(subject) ? verdictPart(subject, facts) : []),
    ...rulesPart(body, facts),
    ...peoplePart(facts),
    ...dealsPart(facts),
    ...checkPart(body),
  ];
}

function verdictPart(subject: Fact, facts: readonly Fact[]): string[] {
  if (!('ruleKind' in subject.data)) return [];
  const { data } = subject;
  const digitsOf = new Map(
    facts.flatMap((one) =>
      one.kind === 'instrumentDefined' ? [[one.data.symbol, one.data.digits] as const] : [],
    ),
  );
  const avoided = subject.kind === 'breachDetected' ? counterfactualOf(subject.data) : null;
  const price = (points: number | null, symbol: string): string =>
    points === null ? '–' : groupedText(points, digitsOf.get(symbol) ?? 0);
  return [
    '<h2>The numbers</h2>',
    list([
      ['Rule', data.ruleId],
      ['Trading day', data.dayKey],
      ['Balance', moneyText(data.balance)],
      ['Equity', moneyText(data.equity)],
      ...data.figures.map(
        ({ name, unit, value }) => [wordsOf(name), figureText(unit, value)] as const,
      ),
      ...(data.cause.type === 'mark'
        ? ([
            [
              'Price',
              `${data.cause.mark.symbol} ${price(data.cause.mark.bid, data.cause.mark.symbol)} / ` +
                `${price(data.cause.mark.ask, data.cause.mark.symbol)} from ${data.cause.mark.source}, ` +
                `mark ${data.cause.mark.index}`,
            ],
          ] as const)
        : []),
    ]),
    ...(avoided
      ? [`<p><b>What would have avoided it:</b> ${escaped(avoided.sentences.join(' '))}</p>`]
      : []),
    ...(data.positions.length === 0
      ? []
      : [
          table(
            `Open at that instant (${data.positionCount})`,
            ['Position', 'Symbol', 'Side', 'Bid / ask', 'Floating'],
            data.positions.map(({ positionId, symbol, side, bid, ask, floating }) => [
              positionId,
              symbol,
              side,
              `${price(bid, symbol)} / ${price(ask, symbol)}`,
              moneyText(floating),
            ]),
          ),
        ]),
  ];
}

/** "highWaterMark" → "High water mark". */
function wordsOf(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

function rulesPart(body: Pack['body'], facts: readonly Fact[]): string[] {
  const opened = facts.find((fact) => fact.kind === 'accountOpened');
  const published = facts.find(
    (fact) => fact.kind === 'ruleSetPublished' && fact.data.ruleSet.hash === body.ruleSet.hash,
  );
  if (opened?.kind !== 'accountOpened' || published?.kind !== 'ruleSetPublished') return [];
  const compiled = compileRuleSet(published.data.content, published.data.ruleSet.version);
  if (!compiled.ok) return [];
  return [
    `<h2>The rules: ${escaped(published.data.content.name)}, version ${body.ruleSet.version}</h2>`,
    '<ol>',
    ...compiled.value.rules.map(
      ({ ruleId, kind, params }) =>
        `<li><b>${escaped(ruleId)}</b>: ${escaped(kind.describe(params, opened.data))}</li>`,
    ),
    '</ol>',
  ];
}

/** What people did about it, a line each. */
function peoplePart(facts: readonly Fact[]): string[] {
  const lines = facts.flatMap((fact) => {
    const text = peopleText(fact);
    return text === null
      ? []
      : [`<li>${utcText(fact.envelope.recordedAt)} UTC: ${escaped(text)}</li>`];
  });
  return lines.length === 0 ? [] : ['<h2>What people did</h2>', '<ul>', ...lines, '</ul>'];
}

function peopleText(fact: Fact): string | null {
  switch (fact.kind) {
    case 'payoutRequested':
      return `payout ${fact.data.payoutId} was asked for`;
    case 'proposalOpened':
      return `${fact.data.action} was proposed: ${fact.data.reason || 'asked for by the trader'}`;
    case 'decisionReceived':
      return `${fact.data.personId} signed "${fact.data.decision}"`;
    case 'proposalClosed':
      return `the proposal was ${fact.data.outcome}${fact.data.reason && `: ${fact.data.reason}`}`;
    case 'paymentInstructed':
      return `${moneyText(fact.data.amount)} ${fact.data.currency} was ordered to be paid`;
    case 'letterIssued':
      return 'the answer was written to the trader';
    case 'disputeOpened':
      return `it was disputed (${fact.data.reason})`;
    case 'disputeDecided':
      return `the dispute was decided (${fact.data.remedy}): ${fact.data.reason}`;
    case 'disputeWithdrawn':
      return `the dispute was withdrawn: ${fact.data.reason}`;
    case 'alertAcknowledged':
      return 'a person of the firm has seen it';
    case 'accountDirected':
      return `a person of the firm decided: ${fact.data.directive.type} (${fact.data.reason})`;
    default:
      return null;
  }
}

function dealsPart(facts: readonly Fact[]): string[] {
  const deals = facts.flatMap((fact) => (fact.kind === 'dealBooked' ? [fact.data] : []));
  if (deals.length === 0) return [];
  const shown = deals.slice(-DEALS_SHOWN_MAX);
  const digits = new Map(
    facts.flatMap((one) =>
      one.kind === 'instrumentDefined' ? [[one.data.symbol, one.data.digits] as const] : [],
    ),
  );
  const caption =
    shown.length === deals.length
      ? `Deals (${deals.length})`
      : `The last ${shown.length} of ${deals.length} deals; all are in the machine part`;
  return [
    '<h2>The trades that it rests on</h2>',
    table(
      caption,
      ['Time, UTC', 'Deal', 'Symbol', 'Side', 'Entry', 'Price', 'Result'],
      shown.map(({ at, dealId, symbol, side, entry, price, profit, commission, swap, fee }) => [
        utcText(at),
        dealId,
        symbol,
        side,
        entry,
        groupedText(price, digits.get(symbol) ?? 0),
        moneyText(profit + commission + swap + fee),
      ]),
    ),
  ];
}

function checkPart(body: Pack['body']): string[] {
  const marks = body.prices.reduce((sum, { count }) => sum + count, 0);
  return [
    '<h2>Check it yourself</h2>',
    `<p>This file holds ${body.facts.length} facts of the firm’s log, ${marks} prices, and the proof ` +
      'that the facts stand in the log. The free program <code>propdesk-verify</code> computes the ' +
      'verdict again from them, without a network and without the firm:</p>',
    '<pre>npx propdesk-verify pack FILE</pre>',
    `<p>Signed with the key of the log ${escaped(body.log.origin)}. Compare it with the one that ` +
      'the firm publishes:</p>',
    `<pre>${escaped(fingerprintText(hashIn(body.log.publicKey)))}</pre>`,
    ...(body.sealed.length === 0
      ? []
      : [
          `<p>${body.sealed.length} entries of the account are sealed: that they are there is proven, ` +
            'their content is not shown. They hold what the platform saw beside trades (connections, ' +
            'identity), which no rule looks at, and which may concern others.</p>',
        ]),
    '<p>Facts stand in the log’s Merkle tree. Prices do not: they are signed with this file, and the ' +
      'price that led to a verdict stands in the verdict itself.</p>',
  ];
}

function list(rows: readonly (readonly [string, string])[]): string {
  const lines = rows
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`);
  return `<dl>${lines.join('')}</dl>`;
}

function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const head = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join('');
  const body = rows.map(
    (cells) => `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`,
  );
  return (
    `<div class="wide" tabindex="0" role="region" aria-label="${escaped(caption)}"><table>` +
    `<caption>${escaped(caption)}</caption><thead><tr>${head}</tr></thead>` +
    `<tbody>${body.join('\n')}</tbody></table></div>`
  );
}

/** As text of a page; what could turn, hide or break text is named instead. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(
      /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu,
      (hidden) => `⟨U+${(hidden.codePointAt(0) ?? 0).toString(16).toUpperCase()}⟩`,
    );
}

const STYLE = [
  ':root{color-scheme:light dark}',
  'body{margin:0;font:16px/1.5 system-ui,sans-serif;color:#1b1f24;background:#fff}',
  'main{max-width:46rem;margin:0 auto;padding:1.5rem 1rem 4rem}',
  '.kind{margin:0;color:#57606a}h1{font-size:1.35rem;margin:.2rem 0 1rem;overflow-wrap:anywhere}',
  'h2{font-size:1.1rem;margin:2rem 0 .5rem}dl{margin:0}',
  'dl div{display:flex;flex-wrap:wrap;gap:0 1rem;padding:.35rem 0;border-bottom:1px solid #d0d7de}',
  'dt{flex:0 0 11rem;color:#57606a}',
  'dd{flex:1 1 14rem;margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}',
  '.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}',
  'caption{text-align:left;color:#57606a;padding:.3rem 0}',
  'th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #d0d7de}',
  'th,td{white-space:nowrap;font-variant-numeric:tabular-nums}',
  'pre{padding:.7rem;white-space:pre-wrap;overflow-wrap:anywhere;background:#f3f4f6;border-radius:6px}',
  'li{margin:.3rem 0}',
  '@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}.kind,dt,caption{color:#9aa4af}',
  'dl div,th,td{border-color:#30363d}pre{background:#161b22}}',
].join('');
