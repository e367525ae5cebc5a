import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { useCases } from '#renderer/store/cases.ts';
import { usePreferences } from '#renderer/store/preferences.ts';
import { usePanelKeys } from '#renderer/ui/panel-keys.ts';
import { useActing } from './acting.ts';
import { Aside } from './aside.tsx';
import { AttachmentList, DropArea } from './attachments.tsx';
import { ProposeConsequence } from './consequence.tsx';
import { Decide, type DecideProps } from './decide.tsx';
import { useDraft, type Draft } from './draft.ts';
import { Head } from './head.tsx';
import { Links } from './links.tsx';
import { useLockRenewal, useViewing } from './lock.ts';
import { NoteForm, NoteList } from './notes.tsx';
import { Compare } from './side-by-side.tsx';
import { Signals } from './signals.tsx';
import { SmallForm } from './small-forms.tsx';
import { Timeline } from './timeline.tsx';
import { isShown, isTyping, verbOf, whyNotOf, type Form, type VerbName } from './verbs.ts';

const PARTS = ['evidence', 'compare', 'links', 'timeline', 'notes'] as const;
type Part = (typeof PARTS)[number];
const PART_TEXT: Readonly<Record<Part, string>> = {
  evidence: 'Evidence',
  compare: 'Side by side',
  links: 'Links',
  timeline: 'Timeline',
  notes: 'Notes and files',
};

interface CasePageProps {
  readonly client: RendererClient;
  readonly caseId: string;
  /** Takes the most urgent free case. */
  readonly onNext: () => void;
  readonly onBack: () => void;
  /** A decision was sent, or waits on this desk. */
  readonly onDecided: (says: string, goOn: boolean) => void;
}

/** One case with all that a decision on it rests on; every verb has a key. */
export function CasePage(props: CasePageProps): ReactElement {
  const { client, caseId, onBack } = props;
  const { detail, failure, reread } = useDetail(client, caseId);
  const draft = useDraft(client, caseId);
  useViewing(client, caseId);
  useLockRenewal(client, detail?.row ?? null);
  if (detail === null && failure === '') {
    return (
      <section className="panel case-page" aria-label="Case" aria-busy="true">
        <p className="empty">Reading…</p>
      </section>
    );
  }
  if (detail === null) {
    return (
      <section className="panel case-page" aria-label="Case">
        <p className="failure" role="alert">
          {failure}
        </p>
        <p className="empty">
          <button type="button" onClick={onBack}>
            Back to the list (Esc)
          </button>
        </p>
      </section>
    );
  }
  return <Opened {...props} detail={detail} failure={failure} reread={reread} draft={draft} />;
}

/**
 * The case as the desk has it, read again with every change. What was read once stays on screen when
 * a later reading fails: somebody may be writing.
 */
function useDetail(
  client: RendererClient,
  caseId: string,
): {
  readonly detail: CaseDetail | null;
  readonly failure: string;
  reread(): Promise<CaseDetail | null>;
} {
  const version = useCases((cases) => cases.version);
  const [detail, setDetail] = useState<CaseDetail | null>(null);
  const [failure, setFailure] = useState('');
  const asked = useRef(0);
  const reread = useCallback(async () => {
    asked.current += 1;
    const mine = asked.current;
    const reply = await client.call('cases.get', { caseId });
    // An answer that was overtaken by a later one is old.
    if (mine === asked.current) {
      if (reply.ok) setDetail(reply.value);
      setFailure(reply.ok ? '' : reply.error.message);
    }
    return reply.ok ? reply.value : null;
  }, [client, caseId]);
  useEffect(() => void reread(), [reread, version]);
  return { detail, failure, reread };
}

