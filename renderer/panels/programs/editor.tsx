import { useState, type ReactElement } from 'react';
import { paramsJsonSchema } from '#core/programs/json-schema.ts';
import type { ProgramInput } from '#core/programs/program.ts';
import type { RuleSetIssue } from '#core/rules/rule-set.ts';
import { ruleKinds } from '#core/rules/kinds/index.ts';
import { sampleOf, SchemaForm, type Schema } from './schema-form.tsx';
import { withAt } from './draft.ts';

const schemas = new Map<string, Schema>();

/** Worked out when a form is first shown: a desk that only watches never needs it. */
function schemaOf(kind: string): Schema {
  const known = schemas.get(kind);
  if (known) return known;
  const schema = paramsJsonSchema(kind) as Schema;
  schemas.set(kind, schema);
  return schema;
}

interface EditorProps {
  readonly content: ProgramInput;
  readonly issues: readonly RuleSetIssue[];
  readonly onChange: (content: ProgramInput) => void;
}

/** One phase at a time: its rules as forms from the kinds' own schemas, each with its messages. */
export function Editor({ content, issues, onChange }: EditorProps): ReactElement {
  const [phase, setPhase] = useState(0);
  const at = Math.min(phase, content.phases.length - 1);
  const rules = content.phases[at]?.ruleSet.rules ?? [];
  const set = (path: readonly (string | number)[], value: unknown): void =>
    onChange(withAt(content, path, value) as ProgramInput);
  const rulesPath = ['phases', at, 'ruleSet', 'rules'] as const;
  const setRules = (next: typeof rules): void => set(rulesPath, next);
  return (
    <div className="editor">
      <div className="tabs" role="tablist" aria-label="Phases">
        {content.phases.map(({ phaseId, name }, place) => (
          <button
            key={phaseId}
            type="button"
            role="tab"
            aria-selected={place === at}
            onClick={() => setPhase(place)}
          >
            {name}
          </button>
        ))}
      </div>
      {rules.map((rule, place) => (
        <RuleForm
          key={rule.ruleId}
          rule={rule}
          issues={issues.filter(({ path }) =>
            path.startsWith(`phases.${at}.ruleSet.rules.${place}`),
          )}
          onParams={(params) => set([...rulesPath, place, 'params'], params)}
          onRemove={() => setRules(rules.filter((_one, other) => other !== place))}
        />
      ))}
      <AddRule
        taken={rules.map(({ ruleId }) => ruleId)}
        onAdd={(rule) => setRules([...rules, rule])}
      />
    </div>
  );
}

type RuleInput = ProgramInput['phases'][number]['ruleSet']['rules'][number];

function RuleForm({
  rule,
  issues,
  onParams,
  onRemove,
}: {
  readonly rule: RuleInput;
  readonly issues: readonly RuleSetIssue[];
  readonly onParams: (params: unknown) => void;
  readonly onRemove: () => void;
}): ReactElement {
  const kind = ruleKinds.find(rule.kind);
  // A fault opens the rule; mending it must not close it under the hand that mends.
  const [open, setOpen] = useState(false);
  const isOpen = open || issues.length > 0;
  return (
    <details
      className={issues.length > 0 ? 'rule faulty' : 'rule'}
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <b>{kind?.title ?? rule.kind}</b> <span className="quiet-text">{rule.ruleId}</span>
      </summary>
      {issues.map(({ path, message }) => (
        <p key={path + message} className="failure" role="alert">
          {path.split('.').slice(6).join('.') || 'rule'}: {message}
        </p>
      ))}
      {isOpen && kind && (
        <SchemaForm schema={schemaOf(rule.kind)} value={rule.params} onChange={onParams} />
      )}
      <button type="button" className="quiet" onClick={onRemove}>
        Remove this rule
      </button>
    </details>
  );
}

function AddRule({
  taken,
  onAdd,
}: {
  readonly taken: readonly string[];
  readonly onAdd: (rule: RuleInput) => void;
}): ReactElement {
  const [kind, setKind] = useState(ruleKinds.all[0]?.kind ?? '');
  const nameFor = (wanted: string): string => {
    const name = wanted.replace(/([A-Z])/g, (letter) => `-${letter.toLowerCase()}`);
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? name : `${name}-${number}`;
      if (!taken.includes(candidate)) return candidate;
    }
  };
  return (
    <p className="field">
      <label htmlFor="add-rule">Another rule</label>
      <select id="add-rule" value={kind} onChange={(event) => setKind(event.target.value)}>
        {ruleKinds.all.map((one) => (
          <option key={one.kind} value={one.kind}>
            {one.title} ({one.role})
          </option>
        ))}
      </select>
      <button
        type="button"
        onClick={() => {
          const params = sampleOf(schemaOf(kind)) as RuleInput['params'];
          onAdd({ ruleId: nameFor(kind), kind, params });
        }}
      >
        Add
      </button>
    </p>
  );
}
