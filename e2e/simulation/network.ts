import type { Kernel } from './kernel.ts';
import type { Situations } from './situations.ts';
import type { Swarm } from './swarm.ts';

/** Messages between desks and the server: lost, doubled, late and out of order, as the seed says. */
export interface Network {
  /** Carries one message; what arrives is a copy that shares nothing with what was sent. */
  send(deskId: string, name: string, message: unknown, arrived: (message: unknown) => void): void;
  isCut(deskId: string): boolean;
  cut(deskId: string, forMs: number): void;
  heal(): void;
  /** Everything that was on the wire, for those who look for secrets on it. */
  readonly heard: (listener: (name: string, text: string) => void) => void;
}

export function createNetwork(
  kernel: Kernel,
  ports: { swarm(): Swarm; situations: Situations },
): Network {
  const random = kernel.random('network');
  const cutUntil = new Map<string, number>();
  const listeners: ((name: string, text: string) => void)[] = [];
  const isCut = (deskId: string): boolean => (cutUntil.get(deskId) ?? 0) > kernel.now;
  return {
    isCut,
    cut: (deskId, forMs) => void cutUntil.set(deskId, kernel.now + forMs),
    heal: () => cutUntil.clear(),
    heard: (listener) => void listeners.push(listener),
    send: (deskId, name, message, arrived) => {
      const { loss, duplication, delayMs } = ports.swarm();
      const text = JSON.stringify(message);
      for (const listener of listeners) listener(name, text);
      if (isCut(deskId) || random.fraction() < loss) return ports.situations.seen('messageLost');
      const isDoubled = random.fraction() < duplication;
      if (isDoubled) ports.situations.seen('messageDoubled');
      for (let copy = 0; copy < (isDoubled ? 2 : 1); copy += 1) {
        // Most are quick; the slow ones overtake nobody and are overtaken by many.
        const delay = random.below(10) === 0 ? random.fraction() * delayMs : random.below(400);
        kernel.after(delay, `${deskId} ${name}`, () => {
          if (!isCut(deskId)) arrived(JSON.parse(text));
        });
      }
    },
  };
}
