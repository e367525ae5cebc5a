import { useState, type FormEvent, type ReactElement } from 'react';
import {
  EXPOSURE_MEASURES,
  exposureLimitsSchema,
  type ExposureLimit,
  type ExposureLimits,
  type ExposurePlace,
} from '#core/exposure/limits.ts';
import { FIRM_KEY, grossOf, netOf, SLICES, type SliceName } from '#core/exposure/slices.ts';
import { rowOfWire, type ExposureView } from '#core/exposure/view.ts';
import { MONEY_DECIMALS, moneyText, mulDivFloor, parseDecimal } from '#core/money/money.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { MEASURE_TITLES, SLICE_TITLES } from './words.ts';

/** A change of limits as it is begun: perhaps with a limit for a part of the book. */
export interface LimitDraft {
  readonly add: ExposurePlace | null;
}

/** A limit as a person writes it: every field is text until it is read. */
interface Line {
  readonly id: string;
  readonly by: SliceName;
  /** Empty: each of them. */
  readonly key: string;
  readonly measure: ExposureLimit['measure'];
  readonly limit: string;
  /** Percent, with commas or spaces between. */
  readonly warnAt: string;
}

const ROOM_PER_MILLE = 1_250;
const MILLION = 1_000_000_0000;

/** All limits at once, as they would be: a person proposes them, another signs. */
export function LimitEditor({
  client,
  view,
  draft,
  onDraft,
}: {
  readonly client: RendererClient;
  readonly view: ExposureView;
  readonly draft: LimitDraft;
  readonly onDraft: (draft: LimitDraft | null) => void;
}): ReactElement {
  const { inForce, decided } = view.limits;
  const [lines, setLines] = useState<readonly Line[]>(() => [
    ...(draft.add || inForce.limits.length === 0
      ? [lineFor(draft.add ?? { by: 'firm', key: FIRM_KEY }, view)]
      : []),
    ...inForce.limits.map(lineOf),
  ]);
  const [hysteresis, setHysteresis] = useState(String(inForce.hysteresis / 10));
  const [reason, setReason] = useState('');
  const [said, setSaid] = useState('');
  const change = (at: number, over: Partial<Line>): void =>
    setLines(lines.map((line, place) => (place === at ? { ...line, ...over } : line)));
  const read = readLines(lines, hysteresis, decided ? inForce.version + 1 : inForce.version);
  const propose = (event: FormEvent): void => {
    event.preventDefault();
    if (typeof read === 'string') return setSaid(read);
    void client
      .call('proposals.propose', {
        action: 'changeExposureLimits',
        params: { limits: read } as never,
        reason,
      })
      .then((reply) => {
        if (reply.ok) onDraft(null);
        else setSaid(reply.error.message);
      });
  };
  return (
    <form className="limit-editor" onSubmit={propose}>
      <div className="toolbar">
        <b>Propose limits</b>
        <span className="spacer" />
        <button
          type="button"
          onClick={() => setLines([lineFor({ by: 'firm', key: FIRM_KEY }, view), ...lines])}
        >
          Add a limit
        </button>
        <button type="button" className="quiet" onClick={() => onDraft(null)}>
          Leave it (Esc)
        </button>
      </div>
      <p className="limit-heads quiet-text" aria-hidden="true">
        <span>Measure</span>
        <span>Of</span>
        <span>Which</span>
        <span>Limit, USD</span>
        <span>Warn, %</span>
      </p>
      <ul>
        {lines.map((line, at) => (
          <li key={line.id}>
            <LineFields
              line={line}
              keys={keysOf(line.by, view)}
              onChange={(over) => change(at, over)}
              onRemove={() => setLines(lines.filter((_line, place) => place !== at))}
            />
          </li>
        ))}
      </ul>
      {lines.length === 0 && <p className="empty">No limits at all: nothing would be told of.</p>}
      <p className="field">
        <label htmlFor="hysteresis">Left only so many percent below its line</label>
        <input
          id="hysteresis"
          inputMode="decimal"
          value={hysteresis}
          onChange={(event) => setHysteresis(event.target.value)}
        />
      </p>
      <p className="field">
        <label htmlFor="limits-reason">Why</label>
        <input
          id="limits-reason"
          value={reason}
          maxLength={400}
          placeholder="For the person who signs, and for the log"
          onChange={(event) => setReason(event.target.value)}
        />
      </p>
      <p>
        <button
          type="submit"
          className="primary"
          disabled={typeof read === 'string' || reason.trim() === ''}
        >
          Propose {lines.length === 1 ? '1 limit' : `${lines.length} limits`}
        </button>{' '}
        <span role="status" className={said === '' ? 'quiet-text' : 'failure'}>
          {said || (typeof read === 'string' ? read : 'A second person signs it under Approvals.')}
        </span>
      </p>
    </form>
  );
}

