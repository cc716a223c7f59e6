#!/usr/bin/env bash
# Everything that must hold before a change lands: form, lints, documentation, forbidden words, tests.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }

step 'cargo fmt --check'
cargo fmt --check
cargo fmt --check --manifest-path tests/bench/criterion/Cargo.toml

step 'cargo clippy'
cargo clippy --quiet --all-targets -- -D warnings

step 'cargo doc'
RUSTDOCFLAGS='-D warnings' cargo doc --quiet --no-deps --document-private-items

step 'words that have no place here'
if git grep -nE 'TODO|FIXME|XXX|dbg!\(|todo!\(|unimplemented!\(' -- 'src' 'tests' 'scripts/*.sh' ':!scripts/check.sh'; then
    echo 'check.sh: finish these, or say why not' >&2
    exit 1
fi

if command -v shellcheck >/dev/null; then
    step 'shellcheck'
    shellcheck scripts/*.sh .ci/run
else
    echo 'shellcheck is not installed (Debian package shellcheck): the scripts are not linted'
fi

step 'the commands README begins with'
mapfile -t commands < <(awk '/^```sh$/ { inside = 1; next } /^```$/ { exit } inside' README.md)
for command in "${commands[@]}"; do
    printf '$ %s\n' "$command"
    eval "$command"
done
