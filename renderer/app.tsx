import { useEffect, useState, type ReactElement } from 'react';
import type { RendererClient } from './desk/client.ts';
import {
  AccountDetail,
  AccountGrid,
  AlertFeed,
  Alerts,
  Audit,
  BookShocks,
  Exposure,
  Feeds,
  FraudQueue,
  Payouts,
  People,
  Programs,
  SignIn,
} from './panels/index.ts';
import { goTo, usePlace, type View } from './store/place.ts';
import { usePreferences } from './store/preferences.ts';
import { useSession } from './store/session.ts';
import { nextTheme, TopBar, TruthBanner } from './top-bar.tsx';
import { Sheet } from './ui/sheet.tsx';
import { Splitter } from './ui/splitter.tsx';

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'Search accounts'],
  ['↑ ↓ ← →', 'Move in the grid'],
  ['Enter', 'Open the account'],
  ['Ctrl+C / Alt+C', 'Copy the cell / the row'],
  ['Alt+1 … Alt+5', 'The pages of the open account'],
  ['N', 'Go to the newest alert'],
  ['A', 'Acknowledge the alert or the group in focus'],
  ['→ ←', 'Unfold and fold the group of alerts in focus'],
  ['1 … 9', 'Risk desk, book what-if, programs, approvals, people, audit, exposure, cases, alerts'],
  ['J K', 'Next and previous in the queue of approvals'],
  ['A R H L', 'Approve, reject, hold, release the open proposal'],
  ['Q D', 'Ask the trader, deduct trades'],
  ['G', 'Take, lock and open the most urgent free case'],
  ['J K \\', 'Next and previous case; hide the list of cases'],
  ['C S Z', 'Claim or give back, assign, snooze the case'],
  ['D W X', 'Dismiss, warn, propose a consequence'],
  ['N E', 'Write a note, escalate'],
  ['M P R V', 'Merge, split, reopen, answer a blind review'],
  ['1 … 9, ↑, Ctrl+Enter', 'In a form: choose, reason as last time, send and go on'],
  ['[ ] J K', 'In exposure: other slice, next and previous row; X is toxicity'],
  ['C H W L P', 'Concentration, holders, shocks, limits; propose a limit'],
  ['F', 'Feeds and refused records'],
  ['T', 'Change the theme'],
  ['Esc', 'Close what was opened last'],
  ['?', 'These keys'],
];

const VIEW_KEYS: Readonly<Record<string, View>> = {
  1: 'risk',
  2: 'shocks',
  3: 'programs',
  4: 'approvals',
  5: 'people',
  6: 'audit',
  7: 'exposure',
  8: 'cases',
  9: 'alerts',
};

/** Views that take the whole window. */
const WHOLE: Readonly<
  Record<string, (props: { readonly client: RendererClient }) => ReactElement>
> = {
  programs: Programs,
  shocks: BookShocks,
  approvals: Payouts,
  people: People,
  audit: Audit,
  exposure: Exposure,
  cases: FraudQueue,
  alerts: Alerts,
};

/** The window: accounts on the left, alerts on the right, one account below when it is open. */
export function App({ client }: { readonly client: RendererClient }): ReactElement {
  const selected = useSession((session) => session.selected);
  const person = useSession((session) => session.person);
  const live = useSession((session) => session.linked && session.connection?.state === 'live');
  const preferences = usePreferences();
  const [view] = usePlace();
  const [sheet, setSheet] = useState<'feeds' | 'keys' | null>(null);
  useTheme(preferences.theme);
  useKeys(setSheet);
  const columns = `minmax(0, 1fr) 5px ${preferences.feedWidth}px`;
  if (person === null) {
    return (
      <div className="app">
        <TopBar client={client} onFeeds={() => {}} onHelp={() => {}} />
        <SignIn client={client} />
      </div>
    );
  }
  const Whole = WHOLE[view ?? ''];
  return (
    <div className={live ? 'app' : 'app not-live'}>
      <TopBar client={client} onFeeds={() => setSheet('feeds')} onHelp={() => setSheet('keys')} />
      <TruthBanner client={client} />
      {Whole && (
        <main className="whole">
          <Whole client={client} />
        </main>
      )}
      <main style={{ gridTemplateColumns: columns }} hidden={Whole !== undefined}>
        <div
          className="left"
          style={
            selected
              ? { gridTemplateRows: `minmax(120px, 1fr) 5px ${preferences.detailHeight}px` }
              : {}
          }
        >
          <AccountGrid client={client} />
          {selected && (
            <Splitter
              direction="row"
              size={preferences.detailHeight}
              onSize={(detailHeight) => preferences.set({ detailHeight })}
            />
          )}
          {selected && <AccountDetail client={client} accountId={selected} />}
        </div>
        <Splitter
          direction="column"
          size={preferences.feedWidth}
          onSize={(feedWidth) => preferences.set({ feedWidth })}
        />
        <AlertFeed client={client} />
      </main>
      {sheet === 'feeds' && <Feeds client={client} onClose={() => setSheet(null)} />}
      {sheet === 'keys' && <Keys onClose={() => setSheet(null)} />}
    </div>
  );
}

function Keys({ onClose }: { readonly onClose: () => void }): ReactElement {
  return (
    <Sheet small label="Keys">
      <header className="panel-head">
        <h2>Keys</h2>
        <span className="spacer" />
        <button type="button" className="quiet" onClick={onClose}>
          Close (Esc)
        </button>
      </header>
      <dl className="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}

function useTheme(theme: 'system' | 'dark' | 'light'): void {
  useEffect(() => {
    const media = matchMedia('(prefers-color-scheme: light)');
    const apply = (): void => {
      const light = theme === 'light' || (theme === 'system' && media.matches);
      document.documentElement.dataset.theme = light ? 'light' : 'dark';
      document.documentElement.dataset.agThemeMode = light ? 'light' : 'dark';
    };
    apply();
    media.addEventListener('change', apply);
    return () => media.removeEventListener('change', apply);
  }, [theme]);
}

/** Closes the sheet that lies on top, if one does. */
function closeSheet(setSheet: (sheet: null) => void): boolean {
  const open = document.querySelector('dialog.sheet') !== null;
  if (open) setSheet(null);
  return open;
}

function useKeys(setSheet: (sheet: 'feeds' | 'keys' | null) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing =
        event.target instanceof HTMLElement &&
        /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (event.key === 'Escape') {
        if (typing) (event.target as HTMLElement).blur();
        else if (!closeSheet(setSheet)) useSession.getState().select(null);
      }
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === '/') {
        event.preventDefault();
        document.getElementById('search')?.focus();
      }
      const view = VIEW_KEYS[event.key];
      if (view) goTo(view);
      if (event.key === 'f') setSheet('feeds');
      if (event.key === 'n') document.querySelector<HTMLElement>('.alert-main')?.focus();
      if (event.key === '?') setSheet('keys');
      const { theme, set } = usePreferences.getState();
      if (event.key === 't') set({ theme: nextTheme(theme) });
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [setSheet]);
}
