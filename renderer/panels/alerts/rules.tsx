import { useCallback, useEffect, useState, type ReactElement } from 'react';
import {
  RULES_MAX,
  TELLS_NOBODY,
  type AlertRule,
  type AlertRules,
} from '#core/alerts/alert-rules.ts';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { nameOf, useNames } from '#renderer/store/names.ts';
import { useProposals } from '#renderer/store/proposals.ts';
import { book } from '#renderer/store/session.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { PeopleQuiet } from './quiet-form.tsx';
import { RuleForm, type Choices } from './rule-form.tsx';
import { tellText, whenText } from './words.ts';

type Kept = DeskCallOutput<'alerts.rules'>;

/** Who is told of what: a draft of all of it, kept as one version with a reason. */
export function Rules({ client }: { readonly client: RendererClient }): ReactElement {
  const version = useProposals((proposals) => proposals.version);
  const [kept, setKept] = useState<Kept | string | null>(null);
  const [draft, setDraft] = useState<AlertRules | null>(null);
  const [chosen, setChosen] = useState<string>('');
  const choices = useChoices(client);
  const read = useCallback(() => {
    void client
      .call('alerts.rules', {})
      .then((reply) => setKept(reply.ok ? reply.value : reply.error.message));
  }, [client]);
  useEffect(read, [read, version]);
  if (kept === null) return <p className="empty">Reading…</p>;
  if (typeof kept === 'string') return <p className="failure">{kept}</p>;
  const rules = draft ?? kept.rules;
  const open = rules.rules.find(({ ruleId }) => ruleId === chosen) ?? null;
  const change = (next: AlertRules): void => {
    if (kept.mayChange) setDraft(next);
  };
  const changeRule = (next: AlertRule): void =>
    change({
      ...rules,
      rules: rules.rules.map((rule) => (rule.ruleId === next.ruleId ? next : rule)),
    });
  const add = (): void => {
    const rule = newRule(rules.rules);
    change({ ...rules, rules: [...rules.rules, rule] });
    setChosen(rule.ruleId);
  };
  return (
    <div className="rules-page">
      <div className="rules-list scroll">
        <p className="quiet-text">
          {versionText(kept)}
          {!kept.mayChange && ' No role of yours may change them.'}
        </p>
        <ul className="program-list">
          {rules.rules.map((rule) => (
            <RuleLine
              key={rule.ruleId}
              rule={rule}
              current={rule.ruleId === chosen}
              onOpen={() => setChosen(rule.ruleId)}
            />
          ))}
        </ul>
        {rules.rules.length === 0 && (
          <p className="empty">Nobody is told of anything. Add a rule.</p>
        )}
        {kept.mayChange && (
          <p className="row">
            <button type="button" disabled={rules.rules.length >= RULES_MAX} onClick={add}>
              Add a rule
            </button>
          </p>
        )}
        <PeopleQuiet rules={rules} mayChange={kept.mayChange} onChange={change} />
        {draft !== null && (
          <Saving
            client={client}
            draft={draft}
            baseVersion={kept.version}
            onSaved={() => {
              setDraft(null);
              read();
            }}
            onDiscard={() => setDraft(null)}
          />
        )}
      </div>
      <div className="scroll rule-page">
        {open ? (
          <RuleForm
            key={open.ruleId}
            rule={open}
            choices={choices}
            mayChange={kept.mayChange}
            onChange={changeRule}
            onRemove={() => {
              change({ ...rules, rules: rules.rules.filter((rule) => rule !== open) });
              setChosen('');
            }}
          />
        ) : (
          <p className="empty">Choose a rule to see whom it tells, when, and what comes next.</p>
        )}
      </div>
    </div>
  );
}

function versionText({ version, changed }: Kept): string {
  if (version === 0) return 'The rules that every firm begins with.';
  if (!changed) return `Version ${version}.`;
  const { by, at, reason } = changed;
  return `Version ${version}, by ${by} on ${dateTimeText(at)} UTC: ${reason}.`;
}

