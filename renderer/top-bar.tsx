import { useEffect, useState, type ReactElement } from 'react';
import type { RendererClient } from './desk/client.ts';
import { usePreferences } from './store/preferences.ts';
import { useSession } from './store/session.ts';
import type { Profile, Pulse } from '#core/sync/protocol.ts';
import { roleText } from './ui/roles.ts';
import { dateTimeText, timeText, zonesText } from './ui/format.ts';
import { openOverlay } from './store/overlay.ts';
import { nextTheme } from './workspace/keys.ts';
import { useWaiting } from './workspace/notices.tsx';

const GLYPH = { live: '●', stale: '▲', offline: '■', connecting: '○', refused: '✖' } as const;
const WORD = {
  live: 'Live',
  stale: 'Stale',
  offline: 'Offline',
  connecting: 'Connecting',
  refused: 'Refused',
} as const;
const MARKET_LAG_SHOWN_MS = 60_000;

/** How true the screen is: never a colour alone, never a guess. */
export function TopBar({ client }: { readonly client: RendererClient }): ReactElement {
  const { linked, lostAt, connection, pulse, person } = useSession();
  const { theme, set } = usePreferences();
  const now = useSecond();
  const state = linked ? (connection?.state ?? 'connecting') : 'offline';
  const offset = connection?.clockOffsetMs ?? 0;
  const since = linked ? connection?.since : lostAt;
  const age =
    since === undefined || since === null ? 0 : Math.max(0, Math.floor((now - since) / 1000));
  const serverNow = connection?.clockOffsetMs === null || state !== 'live' ? null : now + offset;
  return (
    <header className="top-bar">
      <h1>Propdesk</h1>
      <span
        hidden={person === null && state === 'refused'}
        className={`connection connection-${state}`}
        role="status"
        data-state={state}
      >
        <span aria-hidden="true">{GLYPH[state]}</span> {WORD[state]}
        {state !== 'live' && connection && ` for ${age} s`}
      </span>
      {serverNow !== null && (
        <span className="fact" title={zonesText(serverNow)}>
          {timeText(serverNow)} UTC
        </span>
      )}
      <MarketTime pulse={pulse} />
      {person && <Followed lastSeq={connection?.lastSeq} onFeeds={() => openOverlay('feeds')} />}
      <span className="spacer" />
      {person && <Ways />}
      {person && <Who client={client} person={person} />}
      <button
        type="button"
        className="quiet"
        onClick={() => set({ theme: nextTheme(theme) })}
        title="Theme (T); more with ,"
      >
        {{ system: '◐ Auto', dark: '● Dark', light: '○ Light', contrast: '◑ Contrast' }[theme]}
      </button>
      {person && (
        <button
          type="button"
          className="quiet"
          aria-label="Keys"
          onClick={() => openOverlay('keys')}
          title="Keys (?)"
        >
          ?
        </button>
      )}
    </header>
  );
}

/** The ways to anything and to what waits. */
function Ways(): ReactElement {
  const waiting = useWaiting();
  return (
    <>
      <button
        type="button"
        className="top-search"
        onClick={() => openOverlay('palette')}
        title="Views, verbs, accounts, traders (Ctrl+K)"
      >
        Go to or do <kbd>Ctrl K</kbd>
      </button>
      <button
        type="button"
        className="quiet top-notices"
        onClick={() => openOverlay('notices')}
        title="What waits for you (I)"
      >
        Waiting {waiting > 0 && <span className="pill">{waiting > 99 ? '99+' : waiting}</span>}
      </button>
    </>
  );
}

/** The prices' own time, where it is not now. */
function MarketTime({ pulse }: { readonly pulse: Pulse | null }): ReactElement | null {
  const marketAt = pulse?.marketAt ?? null;
  if (pulse === null || marketAt === null) return null;
  if (Math.abs(pulse.serverAt - marketAt) <= MARKET_LAG_SHOWN_MS) return null;
  return (
    <span className="fact" title="The prices are a recording: this is their own time">
      Market {dateTimeText(marketAt)}
    </span>
  );
}

/** How far this desk has followed, and how its prices come in. */
function Followed({
  lastSeq,
  onFeeds,
}: {
  readonly lastSeq: number | undefined;
  readonly onFeeds: () => void;
}): ReactElement {
  return (
    <>
      <span className="fact" title="Number of the last fact received">
        Fact {lastSeq?.toLocaleString('en') ?? '–'}
      </span>
      <FeedsButton onFeeds={onFeeds} />
    </>
  );
}

/** Who acts here, and the way out: of this desk, or of all. */
function Who({
  client,
  person,
}: {
  readonly client: RendererClient;
  readonly person: Profile;
}): ReactElement {
  const [open, setOpen] = useState(false);
  const leave = (everywhere: boolean): void => {
    setOpen(false);
    void client.call('session.signOut', { everywhere });
  };
  return (
    <span className="who">
      <button
        type="button"
        className="quiet fact"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {person.name} <small>{person.roles.map(roleText).join(', ')}</small>
      </button>
      {open && (
        <span className="who-menu">
          <button type="button" onClick={() => leave(false)}>
            Sign out
          </button>
          <button type="button" onClick={() => leave(true)}>
            Sign out everywhere
          </button>
        </span>
      )}
    </span>
  );
}

/** How the prices come in, in a few words; opens the whole picture. */
function FeedsButton({ onFeeds }: { readonly onFeeds: () => void }): ReactElement {
  const pulse = useSession((session) => session.pulse);
  const live = useSession((session) => session.linked && session.connection?.state === 'live');
  const down = (pulse?.feeds ?? []).filter(({ state }) => state === 'stale' || state === 'silent');
  const refused = pulse?.quarantined ?? 0;
  return (
    <button
      type="button"
      className="quiet fact"
      onClick={onFeeds}
      title="Feeds and refused records (F)"
    >
      {pulse && live ? `${pulse.marksPerSecond} marks/s · ${pulse.platform}` : 'Feeds'}
      {pulse && !live && <b className="feed-stale"> ▲ no prices</b>}
      {live && down.length > 0 && <b className="feed-stale"> ▲ {down.length} stale</b>}
      {refused > 0 && <b className="feed-stale"> {refused} refused</b>}
    </button>
  );
}

/** Above the grid whenever what it shows is not live. */
export function TruthBanner({ client }: { readonly client: RendererClient }): ReactElement | null {
  const { linked, connection } = useSession();
  if (linked && (connection?.state === 'live' || connection === null)) return null;
  const asOf = connection?.asOf
    ? `What you see is from ${dateTimeText(connection.asOf)} UTC.`
    : 'Nothing has been received yet.';
  const why = linked
    ? (connection?.message ?? '')
    : 'This page cannot reach its desk; it tries again by itself.';
  return (
    <p className="truth" role="alert">
      <b>Not live.</b> {asOf} {why}
      {linked && connection?.otherLog === true && (
        <button type="button" onClick={() => void client.call('session.startOver', {})}>
          Forget what this desk kept and follow this server
        </button>
      )}
    </p>
  );
}

function useSecond(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
