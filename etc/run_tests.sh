#!/usr/bin/env bash
# Everything that `make test` proves, in two runs that both always happen: first the browser tests, one at a
# time on a quiet machine, then all the rest on two cores. Fails when either fails; ends on pytest's own line.
set -uo pipefail
cd "$(dirname "$0")/.."

OWNCHANNEL_RECAP=$(mktemp)
export OWNCHANNEL_RECAP
trap 'rm -f "$OWNCHANNEL_RECAP"' EXIT

status=0
.venv/bin/pytest -m "browser and not slow" tests || status=1
# A workbook's cells belong together, hence one worker a file.
.venv/bin/pytest -n 2 --dist loadfile || status=1
exit $status
