/* Listens to /events with many connections and measures how long one read takes to reach them all.

   fanout --port PORT [--listeners N] [--events K] [--series S]

   Posts a read, waits until every listener has its event, posts the next. Time counts from the POST to
   the last listener; a read that is refused ends the run. Prints one line of JSON. */
#include "metrics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LISTENERS_MAX = 16384, WAIT_EVENTS = 1024, PATIENCE_MS = 20000 };

static const char mark[] = "event: read";

struct listener {
  int fd;
  int matched;      /* bytes of `mark` that were the last to arrive */
  int events;
};

static int
open_connection (int port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((uint16_t) port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  const int yes = 1;
  const int fd = socket (AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || 0 != connect (fd, (struct sockaddr *) &address, sizeof address))
    metrics_fail ("fanout: cannot connect: %s", strerror (errno));
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return fd;
}

static void
must_send (int fd, const char *text)
{
  const size_t count = strlen (text);
  if ((ssize_t) count != send (fd, text, count, MSG_NOSIGNAL))
    metrics_fail ("fanout: the server hung up");
}

static void
subscribe (struct listener *listener, int port, int epoll)
{
  char answer[4096];
  listener->fd = open_connection (port);
  must_send (listener->fd, "GET /events?types=read HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  const ssize_t count = recv (listener->fd, answer, sizeof answer - 1, 0);
  if (count < 12 || 0 != memcmp (answer + 9, "200", 3))
    metrics_fail ("fanout: /events was refused");
  epoll_ctl (epoll, EPOLL_CTL_ADD, listener->fd,
             &(struct epoll_event) { .events = EPOLLIN, .data.ptr = listener });
}

/* Takes what has arrived; returns how many events began in it. */
static int
take (struct listener *listener)
{
  char text[65536];
  const ssize_t count = recv (listener->fd, text, sizeof text, MSG_DONTWAIT);
  if (count <= 0)
    metrics_fail ("fanout: the server hung up on a listener");
  int events = 0;
  for (ssize_t i = 0; i < count; i++)
  {
    if (text[i] != mark[listener->matched])
      listener->matched = text[i] == mark[0];
    else if (sizeof mark - 1 == (size_t) ++listener->matched)
    {
      events++;
      listener->matched = 0;
    }
  }
  return events;
}

static void
post (int fd, int64_t series, int number)
{
  char body[256], request[512];
  const int count = snprintf (body, sizeof body,
    "{\"camera_id\":\"FANOUT\",\"plate_number\":\"1กข 1234\",\"event_id\":\"fanout-%lld-%d\"}",
    (long long) series, number);
  snprintf (request, sizeof request,
            "POST /api/records HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            "Content-Length: %d\r\n\r\n%s", count, body);
  must_send (fd, request);
}

static void
take_answer (int fd)
{
  char answer[4096];
  const ssize_t count = recv (fd, answer, sizeof answer, 0);
  if (count < 12 || 0 != memcmp (answer + 9, "201", 3))
    metrics_fail ("fanout: a read was not accepted");
}

int
main (int argc, char **argv)
{
  static struct listener listeners[LISTENERS_MAX];
  static struct metrics_latency latency;
  const int port = (int) metrics_number (argc, argv, "--port", 0);
  const int count = (int) metrics_number (argc, argv, "--listeners", 1000);
  const int events = (int) metrics_number (argc, argv, "--events", 30);
  const int64_t series = (int64_t) metrics_number (argc, argv, "--series", 1);
  if (count < 1 || count > LISTENERS_MAX)
    metrics_fail ("fanout: --listeners from 1 to %d", LISTENERS_MAX);
  const int epoll = epoll_create1 (0);
  for (int i = 0; i < count; i++)
    subscribe (&listeners[i], port, epoll);
  const int poster = open_connection (port);
  epoll_ctl (epoll, EPOLL_CTL_ADD, poster, &(struct epoll_event) { .events = EPOLLIN, .data.ptr = NULL });
  for (int number = 0; number < events; number++)
  {
    const int64_t begun = metrics_now ();
    post (poster, series, number);
    int is_answered = 0;
    for (int left = count; left > 0 || !is_answered;)
    {
      struct epoll_event ready[WAIT_EVENTS];
      const int ready_count = epoll_wait (epoll, ready, WAIT_EVENTS, PATIENCE_MS);
      if (ready_count <= 0)
        metrics_fail ("fanout: %d listeners received nothing", left);
      for (int i = 0; i < ready_count; i++)
      {
        if (NULL != ready[i].data.ptr)
        {
          const int taken = take (ready[i].data.ptr);
          left -= taken;
          if (0 != taken && 0 == left)
            metrics_add (&latency, metrics_now () - begun);
          continue;
        }
        take_answer (poster);
        is_answered = 1;
      }
    }
  }
  const double p50 = metrics_percentile (&latency, 0.5);
  printf ("{\"rate\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"listeners\":%d,\"broken\":0,"
          "\"unanswered\":0}\n", count / (p50 / 1000), p50, metrics_percentile (&latency, 0.99), count);
  return 0;
}
