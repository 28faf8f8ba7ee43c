/** One file of the vault: the hour it was begun in, and its place among that hour's. */
export interface SegmentName {
  readonly hour: number;
  readonly part: number;
}

const NAME = /^(?<hour>\d+)(?:-(?<part>\d+))?\.seg$/;

/** `<hour>.seg`, `<hour>-1.seg`, … Undefined for any other file. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const { hour, part = '0' } = NAME.exec(name)?.groups ?? {};
  return hour === undefined ? undefined : { hour: Number(hour), part: Number(part) };
}

export const segmentName = ({ hour, part }: SegmentName): string =>
  part === 0 ? `${hour}.seg` : `${hour}-${part}.seg`;

export const bySegmentAge = (a: SegmentName, b: SegmentName): number =>
  a.hour - b.hour || a.part - b.part;
