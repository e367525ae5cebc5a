import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { OrderRow } from '#core/desk-api/order-calls.ts';

export type OrderList = DeskCallOutput<'orders.list'>;
export type SpanFigures = OrderList['figures'][number];

/** A shape and a word: never a colour alone. */
export const STATE_TEXT: Readonly<Record<OrderRow['state'], string>> = {
  received: '○ Received',
  assigned: '○ Rules assigned',
  asked: '◔ Platform asked',
  created: '◑ Account open',
  credentialsSent: '◕ Link sent',
  credentialsOpened: '● Link opened',
  firstTraded: '✔ Trading',
  failed: '▲ Stands still',
  cancelled: '– Cancelled',
  reversed: '✖ Money back',
};

export const KIND_TEXT: Readonly<Record<OrderRow['kind'], string>> = {
  purchase: 'Purchase',
  reset: 'Reset',
  upgrade: 'Upgrade',
  addOn: 'Add-on',
};

export const STAGE_TEXT = {
  assign: 'which rules it opens under',
  create: 'opening the account',
  deliver: 'handing over the password',
  review: 'somebody has to look',
} as const;

/** What failures are called, by the step that is told. */
export const STEP_GLYPH: Readonly<Record<string, string>> = {
  failed: '▲',
  refund: '✖',
  chargeback: '✖',
  won: '✔',
  cancelled: '–',
  retried: '↻',
};

export const SPAN_TEXT: Readonly<Record<SpanFigures['span'], string>> = {
  created: 'Purchase to account',
  credentialsSent: 'Purchase to link sent',
  credentialsOpened: 'Purchase to link opened',
  firstTraded: 'Purchase to first trade',
};

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "0.8 s", "12 s", "3 min 5 s", "2 h 10 min", "4 d 3 h": two units at the most. */
export function durationText(ms: number): string {
  if (ms < 10 * SECOND_MS)
    return `${Math.floor(ms / SECOND_MS)}.${Math.floor((ms % SECOND_MS) / 100)} s`;
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return two(ms, MINUTE_MS, 'min', SECOND_MS, 's');
  if (ms < DAY_MS) return two(ms, HOUR_MS, 'h', MINUTE_MS, 'min');
  return two(ms, DAY_MS, 'd', HOUR_MS, 'h');
}

function two(ms: number, large: number, one: string, small: number, other: string): string {
  const rest = Math.floor((ms % large) / small);
  const whole = `${Math.floor(ms / large)} ${one}`;
  return rest === 0 ? whole : `${whole} ${rest} ${other}`;
}

/** How a figure stands to the time before: shorter is better. */
export function deltaText({ value, baseline }: SpanFigures['p50']): {
  readonly text: string;
  readonly tone: 'better' | 'worse' | 'quiet-text';
} {
  if (value === null || baseline === null) return { text: '', tone: 'quiet-text' };
  if (value === baseline) return { text: '= as before', tone: 'quiet-text' };
  const better = value < baseline;
  return {
    text: `${better ? '▼' : '▲'} ${durationText(Math.abs(value - baseline))}`,
    tone: better ? 'better' : 'worse',
  };
}
