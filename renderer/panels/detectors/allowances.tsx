import { useState, type ReactElement } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { ScoringPolicy } from '#core/fraud/scoring.ts';
import { caseNow } from '#renderer/store/cases.ts';
import { dateTimeText, instantOf } from '#renderer/ui/format.ts';
import { withAllowance, withoutAllowance } from './scoring.ts';

interface AllowancesProps {
  readonly draft: ScoringPolicy;
  readonly detectors: DeskCallOutput<'cases.scoring'>['detectors'];
  readonly onDraft: (draft: ScoringPolicy) => void;
}

/** People and things about whom a detector is known to speak without cause, until a day. */
export function Allowances({ draft, detectors, onDraft }: AllowancesProps): ReactElement {
  const now = caseNow();
  return (
    <>
      <h3>Allowances</h3>
      <p className="quiet-text">
        A household, an office, a fund with one strategy: what detectors say about them counts for
        nothing until the day named. Signals are still kept.
      </p>
      <ul className="plain">
        {draft.allowances.map(({ allowanceId, detector, subjects, until, reason }) => (
          <li key={allowanceId}>
            <b>{detectors.find((one) => one.detector === detector)?.title ?? 'Every detector'}</b>{' '}
            about {subjects.join(', ')}: {reason}{' '}
            <small className={until < now ? 'loss' : ''}>
              {until < now ? 'ran out on' : 'until'} {dateTimeText(until).slice(0, 10)}
            </small>{' '}
            <button
              type="button"
              className="quiet"
              onClick={() => onDraft(withoutAllowance(draft, allowanceId))}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <AddAllowance draft={draft} detectors={detectors} onDraft={onDraft} />
    </>
  );
}

function AddAllowance({ draft, detectors, onDraft }: AllowancesProps): ReactElement {
  const empty = { detector: '', subjects: '', until: '', reason: '' };
  const [given, setGiven] = useState(empty);
  const subjects = given.subjects.split(/[\s,;]+/).filter((one) => one !== '');
  const until = instantOf(`${given.until}T00:00`);
  const ready =
    subjects.length > 0 && given.reason.trim() !== '' && !Number.isNaN(until) && until > caseNow();
  const add = (): void => {
    onDraft(
      withAllowance(draft, {
        allowanceId: crypto.randomUUID(),
        detector: given.detector === '' ? null : given.detector,
        subjects,
        until,
        reason: given.reason.trim(),
      }),
    );
    setGiven(empty);
  };
  return (
    <fieldset className="allowance">
      <legend>One more</legend>
      <p className="field">
        <label htmlFor="allowance-detector">Detector</label>
        <select
          id="allowance-detector"
          value={given.detector}
          onChange={(event) => setGiven({ ...given, detector: event.target.value })}
        >
          <option value="">every detector</option>
          {detectors.map(({ detector, title }) => (
            <option key={detector} value={detector}>
              {title}
            </option>
          ))}
        </select>
      </p>
      <p className="field">
        <label htmlFor="allowance-subjects">Traders or things</label>
        <input
          id="allowance-subjects"
          placeholder="T000012 T000013, or the name of a network"
          autoComplete="off"
          value={given.subjects}
          onChange={(event) => setGiven({ ...given, subjects: event.target.value })}
        />
      </p>
      <p className="field">
        <label htmlFor="allowance-until">Until (UTC)</label>
        <input
          id="allowance-until"
          type="date"
          value={given.until}
          onChange={(event) => setGiven({ ...given, until: event.target.value })}
        />
      </p>
      <p className="field">
        <label htmlFor="allowance-reason">Why</label>
        <input
          id="allowance-reason"
          maxLength={400}
          value={given.reason}
          onChange={(event) => setGiven({ ...given, reason: event.target.value })}
        />
      </p>
      <button type="button" disabled={!ready} onClick={add}>
        Add to the draft
      </button>
    </fieldset>
  );
}
