# shellcheck shell=bash disable=SC2034,SC2154
# What the wrappers share before and while the command runs: their flags, and running it untouched. Sourced, never run.
# record.sh, which says what happened, is read when the command runs already and waits for nobody.
#
# Globals are named pa_…: a name that the caller had exported would be changed in the wrapped command's environment.

# A sentence to the person, on the stderr the wrapper was started with; nothing if that was closed.
pa_say() { printf '%s: %s\n' "$pa_name" "$1" >&"$pa_err"; } 2>/dev/null

# Reads the part $1 of this folder.
pa_load() {
  # shellcheck source=/dev/null
  . "$pa_scripts/$1" || pa_say "not recorded: there is no $1 beside wrap.sh"
}

pa_misuse() {
  pa_say "$1"
  pa_say "try: $pa_name summarize --category mail -- claude -p 'Summarize my inbox'; all flags: $pa_name --help"
  exit 2
}

# Reads flags into pa_… and the command into pa_command. A flag beats its variable, also when it is empty.
pa_options() {
  pa_id='' pa_tags=() pa_command=() pa_tap=${PROMPT_TAP-auto}
  pa_template=${PROMPT_TEMPLATE-} pa_starter=${PROMPT_STARTER-} pa_category=${PROMPT_CATEGORY-}
  pa_domain=${PROMPT_DOMAIN-} pa_provider=${PROMPT_PROVIDER-} pa_model=${PROMPT_MODEL-}
  pa_project=${PROMPT_PROJECT-} pa_conversation=${PROMPT_CONVERSATION-} pa_experiment=${PROMPT_EXPERIMENT-}
  pa_variant=${PROMPT_VARIANT-} pa_version=${PROMPT_VERSION-} pa_input=${PROMPT_INPUT_TOKENS-}
  pa_run=${PROMPT_RUN_ID-} pa_host=${PROMPT_HOST-} pa_user=${PROMPT_USER:-${USER:-${LOGNAME-}}}
  local flag value tags=${PROMPT_TAG-}
  while :; do
    (($#)) || pa_misuse "there is no \`--\` with a command after it"
    flag=$1
    shift
    case $flag in
      --) break ;;
      -h | --help) pa_load record.sh && pa_help && exit 0 ;;
      --tap | --no-tap)
        [[ $pa_name == *-enhanced ]] || pa_misuse "there is no flag \`$flag\`"
        [[ $flag == --tap ]] && pa_tap=on || pa_tap=off
        continue
        ;;
      --*=*) value=${flag#*=} flag=${flag%%=*} ;;
      --*)
        [[ $# -gt 0 && $1 != -- ]] || pa_misuse "\`$flag\` needs a value"
        value=$1
        shift
        ;;
      -*) pa_misuse "there is no flag \`$flag\`" ;;
      *)
        [[ -z $pa_id ]] || pa_misuse "\`$flag\` is a second PROMPT_ID; is the \`--\` before the command missing?"
        pa_id=$flag
        continue
        ;;
    esac
    case $flag in
      --template) pa_template=$value ;;
      --starter) pa_starter=$value ;;
      --category) pa_category=$value ;;
      --domain) pa_domain=$value ;;
      --provider) pa_provider=$value ;;
      --model) pa_model=$value ;;
      --project) pa_project=$value ;;
      --conversation) pa_conversation=$value ;;
      --experiment) pa_experiment=$value ;;
      --variant) pa_variant=$value ;;
      --prompt-version) pa_version=$value ;;
      --input-tokens) pa_input=$value ;;
      --run-id) pa_run=$value ;;
      --host) pa_host=$value ;;
      --user) pa_user=$value ;;
      --tag) pa_tags+=("$value") && tags='' ;;
      *) pa_misuse "there is no flag \`$flag\`" ;;
    esac
  done
  while [[ $tags ]]; do
    pa_tags+=("${tags%%,*}")
    [[ $tags == *,* ]] || break
    tags=${tags#*,}
  done
  pa_command=("$@")
  [[ $pa_id ]] || pa_misuse "there is no PROMPT_ID: a short name for the prompt, such as \`summarize\`"
  ((${#pa_command[@]})) || pa_misuse "there is no command after \`--\`"
  [[ -z $pa_input ]] || pa_is_count "$pa_input" || {
    pa_say "left out: \`input_tokens\` is \`${pa_input:0:60}\`, and must be a whole number from 0 to 1000000000000"
    pa_input=''
  }
}

pa_is_count() { [[ $1 =~ ^(0|[1-9][0-9]{0,12})$ ]] && (($1 <= 1000000000000)); }

pa_is_silenced() { [[ ${PROMPT_ANALYTICS-} == off || ${DO_NOT_TRACK-} == 1 ]]; }

# The clock in microseconds since 1970, in pa_us.
pa_clock() {
  if [[ ${EPOCHREALTIME-} ]]; then
    # The decimal sign is the locale's.
    pa_us=${EPOCHREALTIME/[!0-9]/}
    return
  fi
  pa_us=$(exec date +%s%N)
  [[ $pa_us == *[!0-9]* ]] && pa_us=$(exec date +%s)000000000
  pa_us=${pa_us%???}
}

# Keeps bash's own remarks ("Terminated", "Broken pipe") out of the person's stderr, and remembers what was closed.
pa_streams() {
  pa_closed=''
  { : <&0; } 2>/dev/null || { pa_closed+=0 && exec </dev/null; }
  { : >&1; } 2>/dev/null || { pa_closed+=1 && exec >/dev/null; }
  { : >&2; } 2>/dev/null || { pa_closed+=2 && exec 2>/dev/null; }
  exec {pa_err}>&2 2>/dev/null
}

# Runs the command instead of this shell, as if there were no wrapper.
pa_instead() {
  pa_reopen
  exec 2>&"$pa_err" {pa_err}>&-
  [[ $pa_closed != *2* ]] || exec 2>&-
  # bash would name a line of this file.
  if [[ ${pa_command[0]} != */* ]] && ! type -P -- "${pa_command[0]}" >/dev/null; then
    printf '%s: %s: command not found\n' "$pa_name" "${pa_command[0]}" >&2
    exit 127
  fi
  exec -- "${pa_command[@]}"
}

pa_reopen() {
  [[ $pa_closed != *0* ]] || exec <&-
  [[ $pa_closed != *1* ]] || exec >&-
}

# Runs pa_command in the process group, with the streams and with the signals it would have had. Leaves its status in
# pa_status, its start in pa_began and its duration in pa_took (microseconds). With pa_out set, that descriptor is its stdout.
pa_run_command() {
  pa_caught='' pa_child='' pa_early='' pa_is_over=''
  for pa_signal in HUP INT QUIT TERM USR1 USR2; do
    # shellcheck disable=SC2064 # the name is meant to be put in now
    trap "pa_pass_on $pa_signal" "$pa_signal"
  done
  # Not ignored yet: the command would inherit that.
  trap : PIPE
  pa_clock
  pa_began=$pa_us
  # In the background, because bash runs a trap only after a foreground command has ended. That turns off INT and QUIT and
  # takes stdin away; both are given back.
  {
    trap - HUP INT QUIT TERM USR1 USR2 PIPE
    if [[ ${pa_out-} ]]; then exec >&"$pa_out" {pa_out}>&-; fi
    pa_instead
  } <&0 &
  pa_child=$!
  trap '' PIPE
  if [[ ${pa_out-} ]]; then exec {pa_out}>&-; fi
  for pa_signal in $pa_early; do pa_pass_on "$pa_signal"; done
  # The command pays only for what is left to do after it.
  pa_meanwhile
  pa_caught='' pa_status=127
  while :; do
    wait "$pa_child"
    pa_waited=$?
    if [[ -z $pa_caught ]]; then
      # -1 and 127: bash has lost the status of a command that ended in the moment of the signal.
      [[ $pa_waited == -1 || $pa_waited == 127 && $pa_status != 127 ]] || pa_status=$pa_waited
      break
    fi
    # A signal interrupted the waiting, unless the command had ended just then.
    pa_caught=''
    kill -0 "$pa_child" && pa_waited=127
    pa_status=$pa_waited
  done
  pa_is_over=1
  pa_clock
  ((pa_took = pa_us - pa_began))
}

# Hands signal $1 to the command, unless the terminal has done that already: what Ctrl-C sends goes to the whole group, and
# a second one makes many programs drop their work.
pa_pass_on() {
  pa_caught=$1
  [[ -z $pa_is_over ]] || return 0
  if [[ -z $pa_child ]]; then
    pa_early+=" $1"
  elif ! { [[ $1 == INT || $1 == QUIT ]] && pa_is_at_terminal; }; then
    kill -s "$1" "$pa_child"
  fi
}

# Whether this process group is the one in front at a terminal.
pa_is_at_terminal() {
  local stat line
  if read -r line </proc/$$/stat; then
    # pid (name) state parent group session terminal foreground-group, where the name may hold blanks.
    # shellcheck disable=SC2206 # numbers and a letter
    stat=(${line##*) })
    ((stat[4] != 0 && stat[2] == stat[5]))
  else
    [[ -t 0 || -t 1 || -t "$pa_err" ]]
  fi
}
