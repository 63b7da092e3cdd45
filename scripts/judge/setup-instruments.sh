#!/usr/bin/env bash
# Installs the programs that drive the simulators: sigrok-cli, lxi and mbpoll from Debian, where this runs as root, and a virtual
# environment with those for Python. Does nothing where all is there. What cannot be had is said, and
# scripts/check-simulators.mjs reports it as not run.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.venv/instruments
requirements=scripts/judge/instruments-requirements.txt
seabreeze=2.11.0

missing=()
command -v sigrok-cli >/dev/null || missing+=(sigrok-cli)
command -v lxi >/dev/null || missing+=(lxi-tools)
command -v mbpoll >/dev/null || missing+=(mbpoll)
/usr/bin/python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "judge: installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 ||
      { tail -20 "$log" >&2; echo "judge: apt-get could not install ${missing[*]}" >&2; }
    rm -f "$log"
  else
    echo "judge: not there, and only root with apt-get could install: ${missing[*]}" >&2
  fi
fi

if ! cmp -s "$requirements" "$venv/requirements.txt" || ! "$venv/bin/python" -c 'import pyvisa_py, pymeasure' 2>/dev/null; then
  echo "judge: installing the programs for Python into $venv"
  /usr/bin/python3 -m venv --clear "$venv"
  "$venv/bin/python" -m pip install -qq --disable-pip-version-check --only-binary :all: \
    --no-binary grbl-streamer,gcode-machine -r "$requirements"
  cp "$requirements" "$venv/requirements.txt"
fi

# Apart from the others: it is compiled, and not for every Python.
rm -f "$venv/seabreeze-missing.txt"
if ! "$venv/bin/python" -c "import sys, seabreeze; sys.exit(seabreeze.__version__ != '$seabreeze')" 2>/dev/null; then
  said=$("$venv/bin/python" -m pip install -qq --disable-pip-version-check --only-binary :all: "seabreeze==$seabreeze" 2>&1) ||
    tail -n 1 <<<"$said" | tee "$venv/seabreeze-missing.txt"
fi
