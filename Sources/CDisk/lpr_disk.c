#define _GNU_SOURCE
#include "lpr_disk.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int lpr_syncfs(int descriptor) { return syncfs(descriptor); }

int lpr_exchange(const char *one, const char *other) {
  return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
}
