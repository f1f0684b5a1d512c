/** What shell-integration.ts gives to bash and zsh. They must work in bash 3.2 (macOS) and be silent where they can't. */

/** Percent-encodes what has a meaning in a URL; a folder with control characters in its name is not told. */
const FOLDER = String.raw`
__oriel_folder() {
  case "$PWD" in *[[:cntrl:]]*) return ;; esac
  local folder="$PWD"
  folder="${"${folder//\\%/%25}"}"
  folder="${"${folder//\\#/%23}"}"
  folder="${"${folder//\\?/%3F}"}"
  folder="${"${folder//\\\\/%5C}"}"
  builtin printf '\033]7;file://%s\007' "$folder"
}
`;

export const BASH = String.raw`# Written by Oriel: reads your own files, then marks prompts and commands.
__oriel_key="$ORIEL_MARK_KEY"
unset ORIEL_MARK_KEY
if [ -n "$ORIEL_LOGIN_SHELL" ]; then
  unset ORIEL_LOGIN_SHELL
  [ -r /etc/profile ] && . /etc/profile
  if [ -r ~/.bash_profile ]; then . ~/.bash_profile
  elif [ -r ~/.bash_login ]; then . ~/.bash_login
  elif [ -r ~/.profile ]; then . ~/.profile
  fi
else
  [ -r ~/.bashrc ] && . ~/.bashrc
fi
${FOLDER}
__oriel_before() {
  local status="$?"
  builtin printf '\033]133;D;%s;k=%s\007' "$status" "$__oriel_key"
  __oriel_folder
  return "$status"
}
# Last, since a prompt may be made anew each time.
__oriel_after() {
  case "$PS1" in
    *"k=$__oriel_key"*) ;;
    *) PS1="\[\033]133;A;k=$__oriel_key\007\]$PS1\[\033]133;B;k=$__oriel_key\007\]" ;;
  esac
  case "$PS0" in
    *"k=$__oriel_key"*) ;;
    *) PS0="$PS0\033]133;C;k=$__oriel_key\007" ;;
  esac
}
if [ -n "$__oriel_key" ]; then
  if [ "${"${BASH_VERSINFO[0]}"}" -gt 5 ] || [ "${"${BASH_VERSINFO[0]}"}" -eq 5 -a "${"${BASH_VERSINFO[1]}"}" -ge 1 ]; then
    PROMPT_COMMAND=(__oriel_before "${"${PROMPT_COMMAND[@]}"}" __oriel_after)
  else
    PROMPT_COMMAND="__oriel_before
$PROMPT_COMMAND
__oriel_after"
  fi
fi
`;

/** Reads the person's file of the same name, as if ZDOTDIR were theirs. */
const zshFile = (name: string, after = ""): string => String.raw`# Written by Oriel: reads your own ${name}.
[[ -n "$ORIEL_MARK_KEY" ]] && __oriel_key="$ORIEL_MARK_KEY"
unset ORIEL_MARK_KEY
__oriel_zdotdir="$ZDOTDIR"
ZDOTDIR="${"${ORIEL_ZDOTDIR:-$HOME}"}"
# macOS names it before it reads this file.
[[ "$HISTFILE" == "$__oriel_zdotdir"/* ]] && HISTFILE="$ZDOTDIR/.zsh_history"
[[ -r "$ZDOTDIR/${name}" ]] && . "$ZDOTDIR/${name}"
# Where theirs moved it, that holds for the next file.
[[ "$ZDOTDIR" != "$HOME" ]] && ORIEL_ZDOTDIR="$ZDOTDIR"
ZDOTDIR="$__oriel_zdotdir"
unset __oriel_zdotdir
${after}`;

const ZSH_OVER = String.raw`if [[ -n "$ORIEL_ZDOTDIR" ]]; then ZDOTDIR="$ORIEL_ZDOTDIR"; else unset ZDOTDIR; fi
unset ORIEL_ZDOTDIR
`;

const ZSH_MARKS = String.raw`${FOLDER}
__oriel_precmd() {
  local exit_status="$?"
  builtin printf '\033]133;D;%s;k=%s\007' "$exit_status" "$__oriel_key"
  __oriel_folder
  [[ "$PS1" == *"k=$__oriel_key"* ]] ||
    PS1="%{"$'\033]133;A;k='"$__oriel_key"$'\007'"%}$PS1%{"$'\033]133;B;k='"$__oriel_key"$'\007'"%}"
}
__oriel_preexec() { builtin printf '\033]133;C;k=%s\007' "$__oriel_key"; }
if [[ -n "$__oriel_key" ]]; then
  precmd_functions=(__oriel_precmd $precmd_functions)
  preexec_functions+=(__oriel_preexec)
fi
# History and completion belong where yours are, and a zsh started in this one is all yours.
if [[ ! -o login ]]; then
${ZSH_OVER}fi
`;

export const ZSH_FILES: Record<string, string> = {
  ".zshenv": zshFile(".zshenv"),
  ".zprofile": zshFile(".zprofile"),
  ".zshrc": zshFile(".zshrc", ZSH_MARKS),
  ".zlogin": zshFile(".zlogin", ZSH_OVER),
};
