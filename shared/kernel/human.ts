/** `0 s`, `12 s`, `3 min 5 s`, `2 h 4 min`: a duration in ms as a person says it. Below a second: `0.4 s`. */
export function duration(ms: number): string {
  if (ms < 950) return `${(Math.round(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** `812 B`, `4.2 kB`, `1.0 GB`: bytes in powers of a thousand. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** `950 tok`, `12k tok`, `1.3M tok`. */
export function tokens(count: number): string {
  if (count < 1000) return `${count} tok`;
  if (count < 999_500) return `${Math.round(count / 1000)}k tok`;
  return `${(count / 1_000_000).toFixed(1)}M tok`;
}

/** `$0.42`, `$0.004` for what is small, and an empty text where the price is not known. */
export function cost(dollars: number | null): string {
  if (dollars === null) return "";
  if (dollars === 0) return "$0.00";
  return dollars < 0.01 ? `$${dollars.toFixed(4)}` : `$${dollars.toFixed(2)}`;
}

/** `1 file`, `3 files`: a number of things. `many` is the word for several, where an s is not enough. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
