/* The load generator: sends reads over keep-alive connections and measures their acknowledgement.

   load --port PORT [--connections N] [--seconds S] [--warmup S] [--picture-bytes B] [--rate R]
        [--path PATH] [--series K]

   Closed loop: each connection sends its next read when the last one is answered. With --rate, reads
   are due at equal distances instead and latency counts from when each was due, so that a server that
   stalls cannot slow its own clock. Event ids are unique within and among series (--series).
   Prints one line of JSON. */
#include "connection.h"
#include "figures.h"
#include "traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum {
  PICTURES = 32,
  STATUSES = 600,
  CONNECTIONS_MAX = 8192,
  BROKEN_MAX = 100000,
};

struct request {
  char *text;       /* head and body up to the event id */
  size_t count;
};

struct load {
  int port, epoll_fd, connection_count;
  size_t picture_bytes;
  double rate;
  struct connection *connections;
  struct connection **idle;
  int idle_count, busy_count;
  struct request *requests;
  char *pictures[PICTURES];
  size_t picture_count;             /* in base64 */
  uint64_t series, number;
  int64_t begun_ns, counted_from_ns, end_ns, due_ns;
  uint64_t statuses[STATUSES], broken, reconnects;
  struct figures_latency latency;
};

static void
encode (const uint8_t *bytes, size_t count, char *text)
{
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  /* `count` is a multiple of 3: no padding. */
  for (size_t i = 0; i < count; i += 3)
  {
    const uint32_t group =
      (uint32_t) bytes[i] << 16 | (uint32_t) bytes[i + 1] << 8 | bytes[i + 2];
    *text++ = digits[group >> 18];
    *text++ = digits[group >> 12 & 63];
    *text++ = digits[group >> 6 & 63];
    *text++ = digits[group & 63];
  }
}

static void
make_pictures (struct load *load)
{
  if (0 == load->picture_bytes)
    return;
  load->picture_bytes -= load->picture_bytes % 3;
  load->picture_count = load->picture_bytes / 3 * 4;
  uint8_t *bytes = malloc (load->picture_bytes);
  for (int i = 0; i < PICTURES; i++)
  {
    load->pictures[i] = malloc (load->picture_count);
    if (NULL == bytes || NULL == load->pictures[i])
      figures_fail ("load: no memory for the pictures");
    traffic_picture (bytes, load->picture_bytes, (uint64_t) i);
    encode (bytes, load->picture_bytes, load->pictures[i]);
  }
  free (bytes);
}

static void
make_request (struct load *load, struct request *request, const struct traffic_read *read,
              const char *path)
{
  char name[16], place[64], body[512], text[1024];
  traffic_camera_name (read->camera, name);
  traffic_camera_place (read->camera, place);
  const int count = snprintf (
    body, sizeof body,
    "{\"camera_id\":\"%s\",\"plate_number\":\"%s\",\"confidence\":%.3f,\"location\":\"%s\","
    "\"location_lat\":%.4f,\"location_lon\":%.4f,\"event_id\":\"",
    name, read->plate, read->confidence, place, traffic_latitude (read->camera),
    traffic_longitude (read->camera));
  const size_t rest = 16 + (0 == load->picture_count ? 2 : 18 + load->picture_count);
  const int all = snprintf (
    text, sizeof text,
    "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
    "Content-Length: %zu\r\n\r\n%s", path, load->port, (size_t) count + rest, body);
  request->count = (size_t) all;
  request->text = strdup (text);
  if (NULL == request->text)
    figures_fail ("load: no memory for the requests");
}

