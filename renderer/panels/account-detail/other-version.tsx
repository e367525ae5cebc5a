import { useEffect, useState, type ReactElement } from 'react';
import type { ImpactRow } from '#core/impact/impact.ts';
import type { AccountDetail, ProgramList } from '#core/sync/protocol.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { cents, dateTimeText } from '#renderer/ui/format.ts';

const POLL_MS = 250;

type Versions = ProgramList['programs'][number]['versions'];

/** What would have become of this account under another version of its program. */
export function OtherVersion({
  client,
  detail,
}: {
  readonly client: RendererClient;
  readonly detail: AccountDetail;
}): ReactElement | null {
  const { accountId, program, ruleSet } = detail.state.terms;
  const [versions, setVersions] = useState<Versions>([]);
  const [said, setSaid] = useState<string | ImpactRow>('');
  useEffect(() => {
    void client.call('programs.list', {}).then((reply) => {
      if (!reply.ok) return;
      const own = reply.value.programs.find(({ programId }) => programId === program.programId);
      setVersions(own?.versions ?? []);
    });
  }, [client, program.programId]);
  const others = versions.filter(({ version }) => version !== ruleSet.version);
  const run = async (version: Versions[number]): Promise<void> => {
    setSaid('Replaying its history…');
    const job = { content: version.content as never, follows: false, accountId };
    const started = await client.call('impact.start', job);
    if (!started.ok) return setSaid(started.error.message);
    for (;;) {
      await new Promise((done) => setTimeout(done, POLL_MS));
      const state = await client.call('impact.state', started.value);
      if (!state.ok) return setSaid(state.error.message);
      if (state.value.type === 'failed') return setSaid(state.value.message);
      if (state.value.type === 'running') continue;
      const [row] = state.value.result.rows;
      return setSaid(row ?? `Nothing would differ under version ${version.version}.`);
    }
  };
  return (
    <section className="other-version">
      <h3>Under another version</h3>
      {others.length === 0 ? (
        <p className="quiet-text">{program.name} has no other version than this account has.</p>
      ) : (
        <p>
          {others.map((version) => (
            <button key={version.version} type="button" onClick={() => void run(version)}>
              Version {version.version}
            </button>
          ))}
        </p>
      )}
      {typeof said === 'string' ? (
        <p role="status">{said}</p>
      ) : (
        <p role="status">
          It is <b>{said.published.status}</b> with {cents(said.published.equity)}; it would be{' '}
          <b>{said.draft.status}</b> with {cents(said.draft.equity)}. First difference{' '}
          {dateTimeText(said.first.at)}, {said.first.says}: {said.first.sentence}
        </p>
      )}
    </section>
  );
}
