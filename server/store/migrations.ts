/** Kinds that platforms and rules make by themselves, by the thousand. */
export const MADE_BY_ITSELF = `'instrumentDefined', 'accountOpened', 'dealBooked',
  'balanceOperationBooked', 'dealBusted', 'protectionSet', 'newsScheduled', 'tradingDayRolled',
  'ruleSetPublished', 'warningRaised', 'breachDetected', 'conductFlagged', 'objectiveMet',
  'objectiveLost', 'accountStatusChanged', 'rulesChanged', 'reviewRequested', 'identityRecorded',
  'sessionObserved', 'orderActivityObserved', 'signalRaised',
  'exposureLimitCrossed', 'exposureLimitCleared'`;

/** Kinds by which people say that they have seen an alert. */
export const ACKNOWLEDGEMENTS = `'alertAcknowledged', 'noticeAcknowledged'`;

/** Facts about accounts that a person has to look at. */
export const IS_REVIEW = `(kind = 'reviewRequested'
  OR (kind = 'conductFlagged' AND json_extract(data, '$.effect') = 'review'))`;

/** Numbered in tens, applied in order, never edited once released. */
export const migrations: readonly { readonly number: number; readonly sql: string }[] = [
  {
    number: 10,
    sql: `
      CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      CREATE TABLE fact (
        partition INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        kind TEXT NOT NULL,
        version INTEGER NOT NULL,
        stream TEXT NOT NULL,
        stream_version INTEGER NOT NULL,
        occurred_at INTEGER NOT NULL,
        recorded_at INTEGER NOT NULL,
        marks_before INTEGER NOT NULL,
        actor TEXT NOT NULL,
        causation TEXT NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (partition, seq)
      ) STRICT, WITHOUT ROWID;
      CREATE UNIQUE INDEX fact_stream ON fact (partition, stream, stream_version);
      CREATE INDEX fact_verdict ON fact (partition, seq) WHERE kind NOT IN
        ('dealBooked', 'balanceOperationBooked');
      CREATE TABLE mark_chunk (
        partition INTEGER NOT NULL,
        first_index INTEGER NOT NULL,
        last_index INTEGER NOT NULL,
        first_at INTEGER NOT NULL,
        last_at INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (partition, first_index)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE snapshot (
        partition INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        records INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (partition, records)
      ) STRICT;
      CREATE TABLE progress (
        partition INTEGER PRIMARY KEY,
        records INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        marks INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE quarantine (
        id INTEGER PRIMARY KEY,
        received_at INTEGER NOT NULL,
        source TEXT NOT NULL,
        reason TEXT NOT NULL,
        excerpt TEXT NOT NULL
      ) STRICT;
      CREATE TABLE command (
        command_id TEXT PRIMARY KEY,
        result TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    // The tree over all facts, in tiles of 256 hashes.
    number: 20,
    sql: `
      CREATE TABLE tile (
        partition INTEGER NOT NULL,
        level INTEGER NOT NULL,
        number INTEGER NOT NULL,
        hashes BLOB NOT NULL,
        PRIMARY KEY (partition, level, number)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    // Bytes that facts name by their digest; and, below every rule in code, that a payout leads to
    // one instruction at the most, and to none that its version was not approved for.
    number: 30,
    sql: `
      CREATE TABLE content (digest TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE UNIQUE INDEX one_instruction ON fact (json_extract(data, '$.payoutId'))
        WHERE kind = 'paymentInstructed';
      CREATE INDEX fact_approved ON fact (json_extract(data, '$.proposalId'))
        WHERE kind = 'proposalApproved';
      CREATE INDEX fact_by_people ON fact (partition, seq) WHERE kind NOT IN (${MADE_BY_ITSELF});
      CREATE TRIGGER no_instruction_without_approval BEFORE INSERT ON fact
        WHEN NEW.kind = 'paymentInstructed' AND NOT EXISTS (
          SELECT 1 FROM fact WHERE kind = 'proposalApproved'
            AND json_extract(data, '$.proposalId') = json_extract(NEW.data, '$.payoutId')
            AND json_extract(data, '$.version') = json_extract(NEW.data, '$.version'))
        BEGIN SELECT RAISE(ABORT, 'a payment without approval'); END;
      CREATE TRIGGER facts_are_not_replaced BEFORE INSERT ON fact
        WHEN EXISTS (SELECT 1 FROM fact WHERE partition = NEW.partition AND seq = NEW.seq)
        BEGIN SELECT RAISE(ABORT, 'facts are never replaced'); END;
      CREATE TRIGGER no_second_instruction BEFORE INSERT ON fact
        WHEN NEW.kind = 'paymentInstructed' AND EXISTS (
          SELECT 1 FROM fact WHERE kind = 'paymentInstructed'
            AND json_extract(data, '$.payoutId') = json_extract(NEW.data, '$.payoutId'))
        BEGIN SELECT RAISE(ABORT, 'a second payment of one payout'); END;
      CREATE TRIGGER facts_are_not_edited BEFORE UPDATE ON fact
        BEGIN SELECT RAISE(ABORT, 'facts are never edited'); END;
      CREATE TRIGGER facts_are_not_deleted BEFORE DELETE ON fact
        BEGIN SELECT RAISE(ABORT, 'facts are never deleted'); END;
    `,
  },
  {
    // Prices of sources that price nobody: what fills are compared with.
    number: 40,
    sql: `
      CREATE TABLE reference_chunk (
        partition INTEGER NOT NULL,
        first_index INTEGER NOT NULL,
        last_index INTEGER NOT NULL,
        first_at INTEGER NOT NULL,
        last_at INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (partition, first_index)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    // Who has seen an alert: found by the alert, for thousands of them in one act.
    number: 50,
    sql: `
      CREATE INDEX fact_acknowledged ON fact (partition, json_extract(data, '$.alertSeq'))
        WHERE kind IN (${ACKNOWLEDGEMENTS});
    `,
  },
  {
    // Where traders live: read when the server starts, out of millions of facts.
    number: 60,
    sql: `
      CREATE INDEX fact_identity ON fact (partition, seq) WHERE kind = 'identityRecorded';
    `,
  },
  {
    // A live platform tells once: what it told since the latest snapshot, how far it was taken, and
    // what it was asked to do.
    number: 70,
    sql: `
      CREATE TABLE taken (
        partition INTEGER NOT NULL,
        first_record INTEGER NOT NULL,
        last_record INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (partition, first_record)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE source_cursor (partition INTEGER PRIMARY KEY, cursor TEXT NOT NULL) STRICT;
      CREATE TABLE platform_action (
        partition INTEGER NOT NULL,
        number INTEGER NOT NULL,
        action_id TEXT NOT NULL,
        action TEXT NOT NULL,
        result TEXT,
        reason TEXT,
        PRIMARY KEY (partition, number)
      ) STRICT, WITHOUT ROWID;
      CREATE UNIQUE INDEX platform_action_id ON platform_action (partition, action_id);
      CREATE INDEX platform_action_pending ON platform_action (partition, number)
        WHERE result IS NULL;
    `,
  },
  {
    // What people have to look at about accounts: read when the server starts, out of millions.
    number: 80,
    sql: `
      CREATE INDEX fact_review ON fact (partition, seq) WHERE ${IS_REVIEW};
    `,
  },
];
