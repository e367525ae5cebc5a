import {
  DECISION_PAYLOAD,
  type Decision,
  type DecisionType,
  type Grounds,
} from '#core/approvals/decision.ts';
import { PERMITS } from '#core/approvals/action-types.ts';
import type { Proposal } from '#core/approvals/proposal.ts';
import { actionKinds } from '#core/governance/actions/index.ts';
import type { Governance } from '#core/governance/governance.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { Random } from '#core/kernel/random.ts';
import { EVERYWHERE } from '#core/people/roles.ts';
import type { Command, Intent } from '#core/sync/protocol.ts';
import { ruinousTrade } from '#server/partition/testing/scripted-firm.ts';
import { drawDwell, sealedBy, type Desk } from './desk-host.ts';
import { HOUR_MS, MINUTE_MS } from './kernel.ts';
import { keyFrom, type SimulatedKey } from './keys.ts';
import { CANARY_PAYEE, payeeOf, type World } from './world.ts';

const DAY_MS = 24 * HOUR_MS;

/** What people, traders, thieves and bad luck do, at random moments of the rough days. */
export function planDays(world: World): void {
  const { kernel, drawn } = world;
  const random = kernel.random('days');
  const span = drawn.days * DAY_MS;
  const plan = (count: number, name: string, act: () => void): void => {
    for (let done = 0; done < count; done += 1) kernel.after(random.fraction() * span, name, act);
  };
  const some = (rate: number, most: number): number => (rate > 0 ? 1 + random.below(most) : 0);
  const decisions = drawn.isSmall ? 6 : Math.min(20, drawn.days * drawn.actionsPerDay);
  // Most ask early, so that there is something to decide.
  for (let asked = 0; asked <= drawn.accounts - 1 + random.below(3); asked += 1) {
    kernel.after(random.fraction() * random.fraction() * span, 'a trader asks', () => {
      askForPayout(world);
      gather(world);
    });
  }
  // And one comes again, when the first may have been paid.
  kernel.after((0.4 + random.fraction() / 3) * span, 'a trader asks again', () => {
    askForPayout(world);
    gather(world);
  });
  if (drawn.forgery > 0)
    kernel.after(MINUTE_MS, 'a thief comes', () =>
      enrolRogue(world, keyFrom(kernel.seed, 'mallory')),
    );
  plan(decisions, 'a person decides', () => decideSomething(world));
  plan(some(drawn.revision, 4), 'a payout is revised', () => revise(world));
  plan(some(drawn.breach, 3), 'an account gets into trouble', () => trouble(world));
  plan(some(drawn.opposition, 2), 'something is withdrawn', () => withdraw(world));
  plan(some(drawn.peopleChange, 6), 'people change', () => changePeople(world));
  plan(some(drawn.policyChange, 2), 'a policy changes', () => changePolicy(world));
  plan(some(drawn.partition, 3 * drawn.desks), 'a cable', () => cutOff(world));
  plan(some(drawn.deskCrash, drawn.desks), 'a desk', () => anyDesk(world)?.crash());
  plan(some(drawn.losesDatabase, 2), 'a disk', () => loseDatabase(world));
  plan(some(drawn.serverCrashBefore, 2), 'a plug', () => world.server.crash());
  plan(random.below(2), 'maintenance', () => world.server.restart());
  plan(some(drawn.clone, 1), 'a burglar', () => copyDesk(world, true));
  plan(some(drawn.moved, 1), 'a new laptop', () => copyDesk(world, false));
  plan(some(drawn.forgery, 10), 'a thief', () => forge(world));
  plan(some(drawn.rail.saysUnknown, 9), 'finance looks', () => settle(world));
  if (random.below(3) === 0) plan(3, 'a new key', () => enrolAnother(world));
}

