import type { Fact } from '#core/facts/registry.ts';
import { createGovernance, type Governance } from '#core/governance/governance.ts';
import { canonical, readLog, type Reference } from './reference.ts';
import { CANARY_PAYEE, type World } from './world.ts';

const FINAL = new Set(['paid', 'declined', 'returned']);

/** Everything that is wrong with a run, each with the name of the invariant it breaks. */
export function check(
  world: World,
  heard: Heard,
): { readonly violations: string[]; readonly reference: Reference } {
  const { server, audience } = world;
  const facts = server.all();
  const reference = readLog(facts, audience);
  const violations = [
    ...server.failures.map((said) => `I0 the server stopped by itself: ${said}`),
    ...world.problems,
    ...acknowledgedOnce(world, facts),
    ...paidOnce(world, facts, reference),
    ...reference.instructed.flatMap((matter) =>
      reference
        .offences(matter, server.store.content)
        .map((said) => `${said} (payout ${matter.id}, entry ${matter.instructed?.seq})`),
    ),
    ...dailyLimits(reference),
    ...logIsWhole(world, reference),
    ...keysAreFrozenForAReason(world, facts),
    ...foldsAgree(world, facts),
    ...endsAreReached(world, facts, reference),
    ...shownIsTrue(world, facts),
    ...secretsStay(world, facts, heard),
  ];
  return { violations, reference };
}

/** I1: what was acknowledged, to a person or over the wire, is in the log, once. */
function acknowledgedOnce({ server }: World, facts: readonly Fact[]): string[] {
  const found: string[] = [];
  const places = new Map<string, number[]>();
  for (const fact of facts) {
    if (fact.kind !== 'decisionReceived') continue;
    places.set(fact.data.decisionId, [
      ...(places.get(fact.data.decisionId) ?? []),
      fact.envelope.seq,
    ]);
  }
  for (const [decisionId, at] of places) {
    if (at.length > 1)
      found.push(`I1 decision ${decisionId} is in the log ${at.length} times: ${at.join(', ')}`);
  }
  for (const { decisionId, result, logSize } of server.acknowledged) {
    if (result.type !== 'accepted' || decisionId.startsWith('thief')) continue;
    const at = places.get(decisionId)?.[0];
    const froze = facts[result.seq - 1]?.kind === 'keyFrozen';
    if (!froze && (at === undefined || at > logSize))
      found.push(`I1 decision ${decisionId} was acknowledged, and is not in the log`);
  }
  return found;
}

/** I2: what moved at the rail is at most what was instructed: key by key, and payee by payee. */
function paidOnce({ rail }: World, facts: readonly Fact[], { instructed }: Reference): string[] {
  const found: string[] = [];
  const orders = new Map(
    instructed.flatMap((matter) =>
      matter.instructed ? [[matter.instructed.key, matter.instructed] as const] : [],
    ),
  );
  const byKey = new Map<string, number>();
  for (const { key, amount, last4 } of rail.moved) {
    byKey.set(key, (byKey.get(key) ?? 0) + 1);
    const order = orders.get(key);
    if (!order) found.push(`I2 money moved under ${key}, which nobody instructed`);
    else if (order.amount !== amount || order.last4 !== last4)
      found.push(`I2 ${amount} to ${last4} moved under ${key}, which is of ${order.amount}`);
  }
  for (const [key, times] of byKey) if (times > 1) found.push(`I2 ${key} was paid ${times} times`);
  const instructions = facts.filter(({ kind }) => kind === 'paymentInstructed');
  if (
    new Set(instructions.map(({ data }) => ('payoutId' in data ? data.payoutId : ''))).size <
    instructions.length
  ) {
    found.push('I2 a payout was instructed twice');
  }
  const events = facts.flatMap((fact) =>
    fact.kind === 'paymentReported' && fact.data.providerReference !== ''
      ? [fact.data.providerReference]
      : [],
  );
  for (const event of new Set(events)) {
    const times = events.filter((one) => one === event).length;
    if (times > 1) found.push(`I2 news ${event} of the rail is booked ${times} times`);
  }
  return found;
}

