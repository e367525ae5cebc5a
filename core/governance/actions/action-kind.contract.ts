import { describe, expect, it } from 'vitest';
import { PERMITS } from '#core/approvals/action-types.ts';
import { DEFAULT_POLICIES, requiredFor } from '#core/approvals/policy.ts';
import type { Proposal } from '#core/approvals/proposal.ts';
import { factDefinitions } from '#core/facts/registry.ts';
import { present } from '#core/kernel/assert.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { MATRIX, ROLES } from '#core/people/roles.ts';
import type { GovernedWorld } from '../world.ts';
import { NOBODY, type ActionKind, type Display, type FormContent } from './action-kind.ts';

/** Something that a kind must accept, for its laws to be tried on. */
export interface ActionSample {
  /** What its bytes hold: of a form, see FormContent. */
  readonly content: unknown;
  /** Places of `content` that mean nothing there, each for the reason that it says. */
  readonly immaterial?: Readonly<Record<string, string>>;
}

export interface ActionKindSamples {
  readonly kind: ActionKind;
  readonly samples: readonly ActionSample[];
  /** A world in which all of them may be proposed and done. */
  readonly world: GovernedWorld;
  /** The proposal of a sample, as the log would hold it. */
  proposalOf(content: unknown, bytes: string): Proposal;
}

export type Path = readonly (string | number)[];

