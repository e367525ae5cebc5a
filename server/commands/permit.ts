import type { Action } from '#core/people/roles.ts';
import { VERB_PERMITS } from '#core/cases/work.ts';
import { PERMITS } from '#core/approvals/action-types.ts';
import type { Intent } from '#core/sync/protocol.ts';
import type { ServerIntent } from './server-command.ts';

/** What the server's own parts wish in a person's name. */
type PersonsServerIntent = Extract<ServerIntent, { type: 'addPerson' | 'bookEntries' }>;

type Wish = Intent | PersonsServerIntent;
type Permits = {
  readonly [Type in Wish['type']]:
    Action | null | ((intent: Extract<Wish, { readonly type: Type }>) => Action | null);
};

/** What each intent asks of a person's roles; `null` where its decision asks itself, entry by entry. */
const INTENT_PERMITS: Permits = {
  acknowledgeAlert: 'acknowledgeAlert',
  acknowledgeAlerts: 'acknowledgeAlert',
  setAlertRules: 'changeAlertRules',
  directAccount: 'directAccount',
  acceptChange: 'acceptChange',
  requestSuccessor: 'requestSuccessor',
  publishProgram: 'proposePublishing',
  setKpiGoals: 'setKpiGoals',
  scheduleReport: 'scheduleReports',
  enrolKey: 'enrolKey',
  // Who decides stands in the signature: see receiveDecision.
  decide: null,
  propose: ({ action }) => PERMITS[action].propose,
  withdraw: null,
  retryOrder: 'workOrders',
  cancelOrder: 'workOrders',
  revisePayout: 'reviewPayout',
  askInformation: 'reviewPayout',
  settlePayment: 'settlePayment',
  settleException: 'reconcile',
  bookEntries: 'reconcile',
  addPerson: 'proposePeople',
  takeNextCase: 'workCases',
  actOnCase: ({ act }) => {
    const [one, another] = VERB_PERMITS[act.verb];
    return another === undefined ? (one ?? 'workCases') : null;
  },
  actOnWork: 'workItems',
  takeNextWork: 'workItems',
  handOverWork: 'workItems',
  changeWorkPolicy: 'changeWorkPolicy',
  openTicket: 'workTickets',
  actOnTicket: 'workTickets',
  openDispute: 'workTickets',
  withdrawDispute: 'workTickets',
  decideDispute: 'decideDisputes',
  shareStanding: 'shareStanding',
  revokeStanding: 'shareStanding',
};

/** What an intent asks of a person's roles. `null`: the decision itself checks it, entry by entry. */
export function permissionFor(intent: Wish): Action | null {
  const permit = INTENT_PERMITS[intent.type];
  // The entry of an intent takes that intent.
  return typeof permit === 'function' ? permit(intent as never) : permit;
}

/** What a question of a desk asks of its person's roles. A question that is not here is not answered. */
export const QUESTION_PERMITS: Readonly<Record<string, Action>> = {
  hello: 'view',
  look: 'view',
  detail: 'view',
  quarantine: 'view',
  checkpoint: 'view',
  programs: 'view',
  slice: 'view',
  exposureWatch: 'view',
  exposureSeries: 'view',
  exposureHolders: 'view',
  impactStart: 'previewImpact',
  impactState: 'previewImpact',
  impactCancel: 'previewImpact',
  toxicity: 'viewCases',
  detectors: 'viewCases',
  backTestStart: 'proposeScoring',
  backTestState: 'proposeScoring',
  backTestCancel: 'proposeScoring',
  // What a person may read of it hangs on what the bytes are of: see questions.
  content: 'view',
  people: 'view',
  sessions: 'view',
  totp: 'view',
  addPerson: 'proposePeople',
  audit: 'viewAudit',
  auditProof: 'viewAudit',
  bankFile: 'reconcile',
  ledger: 'viewPayouts',
  letter: 'viewPayouts',
  // A pack may hold what people decided about a payout.
  evidencePack: 'viewPayouts',
  standingLinks: 'shareStanding',
  viewing: 'viewCases',
  kpiList: 'viewKpis',
  kpiDetail: 'viewKpis',
  kpiRows: 'viewKpis',
  kpiReplayStart: 'viewKpis',
  kpiReplayState: 'viewKpis',
  kpiReplayCancel: 'viewKpis',
  kpiPlans: 'viewKpis',
  alertHistory: 'view',
  alertCounts: 'view',
  alertDeliveries: 'view',
  alertSetup: 'view',
  alertTest: 'changeAlertRules',
  alertContact: 'changeAlertRules',
  alertRetry: 'changeAlertRules',
  search: 'view',
  supportSetup: 'viewTickets',
};

/** The account that an intent is about, where it is about one. */
export function accountOf(intent: Intent | PersonsServerIntent): string | null {
  return 'accountId' in intent ? intent.accountId : null;
}
