import { randomUUID } from 'node:crypto';
import { macOf, signatureHeader } from '../message-signature.ts';
import { EVENT_KIND, RAIL_SIGNATURE, type RailEvent } from '../rail-messages.ts';

/** Times that an event is sent until somebody takes it; a wait between them, twice as long each. */
const SENDINGS_MAX = 5;
const RESEND_FIRST_MS = 500;
const ANSWER_MS = 10_000;

export interface RailEvents {
  /** Sends an event so many times over, each until it is taken. */
  send(key: string, times: number): void;
  /** Ends when nothing is on its way any more. */
  idle(): Promise<void>;
  close(): void;
}

export interface RailEventPorts {
  /** Where events go; null while nobody wants any. */
  url(): string | null;
  readonly secret: Uint8Array;
  now(): number;
  readonly resendFirstMs?: number;
}

/** Signed news of payments, as rails send it: more than once, late, and in any order. */
export function createRailEvents(ports: RailEventPorts): RailEvents {
  const underWay = new Set<Promise<void>>();
  const stopped = new AbortController();
  return {
    send: (key, times) => {
      const event: RailEvent = { eventId: `event-${randomUUID()}`, key };
      for (let count = 0; count < times; count += 1) {
        const delivery = deliver(event, ports, stopped.signal).finally(() =>
          underWay.delete(delivery),
        );
        underWay.add(delivery);
      }
    },
    idle: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    close: () => stopped.abort(),
  };
}

async function deliver(event: RailEvent, ports: RailEventPorts, stop: AbortSignal): Promise<void> {
  const { resendFirstMs = RESEND_FIRST_MS } = ports;
  for (let sending = 0; sending < SENDINGS_MAX && !stop.aborted; sending += 1) {
    const url = ports.url();
    if (url === null || (await post(url, JSON.stringify(event), ports, stop))) return;
    await pause(resendFirstMs * 2 ** sending, stop);
  }
}

async function post(
  url: string,
  body: string,
  { secret, now }: RailEventPorts,
  stop: AbortSignal,
): Promise<boolean> {
  const t = now();
  const v = macOf(secret, EVENT_KIND, t, Buffer.from(body));
  try {
    const { ok } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [RAIL_SIGNATURE]: signatureHeader({ t, v }) },
      body,
      redirect: 'error',
      signal: AbortSignal.any([stop, AbortSignal.timeout(ANSWER_MS)]),
    });
    return ok;
  } catch {
    return false;
  }
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    stop.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });
}