/** Every place of a JSON value where something is that is neither list nor record. */
export function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** The same value, but for one place. */
export function withAt(value: unknown, path: Path, put: (before: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return put(value);
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? ([...(value as unknown[])] as never)
    : { ...(value as object) };
  copy[key] = withAt(copy[key], rest, put);
  return copy;
}

/** Other values that could stand where one stands: some of them the kind will refuse. */
function othersThan(value: unknown): unknown[] {
  if (typeof value === 'number') return [value + 1, value - 1];
  if (typeof value === 'boolean') return [!value];
  if (value === null) return ['other', 1, 1_800_000_000_000, [], ['other'], ['DE']];
  const text = String(value);
  const last = text.at(-1) === '0' ? '1' : '0';
  const others = [`${text.slice(0, -1)}${last}`, `${last}${text.slice(1)}`, `${text}x`, `${text} `];
  return others.filter((other) => other !== text);
}

/** Kinds in the index are greeted by this suite: the laws that every high-risk action keeps. */
export function describeActionKind(given: ActionKindSamples): void {
  const { kind, samples, world, proposalOf } = given;
  const [first] = samples;
  const bytesOf = (content: unknown): string => canonicalText(content);
  const show = (bytes: string): ReturnType<ActionKind['display']> =>
    kind.display(bytes, { proposalId: 'proposal-1', version: 3 });
  const shown = (content: unknown): Display => {
    const display = show(bytesOf(content));
    if (!display.ok) throw new Error(display.error);
    return display.value;
  };
  const isForm = (content: unknown): content is FormContent =>
    typeof content === 'object' && content !== null && 'params' in content;

  describe(`high-risk action ${kind.type}`, () => {
    it('has samples, a title, and somebody who may propose and somebody who may approve it', () => {
      expect(samples.length).toBeGreaterThan(0);
      expect(kind.title).toMatch(/^[A-Z].{5,}[^.]$/);
      const { propose, approve } = PERMITS[kind.type];
      expect(ROLES.some((role) => MATRIX[role].includes(propose))).toBe(true);
      expect(ROLES.some((role) => MATRIX[role].includes(approve))).toBe(true);
    });

    it('needs at least one approval by the default policy, whatever the amount', () => {
      const policy = present(
        DEFAULT_POLICIES.find(({ action }) => action === kind.type),
        'a policy',
      );
      for (const amount of [-1, 0, 1, 1_000_000_0000, Number.MAX_SAFE_INTEGER]) {
        for (const clean of [true, false]) {
          expect(requiredFor(policy, amount, clean).approvals).toBeGreaterThanOrEqual(1);
        }
      }
    });

    it('is shown the same every time, from its bytes alone', () => {
      for (const { content } of samples) {
        const bytes = bytesOf(content);
        expect(show(bytes)).toEqual(show(bytes));
        expect(shown(content)).toEqual(shown(JSON.parse(bytes)));
        expect(shown(content).text.startsWith(`${kind.title}\n`)).toBe(true);
      }
    });

    it('is shown with its place: which proposal, and which version of it', () => {
      for (const { content } of samples) {
        const { proposalId, version } = proposalOf(content, bytesOf(content));
        const display = kind.display(bytesOf(content), { proposalId, version });
        expect(display.ok && display.value.text.split('\n')[1]).toMatch(
          new RegExp(
            `: ?${proposalId}, version ${version}$|^Proposal ${proposalId}, version ${version}$`,
          ),
        );
      }
    });

    it('is shown as another text when anything in it that matters is another', () => {
      const silent: string[] = [];
      for (const { content, immaterial = {} } of samples) {
        const { text } = shown(content);
        for (const path of leavesOf(content)) {
          const place = path.join('.');
          const isMeant = Object.keys(immaterial).some((one) => place.startsWith(one));
          if (isMeant) continue;
          for (const other of othersThan(at(content, path))) {
            const display = show(bytesOf(withAt(content, path, () => other)));
            if (display.ok && display.value.text === text)
              silent.push(`${place}: ${String(other)}`);
          }
        }
      }
      expect(silent).toEqual([]);
    });

    it('is shown as another text for every sample', () => {
      const texts = samples.map(({ content }) => shown(content).text);
      expect(new Set(texts).size).toBe(texts.length);
    });

    it('has no line that a maker wrote, and no sign that hides or turns what stands beside it', () => {
      for (const { content } of samples) {
        for (const path of leavesOf(content)) {
          const put = (before: unknown): string => `${String(before)}\nFORGED\u202e\u200b`;
          const display = show(bytesOf(withAt(content, path, put)));
          if (!display.ok) continue;
          expect([path.join('.'), display.value.text]).not.toEqual([
            path.join('.'),
            expect.stringMatching(/^FORGED|[\u202e\u200b]/m),
          ]);
        }
      }
    });

    it('is not shown from bytes that are not the one way to write it, or of another kind', () => {
      const bytes = bytesOf(first?.content);
      const foreign = bytes.replace(`"action":"${kind.type}"`, '"action":"somethingElse"');
      const broken = [` ${bytes}`, bytes.slice(0, -1), `${bytes.slice(0, -1)},"zzz":1}`, ''];
      const values = ['null', '1', '"text"', '[]', '{}', '{"params":0.5}'];
      for (const one of [...broken, ...values, ...(foreign === bytes ? [] : [foreign])]) {
        expect([one, show(one).ok]).toEqual([one, false]);
      }
    });

    it('may be proposed as its samples are, where it is a form, and never otherwise', () => {
      for (const { content } of samples) {
        const params = isForm(content) ? content.params : content;
        expect(kind.prepare(params, world).ok).toBe(isForm(content));
      }
    });

    it('holds what it was proposed with, what it is about, and no amount below nothing', () => {
      for (const { content } of samples.filter(({ content: one }) => isForm(one))) {
        const { params, amount, about } = proposalOf(content, bytesOf(content));
        expect(params).toEqual((content as FormContent).params);
        expect(amount).toBeGreaterThanOrEqual(0);
        expect(Object.keys(about).sort()).toEqual(Object.keys(NOBODY).sort());
      }
    });

    it('refuses malformed parameters, and says where', () => {
      for (const { content } of samples) {
        if (!isForm(content)) continue;
        const { params } = content;
        for (const path of leavesOf(params)) {
          const place = path.join('.');
          for (const wrong of [{ not: 'this' }, [{}], `${'x'.repeat(500)}`]) {
            const refusal = kind.prepare(
              withAt(params, path, () => wrong),
              world,
            );
            if (refusal.ok) continue;
            expect([place, refusal.error.split(/[.:]/)[0]]).toEqual([place, String(path[0])]);
          }
          expect(
            kind.prepare(
              withAt(params, path, () => ({ not: 'this' })),
              world,
            ).ok,
          ).toBe(false);
        }
        for (const wrong of [null, 'text', 7, [], {}]) {
          expect(kind.prepare(wrong, world)).toMatchObject({ ok: false });
        }
        const unheard = kind.prepare({ ...(params as object), unheardOf: 1 }, world);
        expect(unheard).toMatchObject({
          ok: false,
          error: expect.stringContaining('unheardOf') as string,
        });
      }
    });

    it('has nothing against it in a world that it fits', () => {
      for (const { content } of samples) {
        expect(kind.blockedBy(proposalOf(content, bytesOf(content)), world)).toBeNull();
      }
    });

    it('is done by facts that can be written', () => {
      for (const { content } of samples) {
        const deed = kind.execute(proposalOf(content, bytesOf(content)), world);
        expect(deed).toMatchObject({ ok: true });
        if (!deed.ok) continue;
        expect(deed.value.length).toBeGreaterThan(0);
        for (const { kind: fact, data } of deed.value) {
          const { success } = factDefinitions.get(fact).data.safeParse(data);
          expect([fact, success]).toEqual([fact, true]);
        }
      }
    });
  });
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<string | number, unknown>)[key],
    value,
  );
}

/** A proposal of a form, as it stands once it is opened. */
export function proposalFor(
  kind: ActionKind,
  content: FormContent,
  world: GovernedWorld,
): Proposal {
  const prepared = kind.prepare(content.params, world);
  if (!prepared.ok) throw new Error(prepared.error);
  return {
    proposalId: 'proposal-1',
    action: kind.type,
    about: prepared.value.about,
    openedSeq: 9,
    openedAt: world.at,
    expiresAt: world.at + 1_000,
    decideBy: world.at + 500,
    version: 3,
    versionSeq: 9,
    params: content.params,
    snapshot: digestOfText(canonicalText(content)),
    amount: prepared.value.amount,
    reason: content.reason,
    makers: ['maker'],
    coolingUntil: null,
    received: [],
    approved: null,
    closed: null,
    escalated: 0,
  };
}
