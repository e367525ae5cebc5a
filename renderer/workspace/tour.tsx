import { useEffect, useRef, useState, type ReactElement } from 'react';
import { usePreferences } from '../store/preferences.ts';
import { openOverlay } from '../store/overlay.ts';

interface Stop {
  /** What it points at; nothing when that is not on screen. */
  readonly at: string;
  readonly title: string;
  readonly says: string;
}

const STOPS: readonly Stop[] = [
  {
    at: '.connection',
    title: 'How true the screen is',
    says:
      'Live, stale or offline: never guessed. Without its server this desk goes on with what it ' +
      'knew, says so, and sends what you decided once it is back.',
  },
  {
    at: '.rail',
    title: 'Views',
    says:
      'Every view is a workspace with a key of its own: 1 to 9, or G and a letter. A number ' +
      'beside a name is what waits for you there.',
  },
  {
    at: '.top-search',
    title: 'Anything by its name',
    says:
      'Ctrl+K finds views, verbs of what is in front, accounts and traders. Whoever knows one ' +
      'key knows this one.',
  },
  {
    at: '.dock',
    title: 'Panels',
    says:
      'Drag a panel by its tab, dock more of them with Ctrl+K, give one a window of its own ' +
      'with Alt+O. It stays as you leave it; Alt+Z takes a step back.',
  },
  {
    at: '.top-notices',
    title: 'What waits for you',
    says:
      'What came while you were away, approvals you may decide, cases that are overdue. The ' +
      'firm you see is invented: try everything, nobody is paid.',
  },
];

/** The offer, once: a line that is in nobody's way. */
export function TourOffer(): ReactElement | null {
  const { toured, set } = usePreferences();
  if (toured) return null;
  return (
    <aside className="tour-offer" aria-label="First time here">
      <span>
        First time here? Five stops show how this window works; all of it goes by keyboard, too.
      </span>
      <button
        type="button"
        onClick={() => {
          set({ toured: true });
          openOverlay('tour');
        }}
      >
        Take the tour
      </button>
      <button type="button" className="quiet" onClick={() => set({ toured: true })}>
        No, thank you
      </button>
    </aside>
  );
}

/** One stop after the other, beside what it speaks of; Escape ends it. */
export function Tour(): ReactElement {
  const [at, setAt] = useState(0);
  const next = useRef<HTMLButtonElement | null>(null);
  const before = useRef<Element | null>(document.activeElement);
  const stop = STOPS[at];
  useEffect(() => next.current?.focus(), [at]);
  useEffect(() => {
    const { current } = before;
    return () => {
      if (current instanceof HTMLElement) current.focus();
    };
  }, []);
  useEffect(() => {
    const target = document.querySelector(stop?.at ?? '');
    target?.classList.add('toured');
    return () => target?.classList.remove('toured');
  }, [stop]);
  if (!stop) return <></>;
  const isLast = at === STOPS.length - 1;
  return (
    <dialog open className="sheet small tour" aria-label="Tour" tabIndex={-1}>
      <h2>
        {stop.title}{' '}
        <small>
          {at + 1} of {STOPS.length}
        </small>
      </h2>
      <p aria-live="polite">{stop.says}</p>
      <p className="row">
        <button
          ref={next}
          type="button"
          className="primary"
          onClick={() => (isLast ? openOverlay(null) : setAt(at + 1))}
        >
          {isLast ? 'Done' : 'Next'}
        </button>
        {at > 0 && (
          <button type="button" onClick={() => setAt(at - 1)}>
            Back
          </button>
        )}
        {!isLast && (
          <button type="button" className="quiet" onClick={() => openOverlay(null)}>
            Skip (Esc)
          </button>
        )}
      </p>
    </dialog>
  );
}
