import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Child, startChild } from './child-process.ts';
import { claimPort } from './free-port.ts';
import { pollUntil } from './poll-until.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { processFailure } from './process-failure.ts';
import { DATA_PREFIX, sweepPostgres } from './sweep-postgres.ts';
import { type Account, unprivilegedAccount } from './unprivileged-account.ts';

const run = promisify(execFile);
const SUPERUSER = 'assay';

export interface Postgres extends Child {
  /**
   * Creates a database as graph-node wants it (UTF-8, C locale), empty or a copy of one that nobody uses; answers its URL.
   */
  createDatabase(name: string, copyOf?: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
}

/**
 * A real PostgreSQL whose data last as long as it runs: all they hold is derived from the chain.
 * The data directory lies in the temporary directory and is removed on stop.
 */
export async function startPostgres(options: {
  logFile: string;
  port?: number;
}): Promise<Postgres> {
  const port = await claimPort('postgres', options.port);
  const account = unprivilegedAccount();
  const binaries = postgresBinaries();
  const password = randomBytes(16).toString('hex');
  sweepPostgres(tmpdir());
  const data = await initialise({ binaries, password, account });
  const urlOf = (name: string) => `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${name}`;
  const cleanUp = () => rmSync(data, { recursive: true, force: true });
  const child = await startChild({
    name: 'postgres',
    command: join(binaries, 'bin', 'postgres'),
    args: ['-D', data, '-p', `${port}`, ...SETTINGS.flatMap((setting) => ['-c', setting])],
    cwd: data,
    logFile: options.logFile,
    ...account,
    ports: [port],
    ready: (signal) =>
      pollUntil(() => query(urlOf('postgres'), 'SELECT 1').then(() => true), signal),
  }).catch((error: unknown) => {
    cleanUp();
    throw error;
  });
  return {
    ...child,
    stop: () => child.stop().finally(cleanUp),
    createDatabase: async (name, copyOf = 'template0') => {
      const template = pg.escapeIdentifier(copyOf);
      const options = `TEMPLATE ${template} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`;
      await query(urlOf('postgres'), `CREATE DATABASE ${pg.escapeIdentifier(name)} ${options}`);
      return urlOf(name);
    },
    dropDatabase: (name) =>
      query(urlOf('postgres'), `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`),
  };
}

/** Nothing here must survive a crash of the machine, so it need not wait for the disk. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
];

async function initialise(facts: {
  binaries: string;
  password: string;
  account: Account | undefined;
}) {
  const { binaries, password, account } = facts;
  const data = mkdtempSync(join(tmpdir(), DATA_PREFIX));
  const passwordFile = join(data, '..', `${data.split('/').at(-1)}.password`);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) for (const path of [data, passwordFile]) chownSync(path, account.uid, account.gid);
  try {
    await run(
      join(binaries, 'bin', 'initdb'),
      [
        ...['-D', data, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
        ...['--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'],
      ],
      { cwd: data, ...account },
    );
    return data;
  } catch (cause) {
    rmSync(data, { recursive: true, force: true });
    throw processFailure('notReady', {
      process: 'postgres',
      hint: `initdb failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function query(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 15_000 });
  client.on('error', () => undefined); // a connection cut while closing
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
