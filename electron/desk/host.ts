import type { Vault } from './signing/vault.ts';
import type { Welcome } from '#core/sync/protocol.ts';

/** All that differs between the hosts of a desk: the shipped app, plain Node, and tests. */
export interface DeskHost {
  readonly kind: 'electron' | 'loopback';
  readonly deskId: string;
  readonly version: string;
  now(): number;
  /** Path of the desk's SQLite file, or ":memory:". */
  readonly databaseFile: string;
  /** Path of the second copy of what was signed here; null for a desk in memory. */
  readonly twinFile: string | null;
  /** Where this desk keeps its persons' signing keys. */
  readonly vault: Vault;
  random(bytes: number): Uint8Array;
  /**
   * Shows a person what is about to be signed, where a page cannot reach, and waits for a yes. The
   * plain host has no such place: there the page's own dialog is all there is.
   */
  confirm(text: string): Promise<boolean>;
  /** Opens the connection to the server; the desk closes it. */
  connect(listener: LinkListener, session: () => string | null): Link;
  /** A desktop notification, where the host has them; it takes the place of one of the same tag. */
  notify(title: string, text: string, tag: string): void;
  log(level: 'info' | 'warn' | 'error', text: string): void;
}

/** What a desk may ask of its server. */
export type Question =
  | 'detail'
  | 'command'
  | 'quarantine'
  | 'programs'
  | 'slice'
  | 'exposureWatch'
  | 'exposureSeries'
  | 'exposureHolders'
  | 'checkpoint'
  | 'impactStart'
  | 'impactState'
  | 'impactCancel'
  | 'toxicity'
  | 'detectors'
  | 'backTestStart'
  | 'backTestState'
  | 'backTestCancel'
  | 'doors'
  | 'signIn'
  | 'signOut'
  | 'accept'
  | 'sessions'
  | 'totp'
  | 'addPerson'
  | 'content'
  | 'people'
  | 'audit'
  | 'auditProof'
  | 'bankFile'
  | 'ledger'
  | 'letter'
  | 'kpiList'
  | 'kpiDetail'
  | 'kpiRows'
  | 'kpiReplayStart'
  | 'kpiReplayState'
  | 'kpiReplayCancel'
  | 'kpiPlans'
  | 'alertHistory'
  | 'alertCounts'
  | 'alertDeliveries'
  | 'alertSetup'
  | 'alertTest'
  | 'alertContact'
  | 'alertRetry'
  | 'evidencePack'
  | 'standingLinks'
  | 'viewing'
  | 'search'
  | 'supportSetup';

/** The wire to the server, whatever carries it. */
export interface Link {
  /** Asks to follow; `answered` is called in the order of the wire, before anything that follows. */
  hello(logId: string | null, cursor: number, answered: (welcome: Welcome | null) => void): void;
  /** Null when it could not be asked: no connection, or no answer in time. */
  ask(name: Question, input: unknown): Promise<unknown>;
  look(accounts: readonly number[]): void;
  close(): void;
}

export interface LinkListener {
  connected(): void;
  disconnected(reason: string): void;
  /** The server has ended this person's session. */
  signedOut(): void;
  governed(part: unknown): void;
  /** The acknowledgement is sent when the promise or call returns. */
  accounts(part: unknown): void;
  facts(message: unknown): void;
  rows(bytes: Uint8Array): void;
  pulse(pulse: unknown): void;
  presence(presence: unknown): void;
  exposure(view: unknown): void;
}
