# shellcheck shell=bash disable=SC2016,SC2034,SC2094,SC2154
# Appending without the program: the same line, the same place, the same privacy, the same lock. Sourced by wrap.sh, and
# run in a subshell: what it prints there is what the person is told, and a failure means that nothing was recorded.

# Appends the event of kind $1 made of pa_pairs at pa_ts; $2 is its instant in microseconds, for its identity.
pa_append() {
  LC_ALL=C
  umask 077
  local dir line pair
  pa_find_place || return
  dir=$pa_dir
  pa_new_ulid "$2"
  line="{\"v\":1,\"id\":\"$pa_ulid\",\"ts\":\"$pa_ts\",\"event\":\"$1\""
  local tags=''
  for pair in "${pa_pairs[@]}"; do
    local field=${pair%%=*} value=${pair#*=}
    if ! pa_utf8 "$value" || ! pa_kept "$field" "$pa_text"; then continue; fi
    case $field in
      success | exit_code | input_tokens | duration_ms | output_tokens | cached_input_tokens | cache_write_tokens | \
        cache_write_1h_tokens | \
        reasoning_tokens | cost_usd | rating)
        line+=",\"$field\":$pa_text"
        ;;
      tags)
        pa_quote "$pa_text"
        if [[ $tags ]]; then line=${line%]},$pa_json]; else line+=",\"tags\":[$pa_json]" tags=1; fi
        ;;
      *)
        pa_quote "$pa_text"
        line+=",\"$field\":$pa_json"
        ;;
    esac
  done
  pa_write "$dir" "$line}"
}

# One whole line at the end of the month's file, under the directory's lock. A bare `>>` would be torn by other writers past
# 4096 bytes, and could be glued to a line that somebody else left torn.
pa_write() {
  local dir=$1 line=$2 file
  [[ -d $dir ]] || mkdir -p -- "$dir" || { printf 'cannot create %s' "$dir" && return 2; }
  file=$dir/events-${pa_ts:0:7}.jsonl
  { exec 9>>"$dir/.lock"; } || { printf 'cannot open %s' "$dir/.lock" && return 2; }
  if hash flock && ! flock -w 1 9; then
    pa_clock
    pa_new_ulid "$pa_us"
    file=${file%.jsonl}.beside-${pa_ulid,,}.jsonl
    printf 'the log was busy for a second; written to %s, which is read as well' "$file"
  fi
  # `read` succeeds where it finds a newline, which is all that is asked of the last byte.
  [[ ! -s $file ]] || IFS= read -r _ < <(exec tail -c 1 -- "$file") || line=$'\n'$line
  { printf '%s\n' "$line" >>"$file"; } || { printf 'cannot write %s' "$file" && return 2; }
}

