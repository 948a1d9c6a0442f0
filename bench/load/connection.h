/* One keep-alive connection of the load generator: sends a request, reads its answer. */
#ifndef BENCH_CONNECTION_H
#define BENCH_CONNECTION_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

enum {
  CONNECTION_PARTS_MAX = 5,
  /* An answer to 200 lines fits. */
  CONNECTION_ANSWER_MAX = 16384,
};

enum connection_state {
  CONNECTION_CLOSED,
  CONNECTION_IDLE,
  CONNECTION_SENDING,
  CONNECTION_READING,
};

struct connection {
  int fd;
  enum connection_state state;
  struct iovec parts[CONNECTION_PARTS_MAX];   /* what is still to be sent */
  int part, part_count;
  char event_id[16];                          /* of the request under way; parts point here */
  char *text;                                 /* a body of its own, where it needs one */
  int64_t retry_after_s;                      /* of the last answer; 0 where it says nothing */
  int64_t due_ns;                             /* when it was due: latency counts from here */
  char answer[CONNECTION_ANSWER_MAX];
  size_t answer_count;
};

/* Connects to 127.0.0.1 and adds the connection to an epoll set; 0, or −1 where that fails. */
int connection_open (struct connection *connection, int port, int epoll_fd);

void connection_close (struct connection *connection);

/* Begins to send `parts`; 0, or −1 where the connection broke. */
int connection_send (struct connection *connection, int epoll_fd);

/* Continues after an epoll event. Returns the answer's status once it is complete, 0 where more must come,
   −1 where the connection broke; `must_close` says that the server ends the connection. */
int connection_continue (struct connection *connection, int epoll_fd, int *must_close);

#endif