/** A payout draws people, and trouble: most of what goes wrong goes wrong around one. */
function gather(world: World): void {
  const { kernel, drawn } = world;
  const random = kernel.random('days');
  const within = random.pick([HOUR_MS, 4 * HOUR_MS, 12 * HOUR_MS]);
  const soon = (name: string, act: () => void): void =>
    kernel.after(MINUTE_MS + random.fraction() * within, name, () => {
      if (world.isRough) act();
    });
  for (let came = random.below(3); came < 5; came += 1)
    soon('a person decides', () => decideSomething(world));
  if (random.fraction() < 3 * drawn.revision) soon('a payout is revised', () => revise(world));
  if (random.fraction() < 2 * drawn.breach)
    soon('an account gets into trouble', () => trouble(world));
  if (random.fraction() < 2 * drawn.peopleChange) soon('people change', () => changePeople(world));
  for (let tried = 0; tried < 3; tried += 1) {
    if (random.fraction() < 5 * drawn.forgery) soon('a thief', () => forge(world));
  }
  if (random.fraction() < drawn.partition) soon('a cable', () => cutOff(world));
}

function anyDesk({ desks, kernel }: World): Desk | null {
  return desks[kernel.random('days').below(desks.length)] ?? null;
}

/** A person who is at a desk that runs. */
function somebody(
  world: World,
  may?: (personId: string) => boolean,
): { desk: Desk; personId: string } | null {
  const random = world.kernel.random('days');
  const all = world.desks.flatMap((desk) =>
    desk.isUp ? [...desk.people.keys()].map((personId) => ({ desk, personId })) : [],
  );
  const able = may ? all.filter(({ personId }) => may(personId)) : all;
  return able.length > 0 ? random.pick(able) : null;
}

function askForPayout(world: World): void {
  const { kernel, accounts, drawn } = world;
  const random = kernel.random('days');
  const number = random.below(1e9);
  const last4 =
    random.fraction() < drawn.payeeChange ? String(1_000 + random.below(9_000)) : '4410';
  const name = world.plant.tellsPayeeName ? CANARY_PAYEE : 'site';
  world.system({
    type: 'openPayout',
    payeeName: CANARY_PAYEE,
    request: {
      payoutId: `po-${number}`,
      accountId: random.pick(accounts),
      requested: null,
      requestKey: `${name}-request-${number}`,
      payee: payeeOf(last4),
    },
  });
}

function decideSomething(world: World, may?: (personId: string) => boolean): void {
  const random = world.kernel.random('days');
  const who = somebody(world, may);
  const governance = who?.desk.state()?.governance;
  if (!who || !governance) return;
  const proposal = pickProposal(governance, who.personId, random, world.drawn.isFocused);
  if (!proposal) return;
  const decision = pickDecision(world, governance, proposal, random);
  const key = who.desk.people.get(who.personId);
  // Most people wait until their key counts; some do not.
  const granted =
    key !== undefined && (governance.people.key(key.keyId)?.grantedSeq ?? null) !== null;
  if (!granted && random.below(4) > 0) return;
  const grounds = decision === 'reject' ? pickGrounds(proposal, random) : null;
  const reason = decision === 'approve' ? '' : 'as seen on the desk';
  const wish = {
    proposalId: proposal.proposalId,
    version: proposal.version,
    decision,
    reason,
    grounds,
  };
  who.desk.decide(who.personId, wish, drawDwell(random));
}

function pickProposal(
  governance: Governance,
  personId: string,
  random: Random,
  isFocused: boolean,
): Proposal | null {
  const open = [...governance.open()];
  const able = open.filter(({ action, about, amount }) =>
    governance.people.may(personId, PERMITS[action].approve, { ...about, amount }),
  );
  const pool = random.below(12) === 0 ? open : able;
  const fresh = pool.filter(({ received, version }) =>
    received.every((one) => one.personId !== personId || one.version !== version),
  );
  const wanted = random.below(6) === 0 || fresh.length === 0 ? pool : fresh;
  const [first] = wanted;
  return first && isFocused ? first : wanted.length > 0 ? random.pick(wanted) : null;
}

function pickDecision(
  world: World,
  governance: Governance,
  proposal: Proposal,
  random: Random,
): DecisionType {
  const standing = governance.standing(proposal);
  const opposes = random.fraction() < world.drawn.opposition;
  if (standing === 'held' || standing === 'contested') {
    return random.below(5) < 3 ? 'release' : random.pick(['approve', 'approve', 'reject']);
  }
  if (!opposes) return 'approve';
  return random.pick(['hold', 'reject', 'reject', 'hold', 'release', 'approve']);
}

