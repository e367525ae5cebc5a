import type { Detecting, Detector } from '#core/fraud/detector.ts';
import type { Directory, Observation, ObservationType } from '#core/fraud/observation.ts';
import { useOf, type DetectorUse, type ScoringPolicy } from '#core/fraud/scoring.ts';
import type { Finding } from '#core/fraud/signal.ts';
import { canonicalText } from '#core/kernel/canonical.ts';

/** Every detector that a policy has at work, fed with what it needs. */
export interface Crew {
  observe(observation: Observation): void;
  wants(type: ObservationType): boolean;
  /** A detector whose parameters stay the same goes on with what it holds; others begin anew. */
  change(policy: ScoringPolicy): void;
  /** Entries held by each, and why one does not run. */
  standings(): readonly Standing[];
  state(): CrewState;
}

export interface Standing {
  readonly detector: string;
  readonly version: number;
  readonly mode: DetectorUse['mode'];
  readonly held: number;
  /** Null while nothing is wrong with it. */
  readonly fault: string | null;
}

interface Member {
  readonly detector: Detector;
  readonly params: unknown;
  use: DetectorUse;
  readonly detecting: Detecting;
  readonly found: (finding: Finding) => void;
}

interface MemberState {
  readonly detector: string;
  readonly version: number;
  /** Canonical text: equal texts are equal parameters. */
  readonly params: string;
  readonly state: unknown;
}

export interface CrewState {
  readonly members: readonly MemberState[];
  readonly faults: readonly (readonly [string, string])[];
}

export interface CrewPorts {
  readonly detectors: readonly Detector[];
  readonly directory: Directory;
  /** Something was found; the text that it gives is a fault of the finding. */
  found(finding: Finding, detector: Detector, use: DetectorUse): string | null;
}

export function createCrew(ports: CrewPorts, policy: ScoringPolicy, resume?: CrewState): Crew {
  const { detectors, directory } = ports;
  const faults = new Map(resume?.faults);
  let members: Member[] = [];
  let byType = new Map<ObservationType, Member[]>();

  /** A detector that throws is stopped, for good: the others see everything still. */
  const stop = (member: Member, error: unknown): void => {
    faults.set(member.detector.id, error instanceof Error ? error.message : String(error));
    members = members.filter((one) => one !== member);
    arrange();
  };
  const arrange = (): void => {
    byType = new Map();
    for (const member of members) {
      for (const type of member.detector.needs) {
        const others = byType.get(type);
        if (others) others.push(member);
        else byType.set(type, [member]);
      }
    }
  };
  const begin = (detector: Detector, use: DetectorUse, saved?: MemberState): Member => {
    const params = paramsOf(detector, use, (fault) => faults.set(detector.id, fault));
    const isSame = saved?.version === detector.version && saved.params === canonicalText(params);
    const member: Member = {
      detector,
      params,
      use,
      detecting: detector.start(params, directory, isSame ? saved.state : undefined),
      found: (finding) => {
        const fault = ports.found(finding, detector, member.use);
        if (fault !== null) faults.set(detector.id, fault);
      },
    };
    return member;
  };
  const start = (now: ScoringPolicy, saved: readonly MemberState[]): void => {
    const bySaved = new Map(saved.map((one) => [one.detector, one]));
    members = detectors.flatMap((detector) => {
      const use = useOf(now, detector.id);
      return use.mode === 'off' ? [] : [begin(detector, use, bySaved.get(detector.id))];
    });
    arrange();
  };
  const stateOf = (member: Member): MemberState => ({
    detector: member.detector.id,
    version: member.detector.version,
    params: canonicalText(member.params),
    state: member.detecting.state(),
  });
  let present = policy;
  start(policy, resume?.members ?? []);
  if (resume) {
    members = members.filter(({ detector }) => !wasStopped(detector.id, resume));
    arrange();
  }
  return {
    observe: (observation) => {
      const watching = byType.get(observation.type);
      if (!watching) return;
      for (const member of watching) {
        try {
          member.detecting.observe(observation, member.found);
        } catch (error) {
          stop(member, error);
        }
      }
    },
    wants: (type) => byType.has(type),
    change: (next) => {
      const saved = members.map(stateOf);
      faults.clear();
      present = next;
      start(next, saved);
    },
    standings: () =>
      detectors.map(({ id, version }) => ({
        detector: id,
        version,
        mode: useOf(present, id).mode,
        held: members.find((one) => one.detector.id === id)?.detecting.held() ?? 0,
        fault: faults.get(id) ?? null,
      })),
    state: () => ({ members: members.map(stateOf), faults: [...faults] }),
  };
}

function wasStopped(id: string, { members, faults }: CrewState): boolean {
  return faults.some(([faulty]) => faulty === id) && !members.some((one) => one.detector === id);
}

/** The defaults with what the policy says over them; the defaults alone where that is no use. */
function paramsOf(
  { params, defaults }: Detector,
  use: DetectorUse,
  fault: (text: string) => void,
): unknown {
  const parsed = params.safeParse({ ...(defaults as object), ...use.params });
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  fault(`the policy's ${first?.path.join('.') ?? 'parameters'} are refused: ${first?.message}`);
  return defaults;
}
