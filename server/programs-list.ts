import { hasEnded, STATUS } from '#core/accounts/account.ts';
import type { AccountSummary, ProgramList } from '#core/sync/protocol.ts';
import { NEEDS } from '#core/rules/rule-kind.ts';
import { loadPrograms } from './programs.ts';
import type { Store } from './store/store.ts';

type Version = ProgramList['programs'][number]['versions'][number];

/** Every program with its versions, newest first, and how many accounts each one judges. */
export function listPrograms(store: Store, accounts: readonly AccountSummary[]): ProgramList {
  const programs = new Map<string, Version[]>();
  const judged = new Map<string, number>();
  for (const { terms, status } of accounts) {
    if (hasEnded(STATUS[status])) continue;
    const key = `${terms.program.programId}/${terms.ruleSet.version}`;
    judged.set(key, (judged.get(key) ?? 0) + 1);
  }
  const add = (programId: string, version: Omit<Version, 'accounts'>): void => {
    const known = programs.get(programId) ?? [];
    const count = judged.get(`${programId}/${version.version}`) ?? 0;
    programs.set(programId, [{ ...version, accounts: count }, ...known]);
  };
  for (const { program, input, version, hash } of loadPrograms()) {
    add(program.programId, {
      version,
      hash,
      effectiveFrom: null,
      author: null,
      reason: program.note,
      preview: null,
      content: input as Version['content'],
    });
  }
  for (const fact of store.stream(0, 'firm')) {
    if (fact.kind !== 'programPublished') continue;
    const { programId, version, hash, effectiveFrom, author, reason, preview, content } = fact.data;
    add(programId, { version, hash, effectiveFrom, author, reason, preview, content });
  }
  return {
    programs: [...programs].map(([programId, versions]) => ({ programId, versions })),
    // The demo platform delivers all there is; a connected one says what it can.
    delivers: [...NEEDS],
  };
}
