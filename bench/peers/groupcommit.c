/* The peer in C: libmicrohttpd and SQLite with group commit, as directly as it can be written.

   groupcommit --port PORT --db FILE --schema FILE --folder DIR
   One thread serves HTTP and parses; one writer takes all that waits as one transaction, pictures first;
   connections are suspended until their read is on disk. */
#include "body.h"
#include "metrics.h"
#include "ledger.h"
#include "loop.h"
#include "pictures.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  BATCH_MAX = 1000,
  BODY_MAX = 16 << 20,
  /* Up to so many pictures are synced one by one, as lprserver does. */
  SINGLE_SYNCS_MAX = 4,
};

struct request {
  struct MHD_Connection *connection;
  struct request *next;
  char *bytes;
  size_t count, capacity;
  struct body body;
  char path[48];
  int64_t received_ms, record;
  int is_refused;
};

struct server {
  struct loop loop;
  struct ledger ledger;
  struct pictures pictures;
  pthread_mutex_t lock;
  pthread_cond_t grown;
  struct request *first, *last;
  int is_over;
};

static struct request *
new_request (struct MHD_Connection *connection)
{
  struct request *request = calloc (1, sizeof *request);
  const char *length =
    MHD_lookup_connection_value (connection, MHD_HEADER_KIND, "Content-Length");
  if (NULL == request)
    return NULL;
  request->connection = connection;
  request->capacity = (NULL == length ? 4096 : strtoul (length, NULL, 10)) + 1;
  request->is_refused = request->capacity > BODY_MAX;
  if (!request->is_refused)
    request->bytes = malloc (request->capacity);
  request->is_refused |= NULL == request->bytes;
  return request;
}

static void
offer (struct server *server, struct request *request)
{
  MHD_suspend_connection (request->connection);
  pthread_mutex_lock (&server->lock);
  if (NULL == server->first)
    server->first = request;
  else
    server->last->next = request;
  server->last = request;
  pthread_cond_signal (&server->grown);
  pthread_mutex_unlock (&server->lock);
}

static enum MHD_Result
answer (struct request *request)
{
  char text[96];
  const int count = request->is_refused
    ? snprintf (text, sizeof text, "{\"error\":\"a read is expected\"}")
    : snprintf (text, sizeof text, "{\"id\":%lld,\"message\":\"Record created successfully\"}",
                (long long) request->record);
  struct MHD_Response *response =
    MHD_create_response_from_buffer ((size_t) count, text, MHD_RESPMEM_MUST_COPY);
  MHD_add_response_header (response, "Content-Type", "application/json");
  const enum MHD_Result result =
    MHD_queue_response (request->connection, request->is_refused ? 400 : 201, response);
  MHD_destroy_response (response);
  return result;
}

static enum MHD_Result
handle (void *context, struct MHD_Connection *connection, const char *url, const char *method,
        const char *version, const char *data, size_t *count, void **slot)
{
  struct request *request = *slot;
  (void) url;
  (void) method;
  (void) version;
  if (NULL == request)
  {
    *slot = new_request (connection);
    return NULL == *slot ? MHD_NO : MHD_YES;
  }
  if (0 != *count)
  {
    request->is_refused |= request->count + *count >= request->capacity;
    if (!request->is_refused)
      memcpy (request->bytes + request->count, data, *count);
    request->count += *count;
    *count = 0;
    return MHD_YES;
  }
  if (0 != request->record || request->is_refused)
    return answer (request);
  request->bytes[request->count] = 0;
  request->is_refused = 0 != body_parse (request->bytes, &request->body);
  if (request->is_refused)
    return answer (request);
  request->received_ms = metrics_wall_milliseconds ();
  offer (context, request);
  return MHD_YES;
}

static void
completed (void *context, struct MHD_Connection *connection, void **slot,
           enum MHD_RequestTerminationCode why)
{
  struct request *request = *slot;
  (void) context;
  (void) connection;
  (void) why;
  if (NULL == request)
    return;
  free (request->body.picture);
  free (request->bytes);
  free (request);
}

/* Takes up to BATCH_MAX requests, in order; NULL when the server ends. */
static struct request *
take (struct server *server)
{
  pthread_mutex_lock (&server->lock);
  while (NULL == server->first && !server->is_over)
    pthread_cond_wait (&server->grown, &server->lock);
  struct request *batch = server->first;
  struct request *end = batch;
  for (int count = 1; NULL != end && NULL != end->next && count < BATCH_MAX; count++)
    end = end->next;
  server->first = NULL == end ? NULL : end->next;
  if (NULL != end)
    end->next = NULL;
  pthread_mutex_unlock (&server->lock);
  return batch;
}

static void
keep_pictures (struct server *server, struct request *batch)
{
  int count = 0;
  for (struct request *request = batch; NULL != request; request = request->next)
    count += NULL != request->body.picture;
  const int singly = count <= SINGLE_SYNCS_MAX;
  for (struct request *request = batch; NULL != request; request = request->next)
    if (NULL != request->body.picture)
      pictures_write (&server->pictures, request->body.picture, request->body.picture_count, singly,
                      request->received_ms, request->path);
  if (0 != count && singly)
    pictures_sync_folder (&server->pictures);
  else if (0 != count)
    pictures_sync_all (&server->pictures);
}

static void
insert (struct server *server, struct request *request)
{
  const struct body *body = &request->body;
  request->record = ledger_insert (&server->ledger, &(struct ledger_read) {
    .camera = body->camera, .plate = body->plate, .confidence = body->confidence,
    .location = body->location, .latitude = body->latitude, .longitude = body->longitude,
    .picture = NULL == body->picture ? NULL : request->path,
    .event_id = 0 == body->event_id[0] ? NULL : body->event_id,
    .received_ms = request->received_ms,
  });
}

static void *
write_batches (void *context)
{
  struct server *server = context;
  struct request *batch;
  while (NULL != (batch = take (server)))
  {
    keep_pictures (server, batch);
    ledger_begin (&server->ledger);
    for (struct request *request = batch; NULL != request; request = request->next)
      insert (server, request);
    ledger_commit (&server->ledger);
    while (NULL != batch)
    {
      /* Once it is resumed, the HTTP thread may free it. */
      struct request *request = batch;
      batch = request->next;
      MHD_resume_connection (request->connection);
    }
    loop_wake (&server->loop);
  }
  return NULL;
}

int
main (int argc, char **argv)
{
  static struct server server = {
    .lock = PTHREAD_MUTEX_INITIALIZER, .grown = PTHREAD_COND_INITIALIZER,
  };
  pthread_t writer;
  const int port = (int) metrics_number (argc, argv, "--port", 5000);
  pictures_open (&server.pictures, metrics_text (argc, argv, "--folder", "."));
  ledger_open (&server.ledger, metrics_text (argc, argv, "--db", "peer.db"),
               metrics_text (argc, argv, "--schema", "schema.sql"));
  if (0 != loop_start (&server.loop, port, &handle, &completed, &server)
      || 0 != pthread_create (&writer, NULL, &write_batches, &server))
    metrics_fail ("groupcommit: cannot listen on port %d", port);
  loop_run (&server.loop);
  pthread_mutex_lock (&server.lock);
  server.is_over = 1;
  pthread_cond_signal (&server.grown);
  pthread_mutex_unlock (&server.lock);
  pthread_join (writer, NULL);
  MHD_stop_daemon (server.loop.daemon);
  ledger_close (&server.ledger);
  return 0;
}
