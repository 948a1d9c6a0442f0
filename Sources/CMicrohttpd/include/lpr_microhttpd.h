#ifndef LPR_MICROHTTPD_H
#define LPR_MICROHTTPD_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Wrappers for what Swift cannot call in libmicrohttpd (variadic functions, macros), and the few system
 * calls of the listener's thread. Nothing here has state.
 */

/* The library's callbacks, all on the thread that calls MHD_run. */
struct lpr_callbacks {
  void *context;
  MHD_AccessHandlerCallback handle;
  MHD_RequestCompletedCallback completed;
  MHD_NotifyConnectionCallback connection;
  void *(*target) (void *context, const char *raw, struct MHD_Connection *connection);
};

/* Starts a daemon without threads on a listening socket; NULL on failure. The socket belongs
   to the daemon from then on. SIGPIPE is ignored process-wide, so that sendfile may be used. */
struct MHD_Daemon *lpr_start (int listening_socket, unsigned connections_max,
                              unsigned idle_seconds, size_t connection_memory,
                              const struct lpr_callbacks *callbacks);

/* The descriptor to poll for the daemon, or -1. */
int lpr_poll_descriptor (struct MHD_Daemon *daemon);

/* Milliseconds until MHD_run must be called again, or -1 if there is no such time. */
int lpr_timeout (struct MHD_Daemon *daemon);

/* Opens a listening socket; address is an IPv4 or IPv6 literal. Returns the descriptor and stores the
   port, or returns a negated errno. */
int lpr_listen (const char *address, uint16_t port, int backlog, unsigned peer_milliseconds,
                uint16_t *bound_port);

/* Opens a listening Unix socket that only its owner and root may connect to. A socket file on which no process
   listens is replaced. Returns the descriptor or a negated errno: EADDRINUSE if a process listens there,
   ENOTSOCK for another kind of file, ENAMETOOLONG for a path over 107 bytes. */
int lpr_listen_unix (const char *path, int backlog);

/* The user of the process that connected to a Unix socket; false for any other socket. */
bool lpr_peer_user (struct MHD_Connection *connection, uint32_t *user);

/* Whether a client waits to be accepted. */
bool lpr_has_pending_client (int listening_socket);

/* An eventfd, or -1. */
int lpr_event_open (void);
void lpr_event_signal (int event);
void lpr_event_clear (int event);

/* Waits for any of the descriptors, ignoring negative ones; milliseconds < 0 = forever. */
void lpr_wait (int poll_descriptor, int event, int other, int milliseconds);

/* An epoll descriptor for upgraded sockets, or -1. */
int lpr_poll_open (void);
void lpr_poll_add (int poll, int socket);
void lpr_poll_change (int poll, int socket, bool reads, bool writes);
void lpr_poll_remove (int poll, int socket);

/* A ready socket. */
struct lpr_ready {
  int socket;
  bool can_read;
  bool can_write;
};

/* Waits for some sockets, at most capacity of them; returns how many. milliseconds < 0 = forever. */
int lpr_poll_wait (int poll, struct lpr_ready *ready, int capacity, int milliseconds);

/* Milliseconds of the monotonic clock. */
int64_t lpr_milliseconds (void);

/* Lets each thread's heap keep free memory, as much as a few pictures take, instead of returning it
   to the system and getting it back zeroed for the next one; process-wide. */
void lpr_keep_free_memory (size_t bytes);

/* Returns to the system all that is free now, in every thread's heap: some ms, and later a fault for each page that is
   needed again. */
void lpr_return_free_memory (void);

/* Raises the soft limit of open files to the hard one and returns it. */
uint64_t lpr_raise_file_limit (void);

/* Writes every header field as name NUL value NUL: all others first, then, from byte *lengths on, each
   Content-Length. Returns the number of bytes needed; the content is undefined if that is more than
   capacity. */
size_t lpr_headers (struct MHD_Connection *connection, uint8_t *buffer, size_t capacity,
                    size_t *lengths);

/* Whether the header fields equal those that lpr_headers wrote, in that order, plus one
   Content-Length of digits, which is stored. */
bool lpr_same_headers (struct MHD_Connection *connection, const uint8_t *known, size_t count,
                       uint64_t *length);

/* The peer's sixteen bytes, IPv4 as ::ffff:a.b.c.d; false if it has no IP address. */
bool lpr_peer (struct MHD_Connection *connection, uint64_t *high, uint64_t *low);

/* The context that the connection callback stored at the connection. */
void *lpr_socket_context (struct MHD_Connection *connection);

/* Sends bytes bypassing the library and shuts down the writing side. Only while the library writes nothing. */
void lpr_send_last (struct MHD_Connection *connection, const uint8_t *bytes, size_t count);

/* Sends bytes as one chunk (RFC 9112 §7.1) bypassing the library, without waiting. Only while the connection is
   suspended in a chunked body of which the library has sent all chunks so far. Returns how many bytes of
   the chunk, including its framing, are left, or -1 if the connection is broken. */
ssize_t lpr_send_chunk (struct MHD_Connection *connection, const uint8_t *bytes, size_t count);

/* Sends bytes verbatim, under the same conditions and with the same result. */
ssize_t lpr_send_rest (struct MHD_Connection *connection, const uint8_t *bytes, size_t count);

/* The connection's socket, or -1. */
int lpr_socket (struct MHD_Connection *connection);

/* Whether each header field has a proper name and no control character in its value (RFC 9112 §5.1): the
   library takes `Transfer-Encoding : chunked` for a field of another name. */
bool lpr_has_proper_headers (struct MHD_Connection *connection);

/* Shuts down both sides; the library then closes the connection. */
void lpr_shutdown (struct MHD_Connection *connection);

/* Whether the peer has closed its side and nothing is left to read. */
bool lpr_peer_closed (struct MHD_Connection *connection);

/* Whether there is unread input. */
bool lpr_has_input (struct MHD_Connection *connection);

/* The return values of a content reader at the end, and on failure. */
ssize_t lpr_reader_end (void);
ssize_t lpr_reader_failed (void);

/* Responses; NULL on failure. The bytes are copied, the descriptor is taken over. */
struct MHD_Response *lpr_response_bytes (const uint8_t *bytes, size_t count);
struct MHD_Response *lpr_response_file (int descriptor, uint64_t offset, uint64_t count);
struct MHD_Response *lpr_response_stream (MHD_ContentReaderCallback reader, void *context,
                                          MHD_ContentReaderFreeCallback release, size_t block);

/* A response that passes the connection's socket to handler, which calls lpr_upgrade_take. */
struct MHD_Response *lpr_response_upgrade (MHD_UpgradeHandler handler, void *context);

/* Takes an upgraded connection's socket over from the library, as a duplicate descriptor (or -1), and
   lets the library close the connection: nothing of it is left when the daemon is stopped. */
int lpr_upgrade_take (MHD_socket socket, struct MHD_UpgradeResponseHandle *upgrade);

/* A response of unknown length for HEAD: no body follows, the connection ends. */
struct MHD_Response *lpr_response_unknown (void);

#endif
