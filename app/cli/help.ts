export const HELP = `oriel: many coding agents at once, each in its own git worktree

  oriel start [--web] [--no-open] [--port N] [--demo]   open the app, and stay until Ctrl-C; --web: in the browser
  oriel run --project DIR --task TEXT [--task TEXT …]   start a session for each task, and show them at work
        [--model NAME]        the model; \`offline\` for the demo's recipes, which need no key
        [--approval POLICY]   untrusted, on-request (default) or never: when to ask you
        [--sandbox MODE]      read-only, workspace-write (default) or full-access: what commands may touch
        [--agent NAME]        what drives the sessions: oriel
  oriel sessions [--all]      the sessions; with --all the archived ones too
  oriel show ID               one session: state, plan, worktree, branch, usage
  oriel events ID [--after SEQ]   its log
  oriel diff ID               what it changed, against its base
  oriel send ID TEXT [--queue]    steer it now, or queue the message for after this turn
  oriel approve ID [APPROVAL] say yes to what it asks; name it where it asks several things
  oriel deny ID [APPROVAL] [--note TEXT]   say no, and why
  oriel answer ID TEXT        answer its question
  oriel stop ID               stop its turn
  oriel stop --all            end all that runs: turns, commands, terminals, what was started in them, and Oriel
                              itself where no window is open; the sessions stay, and can be continued
  oriel continue ID           go on where it was cut off
  oriel merge ID [--how squash|merge] [--into BRANCH]   merge its branch
  oriel archive ID            move worktree and repository to the trash, whole
  oriel restore ID            bring them back, byte for byte
  oriel purge [ID …] [--older-than 30d] [--yes]   remove archived sessions' files for good; says how much, and asks
  oriel terminals [ID]        the terminals that are open, of all sessions or of one
  oriel terminals --end TRM   end one, and what runs in it
  oriel doctor [--end]        what is installed, what runs, what is left over (--end ends it), whether the log is whole

  Every verb takes --json and --data-dir DIR. ID may be the beginning of one.
  Exit codes: 0 all turns completed, 1 a turn failed or a verb was refused, 2 bad usage (a flag, a folder that is
  no repository, a session that is not there, no model to work with), 3 a session needs you.
  Environment: OPENAI_API_KEY, OPENAI_BASE_URL, ORIEL_DATA_DIR.
`;
