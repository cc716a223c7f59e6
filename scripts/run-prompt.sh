#!/bin/bash
# shellcheck disable=SC2016,SC2034,SC2154
#
# Runs a command and appends one `run` line to the log: what was asked, how long it took and how it ended.
# `run-prompt.sh --help` says more.

pa_name=run-prompt
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
  printf '%s\n' 'Run a command, and append one line about it to the log of prompt-analytics' '' \
    'Usage: run-prompt.sh PROMPT_ID [FLAGS] -- COMMAND [ARG…]' '' \
    'The command keeps its stdin, stdout, stderr, terminal, signals and exit status. The line says what was used, by whom,' \
    'whether it succeeded, what broke (exit_3, signal_15, timeout) and how long it took. No prompt and no answer is kept.' ''
  pa_flags
}

pa_streams
pa_options "$@"
pa_is_silenced && pa_instead

pa_meanwhile() {
  pa_load record.sh
  [[ $pa_run ]] || { pa_new_ulid "$pa_began" && pa_run=$pa_ulid; }
  pa_subject
  pa_put input_tokens "$pa_input"
  pa_utc "$pa_began"
  pa_ready
}

pa_run_command
pa_judge
pa_millis
pa_put success "$pa_success"
pa_put error_type "$pa_error"
pa_put exit_code "$pa_status"
pa_put duration_ms "$pa_ms"
pa_record run "$pa_began"
exit "$pa_status"
