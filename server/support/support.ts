import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Fact } from '#core/facts/registry.ts';
import type { Governance } from '#core/governance/governance.ts';
import { TEMPLATES } from '#core/support/templates.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import type { SupportSetup } from '#core/sync/support-questions.ts';
import type { ServerCommand } from '../commands/server-command.ts';
import type { Questions } from '../gateway/gateway.ts';
import { secretIn } from '../payments/secrets.ts';
import { createTicker } from '../payments/ticker.ts';
import { createAnswers, openFolderPost, openSmtpPost, type Post } from './answers.ts';
import { takeMail, type IntakePorts } from './intake.ts';
import { visitMailbox, type MailboxPorts } from './mailbox.ts';
import { createReplyTokens } from './reply-token.ts';
import { readSupportSettings, type SupportSettings } from './settings.ts';
import { openSupportStore, type SupportStore } from './support-store.ts';

/** The mailbox is looked into, and answers leave, this often. */
const VISIT_EVERY_MS = 15_000;
const SEND_EVERY_MS = 2_000;

export interface SupportOptions {
  /** Where the server keeps its own: addresses and secrets are made in it. */
  readonly folder: string;
  readonly demo: boolean;
  /** As the log tells it, with everything that a command has led to once that was answered. */
  governance(): Governance;
  command(command: ServerCommand): Promise<CommandResult>;
  content(digest: string): string | null;
  now(): number;
  readonly log: MailboxPorts['log'];
}

/** Tickets by mail: what comes in, and what is answered. */
export interface Support {
  /** Hears what the log tells: answers that are to leave, and whose an address is. */
  facts(facts: readonly Fact[]): void;
  readonly questions: Questions;
  start(): void;
  stop(): Promise<void>;
}

export function openSupport(options: SupportOptions): Support {
  const { folder, log } = options;
  const settings = readSupportSettings(join(folder, 'support.json'), options.demo);
  const store = openSupportStore(join(folder, 'support.sqlite'));
  const tokens = createReplyTokens(secretIn(join(folder, 'support-secret')));
  const post = postOf(settings, folder);
  const { address, ignored } = settings;
  const intake: IntakePorts = { ...options, store, tokens, rules: { address, ignored } };
  const answers = post ? createAnswers({ ...options, store, tokens, settings, post }) : null;
  const sending = createTicker(async () => answers?.send(), SEND_EVERY_MS);
  const reading = createTicker(() => visit(settings, intake, folder, log), VISIT_EVERY_MS);
  return {
    facts: (facts) => {
      for (const fact of facts) {
        if (fact.kind === 'ticketMessaged' && fact.data.direction === 'out') {
          answers?.hear(fact.data.ticketId, fact.data.messageId);
        }
        if (fact.kind === 'ticketChanged' && fact.data.change.type === 'concerns') {
          const from = store.contact(fact.data.ticketId);
          if (from !== null) store.own(from, fact.data.change.traderId);
        }
      }
    },
    questions: {
      supportSetup: {
        schema: z.strictObject({}),
        answer: () => setupOf(settings, store, answers?.waiting ?? 0),
      },
    },
    start: () => {
      sending.start();
      if (settings.imap) reading.start();
    },
    stop: async () => {
      await reading.stop();
      await sending.stop();
      post?.close();
      store.close();
    },
  };
}

function postOf({ send }: SupportSettings, folder: string): Post | null {
  if (send === null) return null;
  if (send.by === 'folder') return openFolderPost(join(folder, 'support-mail'));
  return openSmtpPost(send, passwordOf(folder, 'support-smtp-password', send.user));
}

function passwordOf(folder: string, name: string, user: string | null): string | null {
  if (user === null) return null;
  const file = join(folder, name);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new Error(
    `${file} is missing: write the password of ${user} into it, or set "user" to null`,
  );
}

async function visit(
  { imap }: SupportSettings,
  intake: IntakePorts,
  folder: string,
  log: MailboxPorts['log'],
): Promise<void> {
  if (!imap) return;
  const password = passwordOf(folder, 'support-imap-password', imap.user);
  const { store, now } = intake;
  const take = (raw: Uint8Array) => takeMail(raw, intake);
  const { failure, ...counts } = await visitMailbox({
    settings: imap,
    password,
    store,
    take,
    now,
    log,
  });
  if (failure !== '') log.warn({ ...counts, failure }, 'the mailbox could not be read');
  else if (counts.taken + counts.refused > 0) log.info(counts, 'the mailbox was read');
}

function setupOf(settings: SupportSettings, store: SupportStore, waiting: number): SupportSetup {
  const { address, imap, send, templates } = settings;
  return {
    address,
    reads: imap ? `${imap.host}:${imap.port}` : '',
    sends: send === null ? '' : send.by === 'folder' ? 'a folder' : `${send.host}:${send.port}`,
    waiting,
    refused: [...store.refused()],
    templates: [...TEMPLATES, ...templates],
  };
}
