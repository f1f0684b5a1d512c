import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository: everything the bootstrap reads and writes is in here, but for system packages. */
export const ROOT = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** Ignored by git: the pinned Node, the lock, and what the person was told. */
export const NODE_FOLDER = path.join(ROOT, ".node");

/** A path inside the repository. @param {...string} parts */
export const inRoot = (...parts) => path.join(ROOT, ...parts);
