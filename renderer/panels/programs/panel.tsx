import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react';
import { compileProgram, draftHash, type CompiledProgram } from '#core/programs/compile.ts';
import type { PreviewSummary } from '#core/programs/programs.events.ts';
import type { ProgramInput } from '#core/programs/program.ts';
import type { ProgramList } from '#core/sync/protocol.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { useProposals } from '#renderer/store/proposals.ts';
import { useSession } from '#renderer/store/session.ts';
import { goTo, usePlace } from '#renderer/store/place.ts';
import { usePanelKeys } from '#renderer/ui/panel-keys.ts';
import { Changes } from './changes.tsx';
import { change, openDraft, redo, undo, type Draft } from './draft.ts';
import { Editor } from './editor.tsx';
import { Impact } from './impact.tsx';
import { TraderPageView } from './page.tsx';
import { Publish } from './publish.tsx';
import { compiledOf, Versions } from './versions.tsx';

const PAGES = ['page', 'draft', 'impact', 'versions'] as const;
const TITLES = {
  page: 'Trader page',
  draft: 'Draft',
  impact: 'Impact',
  versions: 'Versions',
} as const;

type Entry = ProgramList['programs'][number];

/** Programs with their versions: read them, draft the next one, see whom it touches, publish it. */
export function Programs({ client }: { readonly client: RendererClient }): ReactElement {
  const [list, setList] = useState<ProgramList | string | null>(null);
  const [drafts, setDrafts] = useState<Readonly<Record<string, Draft>>>({});
  const [search, setSearch] = useState('');
  const place = usePlace();
  const [, chosen, page = 'page'] = place;
  const read = (): void =>
    void client
      .call('programs.list', {})
      .then((reply) => setList(reply.ok ? reply.value : reply.error.message));
  // Read again when the server is back: what stood here may be why it could not be read.
  const live = useSession((session) => session.connection?.state === 'live');
  // And when a proposal became a version.
  const changes = useProposals((proposals) => proposals.version);
  useEffect(read, [client, live, changes]);
  if (typeof list === 'string') {
    return (
      <p className="failure">
        {list}{' '}
        <button type="button" onClick={read}>
          Try again
        </button>
      </p>
    );
  }
  if (list === null) return <p className="empty">Reading the programs…</p>;
  const entry = list.programs.find(({ programId }) => programId === chosen) ?? list.programs[0];
  const shown = list.programs.filter(({ programId, versions }) =>
    `${programId} ${nameOf(versions[0])}`.toLowerCase().includes(search.toLowerCase()),
  );
  return (
    <div className="programs">
      <nav className="panel" aria-label="Programs">
        <div className="toolbar">
          <input
            id="search"
            type="search"
            placeholder="Search programs  /"
            aria-label="Search programs"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
        <ul className="program-list">
          {shown.map(({ programId, versions }) => (
            <li key={programId}>
              <button
                type="button"
                aria-current={programId === entry?.programId}
                onClick={() => goTo('programs', programId, page)}
              >
                {nameOf(versions[0])}
                <small>
                  v{versions[0]?.version}
                  {drafts[programId] ? ' · draft' : ''} ·{' '}
                  {versions.reduce((sum, { accounts }) => sum + accounts, 0)} accounts
                </small>
              </button>
            </li>
          ))}
        </ul>
      </nav>
      {entry && (
        <ProgramView
          key={entry.programId}
          client={client}
          entry={entry}
          delivers={list.delivers}
          page={PAGES.find((one) => one === page) ?? 'page'}
          draft={drafts[entry.programId] ?? openDraft(contentOf(entry.versions[0]))}
          onDraft={(draft) => setDrafts({ ...drafts, [entry.programId]: draft })}
        />
      )}
    </div>
  );
}

interface ViewProps {
  readonly client: RendererClient;
  readonly entry: Entry;
  readonly delivers: ProgramList['delivers'];
  readonly page: (typeof PAGES)[number];
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
}

