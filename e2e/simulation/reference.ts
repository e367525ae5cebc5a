import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { Fact } from '#core/facts/registry.ts';

/*
 * What should hold of a log, told a second time without the product's code: own reading of envelopes,
 * own canonical text, own tree, own roles. It knows facts and nothing else.
 */

const DAY_MS = 86_400_000;

export interface SignedFact {
  readonly seq: number;
  readonly at: number;
  readonly counted: boolean;
  readonly code: string;
  readonly digest: string;
  readonly claimed: { readonly seq: number; readonly digest: string };
  readonly word: Word;
  readonly keyId: string;
  readonly isSigned: boolean;
}

/** The fields of a signed decision that the rules rest on. */
export interface Word {
  readonly type: string;
  readonly aud: { readonly org: string; readonly env: string; readonly log: string };
  readonly id: string;
  readonly subject: { readonly id: string; readonly ver: number };
  readonly snapshot: string;
  readonly money: { readonly minor: string; readonly exp: number } | null;
  readonly payee: { readonly digest: string } | null;
  readonly actor: { readonly person: string; readonly key: string };
  readonly chain: { readonly prev: string | null; readonly seq: number };
  readonly base: { readonly root: string; readonly size: number };
}

interface Span {
  readonly name: string;
  readonly from: number;
  to: number;
}

interface KeyRecord {
  readonly person: string;
  readonly publicKey: Uint8Array;
  granted: number;
  revoked: number;
  frozen: number;
}

interface Version {
  readonly ver: number;
  readonly seq: number;
  readonly snapshot: string;
  readonly amount: number;
  readonly clean: boolean;
  readonly maker: readonly string[];
}

interface Matter {
  readonly id: string;
  readonly action: string;
  readonly account: string | null;
  readonly trader: string | null;
  readonly expiresAt: number;
  readonly coolingUntil: number;
  readonly versions: Version[];
  readonly words: SignedFact[];
  readonly approvedAt: Map<number, number>;
  closed: { readonly seq: number; readonly outcome: string } | null;
  instructed: {
    readonly seq: number;
    readonly at: number;
    readonly amount: number;
    readonly key: string;
    readonly ver: number;
    readonly last4: string;
  } | null;
}

type Policy = Extract<Fact, { kind: 'policyChanged' }>['data']['policy'];

/** Which roles may approve a payout, or stop one: written down here a second time. */
const APPROVES = new Set(['payoutApprover', 'manager']);
const NEVER = Number.POSITIVE_INFINITY;

export interface Reference {
  readonly matters: ReadonlyMap<string, Matter>;
  readonly keys: ReadonlyMap<string, KeyRecord>;
  readonly words: readonly SignedFact[];
  readonly instructed: readonly Matter[];
  /** Everything that a payment instruction offends against. */
  offences(matter: Matter, content: (digest: string) => string | null): string[];
  recordedAt(seq: number): number;
  root(size: number): string;
  policyAt(seq: number): Policy | undefined;
  rolesAt(person: string, seq: number): readonly string[];
  blocksOf(account: string): readonly { readonly seq: number; readonly what: string }[];
}

