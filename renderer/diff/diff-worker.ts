/** The highlighter, in a worker of its own: bundled with the page, since the page's policy runs nothing else. */
import "@pierre/diffs/worker/worker.js";
