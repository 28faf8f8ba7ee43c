// @ts-check

/**
 * What this machine is, as far as starting Assay is concerned.
 * @typedef {{ platform: string, arch: string, glibc: string | undefined, nodeVersion: string }} Machine
 */

const OLDEST_NODE = 20;

/** @returns {Machine} */
export function thisMachine() {
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (
    process.report.getReport()
  );
  return {
    platform: process.platform,
    arch: process.arch,
    glibc: report.header?.glibcVersionRuntime,
    nodeVersion: process.versions.node,
  };
}

/**
 * Why Assay's local network cannot run on this machine, with what to do; empty when it can.
 * @param {Machine} machine
 * @returns {string[]}
 */
export function platformProblems({ platform, arch, glibc, nodeVersion }) {
  const problems = [];
  if (Number.parseInt(nodeVersion, 10) < OLDEST_NODE) {
    problems.push(
      `Node ${nodeVersion} is too old. Install Node ${OLDEST_NODE} or newer (https://nodejs.org).`,
    );
  }
  if (platform !== 'linux' || arch !== 'x64') {
    problems.push(
      `The local network runs on Linux x64; this is ${platform} ${arch}. Use a Linux x64 machine, virtual machine or container.`,
    );
  } else if (glibc === undefined) {
    problems.push(
      'The local network needs glibc; this Linux has another C library (musl?). Use Debian or Ubuntu.',
    );
  }
  return problems;
}
