export * from './address-scalar.ts';
export * from './base64-scalar.ts';
export * from './big-int-scalar.ts';
export * from './date-time-scalar.ts';
export * from './enums.ts';
export * from './hex-scalar.ts';
