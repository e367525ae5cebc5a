import { useEffect, useRef } from 'react';
import type { CaseRow } from '#core/desk-api/case-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { caseNow, useCases } from '#renderer/store/cases.ts';

/** A person who touched nothing for so long works on something else: the lock runs out. */
const ACTIVE_MS = 3 * 60_000;
/** What is left of a lock when it is renewed; and renewals are never closer than this. */
const RENEW_BELOW_MS = 4 * 60_000;
const RENEW_EVERY_MS = 60_000;
const LOOK_EVERY_MS = 10_000;

/** Keeps a lock while the person works on its case. */
export function useLockRenewal(client: RendererClient, row: CaseRow | null): void {
  const lastTouch = useRef(0);
  const lastRenewal = useRef(0);
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
    const { caseId, version } = row;
    const timer = setInterval(() => {
      const left = lock.until - caseNow();
      const now = Date.now();
      const active = now - lastTouch.current < ACTIVE_MS;
      const soon = left > 0 && left < RENEW_BELOW_MS;
      if (!active || !soon || now - lastRenewal.current < RENEW_EVERY_MS) return;
      lastRenewal.current = now;
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
