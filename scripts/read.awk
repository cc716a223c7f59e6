# Reads what a tool prints about a run, as JSON on one line, on several, or one object per line, and says as `name value`
# lines what it cost. Text that is no JSON is passed over. It holds one line of input at a time.
#
#   claude -p --output-format json|stream-json   {"type":"result","total_cost_usd":…,"usage":{…},"modelUsage":{…},…}
#   codex exec --json                            {"type":"turn.completed","usage":{…}}, whose numbers grow over the thread
#   llm logs -n 1 --json                         [{"model":…,"input_tokens":…,"duration_ms":…,"conversation_id":…}]
#
# Our input_tokens include cached ones, as codex's do and claude's do not; our output_tokens include reasoning, as both do.

# A line is split at its quotes: what lies between an even number of them is structure, and short.
{
  if (depth == 0 && $0 !~ /^[ \t\r]*[[{]/) next
  parts = split($0, part, "\"")
  inside = 0
  text = ""
  for (at = 1; at <= parts; at++) {
    if (!inside) {
      if (!structure(part[at])) { forget(); next }
      inside = 1
      text = ""
      continue
    }
    text = text part[at]
    if (match(part[at], /\\+$/) && RLENGTH % 2 == 1) { text = text "\""; continue }
    inside = 0
    if (at < parts) { if (!string(text)) { forget(); next } }
  }
  # A line ends outside a string, or it is not JSON.
  if (!inside) forget()
}

END { tell() }

function structure(s, i, c, word) {
  word = ""
  for (i = 1; i <= length(s); i++) {
    c = substr(s, i, 1)
    if (c ~ /[-+.0-9a-zA-Z]/) { word = word c; continue }
    if (word != "") { if (!value(word)) return 0; word = "" }
    if (c == "{" || c == "[") {
      if (depth >= 100) return 0
      here = depth == 0 ? "" : kind[depth] == "{" ? path[depth] SUBSEP key : path[depth]
      depth++
      kind[depth] = c; path[depth] = here; wants_key = c == "{"
      # Each object at the top, or in a list at the top, is a record.
      if (c == "{" && (depth == 1 || depth == 2 && kind[1] == "[")) { start(); path[depth] = "" }
    } else if (c == "}" || c == "]") {
      if (depth == 0 || kind[depth] != (c == "}" ? "{" : "[")) return 0
      if (c == "}" && depth == base) record()
      depth--
      wants_key = 0
    } else if (c == ",") wants_key = depth > 0 && kind[depth] == "{"
    else if (c == ":") wants_key = 0
    else if (c !~ /[ \t\r]/) return 0
  }
  return word == "" || value(word)
}

function string(s) {
  if (depth == 0) return 0
  if (wants_key) { key = s; wants_key = 0; return 1 }
  gsub(/\\\//, "/", s)
  # Names of models and sessions have no escapes; what has them is an answer.
  if (base && depth >= base && length(s) <= 200 && s !~ /\\/) keep(s)
  return 1
}

function value(s) {
  if (depth == 0) return 0
  keep(s)
  return 1
}

# Lists inside a record say nothing of cost.
function keep(s) { if (kind[depth] == "{") held[path[depth] SUBSEP key] = s }

function start(i) { base = depth; for (i in held) delete held[i] }

function forget() { depth = 0; base = 0; wants_key = 0 }

function of(a, b) { return (SUBSEP a (b == "" ? "" : SUBSEP b)) in held ? held[SUBSEP a (b == "" ? "" : SUBSEP b)] : "" }

function record(type, i, name, most, names, tokens) {
  type = of("type")
  if (type == "result" && of("session_id") != "") {
    found["conversation"] = of("session_id")
    found["cost"] = of("total_cost_usd")
    found["finish"] = of("stop_reason")
    found["error"] = of("is_error") == "true" ? (of("subtype") ~ /^error/ ? of("subtype") : "is_error") : ""
    found["output"] = of("usage", "output_tokens")
    found["cached"] = of("usage", "cache_read_input_tokens")
    found["written"] = of("usage", "cache_creation_input_tokens")
    tokens = of("usage", "input_tokens")
    if (tokens != "") found["input"] = sprintf("%.0f", tokens + found["cached"] + found["written"])
    # Helpers on smaller models run beside the one that was asked; it is the dearest.
    most = -1
    for (i in held) {
      if (split(i, names, SUBSEP) != 4 || names[2] != "modelUsage" || names[4] != "costUSD") continue
      if (held[i] + 0 > most || held[i] + 0 == most && names[3] < name) { most = held[i] + 0; name = names[3] }
    }
    if (name != "") found["model"] = name
  } else if (type == "thread.started") {
    found["conversation"] = of("thread_id")
  } else if (type == "turn.completed") {
    found["error"] = ""
    found["input"] = of("usage", "input_tokens")
    found["cached"] = of("usage", "cached_input_tokens")
    found["written"] = of("usage", "cache_write_input_tokens")
    found["output"] = of("usage", "output_tokens")
    found["reasoning"] = of("usage", "reasoning_output_tokens")
  } else if (type == "turn.failed") {
    found["error"] = "turn_failed"
  } else if (type == "" && of("conversation_id") != "" && of("duration_ms") != "" && of("model") != "") {
    found["model"] = of("resolved_model") != "" && of("resolved_model") != "null" ? of("resolved_model") : of("model")
    found["conversation"] = of("conversation_id")
    found["duration"] = of("duration_ms")
    found["input"] = of("input_tokens")
    found["output"] = of("output_tokens")
  }
  base = 0
}

# What is not a sound value is left out, so that it cannot cost the line.
function tell(i) {
  for (i in found) {
    if (found[i] == "" || found[i] == "null") continue
    if (i == "cost") {
      if (found[i] !~ /^[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$/ || found[i] + 0 > 1000000) continue
      if (found[i] !~ /^[0-9]+(\.[0-9]+)?$/ || found[i] ~ /\.[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]/) {
        found[i] = sprintf("%.9f", found[i])
      }
      if (found[i] ~ /\./) sub(/\.?0+$/, "", found[i])
    } else if (i == "duration") {
      if (found[i] !~ /^(0|[1-9][0-9]*)(\.[0-9]+)?$/ || found[i] + 0 > 10000000000) continue
    } else if (i ~ /^(input|output|cached|written|reasoning)$/) {
      if (found[i] !~ /^(0|[1-9][0-9]*)$/ || found[i] + 0 > 1000000000000) continue
    }
    print i " " found[i]
  }
}