function RuleLine({
  rule,
  current,
  onOpen,
}: {
  readonly rule: AlertRule;
  readonly current: boolean;
  readonly onOpen: () => void;
}): ReactElement {
  const names = useNames();
  const { name, enabled, tell, steps } = rule;
  const named = (id: string): string => nameOf(names, id);
  return (
    <li>
      <button type="button" aria-current={current} onClick={onOpen}>
        <b>
          {name} {!enabled && <small>(off)</small>}
        </b>
        <small>{whenText(rule)}</small>
        <small>→ {tellText(tell, named)}</small>
        {steps.map((step) => (
          <small key={step.afterMinutes}>
            after {step.afterMinutes} min → {tellText(step.tell, named)}
          </small>
        ))}
      </button>
    </li>
  );
}

function Saving({
  client,
  draft,
  baseVersion,
  onSaved,
  onDiscard,
}: {
  readonly client: RendererClient;
  readonly draft: AlertRules;
  readonly baseVersion: number;
  readonly onSaved: () => void;
  readonly onDiscard: () => void;
}): ReactElement {
  const [reason, setReason] = useState('');
  const [said, setSaid] = useState('');
  const save = (): void => {
    setSaid('Saving…');
    void client.call('alerts.setRules', { rules: draft, baseVersion, reason }).then((reply) => {
      if (!reply.ok) return setSaid(reply.error.message);
      // Without a server it waits on this desk, and takes its place when one is there.
      if (reply.value.state === 'queued') return setSaid('It waits on this desk for the server.');
      onSaved();
    });
  };
  return (
    <fieldset className="decide saving">
      <legend>These changes are not kept yet</legend>
      <p className="field">
        <label htmlFor="rules-reason">Why</label>
        <input
          id="rules-reason"
          value={reason}
          maxLength={400}
          onChange={(event) => setReason(event.target.value)}
        />
      </p>
      <p className="row">
        <button
          type="button"
          className="primary"
          disabled={reason.trim() === ''}
          title={reason.trim() === '' ? 'Say why first' : ''}
          onClick={save}
        >
          Keep as version {baseVersion + 1}
        </button>
        <button type="button" className="quiet" onClick={onDiscard}>
          Undo all
        </button>
        <span role="status">{said}</span>
      </p>
    </fieldset>
  );
}

function newRule(rules: readonly AlertRule[]): AlertRule {
  let number = rules.length + 1;
  while (rules.some(({ ruleId }) => ruleId === `rule-${number}`)) number += 1;
  return {
    ruleId: `rule-${number}`,
    name: `Rule ${number}`,
    enabled: true,
    when: {
      kinds: ['breach'],
      severity: 'soft',
      programs: [],
      amountFrom: null,
      addressedRoles: [],
      addressedPersons: [],
    },
    tell: { ...TELLS_NOBODY, by: ['desk'], roles: ['riskOfficer'] },
    gatherSeconds: 10,
    quiet: [],
    acknowledgeWithinMinutes: null,
    steps: [],
  };
}

/** What there is to choose from: people, programs, mailboxes and webhooks. */
function useChoices(client: RendererClient): Choices {
  const names = useNames();
  const [ways, setWays] = useState<Pick<Choices, 'mailboxes' | 'hooks'>>({
    mailboxes: [],
    hooks: [],
  });
  useEffect(() => {
    void client.call('alerts.setup', {}).then((reply) => {
      if (!reply.ok) return;
      const { mailboxes, hooks } = reply.value;
      setWays({
        mailboxes: mailboxes.map(({ mailboxId }) => mailboxId),
        hooks: hooks.map(({ hookId }) => hookId),
      });
    });
  }, [client]);
  const programs = new Map(
    book.accounts.map(({ terms }) => [terms.program.programId, terms.program.name]),
  );
  return {
    ...ways,
    persons: Object.entries(names).map(([id, name]) => ({ id, name })),
    programs: [...programs].map(([id, name]) => ({ id, name })),
  };
}
