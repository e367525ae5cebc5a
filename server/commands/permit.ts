import type { Action } from '#core/people/roles.ts';
import { VERB_PERMITS } from '#core/cases/work.ts';
import { PERMITS } from '#core/approvals/action-types.ts';
import type { Intent } from '#core/sync/protocol.ts';
import type { ServerIntent } from './server-command.ts';

/** What the server's own parts wish in a person's name. */
type PersonsServerIntent = Extract<ServerIntent, { type: 'addPerson' | 'bookEntries' }>;

/** What an intent asks of a person's roles. `null`: the decision itself checks it, entry by entry. */
export function permissionFor(intent: Intent | PersonsServerIntent): Action | null {
  switch (intent.type) {
    case 'acknowledgeAlerts':
      return 'acknowledgeAlert';
    case 'setAlertRules':
      return 'changeAlertRules';
    case 'acknowledgeAlert':
    case 'directAccount':
    case 'acceptChange':
    case 'requestSuccessor':
      return intent.type;
    case 'publishProgram':
      return 'proposePublishing';
    case 'enrolKey':
      return 'enrolKey';
    case 'decide':
      // Who decides stands in the signature: see receiveDecision.
      return null;
    case 'propose':
      return PERMITS[intent.action].propose;
    case 'withdraw':
      return null;
    case 'revisePayout':
    case 'askInformation':
      return 'reviewPayout';
    case 'settlePayment':
      return 'settlePayment';
    case 'settleException':
    case 'bookEntries':
      return 'reconcile';
    case 'addPerson':
      return 'proposePeople';
    case 'takeNextCase':
      return 'workCases';
    case 'actOnCase': {
      const [one, another] = VERB_PERMITS[intent.act.verb];
      return another === undefined ? (one ?? 'workCases') : null;
    }
  }
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
  viewing: 'viewCases',
  alertHistory: 'view',
  alertCounts: 'view',
  alertDeliveries: 'view',
  alertSetup: 'view',
  alertTest: 'changeAlertRules',
  alertContact: 'changeAlertRules',
  alertRetry: 'changeAlertRules',
};

/** The account that an intent is about, where it is about one. */
export function accountOf(intent: Intent | PersonsServerIntent): string | null {
  return 'accountId' in intent ? intent.accountId : null;
}
