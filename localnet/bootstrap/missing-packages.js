// @ts-check

/**
 * @typedef {{ version?: string, optional?: boolean, link?: boolean, os?: string[], cpu?: string[], libc?: string[] }} LockEntry
 * @typedef {{ packages?: Record<string, LockEntry> }} Lockfile
 */

/**
 * Which packages of package-lock.json are absent from node_modules or there in another version,
 * according to npm's own record of what it installed (`node_modules/.package-lock.json`).
 * @param {Lockfile} lockfile
 * @param {Lockfile} installed
 * @param {{ platform: string, arch: string }} machine
 * @returns {string[]}
 */
export function missingPackages(lockfile, installed, machine) {
  const have = installed.packages ?? {};
  return Object.entries(lockfile.packages ?? {})
    .filter(([path]) => path.includes('node_modules/'))
    .filter(([path, wanted]) => {
      const found = have[path];
      if (found === undefined) return !wanted.optional && fits(wanted, machine);
      return !wanted.link && found.version !== wanted.version;
    })
    .map(([path]) => path);
}

/** @param {LockEntry} entry @param {{ platform: string, arch: string }} machine */
function fits({ os, cpu }, { platform, arch }) {
  return allows(os, platform) && allows(cpu, arch);
}

/** npm's lists name what is allowed, or with a leading "!" what is not. @param {string[] | undefined} list @param {string} value */
function allows(list, value) {
  if (list === undefined || list.length === 0) return true;
  if (list.includes(`!${value}`)) return false;
  const named = list.filter((item) => !item.startsWith('!'));
  return named.length === 0 || named.includes(value);
}