/** I3: what one person approved within 24 hours, counting only what was paid on it. */
function dailyLimits({ instructed, policyAt, recordedAt }: Reference): string[] {
  const approvals = instructed.flatMap(({ words, instructed: order }) => {
    const last = new Map<string, (typeof words)[number]>();
    for (const one of words) {
      const { counted, word, seq } = one;
      if (!order || !counted || seq > order.seq || word.subject.ver !== order.ver) continue;
      if (word.type === 'approve' || word.type === 'reject') last.set(word.actor.person, one);
    }
    return [...last].flatMap(([person, { seq, word }]) =>
      order && word.type === 'approve'
        ? [{ seq, person, amount: order.amount, at: recordedAt(seq) }]
        : [],
    );
  });
  return approvals.flatMap(({ seq, person, at }) => {
    const limit = policyAt(seq)?.approverPerDay ?? Infinity;
    const sum = approvals.reduce(
      (all, one) =>
        all +
        (one.person === person && one.seq <= seq && one.at > at - 86_400_000 ? one.amount : 0),
      0,
    );
    return sum > limit
      ? [`I3 ${person} approved ${sum} in a day by entry ${seq}, the limit is ${limit}`]
      : [];
  });
}

/** I5: the root follows from the entries, every chain from its beginning. */
function logIsWhole({ server, desks }: World, { root, words }: Reference): string[] {
  const found: string[] = desks.flatMap(({ complaints }) => complaints.map((said) => `I5 ${said}`));
  const size = server.size();
  const hashed = Buffer.from(server.store.tree(0).root(size)).toString('hex');
  if (hashed !== root(size)) found.push('I5 the root is not that of the entries');
  const chains = new Map<string, { seq: number; digest: string | null }>();
  for (const { keyId, word, digest, claimed, seq, isSigned } of words) {
    const last = chains.get(keyId) ?? { seq: 0, digest: null };
    if (word.chain.seq !== last.seq + 1 || word.chain.prev !== last.digest) {
      found.push(`I5 entry ${seq} does not continue its device's chain at ${last.seq}`);
    }
    if (claimed.seq !== word.chain.seq || claimed.digest !== digest)
      found.push(`I5 entry ${seq} names another place than its bytes`);
    if (!isSigned) found.push(`I5 entry ${seq} is not signed by the key that it names`);
    chains.set(keyId, { seq: word.chain.seq, digest });
  }
  return found;
}

/** I5: a key is frozen only where it was copied. */
function keysAreFrozenForAReason({ copied }: World, facts: readonly Fact[]): string[] {
  return facts.flatMap((fact) =>
    fact.kind === 'keyFrozen' && !copied.has(fact.data.keyId)
      ? [
          `I5 key ${fact.data.keyId.slice(0, 8)} was frozen at ${fact.envelope.seq}, and nobody had copied it`,
        ]
      : [],
  );
}

/** I6: server and desks, folding the same facts, know the same. */
function foldsAgree({ server, desks, plant }: World, facts: readonly Fact[]): string[] {
  const governance = createGovernance();
  for (const fact of facts) governance.apply(fact);
  const wanted = told(governance);
  const found: string[] = [];
  const own = server.partition()?.governance;
  if (own && plant.isBent !== true && told(own) !== wanted)
    found.push('I6 the server knows something else than its log says');
  for (const desk of desks) {
    const state = desk.state();
    if (!state) continue;
    if (state.cursor.seq < server.size())
      found.push(`I7 ${desk.deskId} did not catch up: ${state.cursor.seq} of ${server.size()}`);
    else if (told(state.governance) !== wanted)
      found.push(`I6 ${desk.deskId} knows something else than the log says`);
  }
  return found;
}

function told(governance: Governance): string {
  const { people } = governance;
  const payouts = [...governance.payouts()].map((one) => ({
    ...one,
    state: governance.paymentState(one.payoutId),
  }));
  return canonical({
    proposals: [...governance.proposals()],
    standing: [...governance.proposals()].map((one) => governance.standing(one)),
    payouts,
    exceptions: [...governance.exceptions()],
    persons: [...people.persons.values()],
    keys: [...people.keys.values()].map((key) => ({
      ...key,
      publicKey: Buffer.from(key.publicKey).toString('hex'),
    })),
  });
}

