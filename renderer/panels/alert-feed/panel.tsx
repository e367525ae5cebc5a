import { useEffect, useState, type ReactElement } from 'react';
import type { Alert } from '#core/desk-api/contract.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { nameOf, useNames } from '#renderer/store/names.ts';
import { usePreferences } from '#renderer/store/preferences.ts';
import { loadOlderAlerts, onNewAlert, useSession } from '#renderer/store/session.ts';
import { beep } from '#renderer/ui/sound.ts';
import { timeText } from '#renderer/ui/format.ts';

const GLYPH = { hard: '✖', soft: '❚❚', warning: '▲', info: '✔' } as const;
const WORD = { hard: 'Breach', soft: 'Pause', warning: 'Warning', info: 'Objective' } as const;
const DOUBT: Readonly<Record<string, string>> = {
  crossed: 'crossed quote',
  offMarket: 'off-market print',
  afterGap: 'first print after a gap',
  vendorsDisagree: 'vendors disagree',
};
/** Rows drawn at first, and added by each "Show older". */
const ROWS_PAGE = 200;

/** Warnings and breaches, newest first, until a person has seen them. */
export function AlertFeed({ client }: { readonly client: RendererClient }): ReactElement {
  const alerts = useSession((session) => session.alerts);
  const unacknowledged = useSession((session) => session.unacknowledged);
  const [only, setOnly] = useState<'all' | 'open' | 'breaches'>('all');
  const [failure, setFailure] = useState('');
  const [rows, setRows] = useState(ROWS_PAGE);
  const [ended, setEnded] = useState(false);
  const preferences = usePreferences();
  useAnnouncements();
  const acknowledge = async (alert: Alert): Promise<void> => {
    const result = await client.call('alerts.acknowledge', { alertSeq: alert.seq, note: '' });
    setFailure(result.ok ? '' : result.error.message);
  };
  const older = async (): Promise<void> => {
    if (shown.length <= rows + ROWS_PAGE) setEnded(!(await loadOlderAlerts(client)));
    setRows(rows + ROWS_PAGE);
  };
  const shown = alerts.filter(({ severity, acknowledgement }) => {
    if (only === 'open') return acknowledgement === null && severity !== 'info';
    return only === 'all' || severity === 'hard' || severity === 'soft';
  });
  return (
    <section className="panel feed" aria-label="Breaches and warnings">
      <header className="panel-head">
        <h2>Breaches and warnings</h2>
        <span className="pill" title="Not acknowledged yet">
          {unacknowledged}
        </span>
        <span className="spacer" />
        <Toggle
          on={preferences.sound}
          label="Sound"
          text="Sound"
          onChange={(sound) => preferences.set({ sound })}
        />
        <Toggle
          on={preferences.notifications}
          label="Desktop notifications"
          text="Notify"
          onChange={(notifications) => {
            if (notifications) void Notification.requestPermission();
            preferences.set({ notifications });
          }}
        />
      </header>
      <div className="tabs" role="group" aria-label="Show">
        {(['all', 'open', 'breaches'] as const).map((choice) => (
          <button
            key={choice}
            type="button"
            aria-pressed={only === choice}
            onClick={() => setOnly(choice)}
          >
            {{ all: 'All', open: 'To acknowledge', breaches: 'Breaches' }[choice]}
          </button>
        ))}
      </div>
      {failure !== '' && <p className="failure">{failure}</p>}
      {shown.length === 0 && (
        <p className="empty">Nothing here. Breaches and warnings appear the moment they happen.</p>
      )}
      <ol className="alerts" tabIndex={-1}>
        {shown.slice(0, rows).map((alert) => (
          <AlertRow key={alert.seq} alert={alert} onAcknowledge={acknowledge} />
        ))}
        {(shown.length > rows || (!ended && alerts.length > 0)) && (
          <li>
            <button type="button" className="older" onClick={() => void older()}>
              Show older
            </button>
          </li>
        )}
      </ol>
    </section>
  );
}

function AlertRow({
  alert,
  onAcknowledge,
}: {
  readonly alert: Alert;
  readonly onAcknowledge: (alert: Alert) => Promise<void>;
}): ReactElement {
  const names = useNames();
  const select = useSession((session) => session.select);
  const { severity, acknowledgement, review } = alert;
  const open = acknowledgement === null && severity !== 'info';
  return (
    <li className={`alert alert-${severity} ${open ? 'open' : ''}`}>
      <button
        type="button"
        className="alert-main"
        onClick={() => select(alert.accountId)}
        onKeyDown={(event) => {
          if (event.key === 'a' && open) void onAcknowledge(alert);
        }}
      >
        <span className="alert-head">
          <span className={`glyph severity-${severity}`} aria-hidden="true">
            {GLYPH[severity]}
          </span>
          <b>{WORD[severity]}</b>
          <span className="who">
            {alert.traderName} · {alert.accountId}
          </span>
          <time>{timeText(alert.at)}</time>
        </span>
        <span className="sentence">{alert.sentence}</span>
        {review.length > 0 && (
          <span className="review">
            Needs review: {review.map((doubt) => DOUBT[doubt] ?? doubt).join(', ')}
          </span>
        )}
      </button>
      {open ? (
        <button
          type="button"
          className="ack"
          title="Acknowledge (A)"
          onClick={() => void onAcknowledge(alert)}
        >
          Acknowledge
        </button>
      ) : (
        acknowledgement && (
          <span className={`acked ${acknowledgement.state}`}>
            {acknowledgement.state === 'queued'
              ? 'Queued on this desk'
              : `Seen by ${nameOf(names, acknowledgement.operatorId)}`}
          </span>
        )
      )}
    </li>
  );
}

/** Sound and desktop notification for what arrives, as the person chose. */
function useAnnouncements(): void {
  useEffect(
    () =>
      onNewAlert((alert) => {
        const { sound, notifications } = usePreferences.getState();
        if (alert.acknowledgement !== null) return;
        if (sound && alert.severity !== 'info') beep(alert.severity);
        const allowed =
          notifications && 'Notification' in window && Notification.permission === 'granted';
        if (allowed && alert.severity === 'hard')
          void new Notification(alert.traderName, { body: alert.sentence });
      }),
    [],
  );
}

function Toggle(props: {
  readonly on: boolean;
  readonly label: string;
  readonly text: string;
  readonly onChange: (on: boolean) => void;
}): ReactElement {
  return (
    <button
      type="button"
      className="quiet icon"
      aria-pressed={props.on}
      aria-label={props.label}
      title={`${props.label}: ${props.on ? 'on' : 'off'}`}
      onClick={() => props.onChange(!props.on)}
    >
      {props.text}
    </button>
  );
}