function pickGrounds(proposal: Proposal, random: Random): Grounds | null {
  if (proposal.action !== 'payPayout') return null;
  const kind = random.below(5);
  if (kind === 0) return null;
  if (kind < 3) return { type: 'discretion', reviewOn: '2026-03-01' };
  return {
    type: 'clause',
    ruleId: 'max-loss',
    facts: [proposal.openedSeq],
    trades: [],
    quantity: 'one of one',
  };
}

function payouts(governance: Governance | undefined): Proposal[] {
  return [...(governance?.open() ?? [])].filter(({ action }) => action === 'payPayout');
}

function revise(world: World): void {
  const { kernel } = world;
  const random = kernel.random('days');
  const who = somebody(
    world,
    (personId) => personId === 'rhea' || (personId === 'finn' && random.below(4) === 0),
  );
  const open = payouts(who?.desk.state()?.governance);
  if (!who || open.length === 0) return;
  const { proposalId, about } = random.pick(open);
  const deduction = {
    dealIds: [`${about.accountId ?? ''}-out`],
    amount: 200_0000,
    ruleId: null,
    reason: 'news trade',
  };
  const deductions = random.below(2) === 0 ? [deduction] : null;
  who.desk.queue(who.personId, {
    type: 'revisePayout',
    payoutId: proposalId,
    deductions,
    reason: 'looked at again',
  });
  // Those who had signed have to sign again, and who changed it would like to.
  for (let came = 0; came < 4; came += 1) {
    kernel.after(random.below(6 * HOUR_MS), 'a person decides', () => decideSomething(world));
  }
}

function trouble(world: World): void {
  const { server, kernel, accounts, system } = world;
  const random = kernel.random('days');
  const accountId = random.pick(accounts);
  const kind = random.below(4);
  if (kind === 0) {
    server.tell(...ruinousTrade(accountId, kernel.now));
    return server.tick();
  }
  if (kind === 1) {
    const traderId = `T${1 + random.below(2)}`;
    system({ type: 'recordCheck', traderId, check: 'identity', result: 'failed' });
    const passed = { type: 'recordCheck', traderId, check: 'identity', result: 'passed' } as const;
    return kernel.after(random.below(2 * DAY_MS), `${traderId} identified`, () => system(passed));
  }
  const who = somebody(world, (personId) => personId === 'finn' || personId === 'rhea');
  const order = (type: 'restrict' | 'lift'): Intent => ({
    type: 'directAccount',
    accountId,
    directive: { type },
    reason: 'under review',
  });
  who?.desk.queue(who.personId, order('restrict'));
  if (kind === 2)
    kernel.after(random.below(DAY_MS), `lift ${accountId}`, () =>
      who?.desk.queue(who.personId, order('lift')),
    );
}

function withdraw(world: World): void {
  const open = payouts(world.server.partition()?.governance);
  if (open.length === 0) return;
  const { proposalId } = world.kernel.random('days').pick(open);
  world.system({ type: 'withdrawPayout', payoutId: proposalId, reason: 'changed my mind' });
}

const isAdmin = (personId: string): boolean => personId === 'ada' || personId === 'bram';

