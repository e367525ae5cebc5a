import { describe, expect, it } from 'vitest';
import { compileProgram, type CompiledProgram } from './compile.ts';
import { diffPrograms } from './diff.ts';
import type { ProgramInput } from './program.ts';
import { traderPage } from './trader-page.ts';

type RuleInput = ProgramInput['phases'][number]['ruleSet']['rules'][number];

const dailyLoss = (percent: string): RuleInput => ({
  ruleId: 'daily-loss',
  kind: 'dailyLoss',
  params: { breachedWhen: 'below', anchor: 'dayStartBalance', amount: { percent, of: 'initial' } },
});
const staticLoss: RuleInput = {
  ruleId: 'maximum-loss',
  kind: 'staticLoss',
  params: { breachedWhen: 'below', distance: { percentOfInitial: '10' } },
};
const target: RuleInput = {
  ruleId: 'target',
  kind: 'profitTarget',
  params: { amount: { percentOfInitial: '8' } },
};

function program(rules: readonly RuleInput[], over: Partial<ProgramInput> = {}): ProgramInput {
  return {
    programId: 'program',
    name: 'Program',
    currency: 'USD',
    nominalSize: '100000',
    startBalance: '100000',
    phases: [
      {
        phaseId: 'evaluation',
        name: 'Evaluation',
        ruleSet: {
          ruleSetId: 'program-evaluation',
          name: 'Evaluation',
          dayClock: { zone: 'Europe/Prague', rollOver: '00:00' },
          rules: [...rules],
        },
      },
    ],
    ...over,
  };
}

function compiled(input: ProgramInput, version = 1): CompiledProgram {
  const result = compileProgram(input, version);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const remarksOn = (rules: readonly RuleInput[]): string[] =>
  compiled(program(rules)).remarks.map(({ message }) => message);

describe('a draft', () => {
  it('is refused with the place of every fault', () => {
    const faulty = program([
      { ...staticLoss, params: { breachedWhen: 'below' } },
      { ...target, kind: 'no' },
    ]);
    const result = compileProgram(faulty, 1);
    const paths = result.ok ? [] : result.error.map(({ path }) => path);
    expect(paths).toEqual([
      'phases.0.ruleSet.rules.0.params.distance',
      'phases.0.ruleSet.rules.1.kind',
    ]);
  });

  it('hears of the shape that comes nearest, not that none fits', () => {
    const amount = { percent: 'x', of: 'initial' };
    const faulty = { ...dailyLoss('5'), params: { ...dailyLoss('5').params, amount } };
    const result = compileProgram(program([faulty, staticLoss, target]), 1);
    expect(result.ok ? [] : result.error).toEqual([
      {
        path: 'phases.0.ruleSet.rules.0.params.amount.percent',
        message: expect.stringContaining('expected a percentage') as string,
      },
    ]);
  });

  it('is refused where the platform lacks what a rule needs, and only there', () => {
    const stops: RuleInput = {
      ruleId: 'stops',
      kind: 'stopLossRequired',
      params: { withinSeconds: 60 },
    };
    const draft = program([staticLoss, target, stops]);
    expect(compileProgram(draft, 1, ['protection']).ok).toBe(true);
    const lacking = compileProgram(draft, 1, []);
    expect(lacking.ok ? [] : lacking.error).toEqual([
      {
        path: 'phases.0.ruleSet.rules.2',
        message: expect.stringMatching(/needs stop losses/) as string,
      },
    ]);
  });

  it('is told of rules that can never fire, that repeat, or that lead nowhere', () => {
    expect(remarksOn([dailyLoss('5'), staticLoss, target])).toEqual([]);
    expect(remarksOn([dailyLoss('12'), staticLoss, target]).join()).toMatch(
      /never be reached first/,
    );
    expect(remarksOn([staticLoss, { ...staticLoss, ruleId: 'twin' }, target]).join()).toMatch(
      /same as rule 1/,
    );
    expect(remarksOn([staticLoss]).join()).toMatch(/nothing leads out/);
    expect(remarksOn([dailyLoss('5'), target]).join()).toMatch(/losses are unlimited/);
  });

  it('has a hash of its content and version, whatever the order of its keys', () => {
    const input = program([staticLoss, target]);
    const turned = Object.fromEntries(Object.entries(input).reverse()) as ProgramInput;
    expect(compiled(turned).hash).toBe(compiled(input).hash);
    expect(compiled(input, 2).hash).not.toBe(compiled(input).hash);
  });
});

describe('two versions', () => {
  const before = compiled(program([dailyLoss('5'), staticLoss, target]));

  it('that say the same differ in nothing', () => {
    expect(
      diffPrograms(before, compiled(program([dailyLoss('5'), staticLoss, target]), 2)),
    ).toEqual([]);
  });

  it('are told apart in sentences, with whom a change favours', () => {
    const after = compiled(program([dailyLoss('3'), target], { nominalSize: '90000' }), 2);
    const changes = diffPrograms(before, after);
    expect(changes.map(({ what, favours }) => [what, favours])).toEqual([
      ['nominal size', 'unclear'],
      ['Daily loss', 'firm'],
      ['Maximum loss', 'trader'],
    ]);
    expect(changes[1]?.before).toContain('5 %');
    expect(changes[1]?.after).toContain('3 %');
    expect(changes[2]?.after).toBeNull();
  });
});

describe('the page that a trader reads', () => {
  it('says every rule once, with an example from the same parameters', () => {
    const page = traderPage(compiled(program([dailyLoss('5'), staticLoss, target])));
    const lines = page.phases.flatMap(({ sections }) =>
      sections.flatMap((section) => section.lines),
    );
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/on the first day the floor is 95,000\.00 USD/);
    expect(lines[2]).toMatch(/108,000\.00 USD/);
  });
});
