/* The yardstick of queries: answers SQL statements over HTTP, with nothing around them.

   questions --port PORT --db FILE --statements FILE
   Each line of the statements' file is a name, a tab, SQL, and perhaps a tab and a second SQL whose only value is the
   total. GET /NAME?a=…&b=… binds a, b, c, d to ?1 … ?4 and answers {"total": …, "records": [{column: value, …}, …]}.
   One thread, a read-only connection, statements prepared once, no cache of its own. */
#include "database.h"
#include "metrics.h"
#include "loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUESTIONS_MAX = 64, ANSWER_BYTES = 1 << 20, NAME_BYTES = 64, LINE_BYTES = 4096, WORD_BYTES = 96 };

struct question {
  char name[NAME_BYTES];
  sqlite3_stmt *rows, *total;
};

struct questions {
  sqlite3 *db;
  struct question all[QUESTIONS_MAX];
  int count;
  char answer[ANSWER_BYTES];
  size_t used;
};

static void
add (struct questions *questions, const char *text)
{
  const size_t length = strlen (text);
  if (questions->used + length >= ANSWER_BYTES)
    metrics_fail ("questions: an answer is longer than %d bytes", ANSWER_BYTES);
  memcpy (questions->answer + questions->used, text, length + 1);
  questions->used += length;
}

static void
add_text (struct questions *questions, const char *text)
{
  char escaped[8];
  add (questions, "\"");
  for (; 0 != *text; text++)
  {
    const unsigned char byte = (unsigned char) *text;
    if ('"' == byte || '\\' == byte)
      snprintf (escaped, sizeof escaped, "\\%c", byte);
    else if (byte < ' ')
      snprintf (escaped, sizeof escaped, "\\u%04x", byte);
    else
      snprintf (escaped, sizeof escaped, "%c", byte);
    add (questions, escaped);
  }
  add (questions, "\"");
}

static void
add_value (struct questions *questions, sqlite3_stmt *statement, int column)
{
  const int type = sqlite3_column_type (statement, column);
  if (SQLITE_TEXT == type)
    add_text (questions, (const char *) sqlite3_column_text (statement, column));
  else if (SQLITE_INTEGER == type || SQLITE_FLOAT == type)
    add (questions, (const char *) sqlite3_column_text (statement, column));
  else
    add (questions, "null");
}

static void
add_rows (struct questions *questions, sqlite3_stmt *statement)
{
  int row = 0, result;
  while (SQLITE_ROW == (result = sqlite3_step (statement)))
  {
    add (questions, 0 == row++ ? "{" : ",{");
    for (int column = 0; column < sqlite3_column_count (statement); column++)
    {
      add (questions, 0 == column ? "" : ",");
      add_text (questions, sqlite3_column_name (statement, column));
      add (questions, ":");
      add_value (questions, statement, column);
    }
    add (questions, "}");
  }
  if (SQLITE_DONE != result)
    database_check (questions->db, result);
}

static void
bind_values (sqlite3_stmt *statement, struct MHD_Connection *connection)
{
  static const char *const names[] = { "a", "b", "c", "d" };
  sqlite3_reset (statement);
  for (int i = 0; i < 4 && i < sqlite3_bind_parameter_count (statement); i++)
    sqlite3_bind_text (statement, i + 1,
                       MHD_lookup_connection_value (connection, MHD_GET_ARGUMENT_KIND, names[i]), -1,
                       SQLITE_TRANSIENT);
}

static void
answer (struct questions *questions, const struct question *question, struct MHD_Connection *connection)
{
  questions->used = 0;
  add (questions, "{\"total\":");
  if (NULL == question->total)
    add (questions, "null");
  else
  {
    bind_values (question->total, connection);
    if (SQLITE_ROW == sqlite3_step (question->total))
      add_value (questions, question->total, 0);
    sqlite3_reset (question->total);
  }
  add (questions, ",\"records\":[");
  bind_values (question->rows, connection);
  add_rows (questions, question->rows);
  sqlite3_reset (question->rows);
  add (questions, "]}");
}

