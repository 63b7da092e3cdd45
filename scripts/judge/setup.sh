#!/usr/bin/env bash
# Prepares the judges: Debian's h5py and PyTables for /usr/bin/python3 (compare-values.py), and a virtual environment
# with PyMoDAQ's reader (check-dataset.py, check-units.py) and bluesky's event-model (check-documents.py). Does nothing where all is there.
#
# DAQTOR_JUDGE: folder of the virtual environment (default .venv/judge in the project)
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=${DAQTOR_JUDGE:-.venv/judge}
requirements=scripts/judge/requirements.txt

fail() {
  printf 'judge: %s\n' "$*" >&2
  exit 1
}

can_compare() { /usr/bin/python3 -c 'import h5py, tables' 2>/dev/null; }
can_make_venv() { /usr/bin/python3 -c 'import ensurepip' 2>/dev/null; }

if ! can_compare || ! can_make_venv; then
  packages=(python3-h5py python3-tables python3-venv)
  command -v apt-get >/dev/null || fail "/usr/bin/python3 lacks h5py, tables or venv, and there is no apt-get; install them by hand"
  [ "$(id -u)" = 0 ] || fail "/usr/bin/python3 lacks h5py, tables or venv; run as root: apt-get install ${packages[*]}"
  echo "judge: installing ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >"$log" 2>&1 ||
    { tail -20 "$log" >&2; fail 'apt-get could not install them, see above'; }
  rm -f "$log"
  { can_compare && can_make_venv; } || fail "/usr/bin/python3 lacks h5py, tables or venv even after their installation"
fi

stamp=$venv/requirements.txt
if ! cmp -s "$requirements" "$stamp" || ! "$venv/bin/python" -c 'import h5py, tables, event_model' 2>/dev/null; then
  version=$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  [ "$version" = 3.11 ] || fail "$requirements is pinned for Python 3.11, but /usr/bin/python3 is $version"
  echo "judge: installing PyMoDAQ's reader and event-model into $venv"
  /usr/bin/python3 -m venv --clear "$venv"
  "$venv/bin/python" -m pip install -qq --disable-pip-version-check --only-binary :all: --no-deps -r "$requirements" ||
    fail 'pip could not install the reader, see above'
  "$venv/bin/python" scripts/judge/check-dataset.py --help >/dev/null || fail "PyMoDAQ's reader does not start, see above"
  cp "$requirements" "$stamp"
fi
