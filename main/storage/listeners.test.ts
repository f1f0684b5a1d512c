import { expect, test } from "vitest";
import { createListeners } from "./listeners.ts";

test("a listener that throws costs the others nothing, and what it threw is reported", () => {
  const reported: unknown[] = [];
  const heard: string[] = [];
  const bug = new Error("a bug");
  const listeners = createListeners<string>((error) => reported.push(error));
  const twice = (value: string): void => void heard.push(value);
  listeners.add(twice);
  listeners.add(() => {
    throw bug;
  });
  const end = listeners.add(twice);
  listeners.call("one");
  end();
  listeners.call("two");
  expect(heard).toEqual(["one", "one", "two"]);
  expect(reported).toEqual([bug, bug]);
});
