#define _GNU_SOURCE
#include "lpr_microhttpd.h"

#include <sys/epoll.h>
#include <arpa/inet.h>
#include <errno.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static socklen_t
lpr_address (const char *text, uint16_t port, struct sockaddr_storage *storage)
{
  struct sockaddr_in *v4 = (struct sockaddr_in *) storage;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *) storage;

  memset (storage, 0, sizeof (*storage));
  if (1 == inet_pton (AF_INET, text, &v4->sin_addr))
  {
    v4->sin_family = AF_INET;
    v4->sin_port = htons (port);
    return sizeof (*v4);
  }
  if (1 == inet_pton (AF_INET6, text, &v6->sin6_addr))
  {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons (port);
    return sizeof (*v6);
  }
  return 0;
}

static int
lpr_bind (int descriptor, const struct sockaddr_storage *storage, socklen_t size, int backlog,
          uint16_t *bound_port)
{
  const int on = 1;
  struct sockaddr_storage bound;
  socklen_t bound_size = sizeof (bound);

  (void) setsockopt (descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof (on));
  if (AF_INET6 == storage->ss_family)
  {
    /* `::` is every address of this machine, IPv4 ones too, whatever the system's default is. */
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *) storage;
    const int only = ! IN6_IS_ADDR_UNSPECIFIED (&v6->sin6_addr);
    (void) setsockopt (descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof (only));
  }
  if (0 != bind (descriptor, (const struct sockaddr *) storage, size))
    return -errno;
  if (0 != listen (descriptor, backlog))
    return -errno;
  if (0 != getsockname (descriptor, (struct sockaddr *) &bound, &bound_size))
    return -errno;
  *bound_port = ntohs (AF_INET == bound.ss_family
                       ? ((struct sockaddr_in *) &bound)->sin_port
                       : ((struct sockaddr_in6 *) &bound)->sin6_port);
  return 0;
}

int
lpr_listen (const char *address, uint16_t port, int backlog, unsigned peer_milliseconds,
            uint16_t *bound_port)
{
  const int silence = (int) peer_milliseconds;
  struct sockaddr_storage storage;
  const socklen_t size = lpr_address (address, port, &storage);
  int descriptor;
  int failure;

  if (0 == size)
    return -EINVAL;
  descriptor = socket (storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0)
    return -errno;
  /* Accepted sockets inherit it. Without it the kernel retransmits to a dead peer for a
     quarter of an hour, and waits forever for a peer with a full receive window. */
  (void) setsockopt (descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &silence, sizeof (silence));
  failure = lpr_bind (descriptor, &storage, size, backlog, bound_port);
  if (0 == failure)
    return descriptor;
  close (descriptor);
  return failure;
}

bool
lpr_has_pending_client (int listening_socket)
{
  struct pollfd descriptor = { .fd = listening_socket, .events = POLLIN };
  return 0 < poll (&descriptor, 1, 0) && 0 != (descriptor.revents & POLLIN);
}

int
lpr_event_open (void)
{
  return eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void
lpr_event_signal (int event)
{
  const uint64_t one = 1;
  ssize_t written;
  do
    written = write (event, &one, sizeof (one));
  while (written < 0 && EINTR == errno);
}

void
lpr_event_clear (int event)
{
  uint64_t count;
  ssize_t got;
  do
    got = read (event, &count, sizeof (count));
  while (got < 0 && EINTR == errno);
}

void
lpr_wait (int poll_descriptor, int event, int other, int milliseconds)
{
  struct pollfd descriptors[3] = {
    { .fd = poll_descriptor, .events = POLLIN },
    { .fd = event, .events = POLLIN },
    { .fd = other, .events = POLLIN },
  };
  (void) poll (descriptors, 3, milliseconds);
}

int64_t
lpr_milliseconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
lpr_keep_free_memory (size_t bytes)
{
  mallopt (M_TRIM_THRESHOLD, (int) bytes);
  /* Fixes the dynamic threshold; larger blocks are mmapped. */
  mallopt (M_MMAP_THRESHOLD, (int) (bytes / 4));
  mallopt (M_TOP_PAD, (int) (bytes / 8));
}

void
lpr_return_free_memory (void)
{
  (void) malloc_trim (0);
}

uint64_t
lpr_raise_file_limit (void)
{
  struct rlimit limit;
  if (0 != getrlimit (RLIMIT_NOFILE, &limit))
    return 1024;
  if (limit.rlim_cur < limit.rlim_max)
  {
    const struct rlimit raised = { .rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max };
    if (0 == setrlimit (RLIMIT_NOFILE, &raised))
      return raised.rlim_cur;
  }
  return limit.rlim_cur;
}

int
lpr_poll_open (void)
{
  return epoll_create1 (EPOLL_CLOEXEC);
}

static void
lpr_poll_control (int poll, int operation, int socket, uint32_t events)
{
  struct epoll_event event = { .events = events, .data.fd = socket };
  (void) epoll_ctl (poll, operation, socket, &event);
}

void
lpr_poll_add (int poll, int socket)
{
  lpr_poll_control (poll, EPOLL_CTL_ADD, socket, EPOLLIN | EPOLLRDHUP);
}

void
lpr_poll_change (int poll, int socket, bool reads, bool writes)
{
  lpr_poll_control (poll, EPOLL_CTL_MOD, socket,
                    (reads ? EPOLLIN | EPOLLRDHUP : 0) | (writes ? EPOLLOUT : 0));
}

void
lpr_poll_remove (int poll, int socket)
{
  lpr_poll_control (poll, EPOLL_CTL_DEL, socket, 0);
}

int
lpr_poll_wait (int poll, struct lpr_ready *ready, int capacity, int milliseconds)
{
  struct epoll_event events[256];
  const int count = epoll_wait (poll, events, capacity < 256 ? capacity : 256, milliseconds);
  for (int i = 0; i < count; i++)
  {
    ready[i].socket = events[i].data.fd;
    ready[i].can_read = 0 != (events[i].events & ~(uint32_t) EPOLLOUT);
    ready[i].can_write = 0 != (events[i].events & EPOLLOUT);
  }
  return count < 0 ? 0 : count;
}
