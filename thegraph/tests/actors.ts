import { type Address, type Hex, offerIdOf } from '@assay/wire';

const address = (digit: string): Address => `0x${digit.repeat(40)}`;
const word = (digits: string): Hex => `0x${digits.repeat(32)}`;

export const NOBODY = address('0');
export const PROVIDER = address('1');
export const OTHER_PROVIDER = address('2');
export const DELEGATOR = address('3');
export const PUBLISHER = address('4');
export const PAYER = address('5');
export const GATEWAY = address('6');
export const KEY = address('7');
export const REPORTER = address('8');
export const TREASURY = address('9');

export const MODEL = word('a1');
export const NEXT_MODEL = word('a2');
export const EXEC_CLASS = word('b1');
export const SESSION = word('d1');
export const TICKET = word('e1');
export const RECEIPTS = word('f1');
export const ZERO_WORD = word('00');

/** A bytes32 that holds a left-aligned ASCII name. */
export const ascii = (text: string) => `0x${Buffer.from(text).toString('hex').padEnd(64, '0')}`;
export const hex = (text: string) => `0x${Buffer.from(text).toString('hex')}`;
export const PROTOCOL = hex('assay');

/** As the contracts compute it from PROVIDER and MODEL. */
export const OFFER = offerIdOf(PROVIDER, MODEL);
