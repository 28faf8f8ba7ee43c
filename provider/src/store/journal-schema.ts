/** Amounts are decimal text of fixed width (39 digits), so that SQLite compares them rightly; see amount-column.ts. */
export const JOURNAL_SCHEMA = `
CREATE TABLE IF NOT EXISTS receipts (
  ticket TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  gateway TEXT NOT NULL,
  session_id TEXT NOT NULL,
  offer_id TEXT NOT NULL,
  job_id TEXT NOT NULL,
  model_id TEXT NOT NULL,
  frame TEXT NOT NULL,
  units TEXT NOT NULL,
  price TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  acked INTEGER NOT NULL DEFAULT 0,
  paid INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS receipts_digest ON receipts (digest);
CREATE INDEX IF NOT EXISTS receipts_unacked ON receipts (gateway) WHERE acked = 0;
CREATE INDEX IF NOT EXISTS receipts_unpaid ON receipts (session_id, offer_id) WHERE paid = 0;
CREATE INDEX IF NOT EXISTS receipts_given_up ON receipts (session_id) WHERE paid = 2;
CREATE INDEX IF NOT EXISTS receipts_created ON receipts (created_at);

CREATE TABLE IF NOT EXISTS earned (
  session_id TEXT NOT NULL,
  offer_id TEXT NOT NULL,
  amount TEXT NOT NULL,
  jobs INTEGER NOT NULL,
  PRIMARY KEY (session_id, offer_id)
) STRICT;

CREATE TABLE IF NOT EXISTS payments (
  session_id TEXT NOT NULL,
  offer_id TEXT NOT NULL,
  model_id TEXT NOT NULL,
  gateway TEXT NOT NULL,
  cumulative TEXT NOT NULL,
  claimed TEXT NOT NULL,
  voucher_signature TEXT NOT NULL,
  guarantee_signature TEXT,
  receipts TEXT NOT NULL,
  unclaimed_since INTEGER,
  lost INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (session_id, offer_id)
) STRICT;
CREATE INDEX IF NOT EXISTS payments_unclaimed ON payments (gateway) WHERE unclaimed_since IS NOT NULL;
CREATE INDEX IF NOT EXISTS payments_held ON payments (gateway) WHERE lost = 0;
CREATE INDEX IF NOT EXISTS payments_open ON payments (session_id) WHERE lost = 0;

CREATE TABLE IF NOT EXISTS claims (
  id INTEGER PRIMARY KEY,
  tx_hash TEXT NOT NULL,
  at INTEGER NOT NULL,
  vouchers INTEGER NOT NULL,
  amount TEXT NOT NULL,
  to_provider TEXT NOT NULL,
  gas_used TEXT NOT NULL,
  gas_price TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS models (
  model_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  version TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS retained (
  ticket TEXT PRIMARY KEY,
  segment TEXT NOT NULL,
  offset INTEGER NOT NULL,
  length INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS retained_segment ON retained (segment);

CREATE TABLE IF NOT EXISTS disputes (
  id TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  model_id TEXT NOT NULL,
  receipt TEXT NOT NULL,
  input_root TEXT NOT NULL,
  commit_ends INTEGER NOT NULL,
  reveal_ends INTEGER NOT NULL,
  state TEXT NOT NULL,
  vote TEXT,
  note TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE IF NOT EXISTS facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
`;
