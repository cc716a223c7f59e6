#!/bin/bash
# shellcheck disable=SC2016,SC2034,SC2154
#
# Runs a command and appends a `usage` line before it and a `performance` line after it, with tokens, cost and model read
# from what claude, codex and llm print, and a rating asked for on a terminal. `run-prompt-enhanced.sh --help` says more.

pa_name=run-prompt-enhanced
pa_self=${BASH_SOURCE[0]}
while [[ -L $pa_self ]]; do
  pa_link=$(readlink "$pa_self")
  [[ $pa_link == /* || $pa_self != */* ]] || pa_link=${pa_self%/*}/$pa_link
  pa_self=$pa_link
done
pa_scripts=${pa_self%/*}
[[ $pa_scripts != "$pa_self" ]] || pa_scripts=.
# Not by `env`, which would cost each command 0.7 ms; where /bin/bash is an old one, PATH may know a newer.
pa_new='((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 402))'
if ! eval "$pa_new" && "$(type -P bash)" -c "$pa_new"; then exec "$(type -P bash)" "$pa_self" "$@"; fi
# A wrapper that cannot work still runs what it was to wrap.
# shellcheck source=scripts/wrap.sh
if ! eval "$pa_new" || ! set +eu || ! set +o posix || ! . "$pa_scripts/wrap.sh" 2>/dev/null; then
  printf '%s: not recorded: this needs bash 4.2 and wrap.sh beside it\n' "$pa_name" >&2
  while (($#)) && [[ $1 != -- ]]; do shift; done
  shift
  exec -- "$@"
fi

pa_help() {
  printf '%s\n' 'Run a command, append a line before and a line after it to the log of prompt-analytics, and ask how it was' '' \
    'Usage: run-prompt-enhanced.sh PROMPT_ID [FLAGS] -- COMMAND [ARG…]' '' \
    'The command keeps its stdin, stdout, stderr, terminal, signals and exit status. The `usage` line is there even if the' \
    'run is killed; `performance` has the same run_id and says how it ended.' '' \
    'If stdout is not a terminal it passes through tee, byte by byte and at once, and tokens, cost and model are read from' \
    'what `claude -p --output-format json` (or stream-json), `codex exec --json` and `llm logs -n 1 --json` print. Nothing' \
    'else of it is kept. On a terminal stdout is left alone, because programs print differently into a pipe.' '' \
    '  --tap, --no-tap    $PROMPT_TAP=on|off    read stdout also on a terminal; never read it' '' \
    'If stdin, stdout and stderr are a terminal, a rating from 1 to 5 and a line of text are asked for: Enter skips,' \
    'PROMPT_FEEDBACK=off turns it off.' ''
  pa_flags
}

# Runs pa_command with its stdout through tee, if it is to be read, into read.awk; what that found is left in pa_found.
pa_run_tapped() {
  pa_found=()
  if [[ $pa_tap == off || $pa_tap != on && -t 1 || $pa_closed == *1* ]] || ! hash tee awk; then
    pa_run_command
    return
  fi
  exec {pa_stdout}>&1
  # What ends the command must not end tee, which still has its last words to pass on; but SIGPIPE must: when nobody reads
  # any more, the command has to notice. Whatever becomes of awk, somebody keeps reading its share, or tee would end; and
  # it is given no more than it can hold, were it all one line.
  coproc pa_TAP {
    trap "" HUP INT QUIT TERM
    exec tee >(head -c 67108864 | LC_ALL=C awk -f "$pa_scripts/read.awk"; exec cat >/dev/null) \
      >&"$pa_stdout" {pa_stdout}>&-
  }
  exec {pa_out}>&"${pa_TAP[1]}" {pa_stdout}>&-
  eval "exec ${pa_TAP[1]}>&-"
  exec {pa_answer}<&"${pa_TAP[0]}"
  pa_run_command
  # A process that the command left behind may hold stdout open for ever; tee goes on serving it without us.
  while IFS= read -r -t 1 -u "$pa_answer" pa_line; do pa_found+=("$pa_line"); done
  exec {pa_answer}<&-
}

pa_meanwhile() { :; }

# Takes over what was read from stdout: `name value` lines.
pa_learn() {
  local line name value
  pa_cost='' pa_late_input='' pa_finish='' pa_output='' pa_cached='' pa_written='' pa_reasoning=''
  for line in "${pa_found[@]}"; do
    name=${line%% *} value=${line#* }
    case $name in
      # What ran beats what was asked for: `--model sonnet` has no price.
      model) pa_model=$value ;;
      conversation) pa_conversation=${pa_conversation:-$value} ;;
      error) ((pa_status > 128 || pa_status == 124)) || pa_error=$value pa_success=false ;;
      finish) pa_finish=$value ;;
      cost) pa_cost=$value ;;
      input) [[ $pa_input ]] || pa_late_input=$value ;;
      output) pa_output=$value ;;
      cached) pa_cached=$value ;;
      written) pa_written=$value ;;
      reasoning) pa_reasoning=$value ;;
      # The run happened earlier; this command only looked it up.
      duration) pa_ms=$value ;;
    esac
  done
}

# Asks how it was, and appends what the person says.
pa_ask() {
  [[ ${PROMPT_FEEDBACK-} != off && -t 0 && -t 1 && -t $pa_err ]] && ((pa_status <= 128)) || return 0
  # Nobody sits before a job in the background.
  pa_is_at_terminal || return 0
  local rating='' text='' word=ok cost='' tenths try LC_ALL=C
  trap 'printf "\n" >&"$pa_err"; exit "$pa_status"' INT TERM HUP QUIT
  [[ $pa_success == true ]] || word=${pa_error//_/ }
  [[ -z $pa_cost ]] || printf -v cost ', $%.4f' "$pa_cost"
  ((tenths = (pa_took + 50000) / 100000))
  printf '[%s: %d.%d s, %s%s]  How was it? 1–5, Enter to skip: ' "${pa_id//[[:cntrl:]]/}" $((tenths / 10)) $((tenths % 10)) \
    "$word" "$cost" >&"$pa_err"
  for try in first second; do
    read -r rating || { printf '\n' >&"$pa_err" && return 0; }
    [[ -n $rating ]] || return 0
    [[ $rating != [1-5] ]] || break
    [[ $try == first ]] || return 0
    rating=''
    printf '1 (useless) to 5 (could not be better), Enter to skip: ' >&"$pa_err"
  done
  printf 'One line why (Enter to skip): ' >&"$pa_err"
  read -r text || printf '\n' >&"$pa_err"
  pa_clock
  pa_subject
  pa_put rating "$rating"
  pa_put feedback_text "$text"
  pa_record feedback "$pa_us"
}

pa_streams
pa_options "$@"
pa_is_silenced && pa_instead

pa_load record.sh
pa_clock
pa_asked=$pa_us
[[ $pa_run ]] || { pa_new_ulid "$pa_asked" && pa_run=$pa_ulid; }
trap : PIPE
pa_ready
pa_subject
pa_put input_tokens "$pa_input"
pa_record usage "$pa_asked"

pa_run_tapped
pa_judge
pa_millis
pa_ended=$pa_us
pa_learn
pa_subject
if [[ $pa_late_input ]]; then
  # How much was sent is known only now, and belongs to a `usage`; the use is still one.
  pa_usage=("${pa_pairs[@]}")
  pa_put input_tokens "$pa_late_input"
  pa_record usage "$pa_ended"
  pa_pairs=("${pa_usage[@]}")
fi
pa_put success "$pa_success"
pa_put error_type "$pa_error"
pa_put exit_code "$pa_status"
pa_put finish_reason "$pa_finish"
pa_put duration_ms "$pa_ms"
pa_put output_tokens "$pa_output"
pa_put cached_input_tokens "$pa_cached"
pa_put cache_write_tokens "$pa_written"
pa_put reasoning_tokens "$pa_reasoning"
pa_put cost_usd "$pa_cost"
pa_record performance "$pa_ended"
pa_ask
exit "$pa_status"
