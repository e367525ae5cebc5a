import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import type { WorkDetail, WorkRow } from '#core/desk-api/work-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { usePanelKeys } from '#renderer/ui/panel-keys.ts';
import { useWorkActing, type WorkActing } from './acting.ts';
import { stateText } from './columns.tsx';
import { WorkForm } from './forms.tsx';
import { isTyping } from './keys.ts';
import { openLink } from './links.ts';
import { useWorkDetail } from './reading.ts';
import { isShown, VERBS, whyNotOf, type Form, type Verb } from './verbs.ts';
import { handsText, leftText, PRIORITY_TEXT, spanText, toneOf } from './words.ts';

export interface PageProps {
  readonly client: RendererClient;
  readonly itemId: string;
  /** Rises when the board was read again. */
  readonly version: number;
  readonly onBack: () => void;
  readonly onDone: (says: string) => void;
}

/** One item: what is to be done, what is owed, what was done, and every verb. */
export function WorkPage(props: PageProps): ReactElement {
  const { client, itemId, version, onBack } = props;
  const { detail, failure, reread } = useWorkDetail(client, itemId, version);
  return (
    <section className="panel case-page work-page" aria-label="Item of work" tabIndex={-1}>
      {failure !== '' && (
        <p className="failure" role="alert">
          {failure}{' '}
          <button type="button" onClick={onBack}>
            Back to the list
          </button>
        </p>
      )}
      {detail === null && failure === '' && <p className="empty">Reading…</p>}
      {detail && <Item {...props} detail={detail} reread={reread} />}
    </section>
  );
}

function Item({
  client,
  detail,
  reread,
  onBack,
  onDone,
}: PageProps & {
  readonly detail: WorkDetail;
  readonly reread: () => Promise<WorkDetail | null>;
}): ReactElement {
  const { row } = detail;
  const acting = useWorkActing(client, detail, reread);
  const [form, setForm] = useState<Form | null>(null);
  const [said, setSaid] = useState('');
  const run = useRun(detail, acting, { setForm, setSaid, onDone });
  useVerbKeys(run, detail, form, () => setForm(null));
  return (
    <div className="drop-area">
      <header className="case-head">
        <div className="case-title">
          <h2>{row.title}</h2>
          <span className="spacer" />
          <button type="button" className="quiet" onClick={onBack}>
            Close (Esc)
          </button>
        </div>
        <State row={row} />
        <div className="verbs" role="toolbar" aria-label="What can be done">
          {VERBS.filter((verb) => isShown(detail, verb)).map((verb) => {
            const whyNot = whyNotOf(detail, verb);
            return (
              <button
                key={verb.name}
                type="button"
                className={verb.name === 'open' ? 'primary' : ''}
                aria-disabled={whyNot !== ''}
                title={whyNot}
                onClick={() => run(verb)}
              >
                {titleOf(verb, row)} <kbd>{verb.key}</kbd>
              </button>
            );
          })}
        </div>
        <p className="case-said" role="status">
          {said !== '' ? said : acting.said}
        </p>
      </header>
      <div className="work-parts">
        {detail.waiting.map(({ commandId, verb, at }) => (
          <p key={commandId} className="waits">
            ○ {verb} waits on this desk for the server, since {dateTimeText(at)} UTC
          </p>
        ))}
        <Promises row={row} />
        <h3>What was done</h3>
        <ol className="work-deeds">
          {detail.deeds.map(({ seq, at, by, says }) => (
            <li key={`${seq} ${says}`}>
              <time>{dateTimeText(at)}</time> {by !== '' && <b>{by}</b>} {says}{' '}
              <small>#{seq}</small>
            </li>
          ))}
        </ol>
      </div>
      {form !== null && (
        <WorkForm
          verb={form}
          detail={detail}
          acting={acting}
          onClose={() => setForm(null)}
          onDone={(state) => {
            setForm(null);
            const says = state === 'queued' ? 'It waits on this desk for the server.' : 'Done.';
            setSaid(says);
            onDone(says);
          }}
        />
      )}
    </div>
  );
}

