/** Why a session does not do what it was asked for. */

export const ARCHIVED = {
  code: "session_archived",
  message: "The session is archived.",
  hint: "Restore it first.",
} as const;
export const TURN_RUNS = {
  code: "turn_runs",
  message: "A turn of this session is running.",
  hint: "Stop it first, or wait for its end.",
} as const;
export const NOTHING_LEFT = {
  code: "nothing_to_continue",
  message: "The session's last turn was completed, so nothing is left of it to continue.",
  hint: "Say what comes next: oriel send ID TEXT",
} as const;
export const NOTHING_ASKED = {
  code: "nothing_asked",
  message: "The session asks nothing now.",
  hint: "It may have been answered already, or the turn was stopped.",
} as const;
export const NOT_ARCHIVED = {
  code: "not_archived",
  message: "The session is not archived, and only what is archived is removed for good.",
  hint: "Archive it first.",
} as const;
export const PURGED = {
  code: "session_purged",
  message: "The session's files were removed for good, so it can't be restored.",
  kept: "Its log, and its branch in the project.",
} as const;
