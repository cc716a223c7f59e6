#!/usr/bin/env bash
# The old name of `prompt-analytics`: passes everything to the program.

self=${BASH_SOURCE[0]}
while [[ -L $self ]]; do
  link=$(readlink "$self")
  [[ $link == /* || $self != */* ]] || link=${self%/*}/$link
  self=$link
done
home=${self%/*}
[[ $home != "$self" ]] || home=.

for program in "$(type -P prompt-analytics)" "$home/../target/release/prompt-analytics" \
  "$home/../target/debug/prompt-analytics"; do
  [[ -z $program || ! -x $program ]] || exec "$program" "$@"
done
# shellcheck disable=SC2016
printf '%s\n' 'error: there is no program `prompt-analytics` on PATH, nor built beside this script' '' \
  'hint: cargo install --path '"'${home%/}/..'" >&2
exit 127
