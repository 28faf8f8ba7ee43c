import type { ModelSummary } from './model.ts';

/** True if every word occurs in the model's name, task, tags or description. */
export function matchesText(model: ModelSummary, text: string): boolean {
  const { name, task, tags, description = '' } = model;
  const searched = [name, task, ...tags, description].join('\n').toLowerCase();
  return words(text).every((word) => searched.includes(word));
}

function words(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}
