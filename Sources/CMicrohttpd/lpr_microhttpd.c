#define _GNU_SOURCE
#include "lpr_microhttpd.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>

struct MHD_Daemon *
lpr_start (int listening_socket, unsigned connections_max, unsigned idle_seconds,
           size_t connection_memory, const struct lpr_callbacks *callbacks)
{
  signal (SIGPIPE, SIG_IGN);
  return MHD_start_daemon (
    MHD_USE_EPOLL | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE, 0, NULL, NULL,
    callbacks->handle, callbacks->context,
    MHD_OPTION_LISTEN_SOCKET, (MHD_socket) listening_socket,
    MHD_OPTION_CONNECTION_LIMIT, connections_max,
    MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds,
    MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory,
    MHD_OPTION_NOTIFY_COMPLETED, callbacks->completed, callbacks->context,
    MHD_OPTION_NOTIFY_CONNECTION, callbacks->connection, callbacks->context,
    MHD_OPTION_URI_LOG_CALLBACK, callbacks->target, callbacks->context,
    MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
    MHD_OPTION_END);
}

int
lpr_poll_descriptor (struct MHD_Daemon *daemon)
{
  const union MHD_DaemonInfo *info = MHD_get_daemon_info (daemon, MHD_DAEMON_INFO_EPOLL_FD);
  return NULL == info ? -1 : info->epoll_fd;
}

int
lpr_timeout (struct MHD_Daemon *daemon)
{
  MHD_UNSIGNED_LONG_LONG milliseconds;
  if (MHD_YES != MHD_get_timeout (daemon, &milliseconds))
    return -1;
  return milliseconds > 60000 ? 60000 : (int) milliseconds;
}

struct lpr_block {
  uint8_t *bytes;
  size_t capacity;
  size_t used;
  bool wants_lengths;
};

static bool
lpr_is_length (const char *key, size_t key_size)
{
  static const char name[] = "content-length";
  return sizeof (name) - 1 == key_size && 0 == strncasecmp (key, name, key_size);
}

static void
lpr_append (struct lpr_block *block, const char *text, size_t count)
{
  if (block->used + count + 1 <= block->capacity)
  {
    uint8_t *target = block->bytes + block->used;
    if (0 != count)
      memcpy (target, text, count);
    /* A NUL inside a value would shift every field after it. */
    for (size_t i = 0; i < count; i++)
      if (0 == target[i])
        target[i] = '?';
    target[count] = 0;
  }
  block->used += count + 1;
}

static enum MHD_Result
lpr_collect (void *context, enum MHD_ValueKind kind, const char *key, size_t key_size,
             const char *value, size_t value_size)
{
  struct lpr_block *block = context;
  (void) kind;
  if (block->wants_lengths != lpr_is_length (key, key_size))
    return MHD_YES;
  lpr_append (block, key, key_size);
  lpr_append (block, value, NULL == value ? 0 : value_size);
  return MHD_YES;
}

size_t
lpr_headers (struct MHD_Connection *connection, uint8_t *buffer, size_t capacity, size_t *lengths)
{
  struct lpr_block block = { .bytes = buffer, .capacity = capacity };
  (void) MHD_get_connection_values_n (connection, MHD_HEADER_KIND, &lpr_collect, &block);
  *lengths = block.used;
  block.wants_lengths = true;
  (void) MHD_get_connection_values_n (connection, MHD_HEADER_KIND, &lpr_collect, &block);
  return block.used;
}

/* RFC 9110 §5.6.2. */
static bool
lpr_is_token (const char *text, size_t count)
{
  for (size_t i = 0; i < count; i++)
  {
    const unsigned char c = (unsigned char) text[i];
    const bool is_alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!is_alphanumeric && (0 == c || NULL == strchr ("!#$%&'*+-.^_`|~", c)))
      return false;
  }
  return 0 < count;
}

static enum MHD_Result
lpr_check_field (void *context, enum MHD_ValueKind kind, const char *key, size_t key_size,
                 const char *value, size_t value_size)
{
  bool *is_proper = context;
  (void) kind;
  *is_proper = lpr_is_token (key, key_size);
  for (size_t i = 0; NULL != value && i < value_size; i++)
    if (((unsigned char) value[i] < 0x20 && '\t' != value[i]) || 0x7F == value[i])
      *is_proper = false;
  return *is_proper ? MHD_YES : MHD_NO;
}

