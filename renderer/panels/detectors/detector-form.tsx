import type { ReactElement } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import { useOf, type DetectorUse, type ScoringPolicy } from '#core/fraud/scoring.ts';
import type { DetectorsReply } from '#core/sync/surveillance-questions.ts';
import { SchemaForm, type Schema } from '#renderer/panels/programs/schema-form.tsx';
import { PATTERN_TEXT } from '#renderer/panels/fraud-queue/words.ts';
import { paramsOver, withUse } from './scoring.ts';

const MODES = ['live', 'shadow', 'off'] as const;
const MODE_TEXT: Readonly<Record<DetectorUse['mode'], string>> = {
  live: '● live',
  shadow: '◌ shadow: measured, opens no case',
  off: '○ off',
};

type Detector = DeskCallOutput<'cases.scoring'>['detectors'][number];

/** How one detector is used: mode, weight, and its own parameters. */
export function DetectorForm({
  detector,
  known,
  draft,
  onDraft,
}: {
  readonly detector: Detector;
  /** As the server has it: schema, fault and how much it holds. */
  readonly known: DetectorsReply['detectors'][number] | undefined;
  readonly draft: ScoringPolicy;
  readonly onDraft: (draft: ScoringPolicy) => void;
}): ReactElement {
  const id = detector.detector;
  const use = useOf(draft, id);
  const defaults = recordOf(detector.defaults);
  const schema = (known?.params ?? schemaOf(defaults)) as Schema;
  const change = (over: Partial<DetectorUse>): void => onDraft(withUse(draft, id, over));
  const overs = Object.keys(use.params).length;
  return (
    <details className="detector-form">
      <summary>
        <b>{detector.title}</b>{' '}
        <span className="quiet-text">
          {PATTERN_TEXT[detector.pattern]} · version {detector.version}
        </span>
        <span className="spacer" />
        <span>
          {use.mode === 'live' ? '● live' : use.mode === 'shadow' ? '◌ shadow' : '○ off'} · counts{' '}
          {use.weight} of 1,000
          {overs > 0 && ` · ${overs} of its numbers changed`}
        </span>
        {known?.fault && <b className="loss"> ▲ fault</b>}
      </summary>
      <p>{detector.describes}</p>
      <p className="quiet-text">{detector.honestReasons}</p>
      {known?.fault && (
        <p className="failure" role="alert">
          It does not run: {known.fault}
        </p>
      )}
      <p className="field">
        <label htmlFor={`${id}-mode`}>Mode</label>
        <select
          id={`${id}-mode`}
          value={use.mode}
          onChange={(event) => {
            const mode = MODES.find((one) => one === event.target.value);
            if (mode) change({ mode });
          }}
        >
          {MODES.map((mode) => (
            <option key={mode} value={mode}>
              {MODE_TEXT[mode]}
            </option>
          ))}
        </select>
      </p>
      <p className="field">
        <label htmlFor={`${id}-weight`}>Its strength counts</label>
        <span className="row">
          <input
            id={`${id}-weight`}
            type="range"
            min={0}
            max={1000}
            step={10}
            value={use.weight}
            aria-valuetext={`${use.weight} of 1,000`}
            onChange={(event) => change({ weight: Number(event.target.value) })}
          />
          <output htmlFor={`${id}-weight`}>{use.weight} of 1,000</output>
        </span>
      </p>
      <SchemaForm
        schema={schema}
        value={{ ...defaults, ...use.params }}
        onChange={(filled) => change({ params: paramsOver(defaults, recordOf(filled)) })}
      />
      {overs > 0 && (
        <button type="button" className="quiet" onClick={() => change({ params: {} })}>
          Back to its own numbers
        </button>
      )}
    </details>
  );
}

/** Without the server a form is made of what the values themselves are. */
function schemaOf(defaults: Readonly<Record<string, unknown>>): Schema {
  const properties = Object.fromEntries(
    Object.entries(defaults).flatMap(([name, value]): [string, Schema][] => {
      if (typeof value === 'number') return [[name, { type: 'integer' }]];
      if (typeof value === 'boolean') return [[name, { type: 'boolean' }]];
      return typeof value === 'string' ? [[name, { type: 'string' }]] : [];
    }),
  );
  return { properties, required: Object.keys(properties) };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
