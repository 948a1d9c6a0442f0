/* The load generator: sends reads over keep-alive connections and measures their acknowledgement.

   load --port PORT [--connections N] [--seconds S] [--warmup S] [--picture-bytes B] [--rate R]
        [--path PATH] [--series K] [--lines N] [--random-ids 1] [--polite 1]

   With --lines, a request is NDJSON of N reads; `rate` counts reads, statuses count answers.
   Closed loop: each connection sends its next read when the last one is answered; after a 503 at once,
   or with --polite after the pause that Retry-After asks for. With --rate, reads
   are due at equal distances instead and latency counts from when each was due, so that a server that
   stalls cannot slow its own clock. Event ids are unique within and among series (--series);
   they count up as a camera's own do, or with --random-ids are scattered as UUIDs are.
   Prints one line of JSON. */
#include "metrics.h"
#include "requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum {
  STATUSES = 600,
  CONNECTIONS_MAX = 8192,
  BROKEN_MAX = 100000,
};

struct load {
  int port, epoll_fd, connection_count;
  double rate;
  struct connection *connections;
  struct connection **idle;
  int idle_count, busy_count;
  struct connection **paused;       /* a ring, in the order in which they resume */
  int paused_first, paused_count, is_polite;
  struct requests requests;
  uint64_t series, number;
  int64_t begun_ns, counted_from_ns, end_ns, due_ns;
  uint64_t statuses[STATUSES], broken, reconnects;
  uint64_t impatient;               /* 503s that do not say when to come again */
  struct metrics_latency latency, refused_latency;
};

/* The answer's reads are counted when it is in. */
static void
begin (struct load *load, struct connection *connection, int64_t due_ns)
{
  requests_fill (&load->requests, connection, load->series, load->number);
  load->number += (uint64_t) load->requests.lines;
  load->busy_count++;
  connection->due_ns = due_ns;
  if (0 != connection_send (connection, load->epoll_fd))
    connection->state = CONNECTION_READING;   /* epoll tells of the break */
}

static void
rest (struct load *load, struct connection *connection)
{
  connection->state = CONNECTION_IDLE;
  load->idle[load->idle_count++] = connection;
}

static void
pause_until (struct load *load, struct connection *connection, int64_t when)
{
  connection->state = CONNECTION_IDLE;
  connection->due_ns = when;
  load->paused[(load->paused_first + load->paused_count++) % load->connection_count] = connection;
}

static void
end_pauses (struct load *load, int64_t now)
{
  while (0 != load->paused_count && load->paused[load->paused_first]->due_ns <= now)
  {
    rest (load, load->paused[load->paused_first]);
    load->paused_first = (load->paused_first + 1) % load->connection_count;
    load->paused_count--;
  }
}

/* Sends what is due on connections that are free. */
static void
feed (struct load *load, int64_t now)
{
  end_pauses (load, now);
  while (0 != load->idle_count && now < load->end_ns && (0 == load->rate || load->due_ns <= now))
  {
    begin (load, load->idle[--load->idle_count], 0 == load->rate ? now : load->due_ns);
    if (0 != load->rate)
      load->due_ns += (int64_t) (1e9 / load->rate);
  }
}

static void
reopen (struct load *load, struct connection *connection)
{
  connection_close (connection);
  if (0 != connection_open (connection, load->port, load->epoll_fd))
    metrics_fail ("load: the server on port %d is gone", load->port);
  load->reconnects++;
  rest (load, connection);
}

static void
serve (struct load *load, struct connection *connection)
{
  int must_close = 0;
  const int status = connection_continue (connection, load->epoll_fd, &must_close);
  if (0 == status)
    return;
  const int was_busy = CONNECTION_IDLE != connection->state;
  load->busy_count -= was_busy;
  const int64_t now = metrics_now ();
  if (status < 0)
  {
    load->broken += (uint64_t) was_busy;
    if (load->broken > BROKEN_MAX)
      metrics_fail ("load: the server breaks every connection");
    if (was_busy)
      reopen (load, connection);
    return;
  }
  if (now >= load->counted_from_ns && now < load->end_ns)
  {
    load->statuses[status < STATUSES ? status : 0]++;
    if (201 == status)
      metrics_add (&load->latency, now - connection->due_ns);
    else
      metrics_add (&load->refused_latency, now - connection->due_ns);
    load->impatient += 503 == status && 0 == connection->retry_after_s;
  }
  if (must_close)
    reopen (load, connection);
  else if (load->is_polite && 503 == status)
    pause_until (load, connection, now + connection->retry_after_s * 1000000000);
  else
    rest (load, connection);
}

/* How long to wait for answers before the next read is due; no spinning, the server needs the cores. */
static struct timespec
patience (const struct load *load, int64_t now)
{
  int64_t wait = 100000000;
  if (0 != load->rate && 0 != load->idle_count && now < load->end_ns && load->due_ns - now < wait)
    wait = load->due_ns > now ? load->due_ns - now : 0;
  if (0 != load->paused_count)
  {
    const int64_t left = load->paused[load->paused_first]->due_ns - now;
    wait = left < 0 ? 0 : left < wait ? left : wait;
  }
  return (struct timespec) { .tv_sec = 0, .tv_nsec = (long) wait };
}

