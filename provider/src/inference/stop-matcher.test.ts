import { expect, it } from 'vitest';
import { createStopMatcher } from './stop-matcher.ts';

it('holds back what may begin a stop sequence and releases it when it does not', () => {
  const stop = createStopMatcher(['END']);
  expect(stop.push('the E')).toEqual({ text: 'the ', stopped: false });
  expect(stop.push('N')).toEqual({ text: '', stopped: false });
  expect(stop.push('x')).toEqual({ text: 'ENx', stopped: false });
  expect(stop.push('EN')).toEqual({ text: '', stopped: false });
  expect(stop.push('D and more')).toEqual({ text: '', stopped: true });
});

it('cuts at the earliest of several sequences', () => {
  expect(createStopMatcher(['b', 'a']).push('xaxb')).toEqual({ text: 'x', stopped: true });
});

it('flush gives back what was held', () => {
  const stop = createStopMatcher(['END']);
  stop.push('the EN');
  expect(stop.flush()).toBe('EN');
});
