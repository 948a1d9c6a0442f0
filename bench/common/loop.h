/* libmicrohttpd with its waiting done by us, as lprserver does it.

   The library's own epoll loop calls the blocking epoll_wait again whenever one call returned exactly
   128 events, so that 128 busy connections stall; MHD_run never blocks. */
#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include <microhttpd.h>

struct loop {
  struct MHD_Daemon *daemon;
  int epoll_fd;
  int wake_fd;     /* written after connections were resumed */
};

/* Listens on 127.0.0.1; returns 0, or -1 where that fails. */
int loop_start (struct loop *loop, int port, MHD_AccessHandlerCallback handle,
                MHD_RequestCompletedCallback completed, void *context);

/* Serves until SIGTERM or SIGINT. */
void loop_run (struct loop *loop);

/* Makes the loop go round once; from any thread. */
void loop_wake (struct loop *loop);

#endif
