import { useState, type ReactElement, type ReactNode } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { CallResult } from '#core/desk-api/rpc.ts';
import { moneyText } from '#core/money/money.ts';
import { DIRECTED_FROM } from '#core/rules/directive.ts';
import { ruleKinds } from '#core/rules/kinds/index.ts';
import type { AccountDetail } from '#core/sync/protocol.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { dateTimeText, instantOf } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { Proposing } from './proposing.tsx';

type Directive = 'restrict' | 'lift' | 'close';

const DIRECTIVES: Readonly<Record<Directive, { readonly name: string; readonly does: string }>> = {
  restrict: { name: 'Restrict', does: 'It may not trade and cannot pass; its rules still hold.' },
  lift: { name: 'Lift the restriction', does: 'It trades again.' },
  close: { name: 'Close', does: 'It ends without having failed; what is open is closed.' },
};
const ORIGINS: Readonly<Record<string, string>> = {
  purchase: 'a purchase',
  nextPhase: 'the next phase of the account before',
  reset: 'the same phase again, after the account before failed',
  scaledUp: 'a larger size of the account before',
};

/** What people may decide about an account, each with a reason, and what was decided so far. */
export function Life({
  client,
  detail,
  onDecided,
}: {
  readonly client: RendererClient;
  readonly detail: AccountDetail;
  readonly onDecided: () => void;
}): ReactElement {
  const { accountId } = detail.state.terms;
  const { life } = detail;
  const [reason, setReason] = useState('');
  const [said, setSaid] = useState('');
  const hear = (what: string, asked: Promise<Answer>): void => {
    setSaid(`${what}…`);
    void asked.then((reply) => {
      if (!reply.ok) return setSaid(reply.error.message);
      const waits = 'Kept on this desk; it takes effect when the server is back.';
      setSaid(reply.value.state === 'accepted' ? `${what}: done.` : waits);
      setReason('');
      onDecided();
    });
  };
  const direct = (type: Directive): void =>
    hear(
      DIRECTIVES[type].name,
      client.call('account.direct', { accountId, directive: { type }, reason }),
    );
  const follow = (successor: 'reset' | 'scaledUp', what: string): void =>
    hear(what, client.call('account.successor', { accountId, successor, reason }));
  const allowed = (['restrict', 'lift', 'close'] as const).filter((type) =>
    DIRECTED_FROM[type].includes(life.status),
  );
  const reasoned = reason.trim() !== '';
  return (
    <div className="life">
      <div>
        <p>
          This account is <b>{life.status}</b>. It is {ORIGINS[life.origin] ?? life.origin}.
        </p>
        <p className="field">
          <label htmlFor="life-reason">Why</label>
          <input
            id="life-reason"
            value={reason}
            maxLength={400}
            placeholder="Kept with the decision, for whoever asks later"
            onChange={(event) => setReason(event.target.value)}
          />
        </p>
        {!reasoned && <p className="quiet-text">Every decision needs its reason first.</p>}
        {allowed.length === 0 && <p className="quiet-text">It has ended: nothing to restrict.</p>}
        <p role="group" aria-label="Status">
          {allowed.map((type) => (
            <button
              key={type}
              type="button"
              disabled={!reasoned}
              title={DIRECTIVES[type].does}
              onClick={() => direct(type)}
            >
              {DIRECTIVES[type].name}
            </button>
          ))}
        </p>
        <p role="status">{said}</p>
        <Exception client={client} detail={detail} reason={reason} hear={hear} />
        <Next
          title="Begin again"
          reasons={life.followed ? ['another account follows this one'] : life.reset}
          disabled={!reasoned}
          onDo={() => follow('reset', 'Begin again')}
        >
          The same phase under the same version, afresh; this account keeps its history.
        </Next>
        {life.scaling && (
          <Next
            title="Scale up"
            reasons={scalingReasons(life, detail.state.at)}
            disabled={!reasoned}
            onDo={() => follow('scaledUp', 'Scale up')}
          >
            Window from {dateTimeText(life.scaling.beganAt)} to {dateTimeText(life.scaling.endsAt)}{' '}
            UTC; the next size is {moneyText(life.scaling.nextSize)}.
          </Next>
        )}
        <Offers client={client} detail={detail} reason={reason} hear={hear} />
        <Proposing client={client} detail={detail} reason={reason} />
      </div>
      <Events detail={detail} />
    </div>
  );
}

