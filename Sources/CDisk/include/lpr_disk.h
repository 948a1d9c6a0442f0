#ifndef LPR_DISK_H
#define LPR_DISK_H

/// syncfs(2), which glibc declares only for GNU sources: waits until everything on the file system
/// that `descriptor` lies on is on disk. 0, or -1 with errno.
int lpr_syncfs(int descriptor);

#endif
