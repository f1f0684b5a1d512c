import type { SessionDiff } from "#shared/git/diff.ts";

/** A small change of three files, as git writes it. */
export const PATCH = `diff --git a/README.md b/README.md
index 1f7391f..c1c4f1e 100644
--- a/README.md
+++ b/README.md
@@ -1,3 +1,5 @@
 # acme-api
 
 Prices and carts over HTTP.
+
+Run the tests with \`npm test\`.
diff --git a/src/cart.js b/src/cart.js
index 83db48f..bf269f4 100644
--- a/src/cart.js
+++ b/src/cart.js
@@ -12,7 +12,8 @@ export function total(cart) {
   let sum = 0;
   for (const line of cart.lines) {
     sum += line.price * line.count;
   }
-  return sum - cart.discount;
+  // A discount larger than the sum gives nothing back.
+  return Math.max(0, sum - cart.discount);
 }
 
diff --git a/test/cart.test.js b/test/cart.test.js
new file mode 100644
index 0000000..2c9a1b7
--- /dev/null
+++ b/test/cart.test.js
@@ -0,0 +1,9 @@
+import assert from "node:assert/strict";
+import { test } from "node:test";
+import { total } from "../src/cart.js";
+
+test("a discount never makes a price negative", () => {
+  const cart = { lines: [{ price: 4, count: 1 }], discount: 8 };
+
+  assert.equal(total(cart), 0);
+});
`;

export const DIFF: SessionDiff = {
  base: "9f2c41d07be3a55c1e0f8d6a4b7290cc31ee84f1",
  files: [
    { path: "README.md", status: "modified", added: 2, removed: 0, binary: false },
    { path: "src/cart.js", status: "modified", added: 2, removed: 1, binary: false },
    { path: "test/cart.test.js", status: "added", added: 9, removed: 0, binary: false },
  ],
  total: { files: 3, added: 13, removed: 1 },
  nested: [],
  skipped: [],
};
