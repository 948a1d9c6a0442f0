/* The load generator for the camera gateway: cameras over WebSocket, each with one read in flight.

   sockets --port PORT [--plain 1] [--connections N] [--seconds S] [--warmup S] [--picture-bytes B]
           [--series K]

   Each camera connects (Engine.IO 4, WebSocket only), then emits lpr_data and waits for its
   acknowledgement. With --plain it speaks no Socket.IO: it sends the bare object to /ws and waits for
   {"status":"success",…}; pictures are not sent that way. Frames are masked with
   zeros, which costs nothing and is allowed. Prints one line of JSON like `load`. */
#include "metrics.h"
#include "traffic.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { INPUT_MAX = 64 * 1024, CAMERAS_MAX = 1024 };

struct camera {
  int fd, is_open, is_connected;
  uint64_t ack;                 /* of the read in flight */
  int64_t sent_ns;
  size_t count;
  char input[INPUT_MAX];
};

struct load {
  int port, epoll_fd, camera_count, is_plain;
  size_t picture_bytes;
  uint8_t *picture;
  uint64_t series, number, acknowledged, refused, broken;
  struct traffic_read *reads;
  struct camera *cameras;
  int64_t counted_from_ns, end_ns;
  struct metrics_latency latency;
};

static void
send_all (struct load *load, struct camera *camera, const void *bytes, size_t count)
{
  const char *next = bytes;
  while (0 != count)
  {
    const ssize_t sent = send (camera->fd, next, count, MSG_NOSIGNAL);
    if (sent > 0)
    {
      next += sent;
      count -= (size_t) sent;
    }
    else if (EINTR != errno)
    {
      load->broken++;
      return;
    }
  }
}

/* A frame's head in front of its payload, which mask zero leaves as it is. */
static size_t
head (uint8_t *out, uint8_t opcode, size_t count)
{
  size_t used = 2;
  out[0] = 0x80 | opcode;
  if (count < 126)
    out[1] = 0x80 | (uint8_t) count;
  else
  {
    out[1] = 0x80 | 126;
    out[2] = (uint8_t) (count >> 8);
    out[3] = (uint8_t) count;
    used = 4;
  }
  memset (out + used, 0, 4);
  return used + 4;
}

static void
send_frame (struct load *load, struct camera *camera, uint8_t opcode, const void *bytes, size_t count)
{
  static uint8_t frame[70000];
  if (count > 65535)
    metrics_fail ("sockets: --picture-bytes up to 65535");
  const size_t used = head (frame, opcode, count);
  memcpy (frame + used, bytes, count);
  send_all (load, camera, frame, used + count);
}

/* The read as JSON without its last brace. */
static int
write_read (const struct load *load, const struct traffic_read *read, char *text, size_t room)
{
  char name[16], place[64];
  traffic_camera_name (read->camera, name);
  traffic_camera_place (read->camera, place);
  return snprintf (
    text, room,
    "{\"camera_id\":\"%s\",\"plate_number\":\"%s\",\"confidence\":%.1f,"
    "\"location\":\"%s\",\"location_lat\":%.4f,\"location_lon\":%.4f,\"event_id\":\"%016llx\"",
    name, read->plate, read->confidence * 100, place, traffic_latitude (read->camera),
    traffic_longitude (read->camera), (unsigned long long) (load->series << 40 | load->number));
}

static void
send_read (struct load *load, struct camera *camera)
{
  char text[1024];
  size_t used = 0;
  const struct traffic_read *read = &load->reads[load->number % TRAFFIC_READS];
  camera->ack = load->number;
  if (!load->is_plain)
    used += (size_t) sprintf (text, "4%s%llu[\"lpr_data\",", NULL == load->picture ? "2" : "51-",
                              (unsigned long long) camera->ack);
  used += (size_t) write_read (load, read, text + used, sizeof text - used - 64);
  if (NULL != load->picture)
    used += (size_t) sprintf (text + used, ",\"image_data\":{\"_placeholder\":true,\"num\":0}");
  used += (size_t) sprintf (text + used, load->is_plain ? "}" : "}]");
  load->number++;
  camera->sent_ns = metrics_now ();
  send_frame (load, camera, 1, text, used);
  if (NULL != load->picture)
  {
    /* Another picture each time. */
    memcpy (load->picture + 32, &load->number, sizeof load->number);
    send_frame (load, camera, 2, load->picture, load->picture_bytes);
  }
}

static void
acknowledged (struct load *load, struct camera *camera, const char *text, size_t count)
{
  const int64_t now = metrics_now ();
  const int is_kept = NULL != memmem (text, count, "success", 7);
  if (now >= load->counted_from_ns && now < load->end_ns)
  {
    if (is_kept)
    {
      load->acknowledged++;
      metrics_add (&load->latency, now - camera->sent_ns);
    }
    else
      load->refused++;
  }
  if (now < load->end_ns)
    send_read (load, camera);
}

static void
take (struct load *load, struct camera *camera, const char *text, size_t count)
{
  if (load->is_plain)
    acknowledged (load, camera, text, count);
  else if (count >= 1 && '2' == text[0])
    send_frame (load, camera, 1, "3", 1);
  else if (count >= 2 && '4' == text[0] && '0' == text[1])
  {
    camera->is_connected = 1;
    send_read (load, camera);
  }
  else if (count >= 2 && '4' == text[0] && '3' == text[1]
           && strtoull (text + 2, NULL, 10) == camera->ack)
    acknowledged (load, camera, text, count);
}

