import { useEffect, useState, type ReactElement } from 'react';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import { caseNow } from '#renderer/store/cases.ts';
import { usePreferences } from '#renderer/store/preferences.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { useViewers } from './lock.ts';
import { ScoreLine } from './signals.tsx';
import { isShown, VERBS, whyNotOf, type Verb, type VerbName } from './verbs.ts';
import { countdownText, dueText, OUTCOME_TEXT, PATTERN_TEXT, STATE_TEXT } from './words.ts';

/** What it is, in whose hands, how urgent, and everything that can be done with it. */
export function Head({
  detail,
  doing,
  onVerb,
  onBack,
}: {
  readonly detail: CaseDetail;
  readonly doing: VerbName | null;
  readonly onVerb: (verb: VerbName) => void;
  readonly onBack: () => void;
}): ReactElement {
  const { row } = detail;
  const now = useNow();
  const viewers = useViewers(row);
  // The list has the same button; without it, it stands here.
  const listHidden = usePreferences(({ cases }) => cases.listHidden);
  const verbs = VERBS.filter(
    ({ name }) => isShown(detail, name) && (name !== 'takeNext' || listHidden),
  );
  return (
    <header className="case-head">
      <div className="case-title">
        <button type="button" className="quiet" onClick={onBack} title="Back to the list (Esc)">
          ←
        </button>
        <h2>
          #{row.number} {row.title}
        </h2>
        <span className="tag">{row.patterns.map((one) => PATTERN_TEXT[one]).join(', ')}</span>
        <span className="spacer" />
        {row.rank !== null && <b title="Its place among the cases that wait">№ {row.rank}</b>}
      </div>
      <p className="case-state">
        <b data-state={row.state}>{STATE_TEXT[row.state]}</b>
        <span className={row.overdue ? 'loss' : ''} title={`Due ${dateTimeText(row.dueAt)} UTC`}>
          {dueText(row, now)}
        </span>
        <LockText detail={detail} now={now} />
        {row.assignee && <span>→ {row.assignee.name}</span>}
        {row.escalated > 0 && <span className="loss">▲ escalated {row.escalated}×</span>}
        {row.hold && <span className="severity-soft">❚❚ payout held</span>}
        {row.decision && (
          <span>
            {OUTCOME_TEXT[row.decision.outcome]} by {row.decision.by},{' '}
            {dateTimeText(row.decision.at)} UTC
          </span>
        )}
        {row.proposed && (
          <span className="severity-soft">
            ○ {OUTCOME_TEXT[row.proposed.consequence]}: waits for approval
          </span>
        )}
        {row.mergedInto !== null && <span>merged into another case</span>}
        {viewers.length > 0 && (
          <span className="viewers">
            ◉ {viewers.join(', ')} {viewers.length === 1 ? 'looks' : 'look'} at it, too
          </span>
        )}
        {detail.waiting.length > 0 && (
          <span className="waits">
            ◌ {detail.waiting.map(({ verb }) => verb).join(', ')} waits on this desk
          </span>
        )}
      </p>
      <ScoreLine detail={detail} />
      <div className="verbs" role="toolbar" aria-label="What you may do">
        {verbs.map((verb) => (
          <VerbButton
            key={verb.name}
            verb={verb}
            detail={detail}
            pressed={doing === verb.name}
            onVerb={onVerb}
          />
        ))}
      </div>
    </header>
  );
}

function VerbButton({
  verb,
  detail,
  pressed,
  onVerb,
}: {
  readonly verb: Verb;
  readonly detail: CaseDetail;
  readonly pressed: boolean;
  readonly onVerb: (verb: VerbName) => void;
}): ReactElement {
  const whyNot = whyNotOf(detail, verb.name);
  const mine = detail.row.lock?.mine === true;
  const title = verb.name === 'hold' && mine ? 'Let go' : verb.title;
  return (
    <button
      type="button"
      className={verb.main ? '' : 'lesser'}
      aria-pressed={pressed}
      aria-disabled={whyNot !== ''}
      title={whyNot === '' ? `${title} (${verb.key.toUpperCase()})` : whyNot}
      onClick={() => onVerb(verb.name)}
    >
      {title} <kbd>{verb.key.toUpperCase()}</kbd>
    </button>
  );
}

function LockText({
  detail,
  now,
}: {
  readonly detail: CaseDetail;
  readonly now: number;
}): ReactElement | null {
  const { lock } = detail.row;
  if (!lock) return null;
  const left = lock.until - now;
  if (left <= 0) return <span className="quiet-text">the lock has run out</span>;
  return (
    <span className={lock.mine ? 'gain' : 'severity-soft'} title="Renewed while you work">
      {lock.mine ? '● yours' : `■ ${lock.name} has it`} for {countdownText(left)}
    </span>
  );
}

function useNow(): number {
  const [now, setNow] = useState(caseNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(caseNow()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
