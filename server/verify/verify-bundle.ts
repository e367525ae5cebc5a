import { readCheckpoint, type SignedCheckpoint } from '#core/audit/checkpoint.ts';
import { isSame } from '#core/audit/tree.ts';
import { base64Of } from '#core/kernel/base64.ts';
import { fingerprintText } from '#core/signing/public-key.ts';
import { isSignedBy, openBundle, type Bundle } from './bundle.ts';
import { checkIntegrity, type Integrity } from './integrity.ts';
import { judgeBundle, type BundleFinding, type Judgement } from './judge-bundle.ts';
import { cachedVerifier, isKeyOf } from './log-key.ts';

export interface VerifyOptions {
  /** What the auditor believes the key to be: a fingerprint, or the key as it is written. */
  readonly key?: string | null;
  /** A checkpoint that was kept before: the log must go on from it. */
  readonly older?: string | null;
  readonly explain?: string | null;
  /** Derives the verdicts of one account in so many. */
  readonly everyNth?: number;
  readonly progress?: (what: string) => void;
}

/** In order; not what was signed; signed and against the rules; not readable. */
export type Exit = 0 | 1 | 2 | 3;

export interface Step {
  readonly title: string;
  readonly state: 'fine' | 'wrong' | 'open';
  readonly detail: string;
}

export interface Verdict {
  readonly exit: Exit;
  readonly steps: readonly Step[];
  /** Why it cannot be read, or is not what was signed. */
  readonly problems: readonly string[];
  readonly firstBadIndex: number | null;
  readonly findings: readonly BundleFinding[];
  readonly notes: readonly string[];
  readonly missing: readonly { readonly digest: string; readonly seq: number }[];
  readonly story: readonly string[] | null;
  readonly counts: Readonly<Record<string, number>>;
}

/** What no log can prove of itself. */
export const NOT_PROVEN: readonly string[] = [
  'that persons are who the firm says, and that two who approved did not agree to deceive',
  'that the first people, roles and limits are those that the firm meant: nothing older approved them',
  'that deals, prices and payees are true: they are what the platform, the market and the trader said',
  'that prices are those of the day: the tree does not hold them, the list signed at the export does',
  'the payout policy of programs that came with the server: only later versions stand in the log',
  'that clocks were right, and that there is no second log: compare with a checkpoint kept elsewhere',
];

/** All checks of a bundle, the cheaper first; what is not what was signed is not judged. */
export function verifyBundle(folder: string, options: VerifyOptions = {}): Verdict {
  const signatures = cachedVerifier();
  const progress = options.progress ?? (() => {});
  try {
    const opened = openBundle(folder, signatures.verify);
    if (!opened.ok) return unreadable(opened.error);
    const bundle = opened.value;
    const key = keyStep(bundle, options.key ?? null);
    const integrity = checkIntegrity(bundle, (entries) => progress(`${entries} entries hashed`));
    const older = olderStep(bundle, integrity, options.older ?? null, signatures.verify);
    const steps = [key.step, treeStep(bundle, integrity), older.step];
    const problems = [...key.problems, ...integrity.problems, ...older.problems];
    if (problems.length > 0) return broken(problems, steps, integrity.firstBadIndex);
    const judged = judgeBundle(bundle, integrity.tree, signatures.verify, {
      everyNth: options.everyNth ?? 1,
      progress: (entries) => progress(`${entries} entries judged`),
    });
    if (!judged.ok) return unreadable(judged.error, steps);
    return told(judged.value, steps, signatures.count(), options);
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error));
  }
}

const NOTHING = {
  problems: [],
  firstBadIndex: null,
  findings: [],
  notes: [],
  missing: [],
  story: null,
  counts: {},
} as const;

function unreadable(why: string, steps: readonly Step[] = []): Verdict {
  return { ...NOTHING, exit: 3, steps, problems: [why] };
}

function broken(
  problems: readonly string[],
  steps: readonly Step[],
  firstBadIndex: number | null,
): Verdict {
  return { ...NOTHING, exit: 1, steps, problems, firstBadIndex };
}

interface Checked {
  readonly step: Step;
  readonly problems: readonly string[];
}

