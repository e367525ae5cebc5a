import type { Channel } from '#core/alerts/alert-rules.ts';
import type { AlertSetup } from '#core/sync/alert-questions.ts';
import type { NotifyStore } from './notify-store.ts';
import type { Outcome, Outgoing, Sender } from './outgoing.ts';
import { isAllowed, type NotifySettings } from './settings.ts';
import { sendToHook } from './webhook.ts';

/** The ways by which something can leave this machine. */
export interface Ways {
  send(channel: Channel, target: string, message: Outgoing): Promise<Outcome>;
  /** Where a target is, as far as everybody may read it; empty where it is nowhere. */
  shown(channel: Channel, target: string): string;
  setup(): AlertSetup;
  close(): void;
}

export interface WayPorts {
  readonly settings: NotifySettings;
  readonly store: Pick<NotifyStore, 'address' | 'contacts'>;
  readonly mail: Sender | null;
  /** Of a hook that is set up. */
  secret(hookId: string): Uint8Array;
  now(): number;
}

const refused = (says: string): Outcome => ({ type: 'refused', says });
const NO_MAIL = 'No mail server is set up: write "mail" into alerts.json, and start again';

export function createWays(ports: WayPorts): Ways {
  const { settings, mail } = ports;
  return {
    send: (channel, target, message) => {
      const [type, name] = partsOf(target);
      if (channel === 'webhook') return sendHook(name, message, ports);
      if (channel !== 'email') return Promise.resolve(refused('it is told at desks alone'));
      if (mail === null) return Promise.resolve(refused(NO_MAIL));
      const address = addressOf(type, name, ports);
      if (address === null) return Promise.resolve(refused(`No address is known of ${name}`));
      if (!isAllowed(address, settings)) {
        return Promise.resolve(refused('Its domain is not among those that alerts.json allows'));
      }
      return mail.send(message, address);
    },
    shown: (channel, target) => {
      const [type, name] = partsOf(target);
      if (channel === 'webhook') return hostOf(settings.hooks[name]?.url ?? '');
      return maskedAddress(addressOf(type, name, ports) ?? '');
    },
    setup: () => setupOf(ports),
    close: () => mail?.close(),
  };
}

/** "person:p-ada" */
function partsOf(target: string): readonly [string, string] {
  const at = target.indexOf(':');
  return [target.slice(0, at), target.slice(at + 1)];
}

function addressOf(type: string, name: string, { settings, store }: WayPorts): string | null {
  if (type === 'person') return store.address(name);
  return Object.hasOwn(settings.mailboxes, name) ? (settings.mailboxes[name] ?? null) : null;
}

function sendHook(name: string, message: Outgoing, ports: WayPorts): Promise<Outcome> {
  const { settings, secret, now } = ports;
  const hook = Object.hasOwn(settings.hooks, name) ? settings.hooks[name] : undefined;
  if (!hook) return Promise.resolve(refused(`alerts.json names no hook "${name}"`));
  return sendToHook(message, { hook, secret: secret(name), now });
}

/** "a…@firm.example": enough to recognise it, too little to write to it. */
export function maskedAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return at <= 0 ? '' : `${address.slice(0, 1)}…${address.slice(at)}`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

function setupOf({ settings, store }: WayPorts): AlertSetup {
  const { mail, from, domains, mailboxes, hooks } = settings;
  const by = mail === null ? '' : mail.by === 'folder' ? 'folder' : `${mail.host}:${mail.port}`;
  const contacts = store.contacts();
  return {
    mail: { by, from, domains },
    mailboxes: Object.entries(mailboxes).map(([mailboxId, address]) => ({
      mailboxId,
      address: maskedAddress(address),
    })),
    hooks: Object.entries(hooks).map(([hookId, { url }]) => ({ hookId, host: hostOf(url) })),
    contacts: contacts.map(({ personId, address }) => ({
      personId,
      address: maskedAddress(address),
    })),
    problems: [
      ...(mail === null ? [`${NO_MAIL}.`] : []),
      ...(mail !== null && domains.length === 0
        ? ['alerts.json allows no domain: mail leaves for nobody.']
        : []),
      ...contacts
        .filter(({ address }) => !isAllowed(address, settings))
        .map(
          ({ personId }) =>
            `The address of ${personId} is of a domain that alerts.json does not allow.`,
        ),
    ],
  };
}
