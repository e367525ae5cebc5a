import { useCallback, useEffect, useState, type FormEvent, type ReactElement } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import { REPORT_FORMATS, REPORT_PERIODS, type Schedule } from '#core/insight/reports.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo } from '#renderer/store/place.ts';
import { useSession } from '#renderer/store/session.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';

type Plans = DeskCallOutput<'kpi.plans'>;
const READ_EVERY_MS = 5_000;

/** Which numbers are sent to whom by mail, and what was sent. */
export function Reports({
  client,
  list,
}: {
  readonly client: RendererClient;
  readonly list: DeskCallOutput<'kpi.list'>;
}): ReactElement {
  const roles = useSession((session) => session.person?.roles ?? []);
  const mayPlan = roles.some((role) => role === 'manager' || role === 'admin');
  const [plans, setPlans] = useState<Plans | null>(null);
  const [said, setSaid] = useState('');
  const read = useCallback(async (): Promise<void> => {
    const reply = await client.call('kpi.plans', {});
    if (reply.ok) setPlans(reply.value);
    else setSaid(reply.error.message);
  }, [client]);
  useEffect(() => {
    void read();
    const timer = setInterval(() => void read(), READ_EVERY_MS);
    return () => clearInterval(timer);
  }, [read]);
  const change = async (scheduleId: string, schedule: Schedule | null, reason: string) => {
    const reply = await client.call('kpi.schedule', { scheduleId, schedule, reason });
    setSaid(reply.ok ? 'Saved.' : reply.error.message);
    await read();
  };
  if (!plans) return <p className={said ? 'failure' : 'empty'}>{said || 'Reading schedules…'}</p>;
  return (
    <article className="kpi-reports" aria-label="Reports">
      <header className="panel-head">
        <button type="button" onClick={() => goTo('kpis')}>
          ← All numbers (Esc)
        </button>
        <h2>Reports by mail</h2>
      </header>
      <p role="status">{said}</p>
      {plans.schedules.length === 0 && (
        <p className="empty">
          Nothing is sent yet. A schedule sends the numbers of every day, week or month that has
          passed, once, to mailboxes that alerts.json names.
        </p>
      )}
      {plans.schedules.length > 0 && (
        <table>
          <TableHead columns={['Report', 'Every', 'Turns at', 'Holds', 'Goes to', '']} />
          <tbody>
            {plans.schedules.map(({ scheduleId, schedule }) => (
              <tr key={scheduleId}>
                <th scope="row">{schedule.title}</th>
                <td>{schedule.every}</td>
                <td>
                  {schedule.time} {schedule.zone}
                </td>
                <td>
                  {schedule.kpiIds.length} numbers, {schedule.formats.join(' and ')}
                </td>
                <td>{schedule.tell.join(', ')}</td>
                <td>
                  {mayPlan && (
                    <button
                      type="button"
                      onClick={() =>
                        void change(scheduleId, null, 'ended from the page of reports')
                      }
                    >
                      End
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {mayPlan && <NewSchedule plans={plans} list={list} onSave={change} />}
      <Sendings plans={plans} />
    </article>
  );
}

function Sendings({ plans }: { readonly plans: Plans }): ReactElement {
  return (
    <section aria-label="Sent">
      <h3>What was sent</h3>
      {plans.sendings.length === 0 ? (
        <p className="empty">Nothing was sent yet.</p>
      ) : (
        <table>
          <TableHead
            columns={['When (UTC)', 'Report', 'Of the period up to', 'To', 'Became', 'Entry']}
          />
          <tbody>
            {plans.sendings.map((sent) => (
              <tr key={`${sent.scheduleId} ${sent.periodEnd} ${sent.target}`}>
                <td>{dateTimeText(sent.at)}</td>
                <td>{sent.scheduleId}</td>
                <td>{dateTimeText(sent.periodEnd)}</td>
                <td>{sent.target}</td>
                <td>
                  {sent.outcome === 'sent' ? '✔' : '✖'} {sent.says}
                </td>
                <td className="number">{sent.seq}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function NewSchedule(props: {
  readonly plans: Plans;
  readonly list: DeskCallOutput<'kpi.list'>;
  readonly onSave: (id: string, schedule: Schedule, reason: string) => Promise<void>;
}): ReactElement {
  const { plans, list, onSave } = props;
  const save = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string): string => String(form.get(name) ?? '').trim();
    const title = text('title');
    const scheduleId = title
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 60);
    void onSave(
      scheduleId,
      {
        title,
        kpiIds: list.kpis.map(({ kpiId }) => kpiId),
        every: REPORT_PERIODS.find((one) => one === text('every')) ?? 'week',
        zone: text('zone'),
        time: text('time'),
        formats: REPORT_FORMATS.filter((format) => form.get(format) !== null),
        tell: form.getAll('tell').map(String),
      },
      text('reason'),
    );
  };
  return (
    <form className="kpi-schedule" onSubmit={save} aria-label="A new schedule">
      <h3>Send the numbers</h3>
      <label>
        Name <input name="title" required maxLength={60} defaultValue="Weekly numbers" />
      </label>
      <label>
        Every{' '}
        <select name="every" defaultValue="week">
          {REPORT_PERIODS.map((every) => (
            <option key={every}>{every}</option>
          ))}
        </select>
      </label>
      <label>
        at <input name="time" type="time" required defaultValue="06:00" />
      </label>
      <label>
        in <input name="zone" required defaultValue="Europe/Prague" />
      </label>
      {REPORT_FORMATS.map((format) => (
        <label key={format}>
          <input type="checkbox" name={format} defaultChecked /> {format.toUpperCase()}
        </label>
      ))}
      <label>
        to{' '}
        <select name="tell" required>
          {plans.mailboxes.map((mailbox) => (
            <option key={mailbox} value={`mailbox:${mailbox}`}>
              {mailbox}
            </option>
          ))}
        </select>
      </label>
      <input name="reason" required maxLength={400} placeholder="Why" aria-label="Why" />
      <button type="submit" disabled={plans.mailboxes.length === 0}>
        Save
      </button>
      {plans.mailboxes.length === 0 && (
        <p>alerts.json names no mailbox: write one there, and start the server again.</p>
      )}
    </form>
  );
}
