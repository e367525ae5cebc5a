import { parseFact, type Fact } from '#core/facts/registry.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { DisputeReason } from '#core/support/support.events.ts';
import type { AccountDetail, AccountSummary } from '#core/sync/protocol.ts';
import type { Post } from './site.ts';

/** Of the traders whose account a rule has ended, one in so many disputes it. */
const DISPUTING = 3;
/** One in so many of the others writes something sooner or later. */
const WRITING = 12;
/** Tickets that may wait at once: people have to keep up. */
const WAITING_MAX = 8;
/** Disputes wait on top of them. */
const DISPUTES_WAITING_MAX = 20;
const OBJECTING_AT_ONCE = 3;
/** Accounts looked at each time. */
const LOOKED_AT = 40;

export interface LetterPorts {
  accounts(): readonly AccountSummary[];
  detail(accountId: string): Promise<AccountDetail | null>;
  /** Tickets that wait. */
  waiting(): number;
  hasWritten(accountId: string): boolean;
  readonly post: Post;
}

/** What traders of the demonstration write, and what they say is wrong: invented, each by chance. */
const QUESTIONS: readonly (readonly [topic: string, subject: string, text: string])[] = [
  [
    'payout',
    'When will my payout arrive',
    'Hi, I asked for my payout some days ago and the page still says that it waits. Is anything ' +
      'missing from my side?',
  ],
  [
    'rules',
    'Do I have to close before the weekend?',
    'Good evening. I hold a gold position and could not find whether it may stay open over the ' +
      'weekend on my account. Please say so before Friday.',
  ],
  [
    'platform',
    'Chart stops for a second',
    'Twice today the prices stood still for a moment and then jumped. It did not cost me ' +
      'anything, but I would like you to know.',
  ],
  [
    'account',
    'How far am I from the target?',
    'My own sheet says that I am nearly there, your page shows a bit less. Which one counts, and ' +
      'does commission come off it?',
  ],
  [
    'purchase',
    'Wrong size bought',
    'I clicked on the smaller account by mistake and have not traded on it yet. Can I change it ' +
      'for the next larger one and pay the difference?',
  ],
  [
    'identity',
    'New passport',
    'My passport has expired and I got a new one last week. Do I have to show it again, and where?',
  ],
];

const OBJECTIONS: readonly (readonly [reason: DisputeReason, text: string])[] = [
  [
    'priceWrong',
    'The price at which you say that my account fell below the limit was never on my screen. Two ' +
      'other charts show a low that is clearly above it. Please look at it again.',
  ],
  [
    'priceGap',
    'The market jumped over my stop. I had it in place, and no stop can help against a gap of ' +
      'that size. I do not think that the limit should count in such a moment.',
  ],
  [
    'ruleMisread',
    'I understood that the daily limit counts from the balance at midnight and not from the ' +
      'highest equity of the day. By that, I had still room left.',
  ],
  [
    'ruleUnclear',
    'The page with the rules does not say whether open losses count. If they do, it should say ' +
      'so in plain words where one buys the account.',
  ],
  [
    'platformOutage',
    'I tried to close for several minutes and every click was refused. When the platform ' +
      'answered again it was too late. I have screenshots.',
  ],
];

/** Always the same for the same account: a demonstration that begins again tells the same. */
function chanceOf(accountId: string, of: number): number {
  return Number.parseInt(digestOfText(`letter ${accountId}`).slice(0, 8), 16) % of;
}

function pick<Value>(list: readonly Value[], accountId: string): Value {
  return list[chanceOf(`${accountId} which`, list.length)] as Value;
}

/** Through the API that any firm's own page uses: it knows no more than its traders do. */
export function createLetterWriters(ports: LetterPorts): { look(): Promise<void> } {
  let cursor = 0;
  return {
    look: async () => {
      const accounts = ports.accounts();
      const isNew = ({ terms }: AccountSummary): boolean => !ports.hasWritten(terms.accountId);
      const ended = accounts.filter(
        (one) =>
          one.status === 'failed' && chanceOf(one.terms.accountId, DISPUTING) === 0 && isNew(one),
      );
      const waiting = ports.waiting();
      const objecting = waiting < DISPUTES_WAITING_MAX ? ended.slice(0, OBJECTING_AT_ONCE) : [];
      for (const one of objecting) if (await objects(one, ports)) return;
      if (waiting >= WAITING_MAX) return;
      for (let seen = 0; seen < Math.min(LOOKED_AT, accounts.length); seen += 1) {
        const account = accounts[cursor % accounts.length];
        cursor += 1;
        if (account?.status !== 'active' || !isNew(account)) continue;
        if (chanceOf(account.terms.accountId, WRITING) !== 0) continue;
        if (await asks(account, ports)) return;
      }
    },
  };
}

function asks({ terms }: AccountSummary, { post }: LetterPorts): Promise<boolean> {
  const { accountId, traderId } = terms;
  const [topic, subject, text] = pick(QUESTIONS, accountId);
  const ticket = { traderId, accountId, topic, subject, text };
  return post('/v1/tickets', `ticket-${accountId}`, ticket);
}

async function objects({ terms }: AccountSummary, ports: LetterPorts): Promise<boolean> {
  const { accountId } = terms;
  const detail = await ports.detail(accountId);
  const breach = (detail?.verdicts ?? []).flatMap((input): Fact[] => {
    const parsed = parseFact(input);
    return parsed.ok && parsed.value.kind === 'breachDetected' ? [parsed.value] : [];
  })[0];
  if (breach?.kind !== 'breachDetected') return false;
  const [reason, text] = pick(OBJECTIONS, accountId);
  const about = { type: 'verdict', entry: breach.envelope.seq, ruleId: breach.data.ruleId };
  return ports.post('/v1/disputes', `dispute-${accountId}`, { accountId, about, reason, text });
}