function LineFields({
  line,
  keys,
  onChange,
  onRemove,
}: {
  readonly line: Line;
  readonly keys: readonly string[];
  readonly onChange: (over: Partial<Line>) => void;
  readonly onRemove: () => void;
}): ReactElement {
  const { id, by, key, measure, limit, warnAt } = line;
  const list = `keys-${id}`;
  return (
    <fieldset>
      <legend className="visually-hidden">
        {MEASURE_TITLES[measure]} of {SLICE_TITLES[by]} {key}
      </legend>
      <select
        aria-label="Measure"
        value={measure}
        onChange={(event) => onChange({ measure: event.target.value as Line['measure'] })}
      >
        {EXPOSURE_MEASURES.map((one) => (
          <option key={one} value={one}>
            {MEASURE_TITLES[one]}
          </option>
        ))}
      </select>
      <select
        aria-label="Of which slice"
        value={by}
        onChange={(event) => {
          const next = event.target.value as SliceName;
          onChange({ by: next, key: next === 'firm' ? FIRM_KEY : '' });
        }}
      >
        {SLICES.map((one) => (
          <option key={one} value={one}>
            {SLICE_TITLES[one]}
          </option>
        ))}
      </select>
      <input
        aria-label="Which, or empty for each"
        list={list}
        placeholder="each"
        value={key}
        disabled={by === 'firm'}
        onChange={(event) => onChange({ key: event.target.value })}
      />
      <datalist id={list}>
        {keys.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <input
        aria-label="Limit in USD"
        inputMode="decimal"
        className="number"
        value={limit}
        onChange={(event) => onChange({ limit: event.target.value })}
      />
      <input
        aria-label="Warn above, in percent of it"
        title="Warn above these percent of it, such as 75, 90"
        className="warn-at"
        value={warnAt}
        onChange={(event) => onChange({ warnAt: event.target.value })}
      />
      <button type="button" className="quiet" aria-label="Remove this limit" onClick={onRemove}>
        ✕
      </button>
    </fieldset>
  );
}

let counter = 0;
function freshId(): string {
  counter += 1;
  return `new-${counter}`;
}

function lineOf({ limitId, by, key, measure, limit, warnAt }: ExposureLimit): Line {
  const shares = warnAt.map((share) => share / 10).join(', ');
  return { id: limitId, by, key: key ?? '', measure, limit: amountText(limit), warnAt: shares };
}

/** Limits are round mostly: "24,000,000". */
function amountText(amount: number): string {
  return moneyText(amount).replace(/\.00$/, '');
}

/** A limit with some room above what is held now. */
function lineFor({ by, key }: ExposurePlace, view: ExposureView): Line {
  const wire = view.slices[by].find(([name]) => name === key);
  const row = wire && rowOfWire(wire);
  const held = row ? Math.max(Math.abs(netOf(row)), grossOf(row)) : 0;
  const room = mulDivFloor(held, ROOM_PER_MILLE, 1_000);
  const limit = Math.max(1, Math.ceil(room / MILLION)) * MILLION;
  return { id: freshId(), by, key, measure: 'gross', limit: amountText(limit), warnAt: '75, 90' };
}

function keysOf(by: SliceName, view: ExposureView): readonly string[] {
  return view.slices[by].map(([key]) => key);
}

/** The limits as they are written, or what is wrong with them. */
function readLines(
  lines: readonly Line[],
  hysteresis: string,
  version: number,
): ExposureLimits | string {
  const known = new Set(lines.map(({ id }) => id).filter((id) => !id.startsWith('new-')));
  const limits: ExposureLimit[] = [];
  for (const [at, line] of lines.entries()) {
    const amount = parseDecimal(line.limit.replaceAll(',', ''), MONEY_DECIMALS);
    if (!amount.ok) return `Line ${at + 1}: ${amount.error}`;
    const shares = line.warnAt.split(/[\s,;%]+/).filter((text) => text !== '');
    const warnAt = shares.map((text) => Math.round(Number(text) * 10));
    if (warnAt.some(Number.isNaN)) return `Line ${at + 1}: warnings are percent, such as 75, 90`;
    const { by, key, measure, id } = line;
    const limitId = id.startsWith('new-') ? nameFor(line, known) : id;
    known.add(limitId);
    limits.push({
      limitId,
      by,
      key: key === '' ? null : key,
      measure,
      limit: amount.value,
      warnAt,
    });
  }
  const percent = parseDecimal(hysteresis, 1);
  if (!percent.ok) return `Left below its line: ${percent.error}`;
  const parsed = exposureLimitsSchema.safeParse({ version, limits, hysteresis: percent.value });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const line = issue?.path[1];
  return typeof line === 'number' ? `Line ${line + 1}: ${issue?.message}` : `${issue?.message}`;
}

/** A name that says what it is of, and that no other limit has. */
function nameFor({ measure, by, key }: Line, known: ReadonlySet<string>): string {
  const plain = `${measure}-${by}${key === '' || by === 'firm' ? '' : `-${key}`}`.slice(0, 70);
  for (let again = 1; ; again += 1) {
    const name = again === 1 ? plain : `${plain}-${again}`;
    if (!known.has(name)) return name;
  }
}
