import { useState, type ReactElement } from 'react';
import {
  GATHER_SECONDS_MAX,
  MINUTES_MAX,
  STEPS_MAX,
  TELLS_NOBODY,
  type AlertRule,
} from '#core/alerts/alert-rules.ts';
import { NOTICE_KIND_TEXTS, NOTICE_KINDS, SEVERITIES } from '#core/alerts/notice.ts';
import { MONEY_DECIMALS, moneyText, parseDecimal } from '#core/money/money.ts';
import { ROLES } from '#core/people/roles.ts';
import { roleText } from '#renderer/ui/roles.ts';
import { Checks } from './checks.tsx';
import { QuietList } from './quiet-form.tsx';
import { TellForm } from './tell-form.tsx';
import { SEVERITY_TEXT } from './words.ts';

/** What a rule may name. */
export interface Choices {
  readonly persons: readonly { readonly id: string; readonly name: string }[];
  readonly programs: readonly { readonly id: string; readonly name: string }[];
  readonly mailboxes: readonly string[];
  readonly hooks: readonly string[];
}

/** One rule as a form: what it is about, whom it tells, when not, and what comes next. */
export function RuleForm({
  rule,
  choices,
  mayChange,
  onChange,
  onRemove,
}: {
  readonly rule: AlertRule;
  readonly choices: Choices;
  readonly mayChange: boolean;
  readonly onChange: (rule: AlertRule) => void;
  readonly onRemove: () => void;
}): ReactElement {
  const { name, enabled, tell, quiet } = rule;
  return (
    <fieldset className="rule-form" disabled={!mayChange}>
      <p className="field">
        <label htmlFor="rule-name">Name</label>
        <input
          id="rule-name"
          value={name}
          maxLength={80}
          onChange={(event) => onChange({ ...rule, name: event.target.value || name })}
        />
      </p>
      <p className="field">
        <label htmlFor="rule-enabled">In force</label>
        <input
          id="rule-enabled"
          type="checkbox"
          checked={enabled}
          onChange={(event) => onChange({ ...rule, enabled: event.target.checked })}
        />
      </p>
      <WhenForm rule={rule} choices={choices} onChange={onChange} />
      <fieldset className="decide">
        <legend>Tell</legend>
        <TellForm
          tell={tell}
          choices={choices}
          onChange={(next) => onChange({ ...rule, tell: next })}
        />
        <p className="field">
          <label htmlFor="rule-gather">A message gathers more for so many seconds</label>
          <Count
            id="rule-gather"
            value={rule.gatherSeconds}
            min={0}
            max={GATHER_SECONDS_MAX}
            onChange={(gatherSeconds) => onChange({ ...rule, gatherSeconds })}
          />
        </p>
      </fieldset>
      <Steps rule={rule} choices={choices} onChange={onChange} />
      <fieldset className="decide">
        <legend>Quiet hours of this rule</legend>
        <QuietList
          quiet={quiet}
          name="rule"
          onChange={(next) => onChange({ ...rule, quiet: next })}
        />
      </fieldset>
      {mayChange && (
        <p className="row">
          <button type="button" onClick={onRemove}>
            Remove this rule
          </button>
        </p>
      )}
    </fieldset>
  );
}

type Part = (props: {
  readonly rule: AlertRule;
  readonly choices: Choices;
  readonly onChange: (rule: AlertRule) => void;
}) => ReactElement;

const WhenForm: Part = ({ rule, choices, onChange }) => {
  const { when } = rule;
  const change = (over: Partial<AlertRule['when']>): void =>
    onChange({ ...rule, when: { ...when, ...over } });
  return (
    <fieldset className="decide">
      <legend>When</legend>
      <Checks
        label="It is one of (none chosen: anything)"
        options={NOTICE_KINDS.map((kind) => [kind, NOTICE_KIND_TEXTS[kind][1]])}
        chosen={when.kinds}
        onChange={(kinds) => change({ kinds: NOTICE_KINDS.filter((kind) => kinds.includes(kind)) })}
      />
      <p className="field">
        <label htmlFor="rule-severity">And at least</label>
        <select
          id="rule-severity"
          value={when.severity}
          onChange={(event) => {
            const severity = SEVERITIES.find((one) => one === event.target.value);
            if (severity) change({ severity });
          }}
        >
          {SEVERITIES.map((severity) => (
            <option key={severity} value={severity}>
              {SEVERITY_TEXT[severity]}
            </option>
          ))}
        </select>
      </p>
      <p className="field">
        <label htmlFor="rule-amount">And at stake is at least (empty: any)</label>
        <Amount
          id="rule-amount"
          value={when.amountFrom}
          onChange={(amountFrom) => change({ amountFrom })}
        />
      </p>
      <details>
        <summary>Programs, and whom it is for</summary>
        <Checks
          label="In one of these programs (none chosen: in any)"
          options={choices.programs.map(({ id, name }) => [id, name])}
          chosen={when.programs}
          onChange={(programs) => change({ programs })}
        />
        <Checks
          label="For one of these roles (none chosen: for anybody)"
          options={ROLES.map((role) => [role, roleText(role)])}
          chosen={when.addressedRoles}
          onChange={(roles) =>
            change({ addressedRoles: ROLES.filter((role) => roles.includes(role)) })
          }
        />
        <Checks
          label="For one of these persons (none chosen: for anybody)"
          options={choices.persons.map(({ id, name }) => [id, name])}
          chosen={when.addressedPersons}
          onChange={(addressedPersons) => change({ addressedPersons })}
        />
      </details>
    </fieldset>
  );
};