export function readLog(
  facts: readonly Fact[],
  log: { readonly org: string; readonly env: string; readonly log: string },
): Reference {
  const matters = new Map<string, Matter>();
  const keys = new Map<string, KeyRecord>();
  const roles = new Map<string, Span[]>();
  const policies: { readonly seq: number; readonly policy: Policy }[] = [];
  const blocks = new Map<string, { seq: number; what: string }[]>();
  const failedIdentity = new Map<string, Span[]>();
  const words: SignedFact[] = [];
  const leaves: Buffer[] = [];
  const recorded: number[] = [0];
  const roots = new Map<number, string>();
  const perfect = new Map<string, Buffer>();
  for (const fact of facts) {
    leaves.push(
      sha256(
        Buffer.concat([
          Buffer.of(0),
          Buffer.from(canonical({ data: fact.data, envelope: fact.envelope })),
        ]),
      ),
    );
    recorded.push(fact.envelope.recordedAt);
    take(fact);
  }
  function take(fact: Fact): void {
    const { seq } = fact.envelope;
    switch (fact.kind) {
      case 'roleGranted':
        spansOf(roles, fact.data.personId).push({ name: fact.data.role, from: seq, to: NEVER });
        return;
      case 'roleRevoked':
        for (const span of spansOf(roles, fact.data.personId)) {
          if (span.name === fact.data.role && span.to === NEVER) span.to = seq;
        }
        return;
      case 'keyEnrolled': {
        const publicKey = Buffer.from(fact.data.publicKey, 'base64');
        keys.set(fact.data.keyId, {
          person: fact.data.personId,
          publicKey,
          granted: NEVER,
          revoked: NEVER,
          frozen: NEVER,
        });
        return;
      }
      case 'keyGranted':
      case 'keyRevoked':
      case 'keyFrozen': {
        const key = keys.get(fact.data.keyId);
        const name = (
          { keyGranted: 'granted', keyRevoked: 'revoked', keyFrozen: 'frozen' } as const
        )[fact.kind];
        if (key) key[name] = Math.min(key[name], seq);
        return;
      }
      case 'policyChanged':
        if (fact.data.policy.action === 'payPayout')
          policies.push({ seq, policy: fact.data.policy });
        return;
      case 'traderChecked':
        if (fact.data.check !== 'identity') return;
        for (const span of spansOf(failedIdentity, fact.data.traderId))
          span.to = Math.min(span.to, seq);
        if (fact.data.result === 'failed')
          spansOf(failedIdentity, fact.data.traderId).push({
            name: 'failed',
            from: seq,
            to: NEVER,
          });
        return;
      case 'breachDetected':
        spansOf(blocks, fact.data.accountId).push({ seq, what: `breach of ${fact.data.ruleId}` });
        return;
      case 'accountStatusChanged':
        if (['failed', 'restricted', 'closed'].includes(fact.data.to)) {
          spansOf(blocks, fact.data.accountId).push({ seq, what: fact.data.to });
        }
        return;
      default:
        takeMatter(fact);
    }
  }
  function takeMatter(fact: Fact): void {
    const { seq } = fact.envelope;
    switch (fact.kind) {
      case 'proposalOpened':
        matters.set(fact.data.proposalId, {
          id: fact.data.proposalId,
          action: fact.data.action,
          account: fact.data.about.accountId,
          trader: fact.data.about.traderId,
          expiresAt: fact.data.expiresAt,
          coolingUntil: fact.data.coolingUntil ?? -Infinity,
          versions: [versionOf(fact, fact.data.makers)],
          words: [],
          approvedAt: new Map(),
          closed: null,
          instructed: null,
        });
        return;
      case 'proposalRevised':
        matters
          .get(fact.data.proposalId)
          ?.versions.push(versionOf(fact, fact.data.maker === null ? [] : [fact.data.maker]));
        return;
      case 'decisionReceived': {
        const word = wordOf(fact, keys.get(fact.data.keyId)?.publicKey);
        words.push(word);
        matters.get(fact.data.proposalId)?.words.push(word);
        return;
      }
      case 'proposalApproved':
        matters.get(fact.data.proposalId)?.approvedAt.set(fact.data.version, fact.data.at);
        return;
      case 'proposalClosed': {
        const matter = matters.get(fact.data.proposalId);
        if (matter) matter.closed ??= { seq, outcome: fact.data.outcome };
        return;
      }
      case 'paymentInstructed': {
        const matter = matters.get(fact.data.payoutId);
        const { at, amount, instructionId, version, payee } = fact.data;
        if (matter)
          matter.instructed ??= {
            seq,
            at,
            amount,
            key: instructionId,
            ver: version,
            last4: payee.last4,
          };
        return;
      }
      default:
    }
  }
  const holdsAt = (spans: readonly Span[] | undefined, seq: number): readonly string[] =>
    (spans ?? []).flatMap(({ name, from, to }) => (from <= seq && seq < to ? [name] : []));
  const rolesAt = (person: string, seq: number): readonly string[] =>
    holdsAt(roles.get(person), seq);
  const policyAt = (seq: number): Policy | undefined =>
    policies.findLast((one) => one.seq <= seq)?.policy;
  const root = (size: number): string => {
    const known =
      roots.get(size) ??
      (size > leaves.length ? '' : rootOf(leaves, 0, size, perfect).toString('hex'));
    roots.set(size, known);
    return known;
  };
  const recordedAt = (seq: number): number => recorded[seq] ?? NEVER;
  /** Whether a signed word was right to count when it came. */
  const isValid = (
    word: SignedFact,
    matter: Matter,
    version: Version,
    content: (digest: string) => string | null,
  ): boolean => {
    const { actor, base, subject, snapshot, aud } = word.word;
    const key = keys.get(word.keyId);
    if (
      !key ||
      !word.counted ||
      !word.isSigned ||
      actor.person !== key.person ||
      actor.key !== word.keyId
    )
      return false;
    if (subject.ver !== version.ver || snapshot !== version.snapshot || subject.id !== matter.id)
      return false;
    if (canonical(aud) !== canonical(log)) return false;
    if (base.size >= word.seq || root(base.size) !== base.root) return false;
    if (key.granted > base.size || key.revoked < word.seq || key.frozen < word.seq) return false;
    const policy = policyAt(word.seq);
    if (policy && recordedAt(word.seq) - recordedAt(base.size) > policy.receiptAgeMaxMs)
      return false;
    return word.word.type !== 'approve' || isApproval(word, version, content, matter);
  };
  const isApproval = (
    word: SignedFact,
    version: Version,
    content: (digest: string) => string | null,
    matter: Matter,
  ): boolean => {
    const { actor, base, money, payee } = word.word;
    const approved = (seq: number): boolean =>
      rolesAt(actor.person, seq).some((role) => APPROVES.has(role));
    if (!approved(base.size) || !approved(word.seq) || word.at < matter.coolingUntil) return false;
    const makers = matter.versions.flatMap(({ ver, maker }) => (ver <= version.ver ? maker : []));
    if (makers.includes(actor.person)) return false;
    const shown = readShown(content(version.snapshot));
    return (
      money !== null &&
      shown !== null &&
      BigInt(money.minor) * 100n === BigInt(shown.amount) &&
      payee?.digest === shown.payee
    );
  };
  const offences = (matter: Matter, content: (digest: string) => string | null): string[] => {
    const { instructed } = matter;
    if (!instructed) return [];
    const { seq, at, ver } = instructed;
    const found: string[] = [];
    const version = matter.versions.findLast((one) => one.seq < seq);
    if (version?.ver !== ver) return [`version ${ver} was paid, ${version?.ver} stood`];
    const valid = matter.words.filter(
      (word) => word.seq < seq && isValid(word, matter, version, content),
    );
    const last = new Map<string, SignedFact>();
    for (const word of valid) {
      if (word.word.type === 'approve' || word.word.type === 'reject')
        last.set(word.word.actor.person, word);
    }
    const approvers = [...last].filter(([person, { word, keyId }]) => {
      const key = keys.get(keyId);
      const stands = key !== undefined && key.revoked > seq && key.frozen > seq;
      return (
        word.type === 'approve' && stands && rolesAt(person, seq).some((role) => APPROVES.has(role))
      );
    });
    const { approvals, oneOf } = needed(matter, version, seq, at);
    if (approvers.length < approvals)
      found.push(`I3 ${approvers.length} of ${approvals} approvals stand`);
    for (const some of oneOf) {
      const isThere = approvers.some(([person]) =>
        rolesAt(person, seq).some((role) => some.includes(role)),
      );
      if (!isThere)
        found.push(`I3 none of ${some.join(', ')} is among those whose approval stands`);
    }
    const shown = readShown(content(version.snapshot));
    if (shown?.amount !== instructed.amount) found.push('I3 another amount than the bytes say');
    return [...found, ...standsAgainst(matter, version, seq, at, valid, shown)];
  };
  /** How many, and of whom: the amount with what the same trader got within the window before. */
  const needed = (
    matter: Matter,
    version: Version,
    seq: number,
    at: number,
  ): { approvals: number; oneOf: readonly (readonly string[])[] } => {
    const policy = policyAt(seq);
    if (!policy) return { approvals: 2, oneOf: [] };
    let sum = version.amount;
    for (const other of matters.values()) {
      if (
        other === matter ||
        other.trader !== matter.trader ||
        !other.instructed ||
        policy.windowDays === 0
      )
        continue;
      if (other.instructed.seq < seq && other.instructed.at > at - policy.windowDays * DAY_MS)
        sum += other.instructed.amount;
    }
    if (version.clean && policy.autoUpTo !== null && sum <= policy.autoUpTo)
      return { approvals: 0, oneOf: [] };
    const reached = policy.steps.filter(({ above }) => sum > above);
    return {
      approvals: Math.max(policy.approvals, ...reached.map(({ approvals }) => approvals)),
      oneOf: reached.map(({ oneOf }) => oneOf).filter(({ length }) => length > 0),
    };
  };
  const standsAgainst = (
    matter: Matter,
    version: Version,
    seq: number,
    at: number,
    valid: readonly SignedFact[],
    shown: Shown | null,
  ): string[] => {
    const found: string[] = [];
    for (const block of blocks.get(matter.account ?? '') ?? []) {
      if (block.seq > version.seq && block.seq < seq)
        found.push(`I4 paid after ${block.what} at ${block.seq}`);
    }
    if (matter.closed && matter.closed.seq < seq)
      found.push(`I4 paid after it was ${matter.closed.outcome}`);
    if (at >= matter.expiresAt) found.push('I4 paid after it expired');
    if (at < matter.coolingUntil) found.push('I4 paid before the cooling-off of a new payee ended');
    if (holdsAt(failedIdentity.get(matter.trader ?? ''), seq).length > 0)
      found.push('I4 paid while the identity check had failed');
    if (shown && shown.against.length > 0) found.push(`I4 paid against "${shown.against[0]}"`);
    const coolOff = policyAt(matter.versions.at(-1)?.seq ?? 0)?.coolOffMs ?? 0;
    const approvedAt = matter.approvedAt.get(version.ver);
    const policyMoved = policies.some((one) => one.seq > version.seq && one.seq < seq);
    if (!policyMoved && approvedAt !== undefined && at < approvedAt + coolOff)
      found.push('I4 paid before the cool-off ended');
    for (const block of unreleased(valid))
      found.push(`I4 paid in spite of the ${block.word.type} at ${block.seq}`);
    return found;
  };
  return {
    matters,
    keys,
    words,
    instructed: [...matters.values()].filter((matter) => matter.instructed !== null),
    offences,
    recordedAt,
    root,
    policyAt,
    rolesAt,
    blocksOf: (account) => blocks.get(account) ?? [],
  };
}

