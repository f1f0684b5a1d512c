/** Parts of the window that are large and not seen at once: loaded when first shown. */
import { lazy, Suspense } from "react";
import type { ComponentType, ReactNode } from "react";
import { Boundary } from "./Boundary.tsx";

const RETRY_MS = 1000;

/** `waiting`: what stands there meanwhile. */
export function late<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  waiting: ReactNode = null,
): ComponentType<Props> {
  const Part = lazy(async () => ({ default: await whenServed(load) }));
  return (props: Props) => (
    <Boundary>
      <Suspense fallback={waiting}>
        <Part {...props} />
      </Suspense>
    </Boundary>
  );
}

/**
 * A host that starts anew gives no files for a moment: what is asked for then comes when it is back. Rejects where the host
 * answers and has no such file: the page is of another version.
 */
async function whenServed<Value>(load: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await load();
    } catch {
      if (await isServed()) return load();
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

const isServed = (): Promise<boolean> =>
  fetch("./index.html", { method: "HEAD", cache: "no-store" }).then(
    () => true,
    () => false,
  );
