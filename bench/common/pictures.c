#include "pictures.h"
#include "metrics.h"
#include "traffic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void
pictures_open (struct pictures *pictures, const char *folder)
{
  *pictures = (struct pictures) { .state = (uint64_t) metrics_now () };
  snprintf (pictures->folder, sizeof pictures->folder, "%s", folder);
  pictures->fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (pictures->fd < 0)
    metrics_fail ("cannot open the folder %s", folder);
}

static void
make_day (struct pictures *pictures, int64_t now_ms)
{
  const time_t seconds = (time_t) (now_ms / 1000);
  struct tm utc;
  char day[16];
  gmtime_r (&seconds, &utc);
  strftime (day, sizeof day, "%Y/%m/%d", &utc);
  if (0 == strcmp (day, pictures->day))
    return;
  for (size_t length = 4; length <= 10; length += 3)
  {
    char part[16];
    snprintf (part, sizeof part, "%.*s", (int) length, day);
    if (0 != mkdirat (pictures->fd, part, 0750) && EEXIST != errno)
      metrics_fail ("cannot make %s", part);
  }
  snprintf (pictures->day, sizeof pictures->day, "%s", day);
  pictures_sync_all (pictures);
}

void
pictures_write (struct pictures *pictures, const uint8_t *bytes, size_t count, int sync,
                int64_t now_ms, char path[48])
{
  make_day (pictures, now_ms);
  snprintf (path, 48, "%s/%016llx.jpg", pictures->day,
            (unsigned long long) traffic_next (&pictures->state));
  const int file = openat (pictures->fd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (file < 0)
    metrics_fail ("cannot make %s", path);
  for (size_t written = 0; written < count;)
  {
    const ssize_t now = write (file, bytes + written, count - written);
    if (now <= 0)
      metrics_fail ("cannot write %s", path);
    written += (size_t) now;
  }
  if (sync && 0 != fsync (file))
    metrics_fail ("cannot sync %s", path);
  close (file);
}

void
pictures_sync_all (struct pictures *pictures)
{
  if (0 != syncfs (pictures->fd))
    metrics_fail ("cannot sync the disk");
}

void
pictures_sync_folder (struct pictures *pictures)
{
  const int folder = openat (pictures->fd, pictures->day, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0 || 0 != fsync (folder))
    metrics_fail ("cannot sync the folder of %s", pictures->day);
  close (folder);
}