function changePeople(world: World): void {
  const { kernel } = world;
  const random = kernel.random('days');
  const admin = somebody(world, isAdmin);
  const governance = admin?.desk.state()?.governance;
  if (!admin || !governance) return;
  const propose = (
    action: 'changeRole' | 'revokeKey',
    params: Extract<Intent, { type: 'propose' }>['params'],
  ): void =>
    admin.desk.queue(admin.personId, {
      type: 'propose',
      action,
      params,
      reason: 'people come and go',
    });
  // Mostly of somebody whose word is being counted just now.
  const words = payouts(governance).flatMap(({ received }) =>
    received.filter(
      ({ decision, verdict }) => decision === 'approve' && verdict.type === 'counted',
    ),
  );
  const names = words.map(({ personId }) => personId).filter((personId) => personId !== 'mallory');
  const name =
    names.length > 0 && random.below(5) > 1
      ? random.pick(names)
      : random.pick(['cleo', 'dario', 'ezra', 'rhea', 'jona', 'finn', 'finn', 'finn']);
  if (random.below(2) === 0) {
    const keys = [...governance.people.keys.values()].filter(
      ({ personId, revokedSeq }) => personId === name && revokedSeq === null,
    );
    const keyId = words.findLast(({ personId }) => personId === name)?.keyId ?? keys[0]?.keyId;
    if (keyId !== undefined) propose('revokeKey', { keyId, compromisedSince: null });
    return kernel.after(random.below(HOUR_MS), 'an admin decides', () =>
      decideSomething(world, isAdmin),
    );
  }
  const role = name === 'jona' ? 'manager' : 'payoutApprover';
  const holds = governance.people.persons
    .get(name)
    ?.roles.some((one) => one.role === role && one.toSeq === null);
  const change = holds === true ? 'revoke' : 'grant';
  propose('changeRole', { personId: name, role, change, scope: { ...EVERYWHERE } });
  if (change === 'grant') signEarly(world, name);
  // Two pairs of eyes: somebody has to look at it.
  for (let came = 0; came < 3; came += 1) {
    kernel.after(random.below(3 * HOUR_MS), 'an admin decides', () =>
      decideSomething(world, isAdmin),
    );
  }
}

/** Somebody who is about to get a role signs before it comes, and is heard only after. */
function signEarly(world: World, personId: string): void {
  const { kernel, network } = world;
  const random = kernel.random('days');
  const desk = world.desks.find(({ people, isUp }) => isUp && people.has(personId));
  const [first] = payouts(desk?.state()?.governance);
  if (!desk || !first || !world.isRough) return;
  network.cut(desk.deskId, 2 * HOUR_MS + random.below(6 * HOUR_MS));
  const wish = {
    proposalId: first.proposalId,
    version: first.version,
    decision: 'approve',
    reason: '',
    grounds: null,
  } as const;
  desk.decide(personId, wish, drawDwell(random));
}

function changePolicy(world: World): void {
  const { kernel } = world;
  const random = kernel.random('days');
  const decides = (personId: string): boolean => personId === 'jona' || isAdmin(personId);
  const who = somebody(world, decides);
  const governance = who?.desk.state()?.governance;
  if (!who || !governance) return;
  const payout = governance.policy('payPayout');
  const strict = random.below(2) === 0;
  const policy = strict
    ? { ...governance.policy('grantKey'), approvals: 2, coolOffMs: 4 * HOUR_MS }
    : random.pick([
        { ...payout, approvals: 1 + random.below(3) },
        { ...payout, autoUpTo: payout.autoUpTo === null ? 3_000_0000 : null },
        {
          ...payout,
          windowDays: 7,
          steps: [{ above: 6_000_0000, approvals: 3, oneOf: ['manager' as const] }],
        },
      ]);
  who.desk.queue(who.personId, {
    type: 'propose',
    action: 'changePolicy',
    params: { policy },
    reason: 'new limits',
  });
  const looks = (within: number): void =>
    kernel.after(random.below(within), 'an admin decides', () => decideSomething(world, decides));
  for (let came = 0; came < 3; came += 1) looks(4 * HOUR_MS);
  if (!strict) return;
  kernel.after(9 * HOUR_MS, 'a new key', () => {
    enrolAnother(world);
    for (let came = 0; came < 6; came += 1) looks(12 * HOUR_MS);
  });
}

function cutOff(world: World): void {
  const desk = anyDesk(world);
  if (!desk) return;
  world.network.cut(
    desk.deskId,
    world.kernel.random('days').fraction() * 2 * world.drawn.partitionMs,
  );
  world.situations.seen('deskCutOff');
}

function loseDatabase(world: World): void {
  const desk = anyDesk(world);
  if (!desk?.isUp) return;
  desk.loseDatabase();
  world.situations.seen('deskDatabaseLost');
}