static enum MHD_Result
handle (void *context, struct MHD_Connection *connection, const char *url, const char *method,
        const char *version, const char *data, size_t *count, void **request)
{
  static int begun;
  struct questions *questions = context;
  (void) method;
  (void) version;
  (void) data;
  (void) count;
  if (NULL == *request)
  {
    *request = &begun;
    return MHD_YES;
  }
  for (int i = 0; i < questions->count; i++)
    if (0 == strcmp (url + 1, questions->all[i].name))
    {
      answer (questions, &questions->all[i], connection);
      struct MHD_Response *response =
        MHD_create_response_from_buffer (questions->used, questions->answer, MHD_RESPMEM_MUST_COPY);
      MHD_add_response_header (response, "Content-Type", "application/json");
      const enum MHD_Result result = MHD_queue_response (connection, 200, response);
      MHD_destroy_response (response);
      return result;
    }
  return MHD_NO;
}

/* Signs of the shorter of two texts that must be changed, added or left out to make the other; bytes beyond the limit
   are not compared. */
static void
distance (sqlite3_context *context, int count, sqlite3_value **values)
{
  const unsigned char *one = sqlite3_value_text (values[0]), *other = sqlite3_value_text (values[1]);
  int costs[WORD_BYTES + 1];
  (void) count;
  const int width = (int) strnlen ((const char *) other, WORD_BYTES);
  for (int i = 0; i <= width; i++)
    costs[i] = i;
  for (int row = 0; 0 != one[row]; row++)
  {
    int diagonal = costs[0]++;
    for (int i = 0; i < width; i++)
    {
      const int same = diagonal + (one[row] != other[i]);
      diagonal = costs[i + 1];
      const int least = costs[i] < diagonal ? costs[i] + 1 : diagonal + 1;
      costs[i + 1] = same < least ? same : least;
    }
  }
  sqlite3_result_int (context, costs[width]);
}

static void
read_statements (struct questions *questions, const char *path)
{
  char line[LINE_BYTES];
  FILE *file = fopen (path, "r");
  if (NULL == file)
    metrics_fail ("questions: %s cannot be read", path);
  while (NULL != fgets (line, sizeof line, file) && questions->count < QUESTIONS_MAX)
  {
    struct question *question = &questions->all[questions->count++];
    line[strcspn (line, "\n")] = 0;
    char *rest = line;
    const char *name = strsep (&rest, "\t"), *rows = strsep (&rest, "\t");
    if (NULL == rows)
      metrics_fail ("questions: a line without SQL: %s", name);
    snprintf (question->name, sizeof question->name, "%s", name);
    question->rows = database_prepare (questions->db, rows);
    question->total = NULL == rest ? NULL : database_prepare (questions->db, rest);
  }
  fclose (file);
}

int
main (int argc, char **argv)
{
  static struct questions questions;
  struct loop loop;
  const char *path = metrics_text (argc, argv, "--db", "lprserver.db");
  if (SQLITE_OK != sqlite3_open_v2 (path, &questions.db, SQLITE_OPEN_READONLY, NULL))
    metrics_fail ("questions: %s: %s", path, sqlite3_errmsg (questions.db));
  database_check (questions.db, sqlite3_exec (questions.db, "PRAGMA cache_size = -6144", NULL, NULL, NULL));
  database_check (questions.db,
                  sqlite3_create_function (questions.db, "distance", 2,
                                           SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, &distance, NULL, NULL));
  read_statements (&questions, metrics_text (argc, argv, "--statements", "statements"));
  if (0 != loop_start (&loop, (int) metrics_number (argc, argv, "--port", 0), &handle, NULL, &questions))
    metrics_fail ("questions: cannot listen");
  loop_run (&loop);
  MHD_stop_daemon (loop.daemon);
  return 0;
}