function titleOf({ name, title }: Verb, { queue }: WorkRow): string {
  return name === 'take' && queue === 'mine' ? 'Give back' : title;
}

function State({ row }: { readonly row: WorkRow }): ReactElement {
  return (
    <p className="case-state">
      <span className={`work-${row.priority}`}>{PRIORITY_TEXT[row.priority]}</span>
      <span>{row.kindName}</span>
      <span>{handsText(row)}</span>
      <span>{stateText(row)}</span>
      {row.pausedFor !== '' && <span className="waits">waits for: {row.pausedFor}</span>}
      {row.traderName !== '' && <span>{row.traderName}</span>}
      {row.programName !== '' && <span className="tag">{row.programName}</span>}
      <span className={`age-${toneOf(row)}`}>{leftText(row)}</span>
    </p>
  );
}

const STATE_TEXT = {
  running: 'runs',
  overdue: '▲ overdue',
  kept: '● kept',
  missed: '▲ missed',
} as const;

function Promises({ row }: { readonly row: WorkRow }): ReactElement {
  if (!row.service) {
    return (
      <p className="empty">
        Nothing is promised for this kind at this priority: see “Service levels”.
      </p>
    );
  }
  const lines = [
    ['Taken in hand', row.service.firstTouch],
    ['Settled', row.service.settle],
  ] as const;
  return (
    <table className="work-promises">
      <thead>
        <tr>
          <th scope="col">Promise</th>
          <th scope="col">Within</th>
          <th scope="col">Ran</th>
          <th scope="col">By (UTC)</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(([name, { owedMs, ranMs, dueAt, state }]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{spanText(owedMs)}</td>
            <td>{spanText(ranMs)}</td>
            <td>{dueAt === null ? '–' : dateTimeText(dueAt)}</td>
            <td className={state === 'overdue' || state === 'missed' ? 'loss' : ''}>
              {STATE_TEXT[state]}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Does a verb, or opens its form; says why it cannot be. */
function useRun(
  detail: WorkDetail,
  acting: WorkActing,
  to: {
    readonly setForm: (form: Form) => void;
    readonly setSaid: (text: string) => void;
    readonly onDone: (says: string) => void;
  },
): (verb: Verb) => void {
  const { setForm, setSaid, onDone } = to;
  const me = detail.row.queue === 'mine';
  const latest = useRef(acting);
  useEffect(() => {
    latest.current = acting;
  }, [acting]);
  return useCallback(
    (verb: Verb) => {
      const whyNot = whyNotOf(detail, verb);
      if (whyNot !== '') return setSaid(`Not now: ${whyNot}.`);
      setSaid('');
      if (verb.name === 'open') return setSaid(openLink(detail.row.link));
      if (verb.name === 'resume' || verb.name === 'take') {
        const act =
          verb.name === 'resume'
            ? ({ verb: 'resume' } as const)
            : ({ verb: 'assign', to: me ? null : latest.current.personId } as const);
        void latest.current.act(act).then((state) => {
          if (state !== null) onDone(state === 'queued' ? 'It waits for the server.' : '');
        });
        return undefined;
      }
      latest.current.seen();
      return setForm(verb.name);
    },
    [detail, me, setForm, setSaid, onDone],
  );
}

/** Every verb by its letter; Esc closes a form. */
function useVerbKeys(
  run: (verb: Verb) => void,
  detail: WorkDetail,
  form: Form | null,
  close: () => void,
): void {
  const hearKeys = usePanelKeys();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && form !== null) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return close();
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (form !== null || document.querySelector('dialog.sheet') !== null) return;
      const verb = VERBS.find((one) => one.key === event.key && isShown(detail, one));
      if (!verb) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      run(verb);
    };
    return hearKeys(onKey, true);
  }, [run, detail, form, close, hearKeys]);
}
