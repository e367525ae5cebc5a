import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { ScoringPolicy } from '#core/fraud/scoring.ts';
import type { DetectorsReply } from '#core/sync/surveillance-questions.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { useCases } from '#renderer/store/cases.ts';
import { book } from '#renderer/store/session.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { Allowances } from './allowances.tsx';
import { BackTest } from './back-test.tsx';
import { DetectorForm } from './detector-form.tsx';
import { changesOf, draftOf, factorText, withSensitivity } from './scoring.ts';

type InForce = DeskCallOutput<'cases.scoring'>;

/** How findings become cases: a draft as a form, tried on the days that were, proposed to others. */
export function Scoring({ client }: { readonly client: RendererClient }): ReactElement {
  const { inForce, known, failure } = useScoring(client);
  if (failure !== '' && inForce === null) {
    return (
      <section className="panel" aria-label="Scoring">
        <p className="failure" role="alert">
          {failure}
        </p>
      </section>
    );
  }
  if (inForce === null) {
    return (
      <section className="panel" aria-label="Scoring">
        <p className="empty">Reading…</p>
      </section>
    );
  }
  return <Editor key={inForce.policy.version} client={client} inForce={inForce} known={known} />;
}

/** The policy in force from this desk, and what only the server knows of its detectors. */
function useScoring(client: RendererClient): {
  readonly inForce: InForce | null;
  readonly known: DetectorsReply | string | null;
  readonly failure: string;
} {
  const version = useCases((cases) => cases.version);
  const [inForce, setInForce] = useState<InForce | null>(null);
  const [known, setKnown] = useState<DetectorsReply | string | null>(null);
  const [failure, setFailure] = useState('');
  useEffect(() => {
    let late = false;
    void client.call('cases.scoring', {}).then((reply) => {
      if (late) return;
      if (reply.ok) setInForce(reply.value);
      setFailure(reply.ok ? '' : reply.error.message);
    });
    void client.call('surveillance.detectors', {}).then((reply) => {
      if (!late) setKnown(reply.ok ? reply.value : reply.error.message);
    });
    return () => {
      late = true;
    };
  }, [client, version]);
  return { inForce, known, failure };
}

function Editor({
  client,
  inForce,
  known,
}: {
  readonly client: RendererClient;
  readonly inForce: InForce;
  readonly known: DetectorsReply | string | null;
}): ReactElement {
  const [draft, setDraft] = useState<ScoringPolicy>(() => draftOf(inForce.policy));
  const titles = useMemo(
    () => new Map(inForce.detectors.map(({ detector, title }) => [detector, title])),
    [inForce],
  );
  const changes = changesOf(inForce.policy, draft, (detector) => titles.get(detector) ?? detector);
  const fromServer = typeof known === 'object' && known !== null ? known : null;
  return (
    <section className="panel scoring" aria-label="Scoring">
      <div className="scoring-body">
        <div className="scoring-form">
          <h2>
            Version {inForce.policy.version} is in force
            <History inForce={inForce} />
          </h2>
          {fromServer && <Progress known={fromServer} />}
          {typeof known === 'string' && (
            <p className="quiet-text">
              {known} Parameters are shown as this desk knows them, and nothing can be tried.
            </p>
          )}
          <OpenAt draft={draft} onDraft={setDraft} />
          <h3>Detectors</h3>
          {inForce.detectors.map((one) => (
            <DetectorForm
              key={one.detector}
              detector={one}
              known={fromServer?.detectors.find(({ detector }) => detector === one.detector)}
              draft={draft}
              onDraft={setDraft}
            />
          ))}
          <Sensitivity draft={draft} onDraft={setDraft} />
          <Allowances draft={draft} detectors={inForce.detectors} onDraft={setDraft} />
        </div>
        <div className="scoring-trial">
          <h3>The draft, version {draft.version}</h3>
          {changes.length === 0 ? (
            <p className="quiet-text">Nothing is changed yet.</p>
          ) : (
            <>
              <ul className="changes-list">
                {changes.map((change) => (
                  <li key={change}>{change}</li>
                ))}
              </ul>
              <button type="button" onClick={() => setDraft(draftOf(inForce.policy))}>
                Begin again
              </button>
            </>
          )}
          <BackTest
            client={client}
            draft={draft}
            changed={changes.length > 0}
            titleOf={(detector) => titles.get(detector) ?? detector}
          />
        </div>
      </div>
    </section>
  );
}

function History({ inForce }: { readonly inForce: InForce }): ReactElement | null {
  if (inForce.earlier.length === 0) return null;
  return (
    <details className="scoring-history">
      <summary>{inForce.earlier.length} before it</summary>
      <ul>
        {inForce.earlier.map(({ policy, at }) => (
          <li key={policy.version}>
            Version {policy.version}, from {dateTimeText(at)} UTC: opened from {policy.openAt}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Progress({ known }: { readonly known: DetectorsReply }): ReactElement {
  const { progress } = known;
  if (progress === null) {
    return <p className="quiet-text">The server has not heard from surveillance yet.</p>;
  }
  const behind = progress.factsBehind + progress.marksBehind;
  return (
    <p className="quiet-text">
      Surveillance has reached{' '}
      {progress.marketAt === null ? 'no price yet' : `${dateTimeText(progress.marketAt)} UTC`},
      entry {progress.seq}
      {behind > 0 && `, ${behind.toLocaleString('en')} behind`}; it works{' '}
      {Math.floor(progress.busyPerMille / 10)} % of the time.
    </p>
  );
}

interface PartProps {
  readonly draft: ScoringPolicy;
  readonly onDraft: (draft: ScoringPolicy) => void;
}

function OpenAt({ draft, onDraft }: PartProps): ReactElement {
  return (
    <p className="field">
      <label htmlFor="open-at">A case is opened from a score of</label>
      <span className="row">
        <input
          id="open-at"
          type="range"
          min={0}
          max={1000}
          step={10}
          value={draft.openAt}
          aria-valuetext={`${draft.openAt} of 1,000`}
          onChange={(event) => onDraft({ ...draft, openAt: Number(event.target.value) })}
        />
        <output htmlFor="open-at">{draft.openAt} of 1,000</output>
      </span>
    </p>
  );
}

/** Programs in which the same score counts for more or less. */
function Sensitivity({ draft, onDraft }: PartProps): ReactElement {
  const programs = useMemo(() => programsKnown(), []);
  const factors = new Map(draft.sensitivity.map(({ programId, factor }) => [programId, factor]));
  const all = [...new Set([...programs.keys(), ...factors.keys()])].sort();
  return (
    <>
      <h3>How much scores count in each program</h3>
      {all.map((programId) => {
        const factor = factors.get(programId) ?? 1000;
        return (
          <p className="field" key={programId}>
            <label htmlFor={`factor-${programId}`}>{programs.get(programId) ?? programId}</label>
            <span className="row">
              <input
                id={`factor-${programId}`}
                type="range"
                min={0}
                max={2000}
                step={50}
                value={factor}
                aria-valuetext={`${factorText(factor)} times`}
                onChange={(event) =>
                  onDraft(withSensitivity(draft, programId, Number(event.target.value)))
                }
              />
              <output htmlFor={`factor-${programId}`}>{factorText(factor)} times</output>
            </span>
          </p>
        );
      })}
    </>
  );
}

function programsKnown(): ReadonlyMap<string, string> {
  return new Map(
    book.accounts.flatMap((one) =>
      one ? [[one.terms.program.programId, one.terms.program.name] as const] : [],
    ),
  );
}
