import { join } from 'node:path';
import { controlSocket } from '../supervisor/serve-control.ts';
import type { Visit } from './doctor-finding.ts';
import { doctorReason } from './doctor-reason.ts';

const SPARE_BYTES = 60 * 1024 ** 2;
const MIB = 1024 ** 2;

const GUARDS = {
  setpriv: 'children would outlive a supervisor that is killed',
  prlimit: 'children could take all the memory a model may at most',
} as const;

/** Memory for the models, disk for what is retained, and the programs that guard children. */
export function checkMachine(visit: Visit, peakBytes: readonly number[]): void {
  checkMemory(visit, peakBytes);
  checkDisk(visit);
  checkSocket(visit);
  for (const [program, harm] of Object.entries(GUARDS))
    if (visit.machine.hasProgram(program))
      visit.add({ verdict: 'ok', subject: program, found: 'is there' });
    else
      visit.add({
        verdict: 'warn',
        subject: program,
        found: `is missing: ${harm}`,
        fix: 'Install util-linux (apt-get install util-linux).',
      });
}

/** Each model comes to have a child per slot, since any of them may be asked for by all slots at once. */
function checkMemory({ config, machine, add }: Visit, peakBytes: readonly number[]): void {
  const { count, spare } = config.slots;
  const needed = peakBytes.reduce((sum, bytes) => sum + bytes, 0) * count + spare * SPARE_BYTES;
  const free = machine.freeMemoryBytes();
  const subject = 'memory';
  const found = `${mib(needed)} wanted for ${peakBytes.length} model(s) in ${count} slot(s), ${mib(free)} free`;
  if (needed <= free) add({ verdict: 'ok', subject, found });
  else
    add({
      verdict: 'warn',
      subject,
      found,
      fix: 'Serve fewer models, lower slots.count or slots.spare, or add memory.',
    });
}

function checkDisk({ config, machine, add }: Visit): void {
  const { seconds, maxBytes } = config.retention;
  if (seconds === 0) return;
  const vault = join(config.dataDir, 'vault');
  const wanted = Math.max(0, maxBytes - machine.usedBytes(vault));
  const free = machine.freeDiskBytes(vault);
  const subject = 'disk for retention';
  const found = `up to ${mib(wanted)} more wanted, ${mib(free)} free in ${config.dataDir}`;
  if (wanted <= free) add({ verdict: 'ok', subject, found });
  else
    add({
      verdict: 'warn',
      subject,
      found,
      fix: 'Free space, move dataDir to a larger disk, or lower retention.maxBytes: without its evidence a provider cannot answer a dispute.',
    });
}

function checkSocket({ config, add }: Visit): void {
  const subject = 'control socket';
  try {
    add({ verdict: 'ok', subject, found: controlSocket(config.dataDir) });
  } catch (error) {
    const fix = 'Give dataDir a shorter path: the system allows no socket with so long a one.';
    add({ verdict: 'fail', subject, found: doctorReason(error), fix });
  }
}

const mib = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`;