/** I7: once nothing fails any more, nothing waits any more. */
function endsAreReached(world: World, facts: readonly Fact[], { instructed }: Reference): string[] {
  const { server, desks, signed, rail } = world;
  const found: string[] = [];
  const inLog = new Set(
    facts.flatMap((fact) => (fact.kind === 'decisionReceived' ? [fact.data.decisionId] : [])),
  );
  for (const desk of desks) {
    for (const { commandId, intent } of desk.store().queued(server.logId)) {
      found.push(`I7 ${desk.deskId} still holds ${intent.type} ${commandId}`);
    }
  }
  const ends = new Set(
    world.shown.flatMap(({ what, claim }) =>
      /^(counted|notCounted|rejected)/.test(claim) ? [what] : [],
    ),
  );
  for (const { decisionId, deskId, keyId } of signed) {
    if (ends.has(decisionId)) continue;
    const isFork =
      world.copied.has(keyId) &&
      !inLog.has(decisionId) &&
      world.shown.some(({ what, claim }) => what === decisionId && claim === 'received');
    if (!isFork)
      found.push(`I7 decision ${decisionId} of ${deskId} never got an end that its person can see`);
  }
  const exceptions = new Set(
    facts.flatMap((fact) => (fact.kind === 'exceptionRaised' ? [fact.data.payoutId] : [])),
  );
  const governance = server.partition()?.governance;
  for (const { id, instructed: order } of instructed) {
    const state = governance?.paymentState(id) ?? 'none';
    const moved = order !== null && rail.moved.some(({ key }) => key === order.key);
    if (!FINAL.has(state) && !exceptions.has(id))
      found.push(`I7 the payment of ${id} is ${state} for ever`);
    if (moved && state === 'declined' && !exceptions.has(id))
      found.push(`I2 ${id} was paid, the log says declined, and nobody is asked`);
    if (!moved && state === 'paid' && !exceptions.has(id))
      found.push(`I2 the log says that ${id} is paid, and no money moved`);
  }
  return found;
}

/** I8: what a desk showed was so in the log at that time. */
function shownIsTrue({ shown }: World, facts: readonly Fact[]): string[] {
  const since = new Map<string, number>();
  for (const fact of facts) {
    for (const claim of claimsOf(fact)) if (!since.has(claim)) since.set(claim, fact.envelope.seq);
  }
  return shown.flatMap(({ deskId, what, claim, logSize }) => {
    if (claim === 'signed here' || claim === 'received' || claim.startsWith('rejected ')) return [];
    const from = since.get(`${what} ${claim}`);
    return from !== undefined && from <= logSize
      ? []
      : [
          `I8 ${deskId} showed ${what} as ${claim}, and the log of ${logSize} entries did not say so`,
        ];
  });
}

function claimsOf(fact: Fact): string[] {
  switch (fact.kind) {
    case 'decisionReceived': {
      const { decisionId, verdict } = fact.data;
      return [
        `${decisionId} ${verdict.type === 'counted' ? 'counted' : `notCounted ${verdict.code}`}`,
      ];
    }
    case 'paymentInstructed':
      return [`${fact.data.payoutId} instructed`];
    case 'paymentReported':
      return [`${fact.data.payoutId} ${fact.data.state}`];
    case 'proposalClosed':
      return [`${fact.data.proposalId} ${fact.data.outcome}`];
    default:
      return [];
  }
}

/** What was heard on the wire, and what was written into the trace. */
export interface Heard {
  readonly wire: readonly string[];
}

/** I9: no key leaves its machine; a payee's name is in the bytes that people sign, and nowhere else. */
function secretsStay({ desks, kernel }: World, facts: readonly Fact[], { wire }: Heard): string[] {
  const secrets = desks.flatMap(({ people }) => [...people.values()].flatMap((key) => key.secrets));
  const log = facts.map((fact) => JSON.stringify(fact)).join('\n');
  const output = kernel.lines().join('\n');
  const sent = wire.join('\n');
  const found = secrets.some(
    (secret) => log.includes(secret) || output.includes(secret) || sent.includes(secret),
  )
    ? ['I9 a private key left its machine']
    : [];
  if (log.includes(CANARY_PAYEE) || output.includes(CANARY_PAYEE))
    found.push('I9 a payee’s name is in the log, or in output');
  return found;
}
