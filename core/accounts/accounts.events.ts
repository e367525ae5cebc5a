import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { defineEvent } from '#core/kernel/event.ts';
import { instrumentSchema } from '#core/market/instrument.ts';
import { dayClockSchema, tradingDaySchema } from '#core/time/time.ts';
import { newsReleaseSchema } from '#core/market/calendar.ts';
import {
  accountTermsSchema,
  balanceOperationSchema,
  dealBustSchema,
  dealSchema,
  protectionSchema,
} from './account.ts';
import { identitySchema, orderActivitySchema, sessionSchema } from './trader.ts';

export const instrumentDefined = defineEvent({
  kind: 'instrumentDefined',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: instrumentSchema,
});

export const accountOpened = defineEvent({
  kind: 'accountOpened',
  version: 1,
  stream: 'account',
  origin: 'input',
  data: accountTermsSchema,
});

export const dealBooked = defineEvent({
  kind: 'dealBooked',
  version: 1,
  stream: 'account',
  origin: 'input',
  data: dealSchema,
});

export const balanceOperationBooked = defineEvent({
  kind: 'balanceOperationBooked',
  version: 1,
  stream: 'account',
  origin: 'input',
  data: balanceOperationSchema,
});

export const dealBusted = defineEvent({
  kind: 'dealBusted',
  version: 1,
  stream: 'account',
  origin: 'input',
  data: dealBustSchema,
});

export const protectionSet = defineEvent({
  kind: 'protectionSet',
  version: 1,
  stream: 'account',
  origin: 'input',
  data: protectionSchema,
});

/** A release stands on the calendar, or stands at another time than before. */
export const newsScheduled = defineEvent({
  kind: 'newsScheduled',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: newsReleaseSchema,
});

/** A trading day began for every account on this clock. Recorded once, never recomputed by others. */
export const tradingDayRolled = defineEvent({
  kind: 'tradingDayRolled',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    clockId: idSchema,
    clock: dayClockSchema,
    day: tradingDaySchema,
  }),
});

/** Who is behind an account. */
export const identityRecorded = defineEvent({
  kind: 'identityRecorded',
  version: 1,
  stream: 'account',
  origin: 'input',
  data: identitySchema,
});

/** A trader was connected. */
export const sessionObserved = defineEvent({
  kind: 'sessionObserved',
  version: 1,
  stream: 'account',
  origin: 'input',
  data: sessionSchema,
});

/** What was asked of the platform beside fills. */
export const orderActivityObserved = defineEvent({
  kind: 'orderActivityObserved',
  version: 1,
  stream: 'account',
  origin: 'input',
  data: orderActivitySchema,
});
