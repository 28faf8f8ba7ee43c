import type { DatabaseSync } from 'node:sqlite';

/** Columns of earlier versions that nothing reads; they would refuse rows without them. */
const UNUSED = [
  { table: 'receipts', column: 'ticket_body' },
  { table: 'payments', column: 'digests' },
];

export function dropUnusedColumns(database: DatabaseSync): void {
  for (const { table, column } of UNUSED) {
    const known = database.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?');
    if (known.get(table, column)) database.exec(`ALTER TABLE ${table} DROP COLUMN ${column}`);
  }
}
