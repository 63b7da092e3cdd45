#!/usr/bin/env bash
# with-usb.sh COMMAND...
# Runs a command where /dev/bus/usb and /sys are served from user space (packages/sim/src/testing/usbfs): USB for machines
# whose kernel has none. Outside of its mount namespace only an empty /dev/bus/usb may appear. Needs Linux, root, /dev/fuse,
# unshare and python3; where one is missing it says `not run: REASON` and exits with 77.
set -euo pipefail
cd "$(dirname "$0")/.."

not_run() {
  echo "not run: $1"
  exit 77
}
[ "$(uname)" = Linux ] || not_run 'USB is served from user space on Linux only'
[ "$(id -u)" = 0 ] || not_run 'serving USB from user space needs root'
[ -r /dev/fuse ] && [ -w /dev/fuse ] || not_run 'there is no /dev/fuse that may be used'
for tool in unshare python3 mount; do command -v "$tool" >/dev/null || not_run "$tool is not installed"; done
unshare -m --propagation private true 2>/dev/null || not_run 'a mount namespace is not allowed here'

exec unshare -m --propagation private bash -c '
  set -euo pipefail
  mount -t tmpfs tmpfs /sys
  mkdir -p /run/udev
  mount -t tmpfs tmpfs /run/udev
  # The mark of a running udevd, without which libudev hears nothing.
  mkdir -p /run/udev/data && : >/run/udev/control
  mkdir -p /dev/bus/usb
  exec 9<>/dev/fuse
  mount -i -t fuse usbfs /dev/bus/usb -o fd=9,rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions
  work=$(mktemp -d)
  export DAQTOR_USBFS=$work/socket
  node --import tsx packages/sim/src/testing/usbfs/usbfs-main.ts &
  server=$!
  finish() {
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    rm -rf "$work"
    umount -l /dev/bus/usb 2>/dev/null || true
  }
  trap finish EXIT
  exec 9<&-
  for _ in $(seq 200); do [ -S "$DAQTOR_USBFS" ] && break; sleep 0.05; done
  # libudev would ask the kernel whether /sys is the real one.
  export SYSTEMD_DEVICE_VERIFY_SYSFS=0
  "$@"
' with-usb "$@"
