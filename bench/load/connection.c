#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

int
connection_open (struct connection *connection, int port, int epoll_fd)
{
  const struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons ((uint16_t) port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  const int yes = 1;
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = connection };
  if (fd < 0)
    return -1;
  if (0 != connect (fd, (const struct sockaddr *) &address, sizeof address)
      || 0 != setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes)
      || 0 != fcntl (fd, F_SETFL, O_NONBLOCK)
      || 0 != epoll_ctl (epoll_fd, EPOLL_CTL_ADD, fd, &event))
  {
    close (fd);
    return -1;
  }
  connection->fd = fd;
  connection->state = CONNECTION_IDLE;
  return 0;
}

void
connection_close (struct connection *connection)
{
  if (CONNECTION_CLOSED != connection->state)
    close (connection->fd);
  connection->state = CONNECTION_CLOSED;
}

static int
watch (struct connection *connection, int epoll_fd, uint32_t events)
{
  struct epoll_event event = { .events = events, .data.ptr = connection };
  return epoll_ctl (epoll_fd, EPOLL_CTL_MOD, connection->fd, &event);
}

/* Sends until all is sent or the socket is full. */
static int
push (struct connection *connection)
{
  while (connection->part < connection->part_count)
  {
    const struct msghdr message = {
      .msg_iov = connection->parts + connection->part,
      .msg_iovlen = (size_t) (connection->part_count - connection->part),
    };
    ssize_t sent = sendmsg (connection->fd, &message, MSG_NOSIGNAL);
    if (sent < 0)
      return EAGAIN == errno || EINTR == errno ? 0 : -1;
    while (sent > 0)
    {
      struct iovec *part = &connection->parts[connection->part];
      const size_t count = (size_t) sent < part->iov_len ? (size_t) sent : part->iov_len;
      part->iov_base = (char *) part->iov_base + count;
      part->iov_len -= count;
      sent -= (ssize_t) count;
      if (0 == part->iov_len)
        connection->part++;
    }
  }
  return 0;
}

int
connection_send (struct connection *connection, int epoll_fd)
{
  connection->part = 0;
  connection->answer_count = 0;
  if (0 != push (connection))
    return -1;
  if (connection->part == connection->part_count)
  {
    connection->state = CONNECTION_READING;
    return 0;
  }
  connection->state = CONNECTION_SENDING;
  return watch (connection, epoll_fd, EPOLLIN | EPOLLOUT);
}

/* The status of a complete answer; 0 where more must come, −1 for what is no answer. */
static int
parse (struct connection *connection, int *must_close)
{
  connection->answer[connection->answer_count] = 0;
  const char *end = strstr (connection->answer, "\r\n\r\n");
  if (NULL == end)
    return 0;
  const char *length = strcasestr (connection->answer, "\r\ncontent-length:");
  if (NULL == length || length > end || 0 != strncmp (connection->answer, "HTTP/1.", 7))
    return -1;
  const size_t head = (size_t) (end - connection->answer) + 4;
  const size_t body = strtoul (length + 17, NULL, 10);
  if (connection->answer_count < head + body)
    return 0;
  /* The answer is complete: only its head is searched from here on. */
  connection->answer[head - 4] = 0;
  *must_close = NULL != strcasestr (connection->answer, "\r\nconnection: close");
  const char *retry = strcasestr (connection->answer, "\r\nretry-after:");
  connection->retry_after_s = NULL == retry ? 0 : atoll (retry + 14);
  return atoi (connection->answer + 9);
}

int
connection_continue (struct connection *connection, int epoll_fd, int *must_close)
{
  if (CONNECTION_SENDING == connection->state)
  {
    if (0 != push (connection))
      return -1;
    if (connection->part == connection->part_count)
    {
      connection->state = CONNECTION_READING;
      if (0 != watch (connection, epoll_fd, EPOLLIN))
        return -1;
    }
  }
  const size_t room = CONNECTION_ANSWER_MAX - 1 - connection->answer_count;
  const ssize_t got = recv (connection->fd, connection->answer + connection->answer_count, room, 0);
  if (got < 0)
    return EAGAIN == errno || EINTR == errno ? 0 : -1;
  if (0 == got)
    return -1;
  connection->answer_count += (size_t) got;
  return parse (connection, must_close);
}
