import type { z } from 'zod';
import type { Governance } from '#core/governance/governance.ts';
import type { PayeeRef } from '#core/payouts/payouts.events.ts';
import type { Result } from '#core/kernel/result.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import type { ServerCommand } from '../commands/server-command.ts';
import type { PayeeVault } from '../payments/payee-vault.ts';
import type { Answer } from './errors.ts';

/** What the routes ask of the server. */
export interface RoutePorts {
  /** As the log tells it, with everything that a command has led to once that was answered. */
  governance(): Governance;
  command(command: ServerCommand): Promise<CommandResult>;
  account(accountId: string): { readonly traderId: string; readonly currency: string } | null;
  /** Bytes beside the log, by their digest. */
  content(digest: string): string | null;
  readonly vault: Pick<PayeeVault, 'keep'>;
  /** Ways to pay that are set up. */
  readonly methods: ReadonlySet<PayeeRef['method']>;
  /** The firm's own accounts at banks; empty for any. */
  readonly bankAccounts: readonly string[];
  /** What letters are signed with: Ed25519, base64. */
  readonly letterKey: string;
  /** The evidence for a verdict, or for the answer to a payout, by its entry of the log. */
  evidence(seq: number): Promise<EvidenceAnswer>;
}

/** A pack as one file; `payoutId` is that of the payout that it is about. */
export type EvidenceAnswer = Result<
  { readonly accountId: string; readonly payoutId: string | null; readonly html: string },
  string
>;

/** A request whose sender is known and whose body is of its schema. */
export interface Call<Body> {
  readonly client: string;
  readonly idempotencyKey: string;
  /** The `{payoutId}` of the path; empty where it has none. */
  readonly id: string;
  readonly body: Body;
}

interface RouteText {
  /** "/v1/payout-requests/{payoutId}": at most one name. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly reply: z.ZodType;
  readonly replyStatus: 200 | 201;
}
export type Route =
  | (RouteText & {
      readonly method: 'GET';
      answer(call: Call<null>, ports: RoutePorts): Answer | Promise<Answer>;
    })
  | (RouteText & {
      readonly method: 'POST';
      readonly body: z.ZodType;
      readonly bytesMax: number;
      /** `body` was checked with the schema above. */
      answer(call: Call<never>, ports: RoutePorts): Answer | Promise<Answer>;
    });

export const BODY_BYTES_MAX: number = 256 * 1024;
export const FILE_BODY_BYTES_MAX: number = 16 * 1024 * 1024;

export function getRoute(
  route: RouteText & { answer(call: Call<null>, ports: RoutePorts): Answer | Promise<Answer> },
): Route {
  return { ...route, method: 'GET' };
}

/** Ties the body that is answered to the schema that it is checked with. */
export function postRoute<Body>(
  route: RouteText & {
    readonly body: z.ZodType<Body>;
    readonly bytesMax?: number;
    answer(call: Call<Body>, ports: RoutePorts): Answer | Promise<Answer>;
  },
): Route {
  return { bytesMax: BODY_BYTES_MAX, ...route, method: 'POST' };
}
