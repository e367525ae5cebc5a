import { useEffect, useState, type ReactElement } from 'react';
import type { CaseOutcome } from '#core/cases/outcomes.ts';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo } from '#renderer/store/place.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { majorityText, OUTCOME_TEXT, shareText } from './words.ts';

/** A pause in filling in after which the letter is written anew. */
const WRITE_AFTER_MS = 300;

/** What the trader will be told, to the letter, with how they can have it looked at again. */
export function LetterText({
  client,
  detail,
  outcome,
  code,
  accountIds,
  amount,
}: {
  readonly client: RendererClient;
  readonly detail: CaseDetail;
  readonly outcome: CaseOutcome;
  readonly code: string;
  readonly accountIds: readonly string[];
  readonly amount: number;
}): ReactElement {
  const general = detail.letters.find((letter) => letter.outcome === outcome)?.text ?? null;
  const [text, setText] = useState<string | null>(null);
  const { caseId } = detail.row;
  const ids = accountIds.join('\n');
  const tells = general !== null;
  useEffect(() => {
    if (!tells) return;
    let late = false;
    const timer = setTimeout(() => {
      const named = ids === '' ? [] : ids.split('\n');
      void client
        .call('cases.letter', { caseId, outcome, code, accountIds: named, amount })
        .then((reply) => {
          if (!late && reply.ok) setText(reply.value.text);
        });
    }, WRITE_AFTER_MS);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [client, caseId, outcome, code, ids, amount, tells]);
  return (
    <section>
      <h4>What the trader is told</h4>
      {general === null ? (
        <p className="quiet-text">Nothing: this tells the trader nothing and changes no account.</p>
      ) : (
        <pre className="signed-text letter-text" tabIndex={0} aria-label="Letter">
          {text ?? general}
        </pre>
      )}
    </section>
  );
}

/** Similar cases beside a decision: the nearest, a line each, so that the letter stays in sight. */
const BESIDE = 3;

/** How similar cases were decided: nearest first. */
export function Precedents({
  detail,
  brief = false,
}: {
  readonly detail: CaseDetail;
  readonly brief?: boolean;
}): ReactElement {
  const { precedents, majority } = detail;
  const shown = brief ? precedents.slice(0, BESIDE) : precedents;
  return (
    <section>
      <h4>Similar cases</h4>
      {precedents.length === 0 && (
        <p className="quiet-text">None like it has been decided yet: yours will be the first.</p>
      )}
      {majority && <p className="majority">{majorityText(majority)}.</p>}
      <ul className={brief ? 'precedents brief' : 'precedents'}>
        {shown.map((one) => (
          <li key={one.caseId} title={brief ? `${one.reason}\n${one.why.join(' · ')}` : undefined}>
            <button
              type="button"
              className="quiet"
              onClick={() => goTo('cases', 'queue', one.caseId)}
              title="Open that case"
            >
              #{one.number}
            </button>
            <b>{OUTCOME_TEXT[one.outcome]}</b>
            <span className="quiet-text">
              {shareText(one.similarity)} alike · {dateTimeText(one.decidedAt).slice(0, 10)}
            </span>
            <p>{one.reason}</p>
            {!brief && one.why.length > 0 && <small>{one.why.join(' · ')}</small>}
          </li>
        ))}
      </ul>
    </section>
  );
}
