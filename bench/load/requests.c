#include "requests.h"
#include "metrics.h"
#include "traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_DIGITS = 16, LINE_MAX_BYTES = 512 };

static const char id_place[] = "0123456789abcdef";

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
make_pictures (struct requests *requests)
{
  if (0 == requests->picture_bytes)
    return;
  requests->picture_bytes -= requests->picture_bytes % 3;
  requests->picture_count = requests->picture_bytes / 3 * 4;
  uint8_t *bytes = malloc (requests->picture_bytes);
  for (int i = 0; i < REQUESTS_PICTURES; i++)
  {
    requests->pictures[i] = malloc (requests->picture_count);
    if (NULL == bytes || NULL == requests->pictures[i])
      metrics_fail ("load: no memory for the pictures");
    traffic_picture (bytes, requests->picture_bytes, (uint64_t) i);
    encode (bytes, requests->picture_bytes, requests->pictures[i]);
  }
  free (bytes);
}

/* A read as JSON up to its event id. */
static int
write_read (const struct traffic_read *read, char *text)
{
  char name[16], place[64];
  traffic_camera_name (read->camera, name);
  traffic_camera_place (read->camera, place);
  return snprintf (
    text, LINE_MAX_BYTES,
    "{\"camera_id\":\"%s\",\"plate_number\":\"%s\",\"confidence\":%.3f,\"location\":\"%s\","
    "\"location_lat\":%.4f,\"location_lon\":%.4f,\"event_id\":\"",
    name, read->plate, read->confidence, place, traffic_latitude (read->camera),
    traffic_longitude (read->camera));
}

static int
write_head (const struct requests *requests, const char *path, size_t body, char *text)
{
  return snprintf (
    text, LINE_MAX_BYTES,
    "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/%s\r\n"
    "Content-Length: %zu\r\n\r\n", path, requests->port, 1 == requests->lines ? "json" : "x-ndjson",
    body);
}

static void
make_one (const struct requests *requests, struct request *request, const struct traffic_read *read,
          const char *path)
{
  char body[LINE_MAX_BYTES], text[2 * LINE_MAX_BYTES];
  const int count = write_read (read, body);
  const size_t rest =
    ID_DIGITS + (0 == requests->picture_count ? 2 : 18 + requests->picture_count);
  const int head = write_head (requests, path, (size_t) count + rest, text);
  memcpy (text + head, body, (size_t) count + 1);
  request->count = (size_t) (head + count);
  request->text = strdup (text);
  if (NULL == request->text)
    metrics_fail ("load: no memory for the requests");
}

static void
make_lines (const struct requests *requests, struct request *request,
            const struct traffic_read *reads, const char *path)
{
  char *body = malloc ((size_t) requests->lines * LINE_MAX_BYTES);
  char head[LINE_MAX_BYTES];
  size_t count = 0;
  if (NULL == body)
    metrics_fail ("load: no memory for the requests");
  for (int i = 0; i < requests->lines; i++)
  {
    count += (size_t) write_read (&reads[i], body + count);
    count += (size_t) sprintf (body + count, "%s\"}\n", id_place);
  }
  request->first_line = (size_t) write_head (requests, path, count, head);
  request->count = request->first_line + count;
  request->text = malloc (request->count + 1);
  if (NULL == request->text)
    metrics_fail ("load: no memory for the requests");
  memcpy (request->text, head, request->first_line);
  memcpy (request->text + request->first_line, body, count);
  request->text[request->count] = 0;
  free (body);
}

void
requests_make (struct requests *requests, const char *path)
{
  struct traffic_read *reads = traffic_draw (1);
  requests->made_count = 1 == requests->lines ? TRAFFIC_READS : REQUESTS_BODIES;
  requests->made = calloc ((size_t) requests->made_count, sizeof *requests->made);
  if (NULL == reads || NULL == requests->made)
    metrics_fail ("load: no memory");
  make_pictures (requests);
  for (int i = 0; i < requests->made_count; i++)
    if (1 == requests->lines)
      make_one (requests, &requests->made[i], &reads[i], path);
    else
      make_lines (requests, &requests->made[i],
                  &reads[i * requests->lines % (TRAFFIC_READS - REQUESTS_LINES_MAX)], path);
  free (reads);
}

/* One to one, so that no two of the ids become the same (the finalizer of SplitMix64). */
static uint64_t
scattered (uint64_t id)
{
  id = (id ^ id >> 30) * 0xBF58476D1CE4E5B9ULL;
  id = (id ^ id >> 27) * 0x94D049BB133111EBULL;
  return id ^ id >> 31;
}

static void
write_id (const struct requests *requests, uint64_t series, uint64_t number, char *text)
{
  static const char hex[] = "0123456789abcdef";
  uint64_t id = series << 40 | number;
  if (requests->has_random_ids)
    id = scattered (id);
  for (int i = ID_DIGITS - 1; i >= 0; i--, id >>= 4)
    text[i] = hex[id & 15];
}

static void
fill_one (const struct requests *requests, struct connection *connection, uint64_t number)
{
  static const char end[] = "\"}", middle[] = "\",\"image_data\":\"";
  const struct request *request = &requests->made[number % (uint64_t) requests->made_count];
  connection->parts[0] = (struct iovec) { request->text, request->count };
  connection->parts[1] = (struct iovec) { connection->event_id, ID_DIGITS };
  connection->parts[2] = (struct iovec) { (void *) (uintptr_t) end, 2 };
  connection->part_count = 3;
  if (0 == requests->picture_count)
    return;
  connection->parts[2] = (struct iovec) { (void *) (uintptr_t) middle, sizeof middle - 1 };
  connection->parts[3] =
    (struct iovec) { requests->pictures[number % REQUESTS_PICTURES], requests->picture_count };
  connection->parts[4] = (struct iovec) { (void *) (uintptr_t) end, 2 };
  connection->part_count = 5;
}

/* The connection's own copy of a body, with ids of its own. */
static void
fill_lines (const struct requests *requests, struct connection *connection, uint64_t series,
            uint64_t number)
{
  const uint64_t body = number / (uint64_t) requests->lines;
  const struct request *request = &requests->made[body % (uint64_t) requests->made_count];
  connection->text = realloc (connection->text, request->count + 1);
  if (NULL == connection->text)
    metrics_fail ("load: no memory for a body");
  memcpy (connection->text, request->text, request->count + 1);
  char *line = connection->text + request->first_line;
  for (; 0 != *line; number++)
  {
    char *end = strchr (line, '\n');
    write_id (requests, series, number, end - 2 - ID_DIGITS);
    line = end + 1;
  }
  connection->parts[0] = (struct iovec) { connection->text, request->count };
  connection->part_count = 1;
}

void
requests_fill (const struct requests *requests, struct connection *connection, uint64_t series,
               uint64_t number)
{
  if (1 != requests->lines)
  {
    fill_lines (requests, connection, series, number);
    return;
  }
  write_id (requests, series, number, connection->event_id);
  fill_one (requests, connection, number);
}
