import { digestOf } from '#core/kernel/digest.ts';
import { LANGUAGE_NAMES, LANGUAGES, ruleName, sentence, type Language } from './catalogue/index.ts';
import type { SentenceKey } from './catalogue/catalogue.ts';
import { localCount, localDate, localMoney, localTime } from './locale.ts';
import type { Standing, StandingFloor } from './standing.ts';

/*
 * The page that a trader sees, made of a standing and a language alone. Every number stands in a slot
 * with a name; what is sent live are the texts of the slots, made by the same function as the page.
 */

/** What moves on the page. */
export interface LivePart {
  readonly texts: Readonly<Record<string, string>>;
  /** Bars, 0 to 1,000. */
  readonly bars: Readonly<Record<string, number>>;
  /** Another shape is another page: it is loaded anew. */
  readonly shape: string;
}

export interface PageFrame {
  readonly firm: string;
  /** Where this page lies, "/standing/<token>". */
  readonly path: string;
  readonly expiresAt: number;
}

const STATUS_SENTENCE: Readonly<Record<Standing['status'], SentenceKey>> = {
  active: 'statusActive',
  paused: 'statusPaused',
  failed: 'statusFailed',
  passed: 'statusPassed',
  restricted: 'statusRestricted',
  closed: 'statusClosed',
};

export function livePart(standing: Standing, language: Language): LivePart {
  const texts: Record<string, string> = {};
  const bars: Record<string, number> = {};
  const { currency } = standing;
  const money = (amount: number): string => localMoney(amount, currency, language);
  texts['asOf'] = sentence(language, 'asOf', { time: localTime(standing.asOf, language) });
  texts['status'] = sentence(language, STATUS_SENTENCE[standing.status]);
  texts['equity'] = money(standing.equity);
  texts['balance'] = money(standing.balance);
  texts['positions'] = positionsText(standing.openPositions, language);
  texts['ends'] = endsText(standing, language);
  for (const [at, floor] of standing.floors.entries()) {
    texts[`floor-${at}`] = floorText(floor, currency, language);
    bars[`floor-${at}`] = floor.leftPerMille;
  }
  for (const [at, { value, target, donePerMille }] of standing.targets.entries()) {
    texts[`target-${at}`] = sentence(language, 'targetOf', {
      value: money(value),
      target: money(target),
    });
    bars[`target-${at}`] = donePerMille;
  }
  for (const [at, { value, needed }] of standing.counts.entries()) {
    texts[`count-${at}`] = sentence(language, 'countOf', {
      value: localCount(value, language),
      needed: localCount(needed, language),
    });
    bars[`count-${at}`] = Math.min(1_000, Math.floor((value * 1_000) / needed));
  }
  texts['payout'] = payoutText(standing, language);
  return { texts, bars, shape: shapeOf(standing) };
}

/** Everything that decides which parts there are. */
function shapeOf({ status, floors, targets, counts, verdict, day }: Standing): string {
  const parts = {
    status,
    floors: floors.map(({ ruleId }) => ruleId),
    targets: targets.map(({ met }) => met),
    counts: counts.map(({ met }) => met),
    verdict: verdict?.seq ?? 0,
    day: day?.key ?? '',
  };
  return digestOf(parts).slice(0, 16);
}

function positionsText(count: number, language: Language): string {
  if (count === 0) return sentence(language, 'positionsNone');
  if (count === 1) return sentence(language, 'positionsOne');
  return sentence(language, 'positionsMany', { count: localCount(count, language) });
}

function hasEnded({ status }: Standing): boolean {
  return status === 'failed' || status === 'passed' || status === 'closed';
}

function endsText(standing: Standing, language: Language): string {
  if (hasEnded(standing)) return sentence(language, 'endsOver');
  const { nearest, currency } = standing;
  if (!nearest) return sentence(language, 'endsNothing');
  const rule = ruleName(language, nearest.kind);
  const floor = localMoney(nearest.floor, currency, language);
  if (nearest.headroom < 0) return sentence(language, 'endsUnder', { floor, rule });
  const headroom = localMoney(nearest.headroom, currency, language);
  return sentence(language, 'endsAt', { floor, headroom, rule });
}

function floorText(
  { floor, headroom }: StandingFloor,
  currency: string,
  language: Language,
): string {
  const money = (amount: number): string => localMoney(amount, currency, language);
  if (headroom < 0) {
    return sentence(language, 'limitUnder', { amount: money(-headroom), floor: money(floor) });
  }
  return sentence(language, 'limitOf', { headroom: money(headroom), floor: money(floor) });
}

function payoutText({ payout, currency, asOf }: Standing, language: Language): string {
  if (!payout) return sentence(language, 'payoutNone');
  if (payout.eligible) {
    const amount = localMoney(payout.trader, currency, language);
    return sentence(language, 'payoutNow', { amount });
  }
  if (payout.eligibleFrom === null) return sentence(language, 'payoutAfterTrade');
  if (payout.eligibleFrom <= asOf) return sentence(language, 'payoutNotYet');
  return sentence(language, 'payoutFrom', { date: localDate(payout.eligibleFrom, language) });
}

