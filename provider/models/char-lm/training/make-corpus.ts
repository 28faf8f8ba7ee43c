import { readFileSync } from 'node:fs';
import type { Random } from './random.ts';

const SUBJECTS = [
  'The provider',
  'A provider',
  'The gateway',
  'The client',
  'A juror',
  'The publisher',
  'Every provider',
  'An honest provider',
  'The marketplace',
  'A careful client',
] as const;
const ACTS = [
  'signs a receipt for',
  'checks the price of',
  'keeps a record of',
  'waits for',
  'asks for',
  'computes',
  'pays for',
  'stands behind',
  'measures the time of',
  'answers for',
  'refuses',
  'accepts',
  'streams the output of',
  'stores the receipt of',
  'compares the fingerprint of',
] as const;
const THINGS = [
  'every job',
  'the job',
  'each answer',
  'the answer',
  'the next job',
  'one attempt',
  'the model',
  'a small model',
  'the whole batch',
  'the last question',
] as const;
const TAILS = [
  'before the deadline',
  'at a fair price',
  'without asking twice',
  'because its stake depends on it',
  'and then moves on',
  'when the session is open',
  'in less than a second',
  'as the grant allows',
  'and nobody is charged twice',
  'while the others wait',
  'and keeps the proof',
  'until the session is closed',
  'and the client sees it at once',
  'because trust is measured',
] as const;
const OPENERS = [
  '',
  '',
  '',
  'In the morning, ',
  'If the price is fair, ',
  'When the queue is short, ',
  'After the audit, ',
  'Once the receipt is stored, ',
  'As a rule, ',
] as const;

/** The text the model learns: our own prose, made-up sentences of the marketplace's words, and the Apache licence. */
export function makeCorpus(random: Random): string {
  const prose = readFileSync(new URL('prose.txt', import.meta.url), 'utf8').trim();
  const licence = readFileSync(new URL('../../../../LICENSE', import.meta.url), 'utf8')
    .replace(/\s+/g, ' ')
    .trim();
  const sentences = Array.from({ length: 1_200 }, () => sentence(random));
  return [prose, prose, paragraphs(sentences, random), licence].join('\n\n');
}

function sentence(random: Random): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const opener = pick(OPENERS);
  const subject = pick(SUBJECTS);
  const named = opener === '' ? subject : subject.charAt(0).toLowerCase() + subject.slice(1);
  return `${opener}${named} ${pick(ACTS)} ${pick(THINGS)} ${pick(TAILS)}.`;
}

function paragraphs(sentences: readonly string[], random: Random): string {
  const lines: string[] = [];
  for (let at = 0; at < sentences.length; ) {
    const count = 3 + Math.floor(random() * 4);
    lines.push(sentences.slice(at, at + count).join(' '));
    at += count;
  }
  return lines.join('\n\n');
}
