import { useState, type FormEvent, type ReactElement } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { KpiCard } from '#core/kpi/answers.ts';
import { MONEY_DECIMALS, parseDecimal } from '#core/money/money.ts';
import { figureText } from '#core/kpi/words.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { useSession } from '#renderer/store/session.ts';

type Goals = DeskCallOutput<'kpi.list'>['goals'];

/** How people write a target: a number, its unit beside it, and how many decimals it has. */
const WRITTEN: Readonly<
  Record<
    KpiCard['unit'],
    { readonly unit: string; readonly decimals: number; readonly times: number }
  >
> = {
  ms: { unit: 'minutes', decimals: 0, times: 60_000 },
  ppm: { unit: '%', decimals: 4, times: 1 },
  perThousand: { unit: 'on 1,000', decimals: 3, times: 1 },
  money: { unit: '', decimals: MONEY_DECIMALS, times: 1 },
  count: { unit: '', decimals: 0, times: 1 },
};

/** What the number is to reach, and the form that changes it. */
export function Goal({
  client,
  card,
  goals,
}: {
  readonly client: RendererClient;
  readonly card: KpiCard;
  readonly goals: Goals;
}): ReactElement | null {
  const roles = useSession((session) => session.person?.roles ?? []);
  const [isOpen, setOpen] = useState(false);
  const [said, setSaid] = useState('');
  const { unit, target } = card;
  if (card.better === 'neither') return null;
  const written = WRITTEN[unit];
  const save = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = String(form.get('target')).trim();
    const parsed = parseDecimal(text === '' ? '0' : text, written.decimals);
    if (!parsed.ok) return setSaid(parsed.error);
    const { [card.kpiId]: _before, ...others } = goals.targets;
    const own = text === '' ? {} : { [card.kpiId]: parsed.value * written.times };
    const plans = await client.call('kpi.plans', {});
    if (!plans.ok) return setSaid(plans.error.message);
    const reply = await client.call('kpi.setGoals', {
      goals: { ...goals, targets: { ...others, ...own } },
      baseVersion: plans.value.version,
      reason: String(form.get('reason')),
    });
    setSaid(reply.ok ? 'Saved.' : reply.error.message);
    if (reply.ok) setOpen(false);
  };
  return (
    <section className="kpi-goal" aria-label="Target">
      <p>
        Target: {target ? figureText(unit, target.value, goals.currency) : 'none'}
        {target?.isMet === true && ' ✔ met'}
        {target?.isMet === false && ' ✖ missed'}{' '}
        {roles.includes('manager') && !isOpen && (
          <button type="button" onClick={() => setOpen(true)}>
            Set a target
          </button>
        )}
      </p>
      {isOpen && (
        <form className="toolbar" onSubmit={(event) => void save(event)}>
          <label>
            {card.better === 'lower' ? 'At most' : 'At least'}{' '}
            <input name="target" inputMode="decimal" autoFocus aria-describedby="kpi-goal-unit" />
          </label>
          <span id="kpi-goal-unit">{written.unit || goals.currency} (empty for none)</span>
          <input name="reason" required maxLength={400} placeholder="Why" aria-label="Why" />
          <button type="submit">Save</button>
          <button type="button" className="quiet" onClick={() => setOpen(false)}>
            Cancel
          </button>
        </form>
      )}
      <p role="status">{said}</p>
    </section>
  );
}
