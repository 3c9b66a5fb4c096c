#!/usr/bin/env bash
# Prints the newest Python from 3.11 up that can make a virtual environment; with --explain, says what is missing.
for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
  if "$name" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    [ "$1" = --explain ] || command -v "$name"
    exit 0
  fi
done
[ "$1" = --explain ] || exit 0
cat >&2 <<'END'
ownchannel needs Python 3.11 or newer, with its venv module, and found none on your PATH.
  Debian, Ubuntu:  sudo apt-get install python3 python3-venv
  macOS:           brew install python@3.13
  Windows:         see "Without make" in README.md
Then run the same command again, or name your Python: make setup PYTHON=/path/to/python3.13
END
exit 1
