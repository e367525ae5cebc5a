import { z } from 'zod';
import {
  exposureLimitsSchema,
  measureText,
  placeText,
  shareText,
  type ExposureLimit,
} from '#core/exposure/limits.ts';
import { FIRM_CURRENCY } from '#core/exposure/unit-value.ts';
import { err, ok } from '#core/kernel/result.ts';
import { moneyText } from '#core/money/money.ts';
import type { GovernedWorld } from '../world.ts';
import { formAction, NOBODY } from './action-kind.ts';

/** Puts the firm's limits on exposure in force, all of them at once. */
export const changeExposureLimits = formAction({
  type: 'changeExposureLimits',
  title: 'Change exposure limits',
  schema: z.strictObject({ limits: exposureLimitsSchema }),
  prepare: ({ limits }, world) => {
    const wrong = versionProblem(limits.version, world);
    return wrong === null ? ok({ about: NOBODY, amount: 0, concerned: [] }) : err(wrong);
  },
  lines: ({ limits: { version, limits, hysteresis } }) => [
    `Version ${version} of the limits: ${limits.length} in all`,
    ...limits.map(limitLine),
    `What was crossed is left ${shareText(hysteresis)} below its line`,
  ],
  blockedBy: ({ limits }, world) => versionProblem(limits.version, world),
  execute: ({ limits }, { at }) => ok([{ kind: 'exposureLimitsChanged', data: { limits, at } }]),
});

/** A form replaces what its maker saw: where something else was decided since, it must be made anew. */
function versionProblem(version: number, { governance }: GovernedWorld): string | null {
  const { decided, limits } = governance.exposure;
  const next = decided ? limits.version + 1 : limits.version;
  return version === next
    ? null
    : `the next version of the limits is ${next}, this is ${version}: propose it again from the limits in force`;
}

function limitLine({ limitId, by, key, measure, limit, warnAt }: ExposureLimit): string {
  const warns = warnAt.map(shareText).join(' and ');
  return (
    `${limitId}: ${measureText(measure)} of ${placeText({ by, key })} up to ` +
    `${moneyText(limit)} ${FIRM_CURRENCY}, ${warns === '' ? 'no warning before' : `warning above ${warns}`}`
  );
}
