import type { IntakeAction, PlatformAction } from '#core/accounts/record.ts';
import { present } from '#core/kernel/assert.ts';
import type { QuarantineEntry } from '#core/sync/protocol.ts';
import type { ActionOutcome, PendingAction, RecordSource } from '../adapters/platform-adapter.ts';
import { offerOf } from '../programs.ts';
import { EXCERPT_MAX } from '../ingest/ingest.ts';
import type { Catalogue } from './catalogue.ts';
import type { PartitionOptions } from './partition.ts';

type Complaint = Omit<QuarantineEntry, 'id'>;

/**
 * What a live platform was asked to do and has not confirmed. Ids come from the log and a number,
 * so that a platform never sees one id for two wishes.
 */
export interface Outbox {
  /** Numbers what intake asks for; what the platform cannot do is left to people. */
  take(actions: readonly IntakeAction[]): {
    readonly asked: readonly PendingAction[];
    readonly impossible: readonly Complaint[];
  };
  /** What the platform refused to do, for people to see. */
  refusals(outcomes: readonly ActionOutcome[]): readonly Complaint[];
  /** Outcomes that are durable now. */
  settled(outcomes: readonly ActionOutcome[]): void;
}

/** Goes on where the log stands: what was not confirmed is asked again, at once. */
export function createOutbox(options: PartitionOptions, source: RecordSource): Outbox {
  const { partition, store, adapter, catalogue, now } = options;
  const waiting = new Map<string, PlatformAction>();
  let asked = 0;
  if (source.live !== undefined) {
    asked = store.live.actionsAsked(partition);
    for (const { action, actionId } of store.live.pending(partition)) {
      waiting.set(actionId, action);
      source.execute(action, actionId);
    }
  }
  const complaint = (action: PlatformAction, reason: string): Complaint =>
    quarantineEntry(action, reason, adapter.id, now());
  return {
    take: (actions) => {
      const numbered: PendingAction[] = [];
      const impossible: Complaint[] = [];
      for (const intended of actions) {
        const action = forPlatform(intended, catalogue);
        if (!adapter.capabilities.actions.includes(action.type)) {
          const wish = `${action.type}${'accountId' in action ? ` of ${action.accountId}` : ''}`;
          impossible.push(
            complaint(action, `${wish}: the platform takes no such wishes; do it there by hand`),
          );
          continue;
        }
        asked += 1;
        const actionId = `${store.logId}/${partition}/${asked}`;
        waiting.set(actionId, action);
        numbered.push({ actionId, action });
      }
      return { asked: numbered, impossible };
    },
    refusals: (outcomes) =>
      outcomes.flatMap(({ actionId, result, reason }) => {
        const action = waiting.get(actionId);
        if (action === undefined || result === 'done') return [];
        return [complaint(action, `${action.type}: the platform refused it: ${reason}`)];
      }),
    settled: (outcomes) => {
      for (const { actionId } of outcomes) waiting.delete(actionId);
    },
  };
}

/** What intake asks for as a platform is asked: a version as what it compiles to. */
export function forPlatform(action: IntakeAction, catalogue: Catalogue): PlatformAction {
  if (action.type !== 'offerVersion') return action;
  const { programId, version, enters } = action;
  const compiled = present(catalogue.version(programId, version), `${programId} v${version}`);
  return { type: 'offerProgram', offer: offerOf(compiled, enters) };
}

/** A record or a wish that came to nothing, as people see it. */
export function quarantineEntry(
  record: unknown,
  reason: string,
  source: string,
  receivedAt: number,
): Omit<QuarantineEntry, 'id'> {
  let excerpt: string;
  try {
    excerpt = JSON.stringify(record) ?? String(record);
  } catch {
    excerpt = String(record);
  }
  return { receivedAt, source, reason, excerpt: excerpt.slice(0, EXCERPT_MAX) };
}
