import { fail, type Result } from "#shared/kernel/failure.ts";

export type FileRefusal =
  | "outside_worktree"
  | "not_found"
  | "not_a_file"
  | "too_large"
  | "exists"
  | "not_writable";

type Refused = Extract<Result<never, FileRefusal>, { ok: false }>;

/** `file` is what was asked for; `why` goes on with "<file> …". */
export const refuse = (code: FileRefusal, file: string, why: string): Refused =>
  fail({ code, message: `${file} ${why}.` });

export const outside = (file: string): Refused =>
  refuse("outside_worktree", file, "leads out of the worktree, where this session has nothing to do");

/** What the system's error means to whoever asked; a surprise is thrown. */
export function expected(error: unknown, file: string): Refused {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return refuse("not_found", file, "does not exist");
    case "ENOTDIR":
    case "EISDIR":
    case "ENXIO":
      return refuse("not_a_file", file, "is not a file, or one of its folders is none");
    case "EEXIST":
      return refuse("exists", file, "is already there");
    // A symlink where a moment ago there was none.
    case "ELOOP":
      return outside(file);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return refuse("not_writable", file, "may not be touched: the system denies it");
    case "ENAMETOOLONG":
      return refuse("not_writable", file.slice(0, 80), "… has too long a name");
    case "ENOSPC":
    case "EDQUOT":
      return refuse("not_writable", file, "can't be written: the disk is full");
    default:
      throw error;
  }
}
