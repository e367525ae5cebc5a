import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { errorPoints, killPoints, runPoints, thinned, type Point, type Row } from './kill.ts';
import { cutPower, cutPowerAfterFailure, cutPowerWhenWeaker, type AfterFailure } from './power.ts';
import type { ImagesReply } from './images.ts';
import {
  NORMAL,
  SCENARIOS,
  survey,
  UNSYNCHRONISED,
  type Scenario,
  type Surveyed,
  type Weaker,
} from './scenario.ts';
import { whyNotHere } from './strace.ts';
import { callsWhileSaying } from './trace.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

/**
 * npm run durability
 *
 * Kills the desk's and the server's store at every call that changes the disk, fails every one of
 * them, and cuts the power at every point of a recorded run: nothing acknowledged may be missing,
 * nothing corrupt. The same is done to stores with a mistake made on purpose, which must be found.
 */
export interface Plan {
  readonly scenarios: readonly Scenario[];
  /** Of the points to kill and to fail at, and of those to cut the power at: 1 is all of them. */
  readonly everyPoint: number;
  readonly everyImage: number;
}

const FULL: Plan = { scenarios: SCENARIOS, everyPoint: 1, everyImage: 1 };

const CANARY_POINTS = 6;

/** What one scenario came to. */
export interface Measured {
  readonly scenario: Scenario;
  readonly rows: readonly Row[];
  readonly power: ImagesReply;
  readonly afterFailure: AfterFailure;
  readonly whenWeaker: ImagesReply;
  /** Acknowledged before the store was asked, then killed; acknowledged whatever the store said. */
  readonly early: Row;
  readonly swallowed: Row;
}

export async function measure(
  workshop: Workshop,
  { scenarios, ...plan }: Plan,
  say: (line: string) => void = () => {},
): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const scenario of scenarios) {
    const one = await measureOne(workshop, scenario, plan);
    for (const line of tableOf(one)) say(line);
    measured.push(one);
  }
  return measured;
}

async function measureOne(
  workshop: Workshop,
  scenario: Scenario,
  plan: Omit<Plan, 'scenarios'>,
): Promise<Measured> {
  const surveyed = await survey(workshop, scenario);
  const points = [...killPoints(surveyed.calls), ...errorPoints(surveyed.calls)];
  const everyPoint = plan.everyPoint * scenario.everyPoint;
  const measured = {
    scenario,
    rows: await runPoints(surveyed, thinned(points, everyPoint)),
    power: await cutPower(surveyed, plan.everyImage),
    afterFailure: await cutPowerAfterFailure(surveyed, everyPoint),
    whenWeaker: await cutPowerWhenWeaker(surveyed, plan.everyImage),
    early: await withMistake(surveyed, 'early', 'killed'),
    swallowed: await withMistake(surveyed, 'swallow', 'EIO'),
  };
  for (const { checker } of surveyed.lanes) checker.close();
  return measured;
}

/** A canary: some points between the first and the last act, in a worker with a mistake. */
async function withMistake(
  surveyed: Surveyed,
  mistake: string,
  fault: Point['fault'],
): Promise<Row> {
  const call = 'pwrite64';
  const { trace, saidIn } = surveyed.recording;
  const { from, to } = callsWhileSaying(readFileSync(trace, 'utf8'), saidIn, call);
  const points = Array.from({ length: CANARY_POINTS }, (_, at) => {
    const when = Math.round(from + ((to - from) * (at + 1)) / CANARY_POINTS);
    return { call, fault, when };
  });
  const [row] = await runPoints(surveyed, points, ['--mistake', mistake]);
  if (!row) throw new Error(`${surveyed.scenario.worker} writes nothing`);
  return row;
}

/** Everything that must not be; a canary that finds nothing is among it. */
export function violationsOf(measured: readonly Measured[]): string[] {
  return measured.flatMap(
    ({ scenario, rows, power, afterFailure, whenWeaker, early, swallowed }) => {
      const where = `${scenario.worker} ${scenario.operation}`;
      const blind = [
        ...(whenWeaker.lost > 0 ? [] : [`${scenario.weaker.name} loses nothing`]),
        ...(early.lost > 0 ? [] : ['acknowledging too early loses nothing']),
        ...(swallowed.lost > 0 ? [] : ['swallowing errors loses nothing']),
      ];
      return [
        ...rows.flatMap((row) => (isSound(row) ? [] : row.examples)),
        ...[power, ...repliesOf(afterFailure)].flatMap((reply) =>
          isSound(reply) ? [] : reply.examples,
        ),
        ...blind.map((what) => `${what}: this harness sees nothing`),
      ].map((what) => `${where}: ${what}`);
    },
  );
}

