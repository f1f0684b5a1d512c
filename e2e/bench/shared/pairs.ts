/** Interleaved pairs of measurements, as one JSON line. */
export interface Pairs {
  readonly name: string;
  readonly unit: string;
  /** Counted pairs; one more before them only warms up. */
  readonly runs: number;
  ours(run: number): Promise<number> | number;
  theirs(run: number): Promise<number> | number;
}

/** Each goes first every other time. Prints the medians; `ratio` is ours / theirs. */
export async function compare({ name, unit, runs, ours, theirs }: Pairs): Promise<void> {
  const pairs: { ours: number; theirs: number }[] = [];
  for (let run = 0; run <= runs; run++) {
    if (run % 2 === 0) pairs.push({ ours: await ours(run), theirs: await theirs(run) });
    else {
      const first = await theirs(run);
      pairs.push({ ours: await ours(run), theirs: first });
    }
  }
  const counted = pairs.slice(1);
  print(
    name,
    unit,
    runs,
    counted.map((pair) => pair.ours),
    counted.map((pair) => pair.theirs),
  );
}

/** The bench fails in the end where `ratio` is above `most`. */
export function print(
  name: string,
  unit: string,
  runs: number,
  ours: readonly number[],
  theirs: readonly number[],
  most: number = Infinity,
): void {
  const [mine, other] = [quantile(ours, 0.5), quantile(theirs, 0.5)];
  const line = {
    name,
    ours: rounded(mine),
    theirs: rounded(other),
    unit,
    ratio: rounded(mine / other),
    runs,
  };
  console.log(JSON.stringify(line));
  if (line.ratio <= most) return;
  process.exitCode = 1;
  process.stderr.write(`${name}: the ratio may be ${most} at most\n`);
}

/** The least of `values` that this share of them is at most (nearest rank). */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;

const rounded = (value: number): number => Number(value.toPrecision(4));
