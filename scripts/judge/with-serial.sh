#!/usr/bin/env bash
# with-serial.sh PTY COMMAND...
# Runs a command to which a pseudo-terminal looks like a serial port of the system, /dev/ttyDAQTOR: libserialport, by which sigrok
# opens ports, wants it to stand in /sys and to have modem lines. SERIAL within the words of the command becomes its name.
# Needs Linux, root, unshare and cc; where one is missing it says `not run: REASON` and exits with 77.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

not_run() {
  echo "not run: $1"
  exit 77
}
[ "$(uname)" = Linux ] || not_run 'a pseudo-terminal is made a serial port on Linux only'
[ "$(id -u)" = 0 ] || not_run 'making a pseudo-terminal a serial port needs root'
for tool in unshare cc; do command -v "$tool" >/dev/null || not_run "$tool is not installed"; done
unshare -m --propagation private true 2>/dev/null || not_run 'a mount namespace is not allowed here'

pty=$1
shift
work=$(mktemp -d)
name=ttyDAQTOR
trap 'rm -rf "$work" "/dev/$name"' EXIT
cc -shared -fPIC -o "$work/modem-lines.so" "$here/modem-lines.c" -ldl
ln -sf "$pty" "/dev/$name"
unshare -m --propagation private bash -c '
  mount -t tmpfs tmpfs /sys/class/tty
  ln -s "../../devices/virtual/tty/$1" "/sys/class/tty/$1"
  export LD_PRELOAD=$2
  shift 2
  "$@"
' with-serial "$name" "$work/modem-lines.so" "${@//SERIAL//dev/$name}"