function repliesOf({ ofFile, ofFolder }: AfterFailure): readonly ImagesReply[] {
  return [ofFile, ofFolder];
}

function isSound(part: Row | ImagesReply): boolean {
  return part.lost === 0 && part.corrupt === 0 && !('unclear' in part && part.unclear > 0);
}

function tableOf({ scenario, ...measured }: Measured): string[] {
  const { rows, power, afterFailure, whenWeaker, early, swallowed } = measured;
  return [
    '',
    `${scenario.worker} ${scenario.operation}`,
    '  at every call                N  reported  absorbed  lost  corrupt  unclear',
    ...rows.map(rowLine),
    '  power cut at every point        points    built   opened     lost  corrupt  losing points',
    powerLine('as it is', power),
    powerLine('after a failed sync', afterFailure.ofFile),
    powerLine('… of the folder', afterFailure.ofFolder),
    powerLine(scenario.weaker.name, whenWeaker),
    `  canaries: acknowledged too early, ${early.lost} lost at ${early.points} kills; ` +
      `errors swallowed, ${swallowed.lost} lost at ${swallowed.points} errors`,
  ];
}

function rowLine({ call, fault, points, reported, absorbed, lost, corrupt, unclear }: Row): string {
  const isKill = fault === 'killed';
  const cells: (readonly [number | string, number])[] = [
    [points, 8],
    [isKill ? '–' : reported, 10],
    [isKill ? '–' : absorbed, 10],
    [lost, 6],
    [corrupt, 9],
    [unclear, 9],
  ];
  return `  ${`${call} ${fault}`.padEnd(22)}${cellsText(cells)}`;
}

function powerLine(name: string, reply: ImagesReply): string {
  const { points, built, opened, lost, corrupt, losingPoints } = reply;
  return `  ${name.padEnd(30)}${cellsText([
    [points, 8],
    [built, 9],
    [opened, 9],
    [lost, 9],
    [corrupt, 9],
    [losingPoints, 15],
  ])}`;
}

function cellsText(cells: readonly (readonly [number | string, number])[]): string {
  return cells.map(([value, width]) => String(value).padStart(width)).join('');
}

/** What the run comes to, in one line. */
export function closingLine(measured: readonly Measured[]): string {
  const sum = (of: (one: Measured) => number): number =>
    measured.reduce((total, one) => total + of(one), 0);
  const points = (isKill: boolean): number =>
    sum(({ rows }) =>
      rows
        .filter(({ fault }) => (fault === 'killed') === isKill)
        .reduce((total, row) => total + row.points, 0),
    );
  const whole = (of: (part: Row | ImagesReply) => number): number =>
    sum(({ rows, power, afterFailure }) =>
      [...rows, power, ...repliesOf(afterFailure)].reduce((total, part) => total + of(part), 0),
    );
  const images = ({ power, afterFailure }: Measured): number =>
    [power, ...repliesOf(afterFailure)].reduce((total, { opened }) => total + opened, 0);
  const lostWhen = (weaker: Weaker): number =>
    sum(({ scenario, whenWeaker }) => (scenario.weaker === weaker ? whenWeaker.lost : 0));
  return (
    `durability: ${points(true)} kill points, ${points(false)} error points, ` +
    `${sum(images)} images: ` +
    `${whole(({ lost }) => lost)} acknowledged lost, ${whole(({ corrupt }) => corrupt)} corrupt; ` +
    `with ${NORMAL.name} ${lostWhen(NORMAL)} acknowledged lost, ` +
    `with the ${UNSYNCHRONISED.name} ${lostWhen(UNSYNCHRONISED)}`
  );
}

async function main(): Promise<number> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const reason = whyNotHere();
  if (reason !== null) {
    print(`durability: 0 kill points, 0 error points, 0 images; 1 skipped: ${reason}`);
    return 0;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
  const start = performance.now();
  print(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`,
  );
  const workshop = await openWorkshop();
  const measured = await measure(workshop, FULL, print);
  workshop.close();
  const violations = violationsOf(measured);
  for (const violation of violations) process.stderr.write(`${violation}\n`);
  print(`\n${((performance.now() - start) / 1000).toFixed(0)} s`);
  print(closingLine(measured));
  return violations.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exit(await main());
