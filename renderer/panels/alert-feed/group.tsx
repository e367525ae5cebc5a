import { memo, useEffect, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { Alert, AlertGroup } from '#core/desk-api/contract.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { nameOf, useNames } from '#renderer/store/names.ts';
import { goTo } from '#renderer/store/place.ts';
import { useSession } from '#renderer/store/session.ts';
import { timeText } from '#renderer/ui/format.ts';

export const GLYPH = { hard: '✖', soft: '❚❚', warning: '▲', info: '✔' } as const;
const WORD: Readonly<Record<Alert['kind'], string>> = {
  warning: 'Warning',
  breach: 'Breach',
  conductFlag: 'Flag',
  objective: 'Objective',
  review: 'Please look',
  exposureLimit: 'Exposure',
  caseOpened: 'Case',
  caseEscalated: 'Case escalated',
  payoutOverdue: 'Payout overdue',
  approvalOverdue: 'Approval overdue',
  feedSilent: 'Feed',
  workOverdue: 'Work overdue',
};
const DOUBT: Readonly<Record<string, string>> = {
  crossed: 'crossed quote',
  offMarket: 'off-market print',
  afterGap: 'first print after a gap',
  vendorsDisagree: 'vendors disagree',
  objectiveMetToo: 'an objective was met at the same moment',
  lateDeal: 'a deal came late',
  dealAfterEnd: 'a deal after the end of the account',
  dealBusted: 'a deal was declared void',
};
/** Alerts of an unfolded group that are fetched at a time. */
const MEMBERS_PAGE = 100;

export interface Acknowledging {
  one(alert: Alert): void;
  group(group: AlertGroup): void;
}

export function wordOf({ kind, severity }: Pick<Alert, 'kind' | 'severity'>): string {
  return kind === 'breach' && severity === 'soft' ? 'Pause' : WORD[kind];
}

/** One alert, or many as one that unfolds. Drawn again only when it changed. */
export const GroupRow = memo(function GroupRow({
  client,
  group,
  acknowledging,
}: {
  readonly client: RendererClient;
  readonly group: AlertGroup;
  readonly acknowledging: Acknowledging;
}): ReactElement {
  const [first] = group.worst;
  if (group.count === 1 && first) {
    return <AlertRow alert={first} acknowledging={acknowledging} group={group} />;
  }
  return <ManyRow client={client} group={group} acknowledging={acknowledging} />;
});

/** Many alerts of one theme: a number, the worst of them, and all of them when somebody asks. */
function ManyRow({
  client,
  group,
  acknowledging,
}: {
  readonly client: RendererClient;
  readonly group: AlertGroup;
  readonly acknowledging: Acknowledging;
}): ReactElement {
  const [open, setOpen] = useState(false);
  const { severity, title, figures, minute, escalations } = group;
  const wants = group.open > 0;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'a' && wants) acknowledging.group(group);
    if (event.key === 'ArrowRight') setOpen(true);
    if (event.key === 'ArrowLeft') setOpen(false);
  };
  return (
    <li className={`alert-group alert-${severity} ${wants ? 'open' : ''}`} data-group={group.key}>
      <button
        type="button"
        className="alert-main"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        onKeyDown={onKeyDown}
      >
        <span className="alert-head">
          <span className="fold" aria-hidden="true">
            {open ? '▾' : '▸'}
          </span>
          <span className={`glyph severity-${severity}`} aria-hidden="true">
            {GLYPH[severity]}
          </span>
          <b className="title">{title}</b>
          <time>{timeText(minute).slice(0, 5)}</time>
        </span>
        <span className="group-figures">{figures}</span>
      </button>
      <Escalated escalations={escalations} />
      {wants && (
        <button
          type="button"
          className="ack"
          title="Acknowledge all of it (A)"
          onClick={() => acknowledging.group(group)}
        >
          Acknowledge all {group.open.toLocaleString('en')}
        </button>
      )}
      {open && <Members client={client} group={group} acknowledging={acknowledging} />}
    </li>
  );
}