/* Whole frames out of the input; returns how many bytes they had. */
static size_t
take_frames (struct load *load, struct camera *camera)
{
  size_t at = 0;
  while (camera->count - at >= 2)
  {
    const uint8_t *frame = (const uint8_t *) camera->input + at;
    size_t payload = frame[1] & 127, used = 2;
    if (126 == payload)
    {
      if (camera->count - at < 4)
        break;
      payload = (size_t) frame[2] << 8 | frame[3];
      used = 4;
    }
    if (camera->count - at < used + payload)
      break;
    if (1 == (frame[0] & 15))
      take (load, camera, camera->input + at + used, payload);
    at += used + payload;
  }
  return at;
}

static void
serve (struct load *load, struct camera *camera)
{
  const ssize_t got =
    recv (camera->fd, camera->input + camera->count, INPUT_MAX - 1 - camera->count, 0);
  if (got <= 0)
  {
    load->broken++;
    epoll_ctl (load->epoll_fd, EPOLL_CTL_DEL, camera->fd, NULL);
    return;
  }
  camera->count += (size_t) got;
  camera->input[camera->count] = 0;
  size_t used = 0;
  if (!camera->is_open)
  {
    const char *end = strstr (camera->input, "\r\n\r\n");
    if (NULL == end)
      return;
    if (NULL == strstr (camera->input, " 101 "))
      metrics_fail ("sockets: the handshake was answered with %.60s", camera->input);
    camera->is_open = 1;
    used = (size_t) (end + 4 - camera->input);
    camera->count -= used;
    memmove (camera->input, camera->input + used, camera->count);
    if (load->is_plain)
      send_read (load, camera);
    else
      send_frame (load, camera, 1, "40", 2);
  }
  used = take_frames (load, camera);
  camera->count -= used;
  memmove (camera->input, camera->input + used, camera->count);
}

static void
connect_camera (struct load *load, struct camera *camera)
{
  const struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons ((uint16_t) load->port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  const int on = 1;
  char request[400];
  camera->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (0 != connect (camera->fd, (const struct sockaddr *) &address, sizeof address))
    metrics_fail ("sockets: no connection to port %d", load->port);
  setsockopt (camera->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  snprintf (request, sizeof request,
            "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            load->is_plain ? "/ws" : "/socket.io/?EIO=4&transport=websocket", load->port);
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = camera };
  epoll_ctl (load->epoll_fd, EPOLL_CTL_ADD, camera->fd, &event);
  send_all (load, camera, request, strlen (request));
}

int
main (int argc, char **argv)
{
  static struct load load;
  struct epoll_event events[256];
  const double seconds = metrics_number (argc, argv, "--seconds", 2);
  const double warmup = metrics_number (argc, argv, "--warmup", 0.5);
  load.port = (int) metrics_number (argc, argv, "--port", 8765);
  load.camera_count = (int) metrics_number (argc, argv, "--connections", 50);
  load.picture_bytes = (size_t) metrics_number (argc, argv, "--picture-bytes", 0);
  load.series = (uint64_t) metrics_number (argc, argv, "--series", 1);
  load.is_plain = 0 != metrics_number (argc, argv, "--plain", 0);
  if (load.is_plain && 0 != load.picture_bytes)
    metrics_fail ("sockets: --plain sends no pictures");
  load.epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  load.reads = traffic_draw (1);
  if (load.camera_count < 1 || load.camera_count > CAMERAS_MAX)
    metrics_fail ("sockets: --connections from 1 to %d", CAMERAS_MAX);
  load.cameras = calloc ((size_t) load.camera_count, sizeof *load.cameras);
  if (NULL == load.reads || NULL == load.cameras)
    metrics_fail ("sockets: no memory");
  if (0 != load.picture_bytes)
  {
    load.picture = malloc (load.picture_bytes);
    traffic_picture (load.picture, load.picture_bytes, 1);
  }
  int64_t now = metrics_now ();
  load.counted_from_ns = now + (int64_t) (warmup * 1e9);
  load.end_ns = load.counted_from_ns + (int64_t) (seconds * 1e9);
  for (int i = 0; i < load.camera_count; i++)
    connect_camera (&load, &load.cameras[i]);
  const double cpu = metrics_cpu_seconds ();
  while (now < load.end_ns)
  {
    const int count = epoll_wait (load.epoll_fd, events, 256, 100);
    for (int i = 0; i < count; i++)
      serve (&load, events[i].data.ptr);
    now = metrics_now ();
  }
  const double cpu_share = (metrics_cpu_seconds () - cpu) / (seconds + warmup);
  printf ("{\"rate\":%.1f,\"acknowledged\":%llu,\"answers\":%llu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
          "\"max_ms\":%.3f,\"broken\":%llu,\"unanswered\":0,\"cpu_share\":%.3f,"
          "\"statuses\":{\"success\":%llu,\"error\":%llu}}\n",
          (double) load.acknowledged / seconds, (unsigned long long) load.acknowledged,
          (unsigned long long) (load.acknowledged + load.refused),
          metrics_percentile (&load.latency, 0.5), metrics_percentile (&load.latency, 0.99),
          (double) load.latency.max_ns / 1e6, (unsigned long long) load.broken, cpu_share,
          (unsigned long long) load.acknowledged, (unsigned long long) load.refused);
  return 0;
}
