/*
 * Gives pseudo-terminals modem lines, for programs that give up where there are none (libserialport): what is set is kept, and
 * read back as a null modem would have it. To be loaded by LD_PRELOAD.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <sys/ioctl.h>

static int lines[1024];

static void null_modem(int *all) {
  *all &= TIOCM_DTR | TIOCM_RTS;
  if (*all & TIOCM_DTR) *all |= TIOCM_DSR | TIOCM_CAR;
  if (*all & TIOCM_RTS) *all |= TIOCM_CTS;
}

int ioctl(int fd, unsigned long request, ...) {
  static int (*real)(int, unsigned long, ...);
  va_list given;
  va_start(given, request);
  void *argument = va_arg(given, void *);
  va_end(given);
  if (!real) real = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
  int result = real(fd, request, argument);
  if (result == 0 || fd < 0 || fd >= 1024) return result;
  int *bits = argument;
  switch (request) {
    case TIOCMGET: *bits = lines[fd]; return 0;
    case TIOCMSET: lines[fd] = *bits; break;
    case TIOCMBIS: lines[fd] |= *bits; break;
    case TIOCMBIC: lines[fd] &= ~*bits; break;
    default: return result;
  }
  null_modem(&lines[fd]);
  return 0;
}
