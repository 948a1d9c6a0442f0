#include "loop.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static volatile sig_atomic_t must_end;

static void
end_on_signal (int signal_number)
{
  (void) signal_number;
  must_end = 1;
}

int
loop_start (struct loop *loop, int port, MHD_AccessHandlerCallback handle,
            MHD_RequestCompletedCallback completed, void *context)
{
  const struct sigaction action = { .sa_handler = &end_on_signal };
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGINT, &action, NULL);
  signal (SIGPIPE, SIG_IGN);
  const struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons ((uint16_t) port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  loop->wake_fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  loop->daemon = MHD_start_daemon (
    MHD_USE_EPOLL | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handle, context,
    MHD_OPTION_SOCK_ADDR, (const struct sockaddr *) &address,
    MHD_OPTION_CONNECTION_LIMIT, 4096u,
    MHD_OPTION_CONNECTION_TIMEOUT, 75u,
    MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024u,
    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) 32768,
    MHD_OPTION_NOTIFY_COMPLETED, completed, context,
    MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
    MHD_OPTION_END);
  if (loop->wake_fd < 0 || NULL == loop->daemon)
    return -1;
  loop->epoll_fd = MHD_get_daemon_info (loop->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
  return 0;
}

void
loop_run (struct loop *loop)
{
  struct pollfd watched[2] = {
    { .fd = loop->epoll_fd, .events = POLLIN }, { .fd = loop->wake_fd, .events = POLLIN },
  };
  while (!must_end)
  {
    MHD_UNSIGNED_LONG_LONG wanted;
    int timeout = 1000;
    if (MHD_YES == MHD_get_timeout (loop->daemon, &wanted) && wanted < 1000)
      timeout = (int) wanted;
    if (0 != timeout)
      (void) poll (watched, 2, timeout);
    uint64_t count;
    (void) !read (loop->wake_fd, &count, sizeof count);
    MHD_run (loop->daemon);
  }
}

void
loop_wake (struct loop *loop)
{
  const uint64_t one = 1;
  (void) !write (loop->wake_fd, &one, sizeof one);
}
