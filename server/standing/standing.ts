import { join } from 'node:path';
import type { Governance } from '#core/governance/governance.ts';
import { isLive } from '#core/sharing/links.ts';
import { linksRequestSchema, type LinksReply } from '#core/sync/standing-questions.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { openVersions } from '../history/versions.ts';
import type { StateReply } from '../partition/messages.ts';
import type { Store } from '../store/store.ts';
import { openLinkTokens } from './link-tokens.ts';
import { openOpenings } from './openings.ts';
import { createStandingPages, STANDING_PATH, type StandingPages } from './pages.ts';
import { readStandingSettings } from './settings.ts';
import { createStandings } from './standings.ts';

export interface StandingOptions {
  /** Where the server keeps its own. */
  readonly folder: string;
  readonly org: string;
  readonly store: Store;
  governance(): Governance;
  state(accountId: string): Promise<StateReply | null>;
  readonly evidence: Pick<Evidence, 'pack'>;
  now(): number;
}

export interface StandingService {
  readonly pages: StandingPages;
  /** Questions of desks; who may ask stands in QUESTION_PERMITS. */
  readonly questions: ReturnType<typeof questionsOf>;
  /** Where this server is reached, once that is known. */
  served(url: string): void;
  close(): void;
}

/** The page on which a trader sees where an account stands, and the links that open it. */
export function openStanding(options: StandingOptions): StandingService {
  const { folder, org, store, governance, now } = options;
  const settings = readStandingSettings(folder);
  const tokens = openLinkTokens(join(folder, 'standing-key'), store.logId);
  const openings = openOpenings(join(folder, 'standing-opened.json'));
  const { policyOf } = openVersions(store);
  const standings = createStandings({
    state: options.state,
    accountFacts: (accountId) => store.stream(0, `account:${accountId}`),
    policyOf,
    now,
  });
  const pages = createStandingPages({
    firm: settings.firmName ?? org,
    colour: settings.colour,
    link: (linkId) => governance().links.link(linkId),
    tokens,
    openings,
    standing: standings.of,
    pack: (accountId, seq) => options.evidence.pack({ accountId, seq }),
    now,
  });
  let served = '';
  const base = (): string => settings.publicUrl ?? served;
  return {
    pages,
    questions: questionsOf({ ...options, tokens, openings, base }),
    served: (url) => {
      served = url;
    },
    close: () => {
      pages.close();
      openings.close();
    },
  };
}

function questionsOf({
  governance,
  now,
  tokens,
  openings,
  base,
}: Pick<StandingOptions, 'governance' | 'now'> & {
  readonly tokens: ReturnType<typeof openLinkTokens>;
  readonly openings: ReturnType<typeof openOpenings>;
  base(): string;
}) {
  return {
    standingLinks: {
      schema: linksRequestSchema,
      answer: ({ accountId }: { readonly accountId: string }): LinksReply => ({
        links: governance()
          .links.of(accountId)
          .slice(0, LINKS_SHOWN_MAX)
          .map((link) => ({
            linkId: link.linkId,
            personId: link.personId,
            at: link.at,
            expiresAt: link.expiresAt,
            revokedAt: link.revoked?.at ?? null,
            // What opens nothing has no address any more.
            url: isLive(link, now()) ? `${base()}${STANDING_PATH}${tokens.tokenOf(link)}` : null,
            opened: openings.of(link.linkId)?.count ?? 0,
            lastOpenedAt: openings.of(link.linkId)?.lastAt ?? null,
          })),
      }),
    },
  };
}

const LINKS_SHOWN_MAX = 50;
