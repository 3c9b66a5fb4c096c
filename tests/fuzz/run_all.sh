#!/usr/bin/env bash
# Fuzz every parser, some at a time, and print a table: tests/fuzz/run_all.sh [seconds] [at a time] [python]
# Logs and corpora stay in test-artifacts/fuzz. Fails where an input crashed, hung or took too much memory.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:-600} at_a_time=${2:-2} python=${3:-.venv/bin/python}
corpus=${FUZZ_CORPUS:-test-artifacts/fuzz}
"$python" -c "import atheris" 2>/dev/null || {
    echo "Fuzzing needs atheris, on Linux: $python -m pip install -e '.[fuzz]'"
    exit 1
}
readers=${FUZZ_READERS:-$("$python" tests/fuzz/fuzz_reader.py --list 2>/dev/null)}
mkdir -p "$corpus"

fuzz() {
    nice -n 10 "$1" tests/fuzz/fuzz_reader.py --reader "$4" --seconds "$2" --corpus "$3/$4" >"$3/$4.log" 2>&1 || true
}
export -f fuzz
# shellcheck disable=SC2086 # one reader a word
printf '%s\n' $readers | xargs -P "$at_a_time" -I{} bash -c 'fuzz "$@"' _ "$python" "$seconds" "$corpus" {}

stat() { sed -n "s/^stat::$1: *//p" "$2" | tail -1; }
failed=0
printf '%-24s%12s%9s%9s%12s%9s\n' parser executions seconds crashes "slowest ms" "peak MB"
for reader in $readers; do
    log=$corpus/$reader.log
    crashes=$(find "$corpus/$reader" -name 'crash-*' -o -name 'timeout-*' -o -name 'oom-*' | wc -l)
    slowest=$(sed -n 's/^slowest so far: \([0-9]*\) ms/\1/p' "$log" | tail -1)
    ran=$(sed -n 's/^Done [0-9]* runs in \([0-9]*\) second.*/\1/p' "$log")
    printf '%-24s%12s%9s%9s%12s%9s\n' "$reader" "$(stat number_of_executed_units "$log")" "${ran:-–}" "$crashes" \
        "${slowest:-–}" "$(stat peak_rss_mb "$log")"
    [[ -n $ran && $crashes == 0 ]] || failed=1
done
exit $failed
