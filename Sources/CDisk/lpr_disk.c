#define _GNU_SOURCE
#include "lpr_disk.h"

#include <unistd.h>

int lpr_syncfs(int descriptor) { return syncfs(descriptor); }
