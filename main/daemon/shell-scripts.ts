/**
 * What shell-integration.ts gives to bash, zsh and fish. They must work in bash 3.2 (macOS) and fish 3.0, and be silent
 * where they can't. Before each prompt they also take back what a program that died has left of kitty's keyboard protocol
 * (CSI < u): of them only fish 4 speaks it, which sees to it by itself.
 */

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
  builtin printf '\033[<99u\033]133;D;%s;k=%s\007' "$status" "$__oriel_key"
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
  builtin printf '\033[<99u\033]133;D;%s;k=%s\007' "$exit_status" "$__oriel_key"
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

/**
 * Read behind the person's config. The mark of a prompt is in the prompt: fish begins a line of its own for it where output
 * did not end its last one, and draws it anew when it pleases. While a command runs their fish_prompt is their own again, or
 * `funcsave` would write ours to their folder. A name is taken once: who has put theirs around ours still calls that one.
 */
export const FISH = String.raw`# Written by Oriel: marks prompts and commands.
set -g __oriel_key $ORIEL_MARK_KEY
set -e ORIEL_MARK_KEY
set -g __oriel_count 0
function __oriel_is_ours
    string match -q '*__oriel_key*' -- (functions fish_prompt)
end
function __oriel_before --on-event fish_prompt
    printf '\e]133;D;%s;k=%s\a' $status $__oriel_key
    string match -q '3.*' -- $version; and printf '\e[<99u'
    printf '\e]7;file://%s\a' (string escape --style=url -- $PWD)
    __oriel_is_ours; or not functions -q fish_prompt; and return
    set -g __oriel_count (math $__oriel_count + 1)
    set -l own __oriel_prompt_$__oriel_count
    functions -c fish_prompt $own
    function fish_prompt -V own
        set -l lines ($own $argv)
        set lines[1] \e"]133;A;k=$__oriel_key"\a"$lines[1]"
        set lines[-1] "$lines[-1]"\e"]133;B;k=$__oriel_key"\a
        printf '%s\n' $lines
    end
end
function __oriel_command --on-event fish_preexec
    printf '\e]133;C;k=%s\a' $__oriel_key
    __oriel_is_ours; or return
    set -l own __oriel_prompt_$__oriel_count
    functions -e fish_prompt
    functions -c $own fish_prompt
    functions -e $own
end
`;
