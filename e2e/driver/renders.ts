/** Counts what React renders in a page, as its developer tools do: by the marks on the trees that it commits. */
import type { Page } from "playwright-core";

declare global {
  interface Window {
    /** What rendered since it was last taken, as `SessionRow ses_1` and how often. */
    renders: Record<string, number>;
  }
}

/** Runs in the page before React loads. Must name nothing from outside itself. */
function install(): void {
  interface Fiber {
    readonly type: unknown;
    readonly flags: number;
    readonly child: Fiber | null;
    readonly sibling: Fiber | null;
    readonly alternate: Fiber | null;
    readonly memoizedProps: { readonly session?: unknown } | null;
  }
  const PERFORMED_WORK = 1;
  const counts: Record<string, number> = {};
  const nameOf = (type: unknown): string => {
    const inner = typeof type === "object" && type !== null && "type" in type ? type.type : type;
    return typeof inner === "function" ? inner.name : "";
  };
  const visit = (fiber: Fiber, before: Fiber | null): void => {
    const name = nameOf(fiber.type);
    const session = fiber.memoizedProps?.session;
    if (name !== "" && typeof session === "string" && (fiber.flags & PERFORMED_WORK) !== 0) {
      counts[`${name} ${session}`] = (counts[`${name} ${session}`] ?? 0) + 1;
    }
    // The same children as before: nothing below was looked at, and its marks are old.
    if (before !== null && before.child === fiber.child) return;
    for (let child = fiber.child; child !== null; child = child.sibling) visit(child, child.alternate);
  };
  Object.assign(window, {
    renders: counts,
    __REACT_DEVTOOLS_GLOBAL_HOOK__: {
      supportsFiber: true,
      inject: () => 1,
      checkDCE: () => undefined,
      onCommitFiberUnmount: () => undefined,
      onPostCommitFiberRoot: () => undefined,
      onCommitFiberRoot: (_id: number, root: { current: Fiber }) =>
        visit(root.current, root.current.alternate),
    },
  });
}

/** Counts from the page's next load on. */
export const countRenders = (page: Page): Promise<unknown> => page.addInitScript(install);

/** What rendered since the last time, as `SessionRow ses_1` and how often. */
export const takeRenders = (page: Page): Promise<Record<string, number>> =>
  page.evaluate(() => {
    const counts = window.renders;
    const taken = { ...counts };
    for (const name of Object.keys(counts)) delete counts[name];
    return taken;
  });
