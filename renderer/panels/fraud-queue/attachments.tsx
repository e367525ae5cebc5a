import { useState, type DragEvent, type ReactElement, type ReactNode } from 'react';
import { ATTACHMENT_BYTES_MAX } from '#core/cases/act.ts';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import { base64Of, bytesOfBase64 } from '#core/kernel/base64.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import type { Acting } from './acting.ts';
import { sizeText } from './words.ts';

/** Larger files are not even read: their digest would take too long. */
const READ_BYTES_MAX = 200_000_000;
const FILES_AT_ONCE_MAX = 10;

async function attach(file: File, acting: Acting): Promise<string> {
  if (file.size === 0) return `${file.name} is empty.`;
  if (file.size > READ_BYTES_MAX) return `${file.name} is larger than 200 MB: keep it elsewhere.`;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const digest = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const kept = file.size <= ATTACHMENT_BYTES_MAX;
  const state = await acting.act({
    verb: 'attach',
    name: file.name.slice(0, 200),
    mediaType: file.type.slice(0, 100),
    size: file.size,
    digest,
    bytes: kept ? base64Of(bytes) : null,
  });
  if (state === null) return `${file.name} was not taken.`;
  return kept
    ? `${file.name} is attached.`
    : `${file.name} is larger than ${sizeText(ATTACHMENT_BYTES_MAX)}: ` +
        'its name and digest are kept, the file is yours to keep.';
}

/** Files dropped anywhere on the page are attached to the case. */
export function DropArea({
  acting,
  whyNot,
  onSaid,
  children,
}: {
  readonly acting: Acting;
  readonly whyNot: string;
  readonly onSaid: (text: string) => void;
  readonly children: ReactNode;
}): ReactElement {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    if (whyNot === '') void attachAll([...event.dataTransfer.files], acting, onSaid);
    else onSaid(whyNot);
  };
  return (
    <div
      className={over ? 'drop-area over' : 'drop-area'}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={drop}
    >
      {children}
      {over && <p className="drop-hint">Drop to attach to this case</p>}
    </div>
  );
}

/** One after the other: each is a deed of its own. */
async function attachAll(
  files: readonly File[],
  acting: Acting,
  onSaid: (text: string) => void,
): Promise<void> {
  const said: string[] = [];
  for (const file of files.slice(0, FILES_AT_ONCE_MAX)) {
    said.push(await attach(file, acting));
    onSaid(said.join(' '));
  }
  if (files.length > FILES_AT_ONCE_MAX)
    onSaid(`${said.join(' ')} No more than ${FILES_AT_ONCE_MAX} files at once.`);
}

/** Files of the case, with their digests. */
export function AttachmentList({
  client,
  detail,
  acting,
  onSaid,
}: {
  readonly client: RendererClient;
  readonly detail: CaseDetail;
  readonly acting: Acting;
  readonly onSaid: (text: string) => void;
}): ReactElement {
  const save = (one: CaseDetail['attachments'][number]): void => {
    const { caseId } = detail.row;
    void client.call('cases.attachment', { caseId, digest: one.digest }).then((reply) => {
      if (!reply.ok) return onSaid(reply.error.message);
      const { bytes } = reply.value;
      const read = bytes === null ? null : bytesOfBase64(bytes);
      if (!read?.ok) return onSaid(`${one.name} is not kept here.`);
      saveBytes(one.name, read.value);
    });
  };
  return (
    <>
      {detail.attachments.length === 0 && (
        <p className="quiet-text">No files yet. Drop one anywhere on this page.</p>
      )}
      <ul className="attachments">
        {detail.attachments.map((one) => (
          <li key={`${one.seq} ${one.digest}`}>
            <b>{one.name}</b> <small>{sizeText(one.size)}</small>{' '}
            <button type="button" className="quiet" disabled={!one.kept} onClick={() => save(one)}>
              {one.kept ? 'Save' : 'kept elsewhere'}
            </button>
            <small>
              {one.by.name}, {dateTimeText(one.at)} UTC
            </small>
            <code>{one.digest}</code>
          </li>
        ))}
      </ul>
      <p className="act-field">
        <label htmlFor="case-file">Attach a file</label>
        <input
          id="case-file"
          type="file"
          multiple
          disabled={detail.whyNot.note !== ''}
          onChange={(event) => {
            void attachAll([...(event.target.files ?? [])], acting, onSaid);
            event.target.value = '';
          }}
        />
      </p>
    </>
  );
}

function saveBytes(name: string, bytes: Uint8Array): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([Uint8Array.from(bytes)]));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
