import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A mailbox server of tests: as much of IMAP4rev1 (RFC 3501) as reading new mails needs. */
export interface ImapPeer {
  readonly port: number;
  /** What was said to it, a command each, without its tag. */
  readonly heard: string[];
  readonly seen: Set<number>;
  deliver(mail: string): number;
  /** Another age of the mailbox: numbers begin anew. */
  renumber(): void;
  close(): Promise<void>;
}

export async function startImapPeer(): Promise<ImapPeer> {
  let mails: { uid: number; source: Buffer }[] = [];
  let validity = 1;
  const heard: string[] = [];
  const seen = new Set<number>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.write('* OK ready\r\n');
    let rest = '';
    socket.on('data', (bytes) => {
      rest += bytes.toString('latin1');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        const [tag = '', ...words] = line.split(' ');
        const command = words.join(' ');
        heard.push(command.replace(/^LOGIN .*/, 'LOGIN'));
        for (const part of answer(command)) socket.write(part);
        socket.write(`${tag} OK done\r\n`);
        if (/^LOGOUT/i.test(command)) socket.end();
      }
    });
  });
  const answer = (command: string): (string | Buffer)[] => {
    if (/^CAPABILITY/i.test(command)) return ['* CAPABILITY IMAP4rev1\r\n'];
    if (/^LIST/i.test(command)) return ['* LIST (\\HasNoChildren) "/" "INBOX"\r\n'];
    if (/^(SELECT|EXAMINE)/i.test(command)) {
      return [
        `* ${mails.length} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n`,
        `* OK [PERMANENTFLAGS (\\Seen)] ok\r\n* OK [UIDVALIDITY ${validity}] ok\r\n`,
        `* OK [UIDNEXT ${(mails.at(-1)?.uid ?? 0) + 1}] ok\r\n`,
      ];
    }
    const fetch = /^UID FETCH (\d+)(:\*)? \((.*)\)/i.exec(command);
    if (fetch) {
      const from = Number(fetch[1]);
      const wanted = mails.filter(({ uid }, at) =>
        fetch[2] === undefined ? uid === from : uid >= from || at === mails.length - 1,
      );
      return wanted.flatMap((mail) => fetched(mail, fetch[3] ?? ''));
    }
    const store = /^UID STORE (\d+)/i.exec(command);
    if (store) seen.add(Number(store[1]));
    return [];
  };
  const fetched = (mail: { uid: number; source: Buffer }, wanted: string): (string | Buffer)[] => {
    const number = mails.indexOf(mail) + 1;
    const size = /RFC822\.SIZE/i.test(wanted) ? ` RFC822.SIZE ${mail.source.length}` : '';
    const head = `* ${number} FETCH (UID ${mail.uid}${size}`;
    if (!/BODY\.PEEK\[\]|BODY\[\]/i.test(wanted)) return [`${head})\r\n`];
    return [`${head} BODY[] {${mail.source.length}}\r\n`, mail.source, ')\r\n'];
  };
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    seen,
    deliver: (mail) => {
      const uid = (mails.at(-1)?.uid ?? 0) + 1;
      mails.push({ uid, source: Buffer.from(mail.replaceAll(/\r?\n/g, '\r\n')) });
      return uid;
    },
    renumber: () => {
      validity += 1;
      mails = mails.map(({ source }, at) => ({ uid: at + 1, source }));
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
