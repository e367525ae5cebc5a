import type { Board } from '#core/board/board.ts';
import { createServiceDesk, type ServiceDesk } from '#core/board/service.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { WallClocks } from '#core/work/business-time.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import type { ServerCommand } from '../commands/server-command.ts';

/** Promises are in minutes: nobody is told later than this after a step is due. */
export const LOOK_EVERY_MS = 10_000;
/** Steps told in one look; the rest waits for the next one. */
export const STEPS_PER_LOOK_MAX = 100;

export interface EscalationPorts {
  board(): Board;
  readonly clocks: WallClocks;
  command(command: ServerCommand): Promise<CommandResult>;
  now(): number;
  failed(problem: string): void;
}

/** Watches the time of work: one timer, which tells the log of steps that are due. */
export interface Escalations {
  /** Tells what is due now; how many steps that was. */
  look(): Promise<number>;
  stop(): void;
}

/** When an item's next step is due, as long as neither it nor what is owed has changed. */
interface Kept {
  readonly version: number;
  readonly nextAt: number | null;
}

export function startEscalations(ports: EscalationPorts, everyMs = LOOK_EVERY_MS): Escalations {
  let service: { readonly version: number; readonly desk: ServiceDesk } | null = null;
  let kept = new Map<string, Kept>();
  let looking = false;
  const desk = (board: Board): ServiceDesk => {
    if (service?.version !== board.policy.version) {
      const fresh = createServiceDesk(board.policy, ports.clocks);
      service = { version: board.policy.version, desk: fresh };
      kept = new Map();
    }
    return service.desk;
  };
  const due = (board: Board): { itemId: string; level: number; episode: number }[] => {
    const at = ports.now();
    const owed = desk(board);
    const next = new Map<string, Kept>();
    const steps: { itemId: string; level: number; episode: number }[] = [];
    for (const item of board.open()) {
      const { itemId, version, episodes } = item;
      const known = kept.get(itemId);
      const one = known?.version === version ? known : { version, nextAt: owed.nextStepAt(item) };
      next.set(itemId, one);
      if (one.nextAt === null || one.nextAt > at) continue;
      // One step at a time: the entry of this one makes the next one due.
      const [first] = owed.stepsDue(item, at);
      if (first)
        steps.push({ itemId, level: first.level, episode: episodes[0] ? episodes.length : 0 });
    }
    kept = next;
    return steps.slice(0, STEPS_PER_LOOK_MAX);
  };
  const tell = async (step: { itemId: string; level: number; episode: number }): Promise<void> => {
    const { itemId, level, episode } = step;
    const result = await ports.command({
      commandId: commandIdOf(itemId, level, episode),
      actor: { type: 'system', id: 'work' },
      intent: { type: 'escalateWork', itemId, level },
    });
    // Settled, or paused, while it was on its way.
    if (result.type === 'rejected' && result.code !== 'notFound' && result.code !== 'invalid') {
      ports.failed(`step ${level} of ${itemId} was not told: ${result.message}`);
    }
  };
  const look = async (): Promise<number> => {
    if (looking) return 0;
    looking = true;
    try {
      const steps = due(ports.board());
      for (const step of steps) await tell(step);
      return steps.length;
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => {
      ports.failed(error instanceof Error ? error.message : String(error));
    });
  }, everyMs);
  return { look, stop: () => clearInterval(timer) };
}

/** Sent again after a crash it is the same command: a step is told once. */
function commandIdOf(itemId: string, level: number, episode: number): string {
  return `work-${digestOfText(`${itemId} ${episode} ${level}`).slice(0, 40)}`;
}
