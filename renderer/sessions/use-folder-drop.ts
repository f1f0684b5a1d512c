import { useState } from "react";
import type { DragEvent } from "react";
import { findNative } from "../ipc/native.ts";

const IN_A_BROWSER =
  "A browser does not tell a page where a dropped folder lies. Type its path here; in Oriel's own window dropping works.";
const NOT_ONE = "Drop one folder at a time.";

/** Takes a folder that is dropped, and says where it lies. */
export function useFolderDrop(onPath: (path: string) => void) {
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const path = pathOf(event.dataTransfer);
    if (path instanceof Error) setProblem(path);
    else onPath(path);
  };
  const onDragOver = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setOver(true);
  };
  const onDragLeave = (event: DragEvent): void => {
    const into = event.relatedTarget;
    if (!(into instanceof Node) || !event.currentTarget.contains(into)) setOver(false);
  };
  return { over, problem, forget: () => setProblem(null), handlers: { onDrop, onDragOver, onDragLeave } };
}

function pathOf({ files }: DataTransfer): string | Error {
  const [file, ...others] = files;
  if (!file || others.length > 0) return new Error(NOT_ONE);
  return findNative()?.pathOf(file) || new Error(IN_A_BROWSER);
}
