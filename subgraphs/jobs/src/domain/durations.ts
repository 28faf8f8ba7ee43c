export const seconds = (count: number): number => count * 1_000;
export const minutes = (count: number): number => count * 60_000;
export const days = (count: number): number => count * 86_400_000;
