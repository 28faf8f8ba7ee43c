// @ts-check

/**
 * What there is to get Redis with.
 * @typedef {object} RedisFacts
 * @property {string | undefined} redisUrl value of REDIS_URL
 * @property {string | undefined} serverVersion of `redis-server` on PATH
 * @property {boolean} isRoot
 * @property {boolean} hasAptGet
 * @property {boolean} hasSudo `sudo -n` works without a password
 * @property {boolean} hasBrew
 * @property {boolean} interactive somebody sits at a terminal (and CI is not set)
 *
 * @typedef {{ kind: 'use', what: string }
 *   | { kind: 'install', commands: string[][], ask: boolean }
 *   | { kind: 'refuse', reason: string }} RedisPlan
 */

const OLDEST_REDIS = 7;
const ADVICE =
  'Install redis-server (Debian, Ubuntu: sudo apt-get install redis-server), or set REDIS_URL to an empty database of a running Redis, for example REDIS_URL=redis://127.0.0.1:6379/9.';

/**
 * Where Redis comes from: REDIS_URL, else the one on PATH, else the system's package manager.
 * @param {RedisFacts} facts
 * @returns {RedisPlan}
 */
export function redisPlan(facts) {
  if (facts.redisUrl) return { kind: 'use', what: 'REDIS_URL' };
  if (facts.serverVersion !== undefined) return planForFound(facts.serverVersion);
  const install = installCommands(facts);
  if (install === undefined) {
    return { kind: 'refuse', reason: `redis-server is not installed. ${ADVICE}` };
  }
  return { kind: 'install', commands: install, ask: facts.interactive };
}

/** @param {string} version @returns {RedisPlan} */
function planForFound(version) {
  if (Number.parseInt(version, 10) >= OLDEST_REDIS) {
    return { kind: 'use', what: `redis-server ${version}` };
  }
  return {
    kind: 'refuse',
    reason: `redis-server ${version} is too old, Assay needs ${OLDEST_REDIS}.0 or newer. Install a newer one from https://redis.io/docs/latest/operate/oss_and_stack/install/ and put it first on PATH, or set REDIS_URL to one.`,
  };
}

/** @param {RedisFacts} facts */
function installCommands({ isRoot, hasAptGet, hasSudo, hasBrew }) {
  if (hasAptGet && (isRoot || hasSudo)) {
    const sudo = isRoot ? [] : ['sudo', '-n'];
    return [
      [...sudo, 'apt-get', 'update', '-qq'],
      [...sudo, 'apt-get', 'install', '-qq', '--yes', '--no-install-recommends', 'redis-server'],
    ];
  }
  return hasBrew ? [['brew', 'install', 'redis']] : undefined;
}

/**
 * The version in the answer of `redis-server --version`.
 * @param {string} answer
 * @returns {string | undefined}
 */
export function redisVersion(answer) {
  return /\bv=(\d+(?:\.\d+)*)/.exec(answer)?.[1];
}
