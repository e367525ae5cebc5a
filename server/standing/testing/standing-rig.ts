import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGovernance, type Governance } from '#core/governance/governance.ts';
import { writePackFile } from '#core/evidence/file.ts';
import { present } from '#core/kernel/assert.ts';
import { ok } from '#core/kernel/result.ts';
import type { StandingLink } from '#core/sharing/links.ts';
import { expiryOf } from '#core/sharing/links.ts';
import { demoEvidence } from '#server/evidence/testing/demo-evidence.ts';
import type { StateReply } from '#server/partition/messages.ts';
import { openStanding, type StandingService } from '../standing.ts';
import { latchName } from '#core/what-if/simulate.ts';
import { loadPrograms } from '#server/programs.ts';
import { createCatalogue } from '#server/partition/catalogue.ts';

/** A demonstration's firm whose traders look at their accounts, on a port of this machine. */
export interface StandingRig {
  readonly evidence: ReturnType<typeof demoEvidence>;
  readonly governance: Governance;
  readonly service: StandingService;
  readonly url: string;
  clock: number;
  /** Gives a link to an account; its address. */
  share(accountId: string, days?: number): { readonly link: StandingLink; readonly url: string };
  revoke(linkId: string): void;
  /** What the partition tells the desk of an account. */
  state(accountId: string): StateReply | null;
  close(): Promise<void>;
}

export async function openStandingRig(seed = 4_711): Promise<StandingRig> {
  const evidence = demoEvidence(seed, { accounts: 40, records: 25_000 });
  const { book } = evidence.firm.partition.ingest;
  const { ruleSets } = createCatalogue(loadPrograms());
  const folder = mkdtempSync(join(tmpdir(), 'propdesk-standing-'));
  const governance = createGovernance();
  const rig = { clock: Date.UTC(2026, 0, 20, 12) };
  const state = (accountId: string): StateReply | null => {
    const number = book.numberOf(accountId);
    if (number === undefined) return null;
    const { marketAt, lastSeq } = evidence.firm.partition.ingest;
    const own = book.state(number, marketAt ?? 0);
    const { gauges } = book.standing(number);
    const ruleSet = present(ruleSets.get(own.terms.ruleSet.hash), 'rules');
    return {
      number,
      asOfSeq: lastSeq,
      marketAt,
      state: own,
      rules: ruleSet.rules.map(({ ruleId, kind, params }, at) => ({
        ruleId,
        kind: kind.kind,
        title: kind.title,
        description: kind.describe(params, own.terms),
        latch: latchName(own.latches[at] ?? 0, kind.role),
        gauge: present(gauges[at], 'gauge'),
      })),
    };
  };
  const service = openStanding({
    folder,
    org: 'Northgate Funded',
    store: evidence.store,
    governance: () => governance,
    state: (accountId) => Promise.resolve(state(accountId)),
    evidence: {
      pack: ({ accountId, seq }) =>
        Promise.resolve(ok(writePackFile(evidence.pack(accountId, seq)))),
    },
    now: () => rig.clock,
  });
  const http = createServer((request, response) => {
    void service.pages.handle(request, response).then((handled) => {
      if (!handled) response.writeHead(404).end();
    });
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  service.served(url);
  let counter = 0;
  return {
    evidence,
    governance,
    service,
    url,
    get clock() {
      return rig.clock;
    },
    set clock(at) {
      rig.clock = at;
    },
    state,
    share: (accountId, days = 7) => {
      counter += 1;
      const linkId = `st-${String(counter).padStart(20, '0')}`;
      governance.links.share({
        linkId,
        accountId,
        personId: 'finn',
        expiresAt: expiryOf(days, rig.clock),
        at: rig.clock,
      });
      const { links } = service.questions.standingLinks.answer({ accountId });
      const [made] = links;
      return {
        link: present(governance.links.link(linkId), 'the link'),
        url: present(made?.url, 'an address'),
      };
    },
    revoke: (linkId) =>
      governance.links.revoke({ linkId, personId: 'finn', reason: 'a test', at: rig.clock }),
    close: async () => {
      service.close();
      await new Promise<void>((done) => {
        http.close(() => done());
        http.closeAllConnections();
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