# The metrics directory, in pa_dir, and the [privacy] that holds there: the rule of the program's `cli/place.rs`.
pa_find_place() {
  local config data up root home="${HOME-}"
  pa_dir='' pa_keep_user=keep pa_keep_text=keep pa_salt=''
  if [[ -z $home ]]; then
    unset HOME
    home=~ # from the user database
  fi
  config=${XDG_CONFIG_HOME-} data=${XDG_DATA_HOME-}
  [[ $config == /* ]] || config=$home/.config
  [[ $data == /* ]] || data=$home/.local/share
  config=$config/prompt-analytics/config.toml
  if [[ ${PROMPT_ANALYTICS_CONFIG-} ]]; then
    config=$PROMPT_ANALYTICS_CONFIG
    [[ -e $config ]] || { printf 'there is no config %s' "$config" && return 2; }
  fi
  pa_read_config "$config" || return
  if [[ ${PROMPT_ANALYTICS_DIR-} ]]; then
    pa_dir=$PROMPT_ANALYTICS_DIR
  elif [[ $pa_dir == \~ || $pa_dir == \~/* ]]; then
    pa_dir=$home${pa_dir#\~}
  elif [[ -z $pa_dir ]]; then
    cd -P . || { printf 'cannot tell the working directory; was it deleted?' && return 2; }
    up=$PWD root=$PWD
    while :; do
      [[ ! -e ${up%/}/.git ]] || { root=$up && break; }
      [[ $up != / ]] || break
      up=${up%/*}
      up=${up:-/}
    done
    up=$PWD
    while :; do
      if [[ -d ${up%/}/metrics/prompt-analytics ]]; then
        pa_dir=${up%/}/metrics/prompt-analytics
        break
      fi
      [[ $up != "$root" ]] || break
      up=${up%/*}
      up=${up:-/}
    done
    pa_dir=${pa_dir:-$data/prompt-analytics}
  fi
  local found=$pa_dir
  pa_dir=''
  pa_read_config "$found/config.toml" || return
  if [[ $pa_dir ]]; then
    printf '`dir` in %s has no meaning: the directory is already found there' "$found/config.toml"
    return 2
  fi
  pa_dir=$found
}

# Takes `dir` and [privacy] from the config $1, which may be absent. A later setting replaces an earlier one. What
# touches a person and is not understood here is an error: rather no line than one that says too much.
pa_read_config() {
  [[ -e $1 ]] || return 0
  [[ -f $1 && -r $1 ]] || { printf 'cannot read %s' "$1" && return 2; }
  local line section='' key number=0
  while IFS= read -r line || [[ $line ]]; do
    ((number++))
    line=${line%$'\r'}
    line=${line#"${line%%[![:blank:]]*}"}
    if [[ $line =~ ^\[[[:blank:]]*[\"\']?([A-Za-z0-9_-]+)[\"\']?[[:blank:]]*\][[:blank:]]*(#.*)?$ ]]; then
      section=${BASH_REMATCH[1]}
    elif [[ $line == \[* ]]; then
      section='[other]'
      [[ $line != *privacy* ]] || pa_no_config "$1" "$number" || return
    elif [[ -z $line || $line == \#* || $section && $section != privacy ]]; then
      continue
    elif [[ $line =~ ^[\"\']?([A-Za-z0-9_-]+)[\"\']?[[:blank:]]*=[[:blank:]]*(.*)$ ]]; then
      key=$section.${BASH_REMATCH[1]} line=${BASH_REMATCH[2]}
      case $key in
        .dir | privacy.*) pa_config_value "$key" "$line" || pa_no_config "$1" "$number" || return ;;
        .privacy) pa_inline_privacy "$line" || pa_no_config "$1" "$number" || return ;;
      esac
    elif [[ $section || $line == *privacy* ]]; then
      pa_no_config "$1" "$number" || return
    fi
  done <"$1"
}

pa_no_config() {
  printf '%s:%s is not understood without the program; put prompt-analytics on PATH' "$1" "$2"
  return 2
}

# One setting, $1, whose value is the start of $2; the rest of $2 after it is left in pa_rest and may be a comment only.
pa_config_value() {
  local value
  if [[ $2 =~ ^\"([^\"\\]*)\"[[:blank:]]*(.*)$ || $2 =~ ^\'([^\']*)\'[[:blank:]]*(.*)$ ]]; then
    value=${BASH_REMATCH[1]} pa_rest=${BASH_REMATCH[2]}
  elif [[ $2 =~ ^\"(([^\"\\]|\\[\\\"btnfr])*)\"[[:blank:]]*(.*)$ ]]; then
    value=${BASH_REMATCH[1]} pa_rest=${BASH_REMATCH[3]}
    printf -v value '%b' "${value//\\\"/\"}"
  else
    return 1
  fi
  [[ -z $pa_rest || $pa_rest == \#* || ${3-} ]] || return 1
  case $1 in
    .dir) pa_dir=$value ;;
    privacy.salt) pa_salt=$value ;;
    privacy.user | privacy.parameters | privacy.text)
      [[ $value == keep || $value == hash || $value == drop ]] || return 1
      # The wrappers write no parameters.
      [[ $1 == privacy.parameters ]] || printf -v "pa_keep_${1#*.}" '%s' "$value"
      ;;
    *) return 1 ;;
  esac
}

# `privacy = { user = "hash", salt = "…" }`
pa_inline_privacy() {
  [[ $1 == \{* ]] || return 1
  pa_rest=${1#\{}
  while [[ $pa_rest =~ ^[[:blank:]]*,?[[:blank:]]*([a-z]+)[[:blank:]]*=[[:blank:]]*(.*)$ ]]; do
    pa_config_value "privacy.${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" inline || return
  done
  [[ $pa_rest =~ ^[[:blank:]]*\}[[:blank:]]*(#.*)?$ ]]
}

# What is kept of the value $2 of field $1, in pa_text; fails if nothing is.
pa_kept() {
  local keep=keep
  case $1 in
    user_id) keep=$pa_keep_user ;;
    feedback_text) keep=$pa_keep_text ;;
  esac
  case $keep in
    drop) return 1 ;;
    hash)
      hash sha256sum || return
      pa_text=$(printf '%s' "$pa_salt$2" | sha256sum)
      pa_text=${pa_text:0:16}
      [[ ${#pa_text} == 16 ]]
      ;;
  esac
}

# $1 as UTF-8, in pa_text: each maximal part that is not becomes U+FFFD, as Rust's `from_utf8_lossy` has it.
pa_utf8() {
  pa_text=$1
  [[ $1 == *[$'\x80'-$'\xff']* ]] || return 0
  local rest=$1 tail=[$'\x80'-$'\xbf']
  # Leading and following bytes are disjoint, so the order of these does not matter; x keeps neighbours apart.
  rest=${rest//[$'\xc2'-$'\xdf']$tail/x}
  rest=${rest//$'\xe0'[$'\xa0'-$'\xbf']$tail/x}
  rest=${rest//[$'\xe1'-$'\xec\xee\xef']$tail$tail/x}
  rest=${rest//$'\xed'[$'\x80'-$'\x9f']$tail/x}
  rest=${rest//$'\xf0'[$'\x90'-$'\xbf']$tail$tail/x}
  rest=${rest//[$'\xf1'-$'\xf3']$tail$tail$tail/x}
  rest=${rest//$'\xf4'[$'\x80'-$'\x8f']$tail$tail/x}
  [[ $rest == *[$'\x80'-$'\xff']* ]] || return 0
  pa_bytes "$1" repair
}

# $1, which is UTF-8, as a JSON string in pa_json, escaped as serde_json does.
pa_quote() {
  local text=$1 code char
  if [[ $text == *[$'\x01'-$'\x1f'\"\\]* ]]; then
    if ((${#text} > 4096)); then
      # Each replacement below walks the rest of the text.
      pa_bytes "$text" quote
      text=$pa_text
    else
      text=${text//\\/\\\\}
      text=${text//\"/\\\"}
      text=${text//$'\n'/\\n}
      text=${text//$'\t'/\\t}
      text=${text//$'\r'/\\r}
      text=${text//$'\b'/\\b}
      text=${text//$'\f'/\\f}
      while [[ $text =~ [$'\x01'-$'\x1f'] ]]; do
        char=${BASH_REMATCH[0]}
        printf -v code '\\u%04x' "'$char"
        text=${text//"$char"/$code}
      done
    fi
  fi
  pa_json=\"$text\"
}

# $1 byte by byte, in pa_text: with `repair` made UTF-8, with `quote` escaped for JSON. For what is rare or long.
pa_bytes() {
  hash od awk || return
  # awk answers in octal escapes, because not every awk can print every byte.
  printf -v pa_text '%b' "$(printf '%s' "$1" | od -An -v -tu1 | awk -v quote="$([[ $2 == quote ]] && printf 1)" '
    function put(bytes, at) { for (at = 1; at <= bytes; at++) printf "\\0%o", held[at] }
    function lost() { printf "\\0357\\0277\\0275" }
    function take(byte) {
      if (need > 0) {
        if (byte >= low && byte <= high) {
          held[++have] = byte; low = 128; high = 191
          if (--need == 0) { put(have) }
          return
        }
        lost(); need = 0
      }
      if (byte < 128) plain(byte)
      else if (byte >= 194 && byte <= 223) start(byte, 1, 128, 191)
      else if (byte == 224) start(byte, 2, 160, 191)
      else if (byte == 237) start(byte, 2, 128, 159)
      else if (byte >= 225 && byte <= 239) start(byte, 2, 128, 191)
      else if (byte == 240) start(byte, 3, 144, 191)
      else if (byte >= 241 && byte <= 243) start(byte, 3, 128, 191)
      else if (byte == 244) start(byte, 3, 128, 143)
      else lost()
    }
    function start(byte, more, least, most) { held[1] = byte; have = 1; need = more; low = least; high = most }
    function plain(byte) {
      if (!quote || byte >= 32 && byte != 34 && byte != 92) printf "\\0%o", byte
      else if (byte == 34) printf "\\0134\\042"
      else if (byte == 92) printf "\\0134\\0134"
      else if (byte == 8) printf "\\0134b"
      else if (byte == 9) printf "\\0134t"
      else if (byte == 10) printf "\\0134n"
      else if (byte == 12) printf "\\0134f"
      else if (byte == 13) printf "\\0134r"
      else printf "\\0134u%04x", byte
    }
    { for (at = 1; at <= NF; at++) take($at + 0) }
    END { if (need > 0) lost() }')"
  [[ $pa_text || -z $1 ]]
}
