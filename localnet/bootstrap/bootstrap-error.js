// @ts-check

/** Something the person at the keyboard can mend; its message says how. */
export class BootstrapError extends Error {}