function ProgramView(props: ViewProps): ReactElement {
  const { client, entry, page, draft, onDraft } = props;
  const [preview, setPreview] = useState<PreviewSummary | null>(null);
  const keep = useCallback(
    (state: { readonly summary: PreviewSummary }) => setPreview(state.summary),
    [],
  );
  const latest = entry.versions[0];
  const published = useMemo(() => compiledOf(latest), [latest]);
  const compiled = useMemo(
    () => compileProgram(draft.content, (latest?.version ?? 0) + 1, props.delivers),
    [draft.content, latest, props.delivers],
  );
  const issues = compiled.ok ? [] : compiled.error;
  const changed = draftHash(draft.content) !== draftHash(contentOf(latest));
  const hearKeys = usePanelKeys();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return;
      event.preventDefault();
      onDraft(event.shiftKey ? redo(draft) : undo(draft));
    };
    return hearKeys(onKey);
  }, [draft, onDraft, hearKeys]);
  return (
    <section className="panel program">
      <header className="panel-head">
        <h2>{nameOf(latest)}</h2>
        <span className="quiet-text">version {latest?.version}</span>
        <span className="spacer" />
        <div className="tabs" role="tablist" aria-label="Pages of the program">
          {PAGES.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              aria-selected={page === one}
              onClick={() => goTo('programs', entry.programId, one)}
            >
              {TITLES[one]}
              {one === 'draft' && changed ? ' ●' : ''}
            </button>
          ))}
        </div>
      </header>
      <div className="program-body">
        {page === 'page' && published && <TraderPageView compiled={published} />}
        {page === 'draft' && (
          <div className="draft">
            <div>
              <p>
                <button
                  type="button"
                  disabled={draft.past.length === 0}
                  onClick={() => onDraft(undo(draft))}
                >
                  Undo (Ctrl+Z)
                </button>{' '}
                <button
                  type="button"
                  disabled={draft.future.length === 0}
                  onClick={() => onDraft(redo(draft))}
                >
                  Redo
                </button>{' '}
                <button
                  type="button"
                  disabled={!changed}
                  onClick={() => onDraft(change(draft, contentOf(latest)))}
                >
                  Back to version {latest?.version}
                </button>
              </p>
              <Editor
                content={draft.content}
                issues={issues}
                onChange={(content) => onDraft(change(draft, content))}
              />
            </div>
            <div className="draft-preview">
              <h3>Changes against version {latest?.version}</h3>
              {compiled.ok && published && <Changes before={published} after={compiled.value} />}
              {compiled.ok && <Remarks compiled={compiled.value} />}
              {issues.map(({ path, message }) => (
                <p key={path + message} className="failure">
                  {path}: {message}
                </p>
              ))}
              {compiled.ok && <TraderPageView compiled={compiled.value} />}
            </div>
          </div>
        )}
        <div hidden={page !== 'impact'}>
          <Impact
            client={client}
            content={draft.content}
            blocked={compiled.ok ? null : 'The draft has faults: mend them first.'}
            onDone={keep}
          />
          {compiled.ok && changed && (
            <Publish
              client={client}
              content={draft.content}
              preview={preview?.draftHash === draftHash(draft.content) ? preview : null}
              version={(latest?.version ?? 0) + 1}
            />
          )}
          {!changed && (
            <p className="quiet-text">
              The draft says what version {latest?.version} says: change a rule under Draft to see
              whom it touches.
            </p>
          )}
        </div>
        {page === 'versions' && <Versions entry={entry} />}
      </div>
    </section>
  );
}

function Remarks({ compiled }: { readonly compiled: CompiledProgram }): ReactElement {
  return (
    <ul className="remarks">
      {compiled.remarks.map(({ path, message }) => (
        <li key={path + message}>
          <b>{path}</b>: {message}
        </li>
      ))}
    </ul>
  );
}

function contentOf(version: Entry['versions'][number] | undefined): ProgramInput {
  return version?.content as unknown as ProgramInput;
}

function nameOf(version: Entry['versions'][number] | undefined): string {
  return contentOf(version)?.name ?? '';
}
