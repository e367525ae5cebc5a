import {
  PERSONAL_CHANNELS,
  type AlertRule,
  type Channel,
  type QuietHours,
  type Tell,
} from '#core/alerts/alert-rules.ts';
import { NOTICE_KIND_TEXTS, type Severity } from '#core/alerts/notice.ts';
import type { DeliveryLine } from '#core/sync/alert-questions.ts';
import { roleText } from '#renderer/ui/roles.ts';

export const CHANNEL_TEXT: Readonly<Record<Channel, string>> = {
  desk: 'in the feed',
  sound: 'by sound',
  desktop: 'by notification',
  email: 'by mail',
  webhook: 'by webhook',
};
export const SEVERITY_TEXT: Readonly<Record<Severity, string>> = {
  info: 'Information',
  warning: 'Warning',
  soft: 'Pause',
  hard: 'Breach',
};
export const DAY_TEXT = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

export const STATE_TEXT: Readonly<Record<DeliveryLine['state'], string>> = {
  waiting: '◷ Waits',
  queued: '▸ Leaving',
  retry: '↻ Tried again',
  sent: '✔ Sent',
  givenUp: '✖ Given up',
  dropped: '– Not needed',
};

/** "senior risk officer, Ada Merrow by sound, by mail" */
export function tellText(
  { by, roles, persons, mailboxes, hooks }: Tell,
  nameOf: (personId: string) => string,
): string {
  const people = [...roles.map(roleText), ...persons.map(nameOf)];
  const ways = PERSONAL_CHANNELS.filter((channel) => by.includes(channel));
  const parts = [
    people.length > 0 && ways.length > 0
      ? `${people.join(', ')} ${ways.map((channel) => CHANNEL_TEXT[channel]).join(', ')}`
      : '',
    mailboxes.length > 0 ? `mailbox ${mailboxes.join(', ')}` : '',
    hooks.length > 0 ? `webhook ${hooks.join(', ')}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nobody' : parts.join('; ');
}

/** What a rule is about: "breaches from pause on" */
export function whenText({ when }: AlertRule): string {
  const kinds =
    when.kinds.length === 0
      ? 'everything'
      : when.kinds.map((kind) => NOTICE_KIND_TEXTS[kind][1]).join(', ');
  const severity =
    when.severity === 'info' ? '' : `, from ${SEVERITY_TEXT[when.severity].toLowerCase()} on`;
  const programs = when.programs.length === 0 ? '' : `, in ${when.programs.length} programs`;
  return `${kinds}${severity}${programs}`;
}

/** "22:00–07:00 Europe/Prague, Mon Tue" */
export function quietText({ from, until, zone, days }: QuietHours): string {
  const which =
    days.length === 7 ? 'every day' : days.map((day) => DAY_TEXT[day - 1] ?? '').join(' ');
  return `${from}–${until} ${zone}, ${which}`;
}

/** Of a target such as "person:p-ada". */
export function targetWords(target: string, nameOf: (personId: string) => string): string {
  const at = target.indexOf(':');
  const name = target.slice(at + 1);
  return target.startsWith('person:') ? nameOf(name) : name;
}