bool
lpr_has_proper_headers (struct MHD_Connection *connection)
{
  bool is_proper = true;
  (void) MHD_get_connection_values_n (connection, MHD_HEADER_KIND, &lpr_check_field, &is_proper);
  return is_proper;
}

struct lpr_comparison {
  const uint8_t *known;
  size_t left;
  uint64_t length;
  unsigned lengths;
  bool differs;
};

static bool
lpr_advance (struct lpr_comparison *comparison, const char *text, size_t count)
{
  if (comparison->left <= count || 0 != comparison->known[count]
      || (0 != count && 0 != memcmp (comparison->known, text, count)))
    return false;
  comparison->known += count + 1;
  comparison->left -= count + 1;
  return true;
}

/* Parses digits only, at most as many as fit the number. */
static bool
lpr_digits (const char *text, size_t count, uint64_t *number)
{
  *number = 0;
  for (size_t i = 0; i < count; i++)
  {
    if (text[i] < '0' || text[i] > '9')
      return false;
    *number = *number * 10 + (uint64_t) (text[i] - '0');
  }
  return 0 < count && count <= 18;
}

static enum MHD_Result
lpr_compare (void *context, enum MHD_ValueKind kind, const char *key, size_t key_size,
             const char *value, size_t value_size)
{
  struct lpr_comparison *comparison = context;
  (void) kind;
  if (NULL == value)
    value_size = 0;
  if (lpr_is_length (key, key_size))
  {
    comparison->lengths++;
    comparison->differs |= !lpr_digits (value, value_size, &comparison->length);
  }
  else
    comparison->differs |= !lpr_advance (comparison, key, key_size)
                           || !lpr_advance (comparison, value, value_size);
  return comparison->differs ? MHD_NO : MHD_YES;
}

bool
lpr_same_headers (struct MHD_Connection *connection, const uint8_t *known, size_t count,
                  uint64_t *length)
{
  struct lpr_comparison comparison = { .known = known, .left = count };
  (void) MHD_get_connection_values_n (connection, MHD_HEADER_KIND, &lpr_compare, &comparison);
  *length = comparison.length;
  return !comparison.differs && 0 == comparison.left && 1 == comparison.lengths;
}

static uint64_t
lpr_big_endian (const uint8_t *bytes)
{
  uint64_t value = 0;
  for (int i = 0; i < 8; i++)
    value = value << 8 | bytes[i];
  return value;
}

bool
lpr_peer (struct MHD_Connection *connection, uint64_t *high, uint64_t *low)
{
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (NULL == info || NULL == info->client_addr)
    return false;
  if (AF_INET == info->client_addr->sa_family)
  {
    const struct sockaddr_in *v4 = (const struct sockaddr_in *) info->client_addr;
    *high = 0;
    *low = 0xFFFF00000000ull | ntohl (v4->sin_addr.s_addr);
    return true;
  }
  if (AF_INET6 == info->client_addr->sa_family)
  {
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *) info->client_addr;
    *high = lpr_big_endian (v6->sin6_addr.s6_addr);
    *low = lpr_big_endian (v6->sin6_addr.s6_addr + 8);
    return true;
  }
  return false;
}

void *
lpr_socket_context (struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return NULL == info ? NULL : info->socket_context;
}

int
lpr_socket (struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return NULL == info ? -1 : info->connect_fd;
}

