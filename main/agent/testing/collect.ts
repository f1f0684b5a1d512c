/** Everything that a stream gives. (`Array.fromAsync` is not in the types of the pinned library.) */
export async function collect<Value>(stream: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for await (const value of stream) all.push(value);
  return all;
}
