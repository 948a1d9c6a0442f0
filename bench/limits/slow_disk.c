/* A disk whose syncs take longer: preloaded (LD_PRELOAD), it lets every sync wait SLOW_DISK_MS before it returns.

   What is written stays as fast as it was; a program that answers before its sync returns looks as fast as ever. */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void
wait_for_the_disk (void)
{
  const char *text = getenv ("SLOW_DISK_MS");
  const long ms = NULL == text ? 0 : strtol (text, NULL, 10);
  const struct timespec pause = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
  nanosleep (&pause, NULL);
}

#define SLOW(name)                                                        \
  int name (int descriptor)                                               \
  {                                                                       \
    int (*real) (int) = (int (*) (int)) dlsym (RTLD_NEXT, #name);         \
    wait_for_the_disk ();                                                 \
    return real (descriptor);                                             \
  }

SLOW (fsync)
SLOW (fdatasync)
SLOW (syncfs)