/** Another machine with the same keys: a thief's image of the disk, or a successor of the old one. */
function copyDesk(world: World, isTheft: boolean): void {
  const original = anyDesk(world);
  if (!original?.isUp || world.desks.length > 7) return;
  for (const { keyId } of original.people.values()) world.copied.add(keyId);
  const { deviceId, people } = original;
  const copy = world.addDesk({
    deskId: `${original.deskId}-${isTheft ? 'clone' : 'new'}${world.desks.length}`,
    deviceId,
    people,
    skewMs: 0,
  });
  const unsent = original.store().queued(world.server.logId).length > 0;
  copy.adopt(original, isTheft);
  copy.open();
  if (!isTheft && unsent) world.situations.seen('deskMoved');
}

function enrolAnother(world: World): void {
  const { kernel, desks } = world;
  const random = kernel.random('days');
  const name = random.pick(['dario', 'ezra', 'rhea']);
  const number = desks.length + 1;
  if (number > 8) return;
  const deskId = `desk-late-${number}`;
  const desk = world.addDesk({
    deskId,
    deviceId: deskId,
    people: new Map([[name, keyFrom(kernel.seed, `${name} late on ${deskId}`)]]),
    skewMs: 0,
  });
  desk.open();
  // Until it is done: a desk that was cut off, or too slow, tries again.
  const enrol = (left: number): void => {
    const key = desk.people.get(name);
    if (left === 0 || (key && world.server.partition()?.governance.people.key(key.keyId))) return;
    desk.enrol(name);
    kernel.after(HOUR_MS, `${deskId} enrols`, () => enrol(left - 1));
  };
  kernel.after(10 * MINUTE_MS, `${deskId} enrols`, () => enrol(12));
}

function settle(world: World): void {
  const who = somebody(world, (personId) => personId === 'finn');
  const governance = who?.desk.state()?.governance;
  if (!who || !governance) return;
  for (const { payoutId, payment } of governance.payouts()) {
    if (!payment || governance.paymentState(payoutId) !== 'unknown') continue;
    // Finance looks at the bank's statement, which tells what really happened.
    const truth = world.rail.truth(payment.instructionId);
    if (truth !== 'paid' && truth !== 'declined') continue;
    who.desk.queue(who.personId, {
      type: 'settlePayment',
      payoutId,
      state: truth,
      reason: 'seen on the statement',
    });
  }
}

/** The bank's statement of everything that left so far: lines that are known already change nothing. */
export function bookStatement({ rail, system, situations }: World): void {
  if (rail.moved.length === 0) return;
  situations.seen('bankStatement');
  const entries = rail.moved.map(({ key, amount, last4, at }, place) => ({
    entryId: `line-${place + 1}`,
    file: digestOfText(`statement ${rail.moved.length}`),
    direction: 'out' as const,
    amount,
    currency: 'USD',
    endToEndId: key.slice(0, 35),
    payeeLast4: last4,
    fee: false,
    bookedOn: new Date(at).toISOString().slice(0, 10),
  }));
  system({ type: 'bookEntries', entries });
}

/** What somebody on the wire, or with a key of their own, tries. */
function forge(world: World): void {
  const random = world.kernel.random('days');
  const kind = random.below(7);
  if (kind === 0) return replay(world, 'mallory');
  if (kind === 1) return tamper(world);
  rogue(world, kind);
}

function sendAs(world: World, operatorId: string, intent: Intent): void {
  const commandId = `thief-${world.kernel.random('days').below(1e9)}`;
  world.server.deskCommand({ commandId, operatorId, issuedAt: world.kernel.now, intent });
}

function replay(world: World, operatorId: string): void {
  if (world.captured.length === 0) return;
  const { intent } = world.kernel.random('days').pick(world.captured);
  world.situations.seen('replayByOther');
  sendAs(world, operatorId, intent);
}

function tamper(world: World): void {
  if (world.captured.length === 0) return;
  const { intent } = world.kernel.random('days').pick(world.captured);
  if (intent.type !== 'decide') return;
  const text = Buffer.from(intent.envelope.payload, 'base64').toString('utf8');
  const payload = Buffer.from(
    text.replace('"reason":""', '"reason":"paid"').replace('"type":"reject"', '"type":"approve"'),
  ).toString('base64');
  if (payload === intent.envelope.payload) return;
  world.situations.seen('tamperedEnvelope');
  sendAs(world, 'mallory', { ...intent, envelope: { ...intent.envelope, payload } });
}