void
lpr_send_last (struct MHD_Connection *connection, const uint8_t *bytes, size_t count)
{
  const int descriptor = lpr_socket (connection);
  /* A few hundred bytes into an empty send buffer: a rest is not worth waiting for. */
  (void) send (descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
  (void) shutdown (descriptor, SHUT_WR);
}

/* Sends without waiting; returns how many bytes are left, or -1. */
static ssize_t
lpr_send_parts (struct MHD_Connection *connection, struct iovec *parts, size_t part_count)
{
  const struct msghdr message = { .msg_iov = parts, .msg_iovlen = part_count };
  size_t left = 0;
  for (size_t i = 0; i < part_count; i++)
    left += parts[i].iov_len;
  const ssize_t sent = sendmsg (lpr_socket (connection), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (0 <= sent)
    return (ssize_t) left - sent;
  return EAGAIN == errno || EINTR == errno ? (ssize_t) left : -1;
}

ssize_t
lpr_send_chunk (struct MHD_Connection *connection, const uint8_t *bytes, size_t count)
{
  char head[20];
  size_t start = sizeof (head) - 2;
  memcpy (head + start, "\r\n", 2);
  for (size_t rest = count; 0 != rest; rest >>= 4)
    head[--start] = "0123456789abcdef"[rest & 15];
  struct iovec parts[3] = {
    { .iov_base = head + start, .iov_len = sizeof (head) - start },
    { .iov_base = (void *) (uintptr_t) bytes, .iov_len = count },
    { .iov_base = (void *) (uintptr_t) "\r\n", .iov_len = 2 },
  };
  return lpr_send_parts (connection, parts, 3);
}

ssize_t
lpr_send_rest (struct MHD_Connection *connection, const uint8_t *bytes, size_t count)
{
  struct iovec part = { .iov_base = (void *) (uintptr_t) bytes, .iov_len = count };
  return lpr_send_parts (connection, &part, 1);
}

void
lpr_shutdown (struct MHD_Connection *connection)
{
  (void) shutdown (lpr_socket (connection), SHUT_RDWR);
}

bool
lpr_peer_closed (struct MHD_Connection *connection)
{
  uint8_t byte;
  const ssize_t got = recv (lpr_socket (connection), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return 0 == got || (got < 0 && EAGAIN != errno && EINTR != errno);
}

bool
lpr_has_input (struct MHD_Connection *connection)
{
  uint8_t byte;
  return 0 < recv (lpr_socket (connection), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
}

ssize_t
lpr_reader_end (void)
{
  return MHD_CONTENT_READER_END_OF_STREAM;
}

ssize_t
lpr_reader_failed (void)
{
  return MHD_CONTENT_READER_END_WITH_ERROR;
}

struct MHD_Response *
lpr_response_bytes (const uint8_t *bytes, size_t count)
{
  return MHD_create_response_from_buffer (count, (void *) (uintptr_t) bytes,
                                          MHD_RESPMEM_MUST_COPY);
}

struct MHD_Response *
lpr_response_file (int descriptor, uint64_t offset, uint64_t count)
{
  return MHD_create_response_from_fd_at_offset64 (count, descriptor, offset);
}

struct MHD_Response *
lpr_response_stream (MHD_ContentReaderCallback reader, void *context,
                     MHD_ContentReaderFreeCallback release, size_t block)
{
  return MHD_create_response_from_callback (MHD_SIZE_UNKNOWN, block, reader, context, release);
}

static ssize_t
lpr_nothing (void *context, uint64_t position, char *buffer, size_t capacity)
{
  (void) context;
  (void) position;
  (void) buffer;
  (void) capacity;
  return MHD_CONTENT_READER_END_OF_STREAM;
}

struct MHD_Response *
lpr_response_unknown (void)
{
  struct MHD_Response *response =
    MHD_create_response_from_callback (MHD_SIZE_UNKNOWN, 64, &lpr_nothing, NULL, NULL);
  if (NULL != response)
    (void) MHD_set_response_options (response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT,
                                     MHD_RO_END);
  return response;
}

struct MHD_Response *
lpr_response_upgrade (MHD_UpgradeHandler handler, void *context)
{
  return MHD_create_response_for_upgrade (handler, context);
}

int
lpr_upgrade_take (MHD_socket socket, struct MHD_UpgradeResponseHandle *upgrade)
{
  const int on = 1;
  const int own = fcntl (socket, F_DUPFD_CLOEXEC, 0);
  if (0 <= own)
  {
    (void) setsockopt (own, IPPROTO_TCP, TCP_NODELAY, &on, sizeof (on));
    (void) fcntl (own, F_SETFL, fcntl (own, F_GETFL) | O_NONBLOCK);
  }
  (void) MHD_upgrade_action (upgrade, MHD_UPGRADE_ACTION_CLOSE);
  return own;
}
