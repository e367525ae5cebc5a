import { useMemo, useState, type KeyboardEvent, type ReactElement } from 'react';
import { countText } from '#core/alerts/words.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import {
  filterAlerts,
  loadOlderGroups,
  useAlerts,
  type GroupFilter,
} from '#renderer/store/alerts.ts';
import { goTo } from '#renderer/store/place.ts';
import { usePreferences } from '#renderer/store/preferences.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { GroupRow, type Acknowledging } from './group.tsx';

const FILTERS: readonly (readonly [GroupFilter, string])[] = [
  ['all', 'All'],
  ['mine', 'For me'],
  ['open', 'To acknowledge'],
  ['breaches', 'Breaches'],
];

/** Warnings and breaches, newest first, a storm as one, until a person has seen them. */
export function AlertFeed({ client }: { readonly client: RendererClient }): ReactElement {
  const { groups, filter, more, counts, said } = useAlerts();
  const [failure, setFailure] = useState('');
  const [done, setDone] = useState('');
  const acknowledging = useMemo(() => acknowledgingBy(client, setFailure, setDone), [client]);
  return (
    <section className="panel feed" aria-label="Breaches and warnings">
      <header className="panel-head">
        <h2>Breaches and warnings</h2>
        <span
          className="pill"
          hidden={counts.unacknowledged === 0}
          title={`${counts.unacknowledged} not acknowledged, in ${counts.groups} groups; ${counts.mine} groups for you`}
        >
          {counts.unacknowledged.toLocaleString('en')}
        </span>
        <span className="spacer" />
        <Toggles />
      </header>
      <div className="tabs" role="group" aria-label="Show">
        {FILTERS.map(([choice, text]) => (
          <button
            key={choice}
            type="button"
            aria-pressed={filter === choice}
            onClick={() => void filterAlerts(client, choice)}
          >
            {text}
          </button>
        ))}
        <span className="spacer" />
        <button
          type="button"
          className="quiet icon"
          title="History, deliveries and rules of alerts (9)"
          onClick={() => goTo('alerts')}
        >
          More
        </button>
      </div>
      <p className="unseen" role="status">
        {said}
        {done}
      </p>
      <AwayBanner client={client} />
      {failure !== '' && <p className="failure">{failure}</p>}
      {groups.length === 0 && (
        <p className="empty">Nothing here. Breaches and warnings appear the moment they happen.</p>
      )}
      <ol className="alerts" tabIndex={-1} onKeyDown={moveFocus}>
        {groups.map((group) => (
          <GroupRow key={group.key} client={client} group={group} acknowledging={acknowledging} />
        ))}
        {more && (
          <li>
            <button type="button" className="older" onClick={() => void loadOlderGroups(client)}>
              Show older
            </button>
          </li>
        )}
      </ol>
    </section>
  );
}

function acknowledgingBy(
  client: RendererClient,
  failed: (message: string) => void,
  done: (text: string) => void,
): Acknowledging {
  return {
    one: ({ seq }) =>
      void client
        .call('alerts.acknowledge', { alertSeq: seq, note: '' })
        .then((reply) => failed(reply.ok ? '' : reply.error.message)),
    group: ({ key, lastSeq }) =>
      void client.call('alerts.acknowledgeGroup', { key, lastSeq, note: '' }).then((reply) => {
        failed(reply.ok ? '' : reply.error.message);
        if (reply.ok) done(`${reply.value.acknowledged} acknowledged.`);
      }),
  };
}

/** Up and down go from alert to alert; a list of thousands is not walked by the tab key. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('.alert-main')];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = all[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}

/** What came while nobody was here, until somebody has read it. */
function AwayBanner({ client }: { readonly client: RendererClient }): ReactElement | null {
  const away = useAlerts((alerts) => alerts.away);
  if (away === null) return null;
  const seen = (): void => void client.call('alerts.away', { seen: true });
  return (
    <div className="away" role="region" aria-label="While this desk was away">
      <p>
        <b>While this desk was away</b>, from {dateTimeText(away.from).slice(0, 16)} to{' '}
        {dateTimeText(away.to).slice(0, 16)} UTC:
      </p>
      <ul>
        {away.counts.map(({ kind, severity, count, open }) => (
          <li key={`${kind} ${severity}`} className={`severity-${severity}`}>
            {countText({ kind, count })}
            {severity !== 'info' && (open === 0 ? ', all seen' : `, ${open} open`)}
          </li>
        ))}
      </ul>
      <p className="row">
        <button
          type="button"
          onClick={() => {
            void filterAlerts(client, 'open');
            seen();
          }}
        >
          Show what is open
        </button>
        <button type="button" className="quiet" onClick={seen}>
          Seen
        </button>
      </p>
    </div>
  );
}

function Toggles(): ReactElement {
  const preferences = usePreferences();
  return (
    <>
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
          if (notifications && 'Notification' in window) void Notification.requestPermission();
          preferences.set({ notifications });
        }}
      />
    </>
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
