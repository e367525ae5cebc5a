import type { AlertRules } from '#core/alerts/alert-rules.ts';
import type { Escalation, FeedState } from '#core/alerts/alerts.events.ts';
import type { ExposureLimits, LimitReading } from '#core/exposure/limits.ts';
import type { ReportSent } from '#core/insight/insight.events.ts';
import type { ApprovalPolicy } from '#core/approvals/policy.ts';
import type { Signal } from '#core/fraud/signal.ts';
import type { Actor } from '#core/kernel/event.ts';
import type { Role } from '#core/people/roles.ts';
import type { BankEntry, PaymentReport, PayoutRequest } from '#core/payouts/payouts.events.ts';
import type { Received } from '#core/support/act.ts';
import type {
  OrderData,
  ProvisioningStage,
  ReversalData,
} from '#core/provisioning/provisioning.events.ts';
import type { Intent } from '#core/sync/protocol.ts';

/** What the server saw, or wants to do next, for an order: the decision makes a step of it. */
export type OrderWish =
  | { readonly type: 'assign' | 'ask' | 'created' | 'sent' | 'opened' | 'traded' }
  | {
      readonly type: 'failed';
      readonly stage: ProvisioningStage;
      readonly sentence: string;
      /** It will not come right by itself. */
      readonly isFinal: boolean;
    };

/** What the server's own parts and the clients of its API may wish; no desk can send these. */
export type ServerIntent =
  | {
      readonly type: 'found';
      readonly people: readonly { readonly personId: string; readonly roles: readonly Role[] }[];
      readonly policies: readonly ApprovalPolicy[];
      /** Limits that a demonstration begins with; a firm of its own decides on them. */
      readonly exposure?: ExposureLimits;
    }
  | {
      readonly type: 'openPayout';
      readonly request: Omit<PayoutRequest, 'traderId' | 'currency' | 'at'>;
      readonly payeeName: string;
    }
  | {
      readonly type: 'recordCheck';
      readonly traderId: string;
      readonly check: 'identity' | 'sanctions' | 'address';
      readonly result: 'passed' | 'pending' | 'failed';
    }
  | { readonly type: 'withdrawPayout'; readonly payoutId: string; readonly reason: string }
  | { readonly type: 'addPerson'; readonly personId: string }
  | { readonly type: 'signedIn'; readonly personId: string; readonly deskId: string }
  | {
      readonly type: 'signedOut';
      readonly personId: string;
      readonly deskId: string;
      readonly everywhere: boolean;
    }
  | { readonly type: 'runPayments' }
  /** What surveillance found, in order: see core/cases/decide-signals. */
  | { readonly type: 'raiseSignals'; readonly signals: readonly Signal[] }
  | {
      /** What the limits on exposure measured when the server looked last. */
      readonly type: 'noteExposure';
      readonly readings: readonly LimitReading[];
      readonly marketAt: number;
    }
  /** What a trader wrote, by mail or through a client of the API: see core/support/work. */
  | { readonly type: 'receiveMessage'; readonly message: Received }
  | { readonly type: 'reportPayment'; readonly report: Omit<PaymentReport, 'at'> }
  | { readonly type: 'bookEntries'; readonly entries: readonly Omit<BankEntry, 'at'>[] }
  /** A shop says that something was bought and paid. */
  | { readonly type: 'receiveOrder'; readonly order: Omit<OrderData, 'orderId' | 'at'> }
  /** Money of an order went back, or came again. */
  | { readonly type: 'reverseOrder'; readonly reversal: Omit<ReversalData, 'consequence' | 'at'> }
  | { readonly type: 'advanceOrder'; readonly orderId: string; readonly wish: OrderWish }
  | {
      /** Nobody has acknowledged a group of alerts in time. */
      readonly type: 'escalateAlerts';
      readonly escalation: Omit<Escalation, 'at' | 'rulesVersion'>;
    }
  /** A step of an item's ladder is due. */
  | { readonly type: 'escalateWork'; readonly itemId: string; readonly level: number }
  /** A report went to one target, or will never get there. */
  | { readonly type: 'noteReport'; readonly sending: Omit<ReportSent, 'at'> }
  | { readonly type: 'observeFeed'; readonly feed: Omit<FeedState, 'at'> }
  | {
      /** The rules that a demonstration begins with. */
      readonly type: 'foundAlertRules';
      readonly rules: AlertRules;
    }
  | {
      readonly type: 'issueLetter';
      readonly payoutId: string;
      readonly letter: string;
      readonly text: string;
    };

/** An intent with who has it, as the server knows it: never as a desk says it. */
export interface ServerCommand {
  readonly commandId: string;
  readonly actor: Actor;
  readonly intent: Intent | ServerIntent;
}