/** The worst at once, because they are known; all of them page by page. */
function Members({
  client,
  group,
  acknowledging,
}: {
  readonly client: RendererClient;
  readonly group: AlertGroup;
  readonly acknowledging: Acknowledging;
}): ReactElement {
  const [all, setAll] = useState<{
    readonly alerts: readonly Alert[];
    readonly more: boolean;
  } | null>(null);
  const { key, count, worst, open } = group;
  const isWhole = worst.length === count;
  const read = async (afterSeq: number, limit: number): Promise<void> => {
    const reply = await client.call('alerts.group', { key, afterSeq, limit });
    if (!reply.ok) return;
    const { alerts, more } = reply.value;
    setAll((now) => ({
      alerts: afterSeq === 0 ? alerts : [...(now?.alerts ?? []), ...alerts],
      more,
    }));
  };
  // What is unfolded follows what is acknowledged and what comes.
  useEffect(() => {
    if (all === null) return;
    const timer = setTimeout(() => void read(0, Math.max(MEMBERS_PAGE, all.alerts.length)), 300);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- read again when the group changed
  }, [count, open]);
  const shown = all?.alerts ?? worst;
  return (
    <div className="members">
      {!isWhole && all === null && (
        <p className="quiet-text">
          The worst {worst.length} of {count.toLocaleString('en')}:
        </p>
      )}
      <ol>
        {shown.map((alert) => (
          <AlertRow key={alert.seq} alert={alert} acknowledging={acknowledging} />
        ))}
      </ol>
      {!isWhole && all === null && (
        <button type="button" className="older" onClick={() => void read(0, MEMBERS_PAGE)}>
          Show all {count.toLocaleString('en')}, oldest first
        </button>
      )}
      {all?.more === true && (
        <button
          type="button"
          className="older"
          onClick={() => void read(all.alerts.at(-1)?.seq ?? 0, MEMBERS_PAGE)}
        >
          Show {MEMBERS_PAGE} more
        </button>
      )}
    </div>
  );
}

function AlertRow({
  alert,
  group,
  acknowledging,
}: {
  readonly alert: Alert;
  readonly group?: AlertGroup;
  readonly acknowledging: Acknowledging;
}): ReactElement {
  const { severity, acknowledgement, review, accountId, traderName } = alert;
  const open = acknowledgement === null && severity !== 'info';
  const who = [traderName, accountId ?? ''].filter((part) => part !== '').join(' · ');
  return (
    <li className={`alert alert-${severity} ${open ? 'open' : ''}`}>
      <button
        type="button"
        className="alert-main"
        onClick={() => goToAlert(alert)}
        onKeyDown={(event) => {
          if (event.key === 'a' && open) acknowledging.one(alert);
        }}
      >
        <span className="alert-head">
          <span className={`glyph severity-${severity}`} aria-hidden="true">
            {GLYPH[severity]}
          </span>
          <b>{wordOf(alert)}</b>
          <span className="who">{who}</span>
          <time>{timeText(alert.at)}</time>
        </span>
        <span className="sentence">{alert.sentence}</span>
        {review.length > 0 && (
          <span className="review">
            Needs review: {review.map((doubt) => DOUBT[doubt] ?? doubt).join(', ')}
          </span>
        )}
      </button>
      <Escalated escalations={group?.escalations ?? []} />
      {open ? (
        <button
          type="button"
          className="ack"
          title="Acknowledge (A)"
          onClick={() => acknowledging.one(alert)}
        >
          Acknowledge
        </button>
      ) : (
        <Acknowledged alert={alert} />
      )}
    </li>
  );
}

function Acknowledged({ alert }: { readonly alert: Alert }): ReactElement | null {
  const names = useNames();
  const { acknowledgement } = alert;
  if (!acknowledgement) return null;
  const { state, operatorId, note } = acknowledgement;
  const by = operatorId === 'server' ? 'Settled' : `Seen by ${nameOf(names, operatorId)}`;
  return (
    <span className={`acked ${state}`}>
      {state === 'queued' ? 'Queued on this desk' : by}
      {note !== '' && ` · ${note}`}
    </span>
  );
}

/** The last time that it went to others, because nobody had acknowledged it. */
function Escalated({
  escalations,
}: {
  readonly escalations: AlertGroup['escalations'];
}): ReactElement | null {
  const last = escalations.at(-1);
  if (!last) return null;
  return (
    <span className="escalated" title={`By the rule “${last.ruleName}”, step ${last.level}`}>
      Not acknowledged in time: told to {last.to} at {timeText(last.at).slice(0, 5)}
    </span>
  );
}

/** Where what an alert is about can be looked at. */
function goToAlert({ accountId, kind, about }: Alert): void {
  if (accountId !== null && kind !== 'payoutOverdue') {
    useSession.getState().select(accountId);
    return goTo('risk');
  }
  if (kind === 'payoutOverdue' || kind === 'approvalOverdue') return goTo('approvals', about ?? '');
  if (kind === 'caseOpened' || kind === 'caseEscalated') return goTo('cases', about ?? '');
  if (kind === 'workOverdue') return goTo('work', 'team');
  if (kind === 'exposureLimit') return goTo('exposure', 'symbol', '-', 'limits');
}