/** Holds and rejections that neither their own person nor two others have taken back. */
function unreleased(valid: readonly SignedFact[]): SignedFact[] {
  return valid.filter((block, place) => {
    const { type, actor } = block.word;
    if (type !== 'hold' && type !== 'reject') return false;
    const later = valid.slice(place + 1).filter(({ word }) => word.type === 'release');
    const releasers = new Set(later.map(({ word }) => word.actor.person));
    return !releasers.has(actor.person) && releasers.size < 2;
  });
}

function versionOf(
  fact: Extract<Fact, { kind: 'proposalOpened' | 'proposalRevised' }>,
  maker: readonly string[],
): Version {
  const { version, snapshot, amount, params } = fact.data;
  const clean = (params as { clean?: unknown } | null)?.clean === true;
  return { ver: version, seq: fact.envelope.seq, snapshot, amount, clean, maker };
}

function wordOf(
  fact: Extract<Fact, { kind: 'decisionReceived' }>,
  publicKey: Uint8Array | undefined,
): SignedFact {
  const { envelope, verdict, at, chain, keyId } = fact.data;
  const { payloadType, payload, signatures } = JSON.parse(envelope) as {
    payloadType: string;
    payload: string;
    signatures: [{ sig: string }];
  };
  const bytes = Buffer.from(payload, 'base64');
  const over = Buffer.concat([
    Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${bytes.length} `),
    bytes,
  ]);
  return {
    seq: fact.envelope.seq,
    at,
    counted: verdict.type === 'counted',
    code: verdict.type === 'counted' ? '' : verdict.code,
    digest: sha256(bytes).toString('hex'),
    claimed: chain,
    word: JSON.parse(bytes.toString('utf8')) as Word,
    keyId,
    isSigned:
      publicKey !== undefined &&
      isSignedBy(publicKey, over, Buffer.from(signatures[0].sig, 'base64')),
  };
}

const verifiers = new Map<string, KeyObject>();

function isSignedBy(publicKey: Uint8Array, message: Buffer, signature: Buffer): boolean {
  const x = Buffer.from(publicKey).toString('base64url');
  const key =
    verifiers.get(x) ?? createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  verifiers.set(x, key);
  return verify(null, message, key, signature);
}

interface Shown {
  readonly amount: number;
  readonly payee: string;
  readonly against: readonly string[];
}

function readShown(text: string | null): Shown | null {
  if (text === null) return null;
  const { amounts, payee, against } = JSON.parse(text) as {
    amounts: { trader: number };
    payee: { digest: string };
    against: string[];
  };
  return { amount: amounts.trader, payee: payee.digest, against };
}

function spansOf<Value>(map: Map<string, Value[]>, name: string): Value[] {
  const known = map.get(name) ?? [];
  map.set(name, known);
  return known;
}

/** Keys in order, no white space: what a leaf is the hash of. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, one]) => one !== undefined);
  fields.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** RFC 6962, as its text has it; what was hashed once is remembered. */
function rootOf(
  leaves: readonly Buffer[],
  from: number,
  to: number,
  known: Map<string, Buffer>,
): Buffer {
  if (to - from === 1) return leaves[from] ?? Buffer.alloc(0);
  const name = `${from}-${to}`;
  const before = known.get(name);
  if (before) return before;
  let split = 1;
  while (split * 2 < to - from) split *= 2;
  const left = rootOf(leaves, from, from + split, known);
  const root = sha256(Buffer.concat([Buffer.of(1), left, rootOf(leaves, from + split, to, known)]));
  known.set(name, root);
  return root;
}
