import type { Audience } from '#core/approvals/decision.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { Role } from '#core/people/roles.ts';
import type { Command } from '#core/sync/protocol.ts';
import type { ServerIntent } from '#server/commands/server-command.ts';
import { EURUSD, fundedAccount } from '#server/partition/testing/scripted-firm.ts';
import { createDesk, type Desk, type DeskPorts, type Shown, type SignedWord } from './desk-host.ts';
import { createKernel, MINUTE_MS, RUN_START, type Kernel } from './kernel.ts';
import { keyFrom, type SimulatedKey } from './keys.ts';
import { createNetwork, type Network } from './network.ts';
import { createPaymentWorker, type PaymentWorker } from './payment-worker.ts';
import type { Plant } from './planted.ts';
import { createRail, type Rail } from './rail.ts';
import { createServer, type Server } from './server-host.ts';
import { createSituations, type Situations } from './situations.ts';
import { calm, drawSwarm, type Swarm } from './swarm.ts';

/** Who works in the simulated firm. Rhea may change a payout as well as approve one; Mallory is a thief. */
export const STAFF: Readonly<Record<string, readonly Role[]>> = {
  ada: ['admin'],
  bram: ['admin'],
  cleo: ['payoutApprover'],
  dario: ['payoutApprover'],
  ezra: ['payoutApprover'],
  rhea: ['payoutApprover', 'riskOfficer'],
  jona: ['manager'],
  finn: ['riskOfficer', 'finance'],
  mallory: ['payoutApprover'],
};
const HONEST = Object.keys(STAFF).filter((name) => name !== 'mallory');
/** In a small firm the admins have no desk. */
const FEW = HONEST.filter((name) => name !== 'ada' && name !== 'bram');
export const CANARY_PAYEE = 'Canary Payee Zebedee';

/** Everything of one run. */
export interface World {
  readonly kernel: Kernel;
  readonly drawn: Swarm;
  readonly plant: Plant;
  readonly situations: Situations;
  readonly network: Network;
  readonly server: Server;
  readonly rail: Rail;
  readonly payments: PaymentWorker;
  readonly desks: Desk[];
  readonly audience: Audience;
  readonly shown: Shown[];
  readonly signed: SignedWord[];
  readonly captured: Command[];
  /** Keys that were copied on purpose: theirs may be frozen. */
  readonly copied: Set<string>;
  readonly accounts: readonly string[];
  readonly problems: string[];
  /** Faults are on. */
  isRough: boolean;
  /** Nothing new begins any more. */
  isEnding: boolean;
  system(intent: ServerIntent): void;
  addDesk(at: Parameters<typeof createDesk>[0]): Desk;
}

export function createWorld(
  seed: number,
  plant: Plant,
  verbose: boolean,
  over: Partial<Swarm> = {},
): World {
  const kernel = createKernel(seed, verbose);
  const drawn = { ...drawSwarm(seed), ...over };
  const gentle = calm(drawn);
  const situations = createSituations();
  const swarm = (): Swarm => (world.isRough ? drawn : gentle);
  const network = createNetwork(kernel, { swarm, situations });
  const desks: Desk[] = [];
  const problems: string[] = [];
  let numbered = 0;
  const server = createServer({
    kernel,
    situations,
    plant,
    swarm,
    published: () => {
      for (const desk of desks) desk.push();
    },
    reopened: () => world.payments.forget(),
  });
  const audience: Audience = { org: 'test-firm', env: 'test', log: `propdesk/${server.logId}` };
  const rail = createRail(kernel, {
    faults: () => swarm().rail,
    webhook: (report) => world.payments.webhook(report),
    situations,
  });
  /** The server's own parts ask until they are answered, under the same name. */
  const system = (intent: ServerIntent): void => {
    const commandId = `system-${(numbered += 1)}`;
    const attempt = (): void => {
      const type = intent.type === 'openPayout' ? 'client' : 'system';
      if (server.command({ commandId, actor: { type, id: 'sim' }, intent }) === null) {
        kernel.after(5 * MINUTE_MS, `again ${commandId}`, attempt);
      }
    };
    attempt();
  };
  const shown: Shown[] = [];
  const signed: SignedWord[] = [];
  const captured: Command[] = [];
  const deskPorts: DeskPorts = {
    kernel,
    network,
    server,
    situations,
    plant,
    audience,
    shown,
    signed,
    captured,
    swarm,
  };
  const world: World = {
    kernel,
    drawn,
    plant,
    situations,
    network,
    server,
    rail,
    payments: createPaymentWorker({ kernel, server, rail, plant, system }),
    desks,
    audience,
    shown,
    signed,
    captured,
    copied: new Set(),
    accounts: Array.from({ length: drawn.accounts }, (_, at) => `A${at + 1}`),
    problems,
    isRough: false,
    isEnding: false,
    system,
    addDesk: (at) => {
      const desk = createDesk(at, deskPorts);
      desks.push(desk);
      return desk;
    },
  };
  return world;
}

/** The firm opens on a calm day: accounts, people, policies, desks, keys. */
export function found(world: World): void {
  const { server, drawn, kernel, accounts } = world;
  const random = kernel.random('founding');
  server.open();
  server.tell(EURUSD);
  for (const [at, accountId] of accounts.entries()) {
    // Two accounts of one trader, so that one trader's amounts add up.
    const trader = `T${1 + (at >> 1)}`;
    server.tell(
      ...fundedAccount(
        accountId,
        trader,
        random.pick([1_000_0000, 4_000_0000, 7_000_0000, 20_000_0000, 34_000_0000]),
      ),
    );
  }
  server.tell({ type: 'time', at: RUN_START });
  server.tick();
  const people = Object.entries(STAFF).map(([personId, roles]) => ({ personId, roles }));
  world.system({ type: 'found', people, policies: drawn.policies });
  for (const trader of new Set(accounts.map((_, at) => `T${1 + (at >> 1)}`))) {
    world.system({ type: 'recordCheck', traderId: trader, check: 'identity', result: 'passed' });
  }
  for (let number = 1; number <= drawn.desks; number += 1) addFirstDesk(world, number);
}

function addFirstDesk(world: World, number: number): void {
  const { drawn, kernel } = world;
  const random = kernel.random('founding');
  const deskId = `desk-${number}`;
  const here = (drawn.isSmall ? FEW : HONEST).filter((_, at) => at % drawn.desks === number - 1);
  // Cleo works at two desks, with a key on each.
  if (number === 2 && !here.includes('cleo')) here.push('cleo');
  const people = new Map<string, SimulatedKey>(
    here.map((name) => [name, keyFrom(kernel.seed, `${name} on ${deskId}`)]),
  );
  const skewMs =
    drawn.clockSkewMs === 0 ? 0 : random.below(2 * drawn.clockSkewMs) - drawn.clockSkewMs;
  if (Math.abs(skewMs) > 365 * 24 * 60 * MINUTE_MS) world.situations.seen('clockBeyondAYear');
  const desk = world.addDesk({ deskId, deviceId: deskId, people, skewMs });
  desk.open();
  for (const personId of here) {
    kernel.after(5 * MINUTE_MS, `${deskId} enrols ${personId}`, () => desk.enrol(personId));
  }
}

export function payeeOf(last4: string): {
  digest: string;
  last4: string;
  method: 'testRail';
  region: string;
} {
  return { digest: digestOfText(`payee ${last4}`), last4, method: 'testRail', region: 'CZ' };
}
