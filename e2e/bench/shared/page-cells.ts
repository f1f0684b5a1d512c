/**
 * What the terminals of a page hold, cell by cell. The page hands its xterms to nobody, so they are looked for among all its
 * objects, as a developer would with `queryObjects` in the console of Chromium.
 */
import type { Page } from "playwright-core";
import { z } from "zod";
import { readCells } from "./cells.ts";
import type { Cells, Readable } from "./cells.ts";

const cells = z.array(
  z.object({ lines: z.array(z.string()), cursor: z.object({ x: z.number(), y: z.number() }) }),
);

/** Runs in the page, on an array of all its objects. Must name nothing from outside but what it is given. */
function findTerminals(this: readonly object[]): Readable[] {
  type Shown = Readable & { readonly element: HTMLElement };
  const isShown = (each: object): each is Shown =>
    // A prototype has the same names, and nothing behind them.
    "loadAddon" in each && "buffer" in each && Object.hasOwn(each, "_core")
      ? "element" in each && each.element instanceof HTMLElement && each.element.isConnected
      : false;
  return this.filter(isShown).toSorted((a, b) =>
    a.element.compareDocumentPosition(b.element) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
  );
}

/** Of each terminal that the page shows, in the order of the page. */
export async function cellsInPage(page: Page): Promise<readonly Cells[]> {
  const session = await page.context().newCDPSession(page);
  try {
    const objectGroup = "cells";
    const root = await session.send("Runtime.evaluate", { expression: "Object.prototype", objectGroup });
    const prototypeObjectId = root.result.objectId ?? "";
    const { objects } = await session.send("Runtime.queryObjects", { prototypeObjectId, objectGroup });
    const { result, exceptionDetails } = await session.send("Runtime.callFunctionOn", {
      objectId: objects.objectId ?? "",
      functionDeclaration: `function () { return (${String(findTerminals)}).call(this).map(${String(readCells)}); }`,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    await session.send("Runtime.releaseObjectGroup", { objectGroup });
    return cells.parse(result.value);
  } finally {
    await session.detach();
  }
}