function Opened({
  client,
  detail,
  failure,
  reread,
  draft,
  onNext,
  onBack,
  onDecided,
}: CasePageProps & {
  readonly detail: CaseDetail;
  /** Why it could not be read again; empty when it could. */
  readonly failure: string;
  readonly reread: () => Promise<CaseDetail | null>;
  readonly draft: Draft;
}): ReactElement {
  const [doing, setDoing] = useState<Form | null>(null);
  const [part, setPart] = useState<Part>('evidence');
  const [said, setSaid] = useState('');
  const acting = useActing(client, detail, reread, 'now');
  const section = useRef<HTMLElement | null>(null);
  // Whoever opened it goes on here: by keys, or by a reader of screens.
  useEffect(() => section.current?.focus({ preventScroll: true }), []);
  const theme = usePreferences((preferences) => preferences.theme);
  const { row } = detail;
  const onVerb = (verb: VerbName): void => {
    if (!isShown(detail, verb)) return;
    const whyNot = whyNotOf(detail, verb);
    setSaid(whyNot);
    if (whyNot !== '') return;
    if (verb === 'takeNext') onNext();
    else if (verb === 'hold')
      void acting.act({ verb: row.lock?.mine === true ? 'release' : 'claim' });
    else setDoing(verb);
  };
  const onDone = (state: 'queued' | 'accepted', goOn: boolean): void => {
    const deed = doing ?? '';
    setDoing(null);
    const says = `#${row.number}: ${DONE[deed] ?? 'done'}${
      state === 'queued' ? ', waits on this desk until the server is back' : ''
    }.`;
    setSaid(says);
    if (deed === 'note') setPart('notes');
    else if (LEAVES.includes(deed)) onDecided(says, goOn);
  };
  usePageKeys({ doing, setDoing, onVerb, onPart: setPart, onBack });
  const formProps: DecideProps = {
    client,
    detail,
    acting,
    draft,
    onClose: () => setDoing(null),
    onDone,
  };
  return (
    <section
      ref={section}
      className="panel case-page"
      aria-label={`Case ${row.number}: ${row.title}`}
      tabIndex={-1}
    >
      <DropArea acting={acting} whyNot={detail.whyNot.note} onSaid={setSaid}>
        <Head detail={detail} doing={doing} onVerb={onVerb} onBack={onBack} />
        {doing !== null && draft.ready && (
          <OpenForm key={doing} doing={doing} reread={reread} {...formProps} />
        )}
        <div className="case-parts">
          <div className="tabs" role="tablist" aria-label="Parts of the case">
            {PARTS.map((one, at) => (
              <button
                key={one}
                type="button"
                role="tab"
                aria-selected={part === one}
                title={`${PART_TEXT[one]} (Alt+${at + 1})`}
                onClick={() => setPart(one)}
              >
                {PART_TEXT[one]}
                {one === 'notes' && detail.notes.length + detail.attachments.length > 0 && (
                  <small> {detail.notes.length + detail.attachments.length}</small>
                )}
              </button>
            ))}
          </div>
          <p role="status" className="case-said">
            {[failure, acting.said, said].find((text) => text !== '')}
          </p>
        </div>
        <div className="case-body" role="tabpanel" aria-label={PART_TEXT[part]} tabIndex={0}>
          {row.blind && <BlindNotice />}
          {part === 'evidence' && (
            <div className="case-evidence">
              <Signals detail={detail} />
              <Aside detail={detail} acting={acting} />
            </div>
          )}
          {part === 'compare' && <Compare client={client} detail={detail} theme={theme} />}
          {part === 'links' && <Links detail={detail} theme={theme} />}
          {part === 'timeline' && <Timeline detail={detail} />}
          {part === 'notes' && (
            <div className="case-columns">
              <section>
                <h3>Notes</h3>
                <NoteList detail={detail} />
              </section>
              <section>
                <h3>Files</h3>
                <AttachmentList client={client} detail={detail} acting={acting} onSaid={setSaid} />
              </section>
            </div>
          )}
        </div>
      </DropArea>
    </section>
  );
}

const DONE: Readonly<Record<string, string>> = {
  dismiss: 'dismissed',
  warn: 'the trader is warned',
  propose: 'proposed; it waits under Approvals for others to sign',
  note: 'the note is kept',
  assign: 'assigned',
  snooze: 'snoozed',
  escalate: 'escalated',
  merge: 'merged',
  split: 'split',
  reopen: 'reopened',
  review: 'answered; what was decided is shown now',
};
/** After these a person goes on to other work. */
const LEAVES: readonly string[] = ['dismiss', 'warn', 'propose', 'snooze', 'escalate', 'merge'];

/** The form that is open, resting on the case as it was when it was opened. */
function OpenForm({
  doing,
  reread,
  ...props
}: DecideProps & {
  readonly doing: Form;
  readonly reread: () => Promise<CaseDetail | null>;
}): ReactElement {
  const acting = useActing(props.client, props.detail, reread, 'opening');
  const all = { ...props, acting };
  if (doing === 'dismiss' || doing === 'warn') return <Decide verb={doing} {...all} />;
  if (doing === 'propose') return <ProposeConsequence {...all} />;
  if (doing === 'note') return <NoteForm {...all} />;
  return <SmallForm verb={doing} {...all} />;
}

function BlindNotice(): ReactElement {
  return (
    <p className="blind" role="note">
      <b>Blind review.</b> This case was decided by somebody else. What was decided is left out
      until you have said what you would have done (V).
    </p>
  );
}

/** Letters are verbs, Alt and a digit a part, Esc closes the form first and the case then. */
function usePageKeys({
  doing,
  setDoing,
  onVerb,
  onPart,
  onBack,
}: {
  readonly doing: Form | null;
  readonly setDoing: (doing: Form | null) => void;
  readonly onVerb: (verb: VerbName) => void;
  readonly onPart: (part: Part) => void;
  readonly onBack: () => void;
}): void {
  const hearKeys = usePanelKeys();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (document.querySelector('dialog.sheet') !== null) return;
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopImmediatePropagation();
        if (doing !== null) setDoing(null);
        else if (isTyping(event.target)) (event.target as HTMLElement).blur();
        else onBack();
        return;
      }
      const part = event.altKey && /^[1-5]$/.test(event.key) ? PARTS[Number(event.key) - 1] : null;
      if (part) {
        event.preventDefault();
        event.stopImmediatePropagation();
        onPart(part);
        return;
      }
      if (isTyping(event.target) || doing !== null) return;
      const verb = verbOf(event);
      if (!verb) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      onVerb(verb.name);
    };
    return hearKeys(onKey, true);
  });
}
