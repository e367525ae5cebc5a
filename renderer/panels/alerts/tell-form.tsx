import type { ReactElement } from 'react';
import { PERSONAL_CHANNELS, type Tell } from '#core/alerts/alert-rules.ts';
import { ROLES } from '#core/people/roles.ts';
import { roleText } from '#renderer/ui/roles.ts';
import { Checks } from './checks.tsx';
import type { Choices } from './rule-form.tsx';
import { CHANNEL_TEXT } from './words.ts';

/** Whom to tell, and how. */
export function TellForm({
  tell,
  choices,
  onChange,
}: {
  readonly tell: Tell;
  readonly choices: Choices;
  readonly onChange: (tell: Tell) => void;
}): ReactElement {
  const isLost =
    (tell.by.length === 0 || tell.roles.length + tell.persons.length === 0) &&
    tell.mailboxes.length + tell.hooks.length === 0;
  return (
    <div className="tell-form">
      <Checks
        label="Roles"
        options={ROLES.map((role) => [role, roleText(role)])}
        chosen={tell.roles}
        onChange={(roles) =>
          onChange({ ...tell, roles: ROLES.filter((one) => roles.includes(one)) })
        }
      />
      <Checks
        label="How"
        options={PERSONAL_CHANNELS.map((channel) => [channel, CHANNEL_TEXT[channel]])}
        chosen={tell.by}
        onChange={(by) =>
          onChange({ ...tell, by: PERSONAL_CHANNELS.filter((one) => by.includes(one)) })
        }
      />
      <details open={tell.persons.length + tell.mailboxes.length + tell.hooks.length > 0}>
        <summary>Persons, mailboxes and webhooks</summary>
        <Checks
          label="Persons"
          options={choices.persons.map(({ id, name }) => [id, name])}
          chosen={tell.persons}
          onChange={(persons) => onChange({ ...tell, persons })}
        />
        <Checks
          label="Mailboxes of the firm"
          options={choices.mailboxes.map((id) => [id, id])}
          chosen={tell.mailboxes}
          onChange={(mailboxes) => onChange({ ...tell, mailboxes })}
        />
        <Checks
          label="Webhooks"
          options={choices.hooks.map((id) => [id, id])}
          chosen={tell.hooks}
          onChange={(hooks) => onChange({ ...tell, hooks })}
        />
      </details>
      {isLost && <p className="failure">This tells nobody yet: choose who, and how.</p>}
    </div>
  );
}