/** What the desk says of a decision, or why it could not take it. */
type Answer = CallResult<DeskCallOutput<'account.direct'>>;

interface Deciding {
  readonly client: RendererClient;
  readonly detail: AccountDetail;
  readonly reason: string;
  readonly hear: (what: string, asked: Promise<Answer>) => void;
}

/** One rule says nothing until an instant: a vacation, an agreed trade over the news. */
function Exception({ client, detail, reason, hear }: Deciding): ReactElement | null {
  const { terms, exceptions, at } = detail.state;
  const rules = detail.rules.filter(({ kind }) => ruleKinds.find(kind)?.role !== 'objective');
  const [ruleId, setRuleId] = useState(rules[0]?.ruleId ?? '');
  const [until, setUntil] = useState('');
  if (rules.length === 0) return null;
  const standing = detail.rules.flatMap((rule, place) => {
    const end = exceptions[place] ?? 0;
    return end > at ? [`${rule.title} until ${dateTimeText(end)} UTC`] : [];
  });
  return (
    <fieldset>
      <legend>Exception from a rule</legend>
      {standing.map((text) => (
        <p key={text}>In force: {text}.</p>
      ))}
      <p className="field">
        <label htmlFor="except-rule">Rule</label>
        <select id="except-rule" value={ruleId} onChange={(event) => setRuleId(event.target.value)}>
          {rules.map((rule) => (
            <option key={rule.ruleId} value={rule.ruleId}>
              {rule.title}
            </option>
          ))}
        </select>
      </p>
      <p className="field">
        <label htmlFor="except-until">Until (UTC)</label>
        <input
          id="except-until"
          type="datetime-local"
          value={until}
          onChange={(event) => setUntil(event.target.value)}
        />
        <button
          type="button"
          disabled={reason.trim() === '' || until === ''}
          onClick={() => {
            const directive = { type: 'except', ruleId, until: instantOf(until) } as const;
            const { accountId } = terms;
            hear('Exception', client.call('account.direct', { accountId, directive, reason }));
          }}
        >
          Grant
        </button>
      </p>
      <p className="quiet-text">Market time is {dateTimeText(at)} UTC.</p>
    </fieldset>
  );
}

/** A way to go on, or what stands against it. */
function Next({
  title,
  reasons,
  disabled,
  onDo,
  children,
}: {
  readonly title: string;
  readonly reasons: readonly string[];
  readonly disabled: boolean;
  readonly onDo: () => void;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <fieldset>
      <legend>{title}</legend>
      <p className="quiet-text">{children}</p>
      {reasons.length === 0 ? (
        <button type="button" disabled={disabled} onClick={onDo}>
          {title}
        </button>
      ) : (
        <p>Not now: {reasons.join('; ')}.</p>
      )}
    </fieldset>
  );
}

function scalingReasons({ scaling, followed }: AccountDetail['life'], at: number): string[] {
  if (followed) return ['another account follows this one'];
  const unended = scaling && scaling.endsAt > at ? ['the window has not ended'] : [];
  return [...unended, ...(scaling?.reasons ?? [])];
}

/** Later versions: an easier one moves the account when its policy says so; any, when accepted. */
function Offers({ client, detail, reason, hear }: Deciding): ReactElement | null {
  const { accountId } = detail.state.terms;
  if (detail.life.offers.length === 0) return null;
  return (
    <fieldset>
      <legend>Later versions of its program</legend>
      {detail.life.offers.map(({ version, harder, hash }) => (
        <div key={version}>
          <p>
            <b>Version {version}</b> <code>{hash.slice(0, 8)}</code>:{' '}
            {harder.length === 0 ? 'nothing gets harder.' : `harder: ${harder.join(', ')}.`}
          </p>
          <p>
            <button
              type="button"
              disabled={reason.trim() === ''}
              title="The reason above says how and when the trader accepted"
              onClick={() => {
                const accepted = { accountId, version, evidence: reason };
                hear(`Version ${version}`, client.call('account.acceptChange', accepted));
              }}
            >
              The trader accepted version {version}
            </button>
          </p>
        </div>
      ))}
    </fieldset>
  );
}

function Events({ detail }: { readonly detail: AccountDetail }): ReactElement {
  return (
    <table className="wide">
      <TableHead columns={['When (UTC)', 'By', 'What']} />
      <tbody>
        {detail.life.events.map(({ seq, at, by, says }) => (
          <tr key={seq}>
            <td>{dateTimeText(at)}</td>
            <td>{by}</td>
            <td>{says}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