/* Runs until the time is over and the last answers are in, for which it waits 5 s at most. */
static double
run (struct load *load, double seconds, double warmup)
{
  struct epoll_event events[256];
  double cpu_seconds = 0;
  int64_t now = load->begun_ns = load->due_ns = metrics_now ();
  load->counted_from_ns = now + (int64_t) (warmup * 1e9);
  load->end_ns = load->counted_from_ns + (int64_t) (seconds * 1e9);
  while (now < load->end_ns || (0 != load->busy_count && now < load->end_ns + 5000000000))
  {
    feed (load, now);
    const struct timespec wait = patience (load, now);
    const int count = epoll_pwait2 (load->epoll_fd, events, 256, &wait, NULL);
    for (int i = 0; i < count; i++)
      serve (load, events[i].data.ptr);
    if (now < load->counted_from_ns)
      cpu_seconds = metrics_cpu_seconds ();
    now = metrics_now ();
  }
  return (metrics_cpu_seconds () - cpu_seconds) / seconds;
}

static void
print (const struct load *load, double seconds, double cpu_share)
{
  const struct metrics_latency *latency = &load->latency, *refused = &load->refused_latency;
  const uint64_t reads = load->statuses[201] * (uint64_t) load->requests.lines;
  uint64_t answers = 0;
  for (int status = 0; status < STATUSES; status++)
    answers += load->statuses[status];
  printf ("{\"rate\":%.1f,\"acknowledged\":%llu,\"answers\":%llu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
          "\"max_ms\":%.3f,\"broken\":%llu,\"unanswered\":%d,\"cpu_share\":%.3f,",
          (double) reads / seconds, (unsigned long long) reads, (unsigned long long) answers,
          metrics_percentile (latency, 0.5), metrics_percentile (latency, 0.99),
          (double) latency->max_ns / 1e6, (unsigned long long) load->broken, load->busy_count,
          cpu_share);
  /* The end on the clock that Python calls time.monotonic(). */
  printf ("\"refused_p50_ms\":%.3f,\"refused_p99_ms\":%.3f,\"without_retry_after\":%llu,"
          "\"reconnects\":%llu,\"ended_at\":%.6f,\"statuses\":{",
          metrics_percentile (refused, 0.5), metrics_percentile (refused, 0.99),
          (unsigned long long) load->impatient, (unsigned long long) load->reconnects,
          (double) load->end_ns / 1e9);
  const char *comma = "";
  for (int status = 0; status < STATUSES; status++)
    if (0 != load->statuses[status])
    {
      printf ("%s\"%d\":%llu", comma, status, (unsigned long long) load->statuses[status]);
      comma = ",";
    }
  printf ("}}\n");
}

static void
prepare (struct load *load, int argc, char **argv)
{
  const char *path = metrics_text (argc, argv, "--path", "/api/records");
  load->port = (int) metrics_number (argc, argv, "--port", 5000);
  load->connection_count = (int) metrics_number (argc, argv, "--connections", 64);
  load->requests.port = load->port;
  load->requests.picture_bytes = (size_t) metrics_number (argc, argv, "--picture-bytes", 0);
  load->requests.lines = (int) metrics_number (argc, argv, "--lines", 1);
  load->requests.has_random_ids = 0 != (int) metrics_number (argc, argv, "--random-ids", 0);
  load->rate = metrics_number (argc, argv, "--rate", 0);
  load->is_polite = 0 != metrics_number (argc, argv, "--polite", 0);
  load->series = (uint64_t) metrics_number (argc, argv, "--series", 1);
  if (load->connection_count < 1 || load->connection_count > CONNECTIONS_MAX)
    metrics_fail ("load: --connections from 1 to %d", CONNECTIONS_MAX);
  if (load->requests.lines < 1 || load->requests.lines > REQUESTS_LINES_MAX
      || (1 != load->requests.lines && 0 != load->requests.picture_bytes))
    metrics_fail ("load: --lines from 1 to %d, without pictures", REQUESTS_LINES_MAX);
  load->connections = calloc ((size_t) load->connection_count, sizeof *load->connections);
  load->idle = calloc ((size_t) load->connection_count, sizeof *load->idle);
  load->paused = calloc ((size_t) load->connection_count, sizeof *load->paused);
  load->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (NULL == load->connections || NULL == load->idle || NULL == load->paused)
    metrics_fail ("load: no memory");
  requests_make (&load->requests, path);
  for (int i = 0; i < load->connection_count; i++)
  {
    if (0 != connection_open (&load->connections[i], load->port, load->epoll_fd))
      metrics_fail ("load: no connection to port %d", load->port);
    rest (load, &load->connections[i]);
  }
}

int
main (int argc, char **argv)
{
  static struct load load;
  const double seconds = metrics_number (argc, argv, "--seconds", 2);
  const double warmup = metrics_number (argc, argv, "--warmup", 0.5);
  if (seconds <= 0 || seconds > 600)
    metrics_fail ("load: --seconds up to 600");
  prepare (&load, argc, argv);
  const double cpu_share = run (&load, seconds, warmup);
  print (&load, seconds, cpu_share);
  return 0;
}
