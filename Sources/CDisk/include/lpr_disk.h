#ifndef LPR_DISK_H
#define LPR_DISK_H

/// syncfs(2), which glibc declares only for GNU sources: returns once everything on the file system of `descriptor`
/// is on disk. 0, or -1 with errno.
int lpr_syncfs(int descriptor);

/// renameat2(2) with RENAME_EXCHANGE: exchanges two files atomically. 0, or -1 with errno (EINVAL if the file system
/// does not support it).
int lpr_exchange(const char *one, const char *other);

#endif
