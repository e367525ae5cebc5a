import { useEffect, useRef, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';
import { dateTimeText } from './format.ts';

/** What others did since a form was opened. */
export interface FormNews {
  readonly seq: number;
  readonly at: number;
  readonly by: string;
  readonly says: string;
}

/** How sending stands: what a form shows of it. */
export interface FormActing {
  /** While there is news, nothing is sent. */
  readonly meanwhile: { readonly news: readonly FormNews[]; readonly moreOfTheSame: number };
  /** The person has looked at it. */
  seen(): void;
  readonly busy: boolean;
  /** Why it was refused; empty when it was not. */
  readonly said: string;
}

const FOCUSABLE =
  'input:not(:disabled), select:not(:disabled), textarea:not(:disabled), button:not(:disabled)';

/**
 * A form that lies over no evidence: it opens above the page, keeps the focus while it is open,
 * sends with Ctrl+Enter and closes with Esc. What others did meanwhile is shown before anything is
 * sent.
 */
export function ActForm({
  title,
  send,
  ready,
  acting,
  onSend,
  onClose,
  footer,
  aside,
  children,
}: {
  readonly title: string;
  /** What the button says. */
  readonly send: string;
  /** Why it cannot be sent yet; empty when it can. */
  readonly ready: string;
  readonly acting: FormActing;
  readonly onSend: () => void;
  readonly onClose: () => void;
  readonly footer?: ReactNode;
  /** What the person should see while deciding. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  const holder = useRef<HTMLDivElement | null>(null);
  const { news, moreOfTheSame } = acting.meanwhile;
  useEffect(() => {
    const before = document.activeElement;
    const inside = holder.current?.querySelector<HTMLElement>('[data-first]');
    (inside ?? firstOf(holder.current))?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const submit = (): void => {
    if (news.length > 0) acting.seen();
    else if (ready === '' && !acting.busy) onSend();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    }
    if (event.key === 'Tab') keepFocus(event, holder.current);
  };
  return (
    <div ref={holder} className="act-form" role="dialog" aria-label={title} onKeyDown={onKey}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <header>
          <h3>{title}</h3>
          <span className="spacer" />
          <button type="button" className="quiet" onClick={onClose}>
            Close (Esc)
          </button>
        </header>
        {news.length > 0 && <News entries={news} />}
        <div className={aside ? 'act-columns' : ''}>
          <div>{children}</div>
          {aside && <div className="act-aside">{aside}</div>}
        </div>
        <footer>
          <button
            type="submit"
            className="primary"
            disabled={acting.busy || (ready !== '' && news.length === 0)}
          >
            {news.length > 0 ? 'I have seen it, go on' : send} (Ctrl+Enter)
          </button>
          {footer}
          {moreOfTheSame > 0 && (
            <span className="quiet-text">
              Surveillance saw more of the same since, {moreOfTheSame}×.
            </span>
          )}
          <span role="status" className={acting.said === '' ? 'quiet-text' : 'failure'}>
            {acting.said !== '' ? acting.said : acting.busy ? 'Sending…' : ready}
          </span>
        </footer>
      </form>
    </div>
  );
}

function News({ entries }: { readonly entries: readonly FormNews[] }): ReactElement {
  return (
    <div className="meanwhile" role="alert">
      <b>▲ Meanwhile, here:</b>
      <ul>
        {entries.map(({ seq, at, by, says }) => (
          <li key={seq}>
            {dateTimeText(at)} <b>{by}</b> {says}
          </li>
        ))}
      </ul>
      <p>What you wrote is kept. Look at it, then go on.</p>
    </div>
  );
}

function firstOf(holder: HTMLElement | null): HTMLElement | undefined {
  return [...(holder?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])].find(
    (one) => !one.closest('header'),
  );
}

/** Tab goes round within the form: a decision that is half made is not lost by a slip. */
function keepFocus(event: KeyboardEvent, holder: HTMLElement | null): void {
  const all = [...(holder?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])];
  const [first, last] = [all[0], all.at(-1)];
  const { activeElement } = document;
  if (event.shiftKey && activeElement === first) {
    event.preventDefault();
    last?.focus();
  } else if (!event.shiftKey && activeElement === last) {
    event.preventDefault();
    first?.focus();
  }
}

/** A text with its label above, and how much of it is left when that is little. */
export function TextField({
  id,
  label,
  value,
  max,
  first = false,
  rows = 2,
  recent = [],
  onChange,
}: {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly max: number;
  readonly first?: boolean;
  readonly rows?: number;
  /** What was written here lately: ↑ in an empty field brings it back. */
  readonly recent?: readonly string[];
  readonly onChange: (value: string) => void;
}): ReactElement {
  const at = useRef(-1);
  const recall = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowUp' || recent.length === 0) return;
    if (value !== '' && value !== recent[at.current]) return;
    event.preventDefault();
    at.current = (at.current + 1) % recent.length;
    onChange(recent[at.current] ?? '');
  };
  return (
    <p className="act-field">
      <label htmlFor={id}>
        {label}
        {value.length > max - 100 && <small> {max - value.length} letters left</small>}
        {recent.length > 0 && value === '' && <small> ↑ as last time</small>}
      </label>
      <textarea
        id={id}
        rows={rows}
        maxLength={max}
        value={value}
        data-first={first || undefined}
        onKeyDown={recall}
        onChange={(event) => onChange(event.target.value)}
      />
    </p>
  );
}

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly text: string;
  readonly hint?: string;
  /** Why it cannot be chosen; empty or absent when it can. */
  readonly whyNot?: string;
}

/** One of a few: by digit, by arrow or by mouse. */
export function DigitChoice<Value extends string>({
  label,
  name,
  choices,
  value,
  onChange,
}: {
  readonly label: string;
  readonly name: string;
  readonly choices: readonly Choice<Value>[];
  readonly value: Value | null;
  readonly onChange: (value: Value, by: 'digit' | 'other') => void;
}): ReactElement {
  const byDigit = (event: KeyboardEvent): void => {
    const choice = /^[1-9]$/.test(event.key) ? choices[Number(event.key) - 1] : undefined;
    if (!choice || (choice.whyNot ?? '') !== '' || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    onChange(choice.value, 'digit');
  };
  return (
    <fieldset className="digit-choice" onKeyDown={byDigit}>
      <legend>{label}</legend>
      {choices.map(({ value: one, text, hint, whyNot = '' }, at) => (
        <label key={one} className={whyNot === '' ? '' : 'dead'} title={whyNot}>
          <input
            type="radio"
            name={name}
            checked={value === one}
            disabled={whyNot !== ''}
            onChange={() => onChange(one, 'other')}
          />
          <kbd>{at + 1}</kbd> <span>{text}</span>
          {(hint ?? whyNot) !== '' && <small>{whyNot === '' ? hint : whyNot}</small>}
        </label>
      ))}
    </fieldset>
  );
}
