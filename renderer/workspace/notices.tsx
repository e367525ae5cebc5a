import type { ReactElement } from 'react';
import { countText } from '#core/alerts/words.ts';
import type { RendererClient } from '../desk/client.ts';
import { useAlerts } from '../store/alerts.ts';
import { useCases } from '../store/cases.ts';
import { goTo } from '../store/place.ts';
import { useProposals } from '../store/proposals.ts';
import { useSession } from '../store/session.ts';
import { dateTimeText, timeText } from '../ui/format.ts';
import { Sheet } from '../ui/sheet.tsx';
import { openOverlay } from '../store/overlay.ts';

/** Alerts for this person that are named one by one; all of them stand in the feed. */
const MINE_SHOWN = 8;

/** How many things wait for whoever is signed in; alerts have a figure of their own, over their feed. */
export function useWaiting(): number {
  const away = useAlerts((alerts) => (alerts.away === null ? 0 : 1));
  const decide = useProposals(
    ({ proposals }) => (proposals ?? []).filter(({ mayDecide }) => mayDecide).length,
  );
  const overdue = useCases(({ counts }) => counts?.overdue ?? 0);
  return away + decide + overdue;
}

/** What came while nobody was here, and what waits for this person, each with the way to it. */
export function Notices({ client }: { readonly client: RendererClient }): ReactElement {
  const { away, groups, counts } = useAlerts();
  const person = useSession((session) => session.person);
  const proposals = useProposals((all) => all.proposals) ?? [];
  const cases = useCases((all) => all.counts);
  const decide = proposals.filter(({ mayDecide }) => mayDecide);
  const payouts = decide.filter(({ action }) => action === 'payPayout').length;
  const mine = groups.filter((group) => group.mine && group.open > 0).slice(0, MINE_SHOWN);
  const go = (where: () => void) => (): void => {
    openOverlay(null);
    where();
  };
  const nothing =
    away === null && decide.length === 0 && (cases?.overdue ?? 0) === 0 && mine.length === 0;
  return (
    <Sheet small label="What waits for you">
      <header className="panel-head">
        <h2>
          What waits for you <small>{person?.name}</small>
        </h2>
        <span className="spacer" />
        <button type="button" className="quiet" onClick={() => openOverlay(null)}>
          Close (Esc)
        </button>
      </header>
      {nothing && (
        <p className="empty">
          Nothing waits for you. What comes while you are away, approvals that you may decide,
          overdue cases and alerts that name you stand here.
        </p>
      )}
      <ul className="notices">
        {away && (
          <li>
            <b>While this desk was away</b>, from {dateTimeText(away.from).slice(0, 16)} to{' '}
            {dateTimeText(away.to).slice(0, 16)} UTC:{' '}
            {away.counts.map(({ kind, count }) => countText({ kind, count })).join(', ')}.{' '}
            <button type="button" onClick={() => void client.call('alerts.away', { seen: true })}>
              Seen
            </button>
          </li>
        )}
        {payouts > 0 && (
          <li>
            <button
              type="button"
              className="notice"
              onClick={go(() => goTo('approvals', 'payouts'))}
            >
              {payouts} {payouts === 1 ? 'payout waits' : 'payouts wait'} for your decision
            </button>
          </li>
        )}
        {decide.length > payouts && (
          <li>
            <button type="button" className="notice" onClick={go(() => goTo('approvals', 'other'))}>
              {decide.length - payouts} other proposals wait for your decision
            </button>
          </li>
        )}
        {cases && cases.overdue > 0 && (
          <li>
            <button type="button" className="notice" onClick={go(() => goTo('cases', 'queue'))}>
              {cases.overdue} {cases.overdue === 1 ? 'case is' : 'cases are'} overdue
            </button>
          </li>
        )}
        {mine.map((group) => (
          <li key={group.key}>
            <button type="button" className="notice" onClick={go(() => goTo('risk'))}>
              <b>{group.title}</b> <small>{group.figures}</small>{' '}
              <time>{timeText(group.minute).slice(0, 5)}</time>
            </button>
          </li>
        ))}
        {counts.unacknowledged > 0 && (
          <li className="quiet-text">
            {counts.unacknowledged.toLocaleString('en')} alerts of the firm wait for somebody, in{' '}
            {counts.groups.toLocaleString('en')} groups.
          </li>
        )}
      </ul>
    </Sheet>
  );
}