function keyStep({ key }: Bundle, idea: string | null): Checked {
  const title = 'The key of the log';
  const short = fingerprintText(key.publicKey);
  if (idea === null) {
    const detail = `${short}: compare it with what you have on paper, or give it with --key`;
    return { step: { title, state: 'open', detail }, problems: [] };
  }
  if (isKeyOf(idea, key)) {
    return { step: { title, state: 'fine', detail: `${short}, as given` }, problems: [] };
  }
  const detail = `${short} is not the key that was given`;
  return {
    step: { title, state: 'wrong', detail },
    problems: [`the key of the bundle, ${detail}`],
  };
}

function treeStep({ checkpoint }: Bundle, { problems }: Integrity): Step {
  const { size, root } = checkpoint;
  return {
    title: 'Signatures, every entry, the tree and every file',
    state: problems.length === 0 ? 'fine' : 'wrong',
    detail: `${size} entries, root ${base64Of(root)}`,
  };
}

function olderStep(
  bundle: Bundle,
  { tree }: Integrity,
  note: string | null,
  verify: Parameters<typeof isSignedBy>[3],
): Checked {
  const title = 'It goes on from an older checkpoint';
  if (note === null) {
    return { step: { title, state: 'open', detail: 'none was given' }, problems: [] };
  }
  const problem = olderProblem(bundle, tree.size, note, (size) => tree.root(size), verify);
  if (problem === null) return { step: { title, state: 'fine', detail: 'it does' }, problems: [] };
  return { step: { title, state: 'wrong', detail: problem }, problems: [problem] };
}

function olderProblem(
  { key, checkpoint }: Bundle,
  entries: number,
  note: string,
  rootOf: (size: number) => Uint8Array,
  verify: Parameters<typeof isSignedBy>[3],
): string | null {
  const older = readCheckpoint(note);
  if (!older.ok) return `the older checkpoint: ${older.error}`;
  const { size, root, origin }: SignedCheckpoint = older.value;
  if (origin !== key.name) return `the older checkpoint is of ${origin}`;
  if (!isSignedBy(older.value, key.name, key.publicKey, verify)) {
    return 'the older checkpoint is not signed by this key';
  }
  if (size > checkpoint.size) {
    return `the log was rolled back: it had ${size} entries, now ${checkpoint.size}`;
  }
  return size <= entries && isSame(rootOf(size), root)
    ? null
    : `the log was rewritten: its first ${size} entries are not what they were`;
}

/** The steps that rest on findings, and the rules of each. */
const JUDGED: readonly (readonly [title: string, rules: readonly BundleFinding['rule'][]])[] = [
  ['Order of entries', ['order']],
  ['People, roles, keys, limits: only by approval', ['power', 'key']],
  ['Proposals say what their bytes say', ['proposal', 'amounts']],
  ['Every decision: signature, bytes shown, verdict', ['decision', 'counted', 'notCounted']],
  ['Devices: no gap and no fork', ['chain']],
  ['Approvals by enough other persons', ['approval', 'closing']],
  ['Payments: approved, once, nothing against them', ['payment']],
  ['Bank entries', ['bank']],
  ['Verdicts derived again from deals and prices', ['verdict']],
];

function told(
  { findings, audit, marks, derived }: Judgement,
  steps: readonly Step[],
  signatures: number,
  options: VerifyOptions,
): Verdict {
  const counts = { ...audit.counts, marks, derived, signatures };
  const judged = JUDGED.map(([title, rules]): Step => {
    const wrong = findings.filter(({ rule }) => rules.includes(rule)).length;
    const detail = wrong === 0 ? '' : `${wrong} findings`;
    return { title, state: wrong === 0 ? 'fine' : 'wrong', detail };
  });
  const { missing, notes } = audit;
  const erased: Step = {
    title: 'Bytes that entries name',
    state: missing.length === 0 ? 'fine' : 'open',
    detail: missing.length === 0 ? 'all are there' : `${missing.length} are not kept any more`,
  };
  const asked = options.explain ?? null;
  const story = asked === null ? null : (audit.story(asked) ?? []);
  return {
    exit: findings.length === 0 ? 0 : 2,
    steps: [...steps, ...judged, erased],
    problems: [],
    firstBadIndex: null,
    findings,
    notes,
    missing,
    story,
    counts,
  };
}
