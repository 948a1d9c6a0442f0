/* The limit of HTTP: reads the body, throws it away, answers what lprserver would.

   echo --port PORT */
#include "loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char answer[] = "{\"id\":1,\"message\":\"Record created successfully\"}";

static enum MHD_Result
handle (void *context, struct MHD_Connection *connection, const char *url, const char *method,
        const char *version, const char *data, size_t *count, void **request)
{
  static int begun;
  (void) url;
  (void) method;
  (void) version;
  (void) data;
  if (NULL == *request)
  {
    *request = &begun;
    return MHD_YES;
  }
  if (0 != *count)
  {
    *count = 0;
    return MHD_YES;
  }
  return MHD_queue_response (connection, 201, *(struct MHD_Response **) context);
}

int
main (int argc, char **argv)
{
  if (3 != argc || 0 != strcmp (argv[1], "--port"))
  {
    fprintf (stderr, "usage: echo --port PORT\n");
    return 1;
  }
  struct MHD_Response *response =
    MHD_create_response_from_buffer (sizeof answer - 1, (void *) (uintptr_t) answer,
                                     MHD_RESPMEM_PERSISTENT);
  MHD_add_response_header (response, "Content-Type", "application/json");
  struct loop loop;
  if (0 != loop_start (&loop, atoi (argv[2]), &handle, NULL, &response))
  {
    fprintf (stderr, "echo: cannot listen on port %s\n", argv[2]);
    return 1;
  }
  loop_run (&loop);
  MHD_stop_daemon (loop.daemon);
  MHD_destroy_response (response);
  return 0;
}
