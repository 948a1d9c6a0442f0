/* The limit of fan-out: a bare epoll writer. A client that sends GET listens from then on; every POST is
   answered and sends each listener one event of the size that lprserver's have.

   broadcast --port PORT */
#include "metrics.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LISTENERS_MAX = 16384, EVENT_BYTES = 600, WAIT_EVENTS = 256 };

static const char head[] =
  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
static const char created[] =
  "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

static int listeners[LISTENERS_MAX];
static int listener_count;

static void
must_send (int fd, const char *text, size_t count)
{
  /* A listener's buffer holds far more than the few events of a run. */
  if ((ssize_t) count != send (fd, text, count, MSG_NOSIGNAL))
    metrics_fail ("broadcast: a listener does not read");
}

static void
serve (int fd, const char *event)
{
  char request[65536];
  const ssize_t count = recv (fd, request, sizeof request, 0);
  if (count <= 0)
  {
    close (fd);
    return;
  }
  if ('G' == request[0])
  {
    must_send (fd, head, sizeof head - 1);
    if (listener_count == LISTENERS_MAX)
      metrics_fail ("broadcast: too many listeners");
    listeners[listener_count++] = fd;
    return;
  }
  for (int i = 0; i < listener_count; i++)
    must_send (listeners[i], event, EVENT_BYTES);
  must_send (fd, created, sizeof created - 1);
}

int
main (int argc, char **argv)
{
  static char event[EVENT_BYTES + 1];
  memset (event, 'x', EVENT_BYTES);
  memcpy (event, "id: 1\nevent: read\ndata: ", 24);
  memcpy (event + EVENT_BYTES - 2, "\n\n", 2);
  const int port = (int) metrics_number (argc, argv, "--port", 0);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((uint16_t) port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  const int yes = 1;
  const int server = socket (AF_INET, SOCK_STREAM, 0);
  setsockopt (server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (0 != bind (server, (struct sockaddr *) &address, sizeof address) || 0 != listen (server, 1024))
    metrics_fail ("broadcast: cannot listen on port %d", port);
  const int epoll = epoll_create1 (0);
  epoll_ctl (epoll, EPOLL_CTL_ADD, server,
             &(struct epoll_event) { .events = EPOLLIN, .data.fd = server });
  for (;;)
  {
    struct epoll_event ready[WAIT_EVENTS];
    const int count = epoll_wait (epoll, ready, WAIT_EVENTS, -1);
    for (int i = 0; i < count; i++)
    {
      if (ready[i].data.fd != server)
      {
        serve (ready[i].data.fd, event);
        continue;
      }
      const int fd = accept (server, NULL, NULL);
      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      epoll_ctl (epoll, EPOLL_CTL_ADD, fd, &(struct epoll_event) { .events = EPOLLIN, .data.fd = fd });
    }
  }
}
