# shellcheck shell=bash
# What the wrappers share: their flags, running the command untouched, and handing what happened to the log. Sourced,
# never run. Writing without the program is append.sh's, which is read only when it is needed.
#
# Globals are named pa_…: a name that the caller had exported would be changed in the wrapped command's environment.

# A sentence to the person, on the stderr the wrapper was started with; nothing if that was closed.
pa_say() { printf '%s: %s\n' "$pa_name" "$1" >&"$pa_err"; } 2>/dev/null

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
      -h | --help) pa_help && exit 0 ;;
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

# The flags both wrappers have, for their --help.
pa_flags() {
  printf '%s\n' \
    '  --template T       $PROMPT_TEMPLATE      the template the prompt was made from' \
    '  --starter S        $PROMPT_STARTER       the conversation starter' \
    '  --category C       $PROMPT_CATEGORY      the kind of task, such as summarize' \
    '  --domain D         $PROMPT_DOMAIN        the field the task is from, such as legal' \
    '  --provider P       $PROMPT_PROVIDER      who ran the model' \
    '  --model M          $PROMPT_MODEL         the model' \
    '  --project P        $PROMPT_PROJECT       the project it was done for' \
    '  --conversation V   $PROMPT_CONVERSATION  the conversation or session' \
    '  --user U           $PROMPT_USER          the person (else $USER, $LOGNAME)' \
    '  --experiment E     $PROMPT_EXPERIMENT    the experiment' \
    '  --variant V        $PROMPT_VARIANT       the variant of the experiment' \
    '  --prompt-version N $PROMPT_VERSION       the version of the prompt' \
    '  --input-tokens N   $PROMPT_INPUT_TOKENS  tokens sent, cached ones included' \
    '  --run-id ID        $PROMPT_RUN_ID        the use (else a new one)' \
    '  --host H           $PROMPT_HOST          the machine (else its name)' \
    '  --tag X            $PROMPT_TAG           a label; repeat the flag, or separate by commas in the variable' \
    '' \
    'The line goes where `prompt-analytics` reads: $PROMPT_ANALYTICS_DIR, `dir` in the config, metrics/prompt-analytics' \
    'in the working directory or a parent up to the repository root, else the data directory.' \
    'PROMPT_ANALYTICS=off and DO_NOT_TRACK=1 record nothing.'
}

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

# Microseconds since 1970 as RFC 3339 in UTC, in pa_ts. Days to date by Howard Hinnant's "chrono-Compatible Low-Level Date
# Algorithms"; printf's %()T would need the zone, and a newer bash.
pa_utc() {
  local us=$1 days seconds era doe yoe doy mp
  ((days = us / 86400000000 + 719468, seconds = us / 1000000 % 86400))
  ((era = days / 146097, doe = days % 146097))
  ((yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100)))
  ((mp = (5 * doy + 2) / 153))
  printf -v pa_ts '%04d-%02d-%02dT%02d:%02d:%02d.%06dZ' $((yoe + era * 400 + (mp > 9))) $((mp < 10 ? mp + 3 : mp - 9)) \
    $((doy - (153 * mp + 2) / 5 + 1)) $((seconds / 3600)) $((seconds / 60 % 60)) $((seconds % 60)) $((us % 1000000))
  [[ $pa_ts != *000Z ]] || pa_ts=${pa_ts%000Z}Z
  # Tests and demonstrations pin the clock, as they do for the program.
  if [[ ${PROMPT_ANALYTICS_NOW-} =~ ^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]+)?Z$ ]]; then
    pa_ts=$PROMPT_ANALYTICS_NOW
  fi
}