/** Mallory's own device signs whatever it likes, in a chain without a fault. */
function rogue(world: World, kind: number): void {
  const { kernel, server } = world;
  const governance = server.partition()?.governance;
  const key = keyFrom(kernel.seed, 'mallory');
  if (!governance) return;
  const known = governance.people.key(key.keyId);
  if (!known) return enrolRogue(world, key);
  const [first] = payouts(governance);
  const bytes = first ? server.store.content(first.snapshot) : null;
  if (!first || bytes === null) return;
  const shown = actionKinds.get('payPayout').display(bytes, first);
  if (!shown.ok) return;
  const tree = server.store.tree(0);
  const honest: Decision = {
    v: 1,
    type: 'approve',
    aud: world.audience,
    id: digestOfText(`rogue ${kernel.random('days').next()}`).slice(0, 32),
    subject: { id: first.proposalId, action: 'payPayout', ver: first.version },
    snapshot: first.snapshot,
    display: digestOfText(shown.value.text),
    money: shown.value.money,
    payee: shown.value.payee,
    reason: '',
    grounds: null,
    actor: { person: 'mallory', device: 'rogue', key: key.keyId },
    chain: { prev: known.chain?.digest ?? null, seq: (known.chain?.seq ?? 0) + 1 },
    base: { size: tree.size, root: Buffer.from(tree.root(tree.size)).toString('hex') },
    clock: kernel.now,
    auth: 'passphrase',
  };
  const intent = (over: Partial<Decision>): Intent => ({
    type: 'decide',
    envelope: sealedBy(key, DECISION_PAYLOAD, { ...honest, ...over }),
  });
  if (kind === 2) {
    world.situations.seen('otherAudience');
    sendAs(
      world,
      'mallory',
      intent({ aud: { ...world.audience, env: 'staging' }, chain: { prev: null, seq: 1 } }),
    );
    return foreignEnvelopes(world);
  }
  if (kind === 3) {
    world.situations.seen('forgedBase');
    return sendAs(
      world,
      'mallory',
      intent({ base: { size: Math.max(1, tree.size - 3), root: 'ab'.repeat(32) } }),
    );
  }
  if (kind === 4) {
    world.situations.seen('impersonation');
    return sendAs(
      world,
      'mallory',
      intent({ actor: { ...honest.actor, person: 'dario', device: 'desk-1' } }),
    );
  }
  if (kind === 5)
    return sendAs(world, 'mallory', intent({ money: { ccy: 'USD', exp: 2, minor: '100' } }));
  sendAs(world, 'mallory', intent({ display: digestOfText('another text') }));
}

/** What an honest key signed for a staging system is sent to this one. */
function foreignEnvelopes(world: World): void {
  const last = world.captured.at(-1);
  const decision = last ? signedBefore(last) : null;
  if (!last || !decision) return;
  const key = world.desks
    .flatMap(({ people }) => [...people.values()])
    .find(({ keyId }) => keyId === decision.actor.key);
  if (!key) return;
  const foreign = {
    ...decision,
    aud: { ...decision.aud, env: 'staging' as const },
    id: digestOfText(decision.id).slice(0, 32),
  };
  sendAs(world, 'mallory', { type: 'decide', envelope: sealedBy(key, DECISION_PAYLOAD, foreign) });
}

function signedBefore({ intent }: Command): Decision | null {
  if (intent.type !== 'decide') return null;
  return JSON.parse(Buffer.from(intent.envelope.payload, 'base64').toString('utf8')) as Decision;
}

function enrolRogue(world: World, key: SimulatedKey): void {
  const tree = world.server.store.tree(0);
  const statement = {
    v: 1,
    type: 'key.enrol',
    aud: world.audience,
    person: 'mallory',
    device: 'rogue',
    publicKey: Buffer.from(key.publicKey).toString('base64'),
    challenge: `${tree.size}:${Buffer.from(tree.root(tree.size)).toString('hex')}`,
  };
  const envelope = sealedBy(key, 'application/vnd.propdesk.enrolment.v1+json', statement);
  sendAs(world, 'mallory', { type: 'enrolKey', envelope });
}