/** What happens to what nobody acknowledges. */
const Steps: Part = ({ rule, choices, onChange }) => {
  const { steps, acknowledgeWithinMinutes } = rule;
  const last = steps.at(-1)?.afterMinutes ?? acknowledgeWithinMinutes ?? 0;
  const changeStep = (at: number, over: Partial<AlertRule['steps'][number]>): void =>
    onChange({
      ...rule,
      steps: steps.map((step, index) => (index === at ? { ...step, ...over } : step)),
    });
  return (
    <fieldset className="decide">
      <legend>If nobody acknowledges it</legend>
      <p className="field">
        <label htmlFor="rule-sla">To be acknowledged within minutes (0: nobody waits)</label>
        <Count
          id="rule-sla"
          value={acknowledgeWithinMinutes ?? 0}
          min={0}
          max={MINUTES_MAX}
          onChange={(minutes) =>
            onChange({ ...rule, acknowledgeWithinMinutes: minutes === 0 ? null : minutes })
          }
        />
      </p>
      {steps.map((step, at) => (
        <fieldset key={`${at} of ${steps.length}`} className="step">
          <legend>Step {at + 1}</legend>
          <p className="field">
            <label htmlFor={`step-${at}`}>After minutes</label>
            <Count
              id={`step-${at}`}
              value={step.afterMinutes}
              min={(steps[at - 1]?.afterMinutes ?? 0) + 1}
              max={(steps[at + 1]?.afterMinutes ?? MINUTES_MAX + 1) - 1}
              onChange={(afterMinutes) => changeStep(at, { afterMinutes })}
            />
          </p>
          <TellForm
            tell={step.tell}
            choices={choices}
            onChange={(tell) => changeStep(at, { tell })}
          />
          <button
            type="button"
            className="quiet"
            onClick={() => onChange({ ...rule, steps: steps.filter((_, index) => index !== at) })}
          >
            Remove step {at + 1}
          </button>
        </fieldset>
      ))}
      <button
        type="button"
        disabled={steps.length >= STEPS_MAX || last >= MINUTES_MAX}
        onClick={() =>
          onChange({
            ...rule,
            steps: [
              ...steps,
              {
                afterMinutes: Math.min(MINUTES_MAX, last + 15),
                tell: { ...TELLS_NOBODY, by: ['desk', 'sound'], roles: ['seniorRiskOfficer'] },
              },
            ],
          })
        }
      >
        Add a step
      </button>
    </fieldset>
  );
};

/** A whole number within its bounds; what is typed on the way there stays as it is typed. */
function Count({
  id,
  value,
  min,
  max,
  onChange,
}: {
  readonly id: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
}): ReactElement {
  const [text, setText] = useState(String(value));
  const wrong = !/^\d{1,6}$/.test(text) || Number(text) < min || Number(text) > max;
  return (
    <span>
      <input
        id={id}
        inputMode="numeric"
        value={text}
        aria-invalid={wrong}
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          const number = Number(next);
          if (/^\d{1,6}$/.test(next) && number >= min && number <= max) onChange(number);
        }}
      />
      {wrong && (
        <small className="failure">
          A whole number from {min} to {max}
        </small>
      )}
    </span>
  );
}

function Amount({
  id,
  value,
  onChange,
}: {
  readonly id: string;
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
}): ReactElement {
  const [text, setText] = useState(value === null ? '' : moneyText(value).replaceAll(',', ''));
  const parsed = text.trim() === '' ? null : parseDecimal(text, MONEY_DECIMALS);
  const problem = parsed !== null && !parsed.ok ? parsed.error : '';
  return (
    <span>
      <input
        id={id}
        inputMode="decimal"
        value={text}
        aria-invalid={problem !== ''}
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          if (next.trim() === '') return onChange(null);
          const amount = parseDecimal(next, MONEY_DECIMALS);
          if (amount.ok && amount.value >= 0) onChange(amount.value);
        }}
      />
      {problem !== '' && <small className="failure">{problem}</small>}
    </span>
  );
}