/** The whole page. */
export function standingPage(standing: Standing, language: Language, frame: PageFrame): string {
  const live = livePart(standing, language);
  const say = (key: SentenceKey, values?: Readonly<Record<string, string>>): string =>
    escaped(sentence(language, key, values));
  const slot = (name: string): string =>
    `<span data-text="${name}">${escaped(live.texts[name] ?? '')}</span>`;
  const bar = (name: string, label: string, low: boolean): string => {
    const shared = `data-bar="${name}" aria-label="${escaped(label)}" max="1000"`;
    const value = `value="${live.bars[name] ?? 0}"`;
    return low
      ? `<meter ${shared} min="0" low="200" optimum="1000" ${value}></meter>`
      : `<progress ${shared} ${value}></progress>`;
  };
  const rule = (kind: string): string => ruleName(language, kind);
  const title = sentence(language, 'title', { account: standing.accountId });
  return wholePage(
    { language, title, frame, live },
    [
      `<h1>${escaped(title)}</h1>`,
      `<p class="program">${escaped(standing.program)} · ${escaped(standing.phase)}</p>`,
      `<p class="status status-${standing.status}">${slot('status')}</p>`,
      section(say('endsTitle'), [
        `<p class="ends">${slot('ends')}</p>`,
        standing.day && !hasEnded(standing)
          ? `<p>${say('endsDay', { time: localTime(standing.day.closesAt, language) })}</p>`
          : '',
      ]),
      '<dl class="figures">',
      `<div><dt>${say('equity')}</dt><dd>${slot('equity')}</dd></div>`,
      `<div><dt>${say('balance')}</dt><dd>${slot('balance')}</dd></div>`,
      '</dl>',
      `<p>${slot('positions')}</p>`,
      standing.floors.length === 0
        ? ''
        : section(
            say('limitsTitle'),
            standing.floors.map(
              ({ kind }, at) =>
                `<div class="line"><h3>${escaped(rule(kind))}</h3><p>${slot(`floor-${at}`)}</p>` +
                `${bar(`floor-${at}`, rule(kind), true)}</div>`,
            ),
          ),
      section(say('targetsTitle'), todoLines(standing, { slot, bar, rule, say })),
      section(say('payoutTitle'), [`<p>${slot('payout')}</p>`]),
      section(say('verdictTitle'), verdictLines(standing, { language, frame, rule, say })),
      `<p class="as-of">${slot('asOf')}</p>`,
      `<p class="link" role="status" data-link data-live="${say('live')}" data-stale="${say('stale')}"></p>`,
      `<p class="notice">${say('notice', { time: localTime(frame.expiresAt, language) })}</p>`,
    ].join('\n'),
  );
}

interface Words {
  slot(name: string): string;
  bar(name: string, label: string, low: boolean): string;
  rule(kind: string): string;
  say(key: SentenceKey, values?: Readonly<Record<string, string>>): string;
}

function todoLines({ targets, counts }: Standing, { slot, bar, rule, say }: Words): string[] {
  const line = (name: string, kind: string, met: boolean): string =>
    `<div class="line"><h3>${escaped(rule(kind))}</h3>` +
    `<p>${slot(name)}${met ? ` <b class="done">✓ ${say('done')}</b>` : ''}</p>` +
    `${bar(name, rule(kind), false)}</div>`;
  const lines = [
    ...targets.map(({ kind, met }, at) => line(`target-${at}`, kind, met)),
    ...counts.map(({ kind, met }, at) => line(`count-${at}`, kind, met)),
  ];
  return lines.length === 0 ? [`<p>${say('nothingToDo')}</p>`] : lines;
}

const VERDICT_SENTENCE = {
  breachDetected: 'verdictBreach',
  warningRaised: 'verdictWarning',
  conductFlagged: 'verdictFlag',
  objectiveMet: 'verdictMet',
} as const;

function verdictLines(
  { verdict }: Standing,
  {
    language,
    frame,
    rule,
    say,
  }: Pick<Words, 'rule' | 'say'> & { readonly language: Language; readonly frame: PageFrame },
): string[] {
  if (!verdict) return [`<p>${say('verdictNone')}</p>`];
  const { kind, ruleKind, at, seq } = verdict;
  const values = { rule: rule(ruleKind), time: localTime(at, language) };
  return [
    `<p>${say(VERDICT_SENTENCE[kind], values)}</p>`,
    `<p><a href="${frame.path}/evidence/${seq}" download>${say('evidence')}</a><br>` +
      `<small>${say('evidenceHow')}</small></p>`,
  ];
}

function section(title: string, parts: readonly string[]): string {
  return `<section><h2>${title}</h2>${parts.join('')}</section>`;
}

/** A page that only says why there is nothing to see. */
export function refusalPage(key: 'gone' | 'busy', language: Language, firm: string): string {
  const text = sentence(language, key);
  return wholePage(
    { language, title: text, frame: { firm, path: '', expiresAt: 0 }, live: null },
    `<h1>${escaped(text)}</h1>`,
  );
}

function wholePage(
  page: {
    readonly language: Language;
    readonly title: string;
    readonly frame: PageFrame;
    readonly live: LivePart | null;
  },
  content: string,
): string {
  const { language, title, frame, live } = page;
  const languages = LANGUAGES.map(
    (one) =>
      `<a href="${frame.path}?lang=${one}" lang="${one}" hreflang="${one}"` +
      `${one === language ? ' aria-current="true"' : ''}>${LANGUAGE_NAMES[one]}</a>`,
  );
  const follows = live
    ? ` data-follow="${frame.path}/live?lang=${language}" data-shape="${live.shape}"`
    : '';
  return [
    '<!doctype html>',
    `<html lang="${language}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escaped(title)}</title>`,
    '<link rel="stylesheet" href="/standing/style.css">',
    ...(live ? ['<script src="/standing/live.js" defer></script>'] : []),
    '</head>',
    `<body${follows}>`,
    `<header><b>${escaped(frame.firm)}</b>`,
    live
      ? `<nav aria-label="${escaped(sentence(language, 'language'))}">${languages.join(' ')}</nav>`
      : '',
    '</header>',
    `<main>${content}</main>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
