/** What xterm 6.0.0 has inside: each use says what it does where the field is another, and a test says that it is not. */
export const field = (holder: unknown, name: string): unknown =>
  typeof holder === "object" && holder !== null ? Reflect.get(holder, name) : undefined;
