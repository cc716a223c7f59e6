# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# What is said of a run and how it comes into the log: by the program, or by append.sh if there is none. Sourced, never run.

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

# Microseconds since 1970 as RFC 3339 in UTC, in pa_ts. Days to date by Howard Hinnant's "chrono-Compatible Low-Level Date
# Algorithms"; printf's %()T would need the zone, and a newer bash.
pa_utc() {
  [[ ${pa_utc_of-} != "$1" ]] || return 0
  pa_utc_of=$1
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

pa_without() { pa_program='' && pa_load append.sh; }

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
