import { useEffect, useRef } from 'react';
import type { CaseRow } from '#core/desk-api/case-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { caseNow, useCases } from '#renderer/store/cases.ts';

/** A person who touched nothing for so long works on something else: the lock runs out. */
const ACTIVE_MS = 3 * 60_000;
const LOOK_EVERY_MS = 10_000;

/** Keeps a lock while the person works: renewed before the last third of it is gone. */
export function useLockRenewal(client: RendererClient, row: CaseRow | null): void {
  const lastTouch = useRef(0);
  const granted = useRef({ until: 0, length: 0 });
  useEffect(() => {
    const touch = (): void => void (lastTouch.current = Date.now());
    touch();
    const kinds = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const;
    for (const kind of kinds) window.addEventListener(kind, touch, { passive: true });
    return () => {
      for (const kind of kinds) window.removeEventListener(kind, touch);
    };
  }, []);
  useEffect(() => {
    const { lock } = row ?? {};
    if (!row || lock?.mine !== true) return;
    const { until } = lock;
    if (granted.current.until !== until)
      granted.current = { until, length: Math.max(1, until - caseNow()) };
    const timer = setInterval(() => {
      const left = until - caseNow();
      const active = Date.now() - lastTouch.current < ACTIVE_MS;
      if (!active || left <= 0 || left * 3 > granted.current.length) return;
      const { caseId, version } = row;
      void client.call('cases.act', { caseId, version, act: { verb: 'renew' } });
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [client, row]);
}

/** Tells others what is on screen here, and takes it back. */
export function useViewing(client: RendererClient, caseId: string): void {
  useEffect(() => {
    void client.call('cases.viewing', { caseId });
    return () => void client.call('cases.viewing', { caseId: null });
  }, [client, caseId]);
}

/** Who else looks at a case now. */
export function useViewers(row: CaseRow): readonly string[] {
  const presence = useCases((cases) => cases.presence);
  const told = presence.find(({ caseId }) => caseId === row.caseId)?.people;
  return (told ?? row.viewers).map(({ name }) => name);
}
