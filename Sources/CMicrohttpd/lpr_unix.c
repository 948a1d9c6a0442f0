#define _GNU_SOURCE
#include "lpr_microhttpd.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Connects and disconnects; returns 0 or an errno. */
static int
lpr_probe (const struct sockaddr_un *address)
{
  const int probe = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int failure = 0;
  if (0 > probe)
    return errno;
  if (0 != connect (probe, (const struct sockaddr *) address, sizeof (*address)))
    failure = errno;
  close (probe);
  return failure;
}

/* Removes what a process that was killed left behind; whatever is not surely that stays. */
static int
lpr_remove_stale (const struct sockaddr_un *address)
{
  struct stat found;
  int failure;
  if (0 != lstat (address->sun_path, &found))
    return ENOENT == errno ? 0 : -errno;
  if (! S_ISSOCK (found.st_mode))
    return -ENOTSOCK;
  failure = lpr_probe (address);
  /* A full queue of clients has a process that will accept them. */
  if (0 == failure || EAGAIN == failure)
    return -EADDRINUSE;
  if (ECONNREFUSED != failure && ENOENT != failure)
    return -failure;
  return 0 == unlink (address->sun_path) || ENOENT == errno ? 0 : -errno;
}

static int
lpr_bind_unix (int descriptor, const struct sockaddr_un *address, int backlog)
{
  /* Before bind: the file is made with the mode of the descriptor, and is never open to others. */
  if (0 != fchmod (descriptor, 0600))
    return -errno;
  if (0 != bind (descriptor, (const struct sockaddr *) address, sizeof (*address)))
    return -errno;
  return 0 == listen (descriptor, backlog) ? 0 : -errno;
}

int
lpr_listen_unix (const char *path, int backlog)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  const size_t count = strlen (path);
  int descriptor;
  int failure;

  if (count >= sizeof (address.sun_path))
    return -ENAMETOOLONG;
  memcpy (address.sun_path, path, count);
  failure = lpr_remove_stale (&address);
  if (0 != failure)
    return failure;
  descriptor = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0)
    return -errno;
  failure = lpr_bind_unix (descriptor, &address, backlog);
  if (0 == failure)
    return descriptor;
  close (descriptor);
  return failure;
}

bool
lpr_peer_user (struct MHD_Connection *connection, uint32_t *user)
{
  const int descriptor = lpr_socket (connection);
  struct ucred peer;
  socklen_t size = sizeof (peer);
  int domain = 0;
  socklen_t domain_size = sizeof (domain);

  /* A socket of another family has no credentials, but does not fail either. */
  if (0 != getsockopt (descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &domain_size) || AF_UNIX != domain)
    return false;
  if (0 != getsockopt (descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size))
    return false;
  *user = peer.uid;
  return true;
}
