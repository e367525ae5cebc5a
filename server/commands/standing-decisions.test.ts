import { describe, expect, it } from 'vitest';
import { auditGovernance } from '#core/governance/verify-governance.ts';
import { isLive, LINK_DAYS_MAX, LINKS_PER_ACCOUNT_MAX } from '#core/sharing/links.ts';
import { openGovernedFirm, type GovernedFirm } from './testing/governed-firm.ts';
import { verifyInTests } from './testing/signing-desk.ts';

const DAY_MS = 86_400_000;

function share(firm: GovernedFirm, personId = 'finn', accountId = 'A1', days = 7): string {
  return firm.ask(personId, { type: 'shareStanding', accountId, days });
}

/** What the verifier makes of the log, with nothing but the log. */
function findings(firm: GovernedFirm, change: (kind: string, data: object) => object) {
  const { store } = firm;
  const tree = store.tree(0);
  const audit = auditGovernance({
    origin: `propdesk/${store.logId}`,
    content: (digest) => store.content(digest),
    verify: verifyInTests,
    rootAt: (size) => (size <= tree.size ? Buffer.from(tree.root(size)).toString('hex') : null),
  });
  for (const fact of store.facts(0, 1, tree.size)) {
    audit.take({ ...fact, data: change(fact.kind, fact.data) } as never);
  }
  audit.end();
  return audit.findings.map(({ sentence }) => sentence);
}

const asItIs = (_kind: string, data: object): object => data;

describe('a link to a standing', () => {
  it('is given by who may, for an account that there is, and lives so long', () => {
    const firm = openGovernedFirm();
    expect(share(firm)).toBe('accepted');
    const { links } = firm.partition.governance;
    const [link] = links.of('A1');
    expect(link).toMatchObject({ accountId: 'A1', personId: 'finn', revoked: null });
    expect(link && [isLive(link, link.expiresAt - 1), isLive(link, link.expiresAt)]).toEqual([
      true,
      false,
    ]);
    expect(link && link.expiresAt - link.at).toBe(7 * DAY_MS);
    expect(share(firm, 'cleo')).toMatch(/^forbidden/);
    expect(share(firm, 'finn', 'A99')).toMatch(/^notFound/);
    expect(findings(firm, asItIs)).toEqual([]);
  });

  it('is taken back once, and makes room for another', () => {
    const firm = openGovernedFirm();
    for (let number = 0; number < LINKS_PER_ACCOUNT_MAX; number += 1) share(firm);
    expect(share(firm)).toMatch(/^conflict: the account has 5 links/);
    const [link] = firm.partition.governance.links.of('A1');
    const revoke = { type: 'revokeStanding', linkId: link?.linkId ?? '', reason: 'lost' } as const;
    expect(firm.ask('cleo', revoke)).toMatch(/^forbidden/);
    expect(firm.ask('finn', revoke)).toBe('accepted');
    expect(firm.ask('finn', revoke)).toMatch(/^conflict/);
    expect(firm.ask('finn', { ...revoke, linkId: 'st-none' })).toMatch(/^notFound/);
    expect(share(firm)).toBe('accepted');
    expect(findings(firm, asItIs)).toEqual([]);
  });

  it('is found by the verifier when somebody gave it who may not, or for too long', () => {
    const firm = openGovernedFirm();
    share(firm);
    const given = (over: object) => (kind: string, data: object) =>
      kind === 'standingShared' ? { ...data, ...over } : data;
    expect(findings(firm, given({ personId: 'cleo' }))).toEqual([
      'cleo had no role that lets a link be given to A1',
    ]);
    const at = firm.clock + (LINK_DAYS_MAX + 1) * DAY_MS;
    expect(findings(firm, given({ expiresAt: at }))).toHaveLength(1);
    expect(findings(firm, given({ accountId: 'A99' }))).toHaveLength(1);
  });
});