# A new ULID of the instant $1 (microseconds), in pa_ulid. Eighty random bits without a fork: $RANDOM is seeded by time and
# process id, so that two wrappers of one moment could draw the same.
pa_new_ulid() {
  local l=0123456789ABCDEFGHJKMNPQRSTVWXYZ random='' p i
  ((p = $1 / 1000))
  pa_ulid=${l:p >> 45:1}${l:p >> 40 & 31:1}${l:p >> 35 & 31:1}${l:p >> 30 & 31:1}${l:p >> 25 & 31:1}
  pa_ulid+=${l:p >> 20 & 31:1}${l:p >> 15 & 31:1}${l:p >> 10 & 31:1}${l:p >> 5 & 31:1}${l:p & 31:1}
  if { read -r random </proc/sys/kernel/random/uuid; } 2>/dev/null; then
    random=${random:0:8}${random:24}
  elif [[ ${SRANDOM-} ]]; then
    printf -v random '%08x%08x%08x' "$SRANDOM" "$SRANDOM" "$SRANDOM"
  else
    RANDOM=$((($$ * 2654435761 ^ $1) & 0x7fffffff))
    printf -v random '%04x%04x%04x%04x%04x%04x' $RANDOM $RANDOM $RANDOM $((($$ ^ RANDOM) & 65535)) $RANDOM $RANDOM
  fi
  for i in 0 5 10 15; do
    ((p = 16#${random:i:5}))
    pa_ulid+=${l:p >> 15 & 31:1}${l:p >> 10 & 31:1}${l:p >> 5 & 31:1}${l:p & 31:1}
  done
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

# What pa_status means: pa_success, and pa_error for what broke.
pa_judge() {
  local name=${pa_command[0]##*/}
  pa_success=false
  if ((pa_status == 0)); then
    pa_success=true pa_error=''
  elif ((pa_status == 124)) && [[ $name == timeout || $name == gtimeout ]]; then
    pa_error=timeout
  elif ((pa_status > 128 && pa_status <= 192)); then
    pa_error=signal_$((pa_status - 128))
  else
    pa_error=exit_$pa_status
  fi
}

# pa_took in milliseconds, in pa_ms; nothing when the clock was set back meanwhile.
pa_millis() {
  pa_ms=''
  ((pa_took >= 0 && pa_took <= 10000000000000)) || return 0
  printf -v pa_ms '%d.%03d' $((pa_took / 1000)) $((pa_took % 1000))
  pa_ms=${pa_ms%0} pa_ms=${pa_ms%0} pa_ms=${pa_ms%.0}
}

# Starts pa_pairs with who and what the use is about, in the order of the event's fields. Empty values are left out.
pa_subject() {
  local tag
  if [[ -z $pa_host ]]; then
    # Not $HOSTNAME: it may come from the environment.
    read -r pa_host </proc/sys/kernel/hostname || pa_host=$(exec uname -n)
  fi
  pa_pairs=()
  pa_put run_id "$pa_run"
  pa_put prompt_id "$pa_id"
  pa_put prompt_version "$pa_version"
  pa_put template_id "$pa_template"
  pa_put starter_id "$pa_starter"
  pa_put task_category "$pa_category"
  pa_put task_domain "$pa_domain"
  pa_put provider "$pa_provider"
  pa_put model "$pa_model"
  pa_put project_id "$pa_project"
  pa_put conversation_id "$pa_conversation"
  pa_put user_id "$pa_user"
  pa_put experiment_id "$pa_experiment"
  pa_put variant "$pa_variant"
  pa_put source "$pa_name"
  pa_put host "$pa_host"
  for tag in "${pa_tags[@]}"; do pa_put tags "$tag"; done
}

pa_put() { [[ -z $2 ]] || pa_pairs+=("$1=$2"); }

# Finds out who will append: the program if there is one, else append.sh.
pa_ready() {
  pa_program=''
  if hash prompt-analytics; then
    pa_program=prompt-analytics
  else
    pa_without
  fi
}

# shellcheck source=scripts/append.sh
pa_without() { pa_program='' && . "$pa_scripts/append.sh"; }

# Appends the event of kind $1 made of pa_pairs at the instant $2 (microseconds). Says once why it could not, and never fails.
pa_record() {
  local note='' status=126
  pa_utc "$2"
  if [[ $pa_program ]]; then
    note=$(exec "$pa_program" record "$1" "ts=$pa_ts" "${pa_pairs[@]}" 2>&1 >/dev/null)
    status=$?
    # It cannot be started, it was killed, or a value is too long for an argument.
    ((status < 126)) || pa_without
  fi
  if [[ -z $pa_program ]]; then
    note=$(pa_append "$1" "$2" 2>/dev/null)
    status=$?
  fi
  if ((status != 0)) && [[ -z ${pa_has_said-} ]]; then
    pa_has_said=1
    note=${note#error: }
    note=${note%%$'\n'*}
    pa_say "not recorded: ${note:-the log could not be written}"
  elif ((status == 0)) && [[ $note ]]; then
    pa_say "${note#note: }"
  fi
  return 0
}
