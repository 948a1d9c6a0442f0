#ifndef LPR_DISK_H
#define LPR_DISK_H

/// syncfs(2), which glibc declares only for GNU sources: waits until everything on the file system
/// that `descriptor` lies on is on disk. 0, or -1 with errno.
int lpr_syncfs(int descriptor);

/// renameat2(2) with RENAME_EXCHANGE: two files take each other's names at once. 0, or -1 with errno
/// (EINVAL where the file system cannot do it).
int lpr_exchange(const char *one, const char *other);

#endif