static void
begin (struct load *load, struct connection *connection, int64_t due_ns)
{
  static const char hex[] = "0123456789abcdef", end[] = "\"}", middle[] = "\",\"image_data\":\"";
  const struct request *request = &load->requests[load->number % TRAFFIC_READS];
  uint64_t id = load->series << 40 | load->number;
  for (int i = 15; i >= 0; i--, id >>= 4)
    connection->event_id[i] = hex[id & 15];
  connection->parts[0] = (struct iovec) { request->text, request->count };
  connection->parts[1] = (struct iovec) { connection->event_id, 16 };
  connection->parts[2] = (struct iovec) { (void *) (uintptr_t) end, 2 };
  connection->part_count = 3;
  if (0 != load->picture_count)
  {
    connection->parts[2] = (struct iovec) { (void *) (uintptr_t) middle, sizeof middle - 1 };
    connection->parts[3] =
      (struct iovec) { load->pictures[load->number % PICTURES], load->picture_count };
    connection->parts[4] = (struct iovec) { (void *) (uintptr_t) end, 2 };
    connection->part_count = 5;
  }
  load->number++;
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

/* Sends what is due on connections that are free. */
static void
feed (struct load *load, int64_t now)
{
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
    figures_fail ("load: the server on port %d is gone", load->port);
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
  const int64_t now = figures_now ();
  if (status < 0)
  {
    load->broken += (uint64_t) was_busy;
    if (load->broken > BROKEN_MAX)
      figures_fail ("load: the server breaks every connection");
    if (was_busy)
      reopen (load, connection);
    return;
  }
  if (now >= load->counted_from_ns && now < load->end_ns)
  {
    load->statuses[status < STATUSES ? status : 0]++;
    if (201 == status)
      figures_add (&load->latency, now - connection->due_ns);
  }
  if (must_close)
    reopen (load, connection);
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
  return (struct timespec) { .tv_sec = 0, .tv_nsec = (long) wait };
}

/* Goes on until the time is over and the last answers are in, for which it waits 5 s at most. */
static double
run (struct load *load, double seconds, double warmup)
{
  struct epoll_event events[256];
  double cpu_seconds = 0;
  int64_t now = load->begun_ns = load->due_ns = figures_now ();
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
      cpu_seconds = figures_cpu_seconds ();
    now = figures_now ();
  }
  return (figures_cpu_seconds () - cpu_seconds) / seconds;
}

static void
print (const struct load *load, double seconds, double cpu_share)
{
  const struct figures_latency *latency = &load->latency;
  uint64_t answers = 0;
  for (int status = 0; status < STATUSES; status++)
    answers += load->statuses[status];
  printf ("{\"rate\":%.1f,\"acknowledged\":%llu,\"answers\":%llu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
          "\"max_ms\":%.3f,\"broken\":%llu,\"unanswered\":%d,\"cpu_share\":%.3f,\"statuses\":{",
          (double) load->statuses[201] / seconds, (unsigned long long) load->statuses[201],
          (unsigned long long) answers, figures_percentile (latency, 0.5),
          figures_percentile (latency, 0.99), (double) latency->max_ns / 1e6,
          (unsigned long long) load->broken, load->busy_count, cpu_share);
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
  struct traffic_read *reads = traffic_draw (1);
  const char *path = figures_text (argc, argv, "--path", "/api/records");
  load->port = (int) figures_number (argc, argv, "--port", 5000);
  load->connection_count = (int) figures_number (argc, argv, "--connections", 64);
  load->picture_bytes = (size_t) figures_number (argc, argv, "--picture-bytes", 0);
  load->rate = figures_number (argc, argv, "--rate", 0);
  load->series = (uint64_t) figures_number (argc, argv, "--series", 1);
  if (load->connection_count < 1 || load->connection_count > CONNECTIONS_MAX)
    figures_fail ("load: --connections from 1 to %d", CONNECTIONS_MAX);
  load->connections = calloc ((size_t) load->connection_count, sizeof *load->connections);
  load->idle = calloc ((size_t) load->connection_count, sizeof *load->idle);
  load->requests = calloc (TRAFFIC_READS, sizeof *load->requests);
  load->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (NULL == reads || NULL == load->connections || NULL == load->idle || NULL == load->requests)
    figures_fail ("load: no memory");
  make_pictures (load);
  for (int i = 0; i < TRAFFIC_READS; i++)
    make_request (load, &load->requests[i], &reads[i], path);
  free (reads);
  for (int i = 0; i < load->connection_count; i++)
  {
    if (0 != connection_open (&load->connections[i], load->port, load->epoll_fd))
      figures_fail ("load: no connection to port %d", load->port);
    rest (load, &load->connections[i]);
  }
}

int
main (int argc, char **argv)
{
  static struct load load;
  const double seconds = figures_number (argc, argv, "--seconds", 2);
  const double warmup = figures_number (argc, argv, "--warmup", 0.5);
  if (seconds <= 0 || seconds > 600)
    figures_fail ("load: --seconds up to 600");
  prepare (&load, argc, argv);
  const double cpu_share = run (&load, seconds, warmup);
  print (&load, seconds, cpu_share);
  return 0;
}
