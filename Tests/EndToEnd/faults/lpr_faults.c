/* Lets the n-th call on chosen files fail, and writes down in which order files are written, synced and sockets are
   answered. Loaded into the service with LD_PRELOAD; driven through a file that test and service map (faults.py).  */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, TRUNCATE = 4, RENAME = 8, OPEN = 16 };
enum { DATABASE = 1, WAL = 2, PICTURES = 4, PAGES = 8, SOCKET = 16 };

/* As faults.py packs it. */
struct control {
  int files;         /* which files' calls are counted */
  int calls;         /* which calls are */
  atomic_int count;  /* the how manieth fails; 0: none */
  int code;          /* with which errno */
  atomic_int failed; /* how many did */
  int traces;        /* whether calls are written down */
};

static struct control *control;
static int trace_descriptor = -1;
static pthread_mutex_t trace_lock = PTHREAD_MUTEX_INITIALIZER;

static void *
next (const char *name)
{
  return dlsym (RTLD_NEXT, name);
}

#define REAL(name) \
  static __typeof__ (name) *real; \
  if (NULL == real) \
    real = (__typeof__ (name) *) next (#name)

__attribute__ ((constructor)) static void
begin (void)
{
  const char *path = getenv ("LPR_FAULTS");
  const char *trace = getenv ("LPR_FAULTS_TRACE");
  if (NULL == path)
    return;
  const int descriptor = (int) syscall (SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
  if (descriptor < 0)
    abort ();
  if (NULL != trace)
    trace_descriptor = (int) syscall (SYS_openat, AT_FDCWD, trace, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  void *const mapped = mmap (NULL, sizeof (struct control), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (MAP_FAILED == mapped)
    abort ();
  control = mapped;
}

static int
ends_with (const char *path, const char *end)
{
  const size_t length = strlen (path), count = strlen (end);
  return length >= count && 0 == strcmp (path + length - count, end);
}

static int
kind_of (const char *path)
{
  if (ends_with (path, ".db-wal"))
    return WAL;
  if (ends_with (path, ".db") || ends_with (path, ".db-journal"))
    return DATABASE;
  if (NULL != strstr (path, "/images/") || ends_with (path, "/images"))
    return PICTURES;
  if (NULL != strstr (path, "/public/") || ends_with (path, "/public"))
    return PAGES;
  return 0 == strncmp (path, "socket:", 7) ? SOCKET : 0;
}

static int
kind_of_descriptor (int descriptor, char *path)
{
  char link[64];
  snprintf (link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = readlink (link, path, PATH_MAX - 1);
  path[length < 0 ? 0 : length] = '\0';
  return kind_of (path);
}

/* Whether this call is the one that fails. */
static int
fails (int call, int kind)
{
  if (NULL == control || 0 == (control->calls & call) || 0 == (control->files & kind))
    return 0;
  if (atomic_load (&control->count) <= 0 || 1 != atomic_fetch_sub (&control->count, 1))
    return 0;
  atomic_fetch_add (&control->failed, 1);
  errno = control->code;
  return 1;
}

/* One entry: a line with the word, the number of bytes, and the path; then the bytes. */
static void
trace (const char *word, const char *path, const struct iovec *parts, int count)
{
  if (NULL == control || !control->traces || trace_descriptor < 0)
    return;
  const int kept = errno;
  size_t length = 0;
  for (int part = 0; part < count; part++)
    length += parts[part].iov_len;
  char *const entry = malloc (length + PATH_MAX + 64);
  size_t end = (size_t) sprintf (entry, "%s %zu %s\n", word, length, path);
  for (int part = 0; part < count; part++)
  {
    memcpy (entry + end, parts[part].iov_base, parts[part].iov_len);
    end += parts[part].iov_len;
  }
  pthread_mutex_lock (&trace_lock);
  syscall (SYS_write, trace_descriptor, entry, end);
  pthread_mutex_unlock (&trace_lock);
  free (entry);
  errno = kept;
}

/* A write is written down when it is done, an answer before it begins: so the order shown is the worst that there was. */
#define WRITES(descriptor, parts, count, call) \
  char path[PATH_MAX]; \
  if (NULL == control) \
    return call; \
  const int kind = kind_of_descriptor (descriptor, path); \
  if (0 == kind) \
    return call; \
  if (fails (WRITE, kind)) \
    return -1; \
  if (SOCKET == kind) \
    trace ("send", path, parts, count); \
  const ssize_t done = call; \
  if (SOCKET != kind && done > 0) \
    trace ("write", path, parts, count); \
  return done

ssize_t
write (int descriptor, const void *bytes, size_t size)
{
  REAL (write);
  const struct iovec part = { (void *) bytes, size };
  WRITES (descriptor, &part, 1, real (descriptor, bytes, size));
}

ssize_t
pwrite (int descriptor, const void *bytes, size_t size, off_t offset)
{
  REAL (pwrite);
  const struct iovec part = { (void *) bytes, size };
  WRITES (descriptor, &part, 1, real (descriptor, bytes, size, offset));
}

ssize_t
pwrite64 (int descriptor, const void *bytes, size_t size, off64_t offset)
{
  REAL (pwrite64);
  const struct iovec part = { (void *) bytes, size };
  WRITES (descriptor, &part, 1, real (descriptor, bytes, size, offset));
}

ssize_t
writev (int descriptor, const struct iovec *parts, int count)
{
  REAL (writev);
  WRITES (descriptor, parts, count, real (descriptor, parts, count));
}

ssize_t
send (int descriptor, const void *bytes, size_t size, int flags)
{
  REAL (send);
  const struct iovec part = { (void *) bytes, size };
  WRITES (descriptor, &part, 1, real (descriptor, bytes, size, flags));
}

ssize_t
sendmsg (int descriptor, const struct msghdr *message, int flags)
{
  REAL (sendmsg);
  WRITES (descriptor, message->msg_iov, (int) message->msg_iovlen, real (descriptor, message, flags));
}

#define SYNCS(name) \
  int \
  name (int descriptor) \
  { \
    REAL (name); \
    char path[PATH_MAX]; \
    if (NULL == control) \
      return real (descriptor); \
    if (fails (SYNC, kind_of_descriptor (descriptor, path))) \
      return -1; \
    trace (#name "-begins", path, NULL, 0); \
    const int code = real (descriptor); \
    if (0 == code) \
      trace (#name, path, NULL, 0); \
    return code; \
  }

SYNCS (fsync)
SYNCS (fdatasync)
SYNCS (syncfs)

#define TRUNCATES(name, type) \
  int \
  name (int descriptor, type size) \
  { \
    REAL (name); \
    char path[PATH_MAX]; \
    if (NULL != control && fails (TRUNCATE, kind_of_descriptor (descriptor, path))) \
      return -1; \
    return real (descriptor, size); \
  }

TRUNCATES (ftruncate, off_t)
TRUNCATES (ftruncate64, off64_t)

int
rename (const char *from, const char *to)
{
  REAL (rename);
  return fails (RENAME, kind_of (to)) ? -1 : real (from, to);
}

int
renameat (int from_folder, const char *from, int to_folder, const char *to)
{
  REAL (renameat);
  return fails (RENAME, kind_of (to)) ? -1 : real (from_folder, from, to_folder, to);
}

int
renameat2 (int from_folder, const char *from, int to_folder, const char *to, unsigned int flags)
{
  REAL (renameat2);
  return fails (RENAME, kind_of (to)) ? -1 : real (from_folder, from, to_folder, to, flags);
}

int
mkdir (const char *path, mode_t mode)
{
  REAL (mkdir);
  return fails (OPEN, kind_of (path)) ? -1 : real (path, mode);
}

#define MODE(flags) \
  mode_t mode = 0; \
  if (0 != ((flags) & (O_CREAT | O_TMPFILE))) \
  { \
    va_list rest; \
    va_start (rest, flags); \
    mode = va_arg (rest, mode_t); \
    va_end (rest); \
  }

#define OPENS(name) \
  int \
  name (const char *path, int flags, ...) \
  { \
    REAL (name); \
    MODE (flags) \
    return fails (OPEN, kind_of (path)) ? -1 : real (path, flags, mode); \
  }

OPENS (open)
OPENS (open64)

#define OPENS_AT(name) \
  int \
  name (int folder, const char *path, int flags, ...) \
  { \
    REAL (name); \
    MODE (flags) \
    return fails (OPEN, kind_of (path)) ? -1 : real (folder, path, flags, mode); \
  }

OPENS_AT (openat)
OPENS_AT (openat64)
