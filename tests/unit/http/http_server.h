/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small HTTP/1.1 server on 127.0.0.1 for tests: a thread that accepts, and one for each
 * connection. What it answers is the test's: a function that writes bytes and may stop or cut the
 * connection wherever it likes.
 */
#ifndef ENSURE_TESTS_HTTP_SERVER_H
#define ENSURE_TESTS_HTTP_SERVER_H

#include <openssl/ssl.h>
#include <stdatomic.h>

#include "base/str.h"

struct http_server;
struct http_peer; /* one connection */

/* Called on the connection's thread for each request, headers and body as they came. False closes
 * the connection. */
typedef bool http_serve_fn(void *ud, struct http_peer *peer, ens_str request);

/* tls may be NULL. */
struct http_server *http_server_start(http_serve_fn *serve, void *ud, SSL_CTX *tls);
void http_server_stop(struct http_server *server); /* cuts what is open */

const char *http_server_base(const struct http_server *server); /* "http://127.0.0.1:PORT" */
int http_server_port(const struct http_server *server);

unsigned http_server_connections(struct http_server *server); /* accepted so far */
unsigned http_server_requests(struct http_server *server);    /* read whole so far */
unsigned http_server_most_open(struct http_server *server);   /* at the same time */

/* Sleeps until so many connections were closed by either side. */
void http_server_wait_closed(struct http_server *server, unsigned count);

/* False: the other side is gone. */
bool http_peer_send(struct http_peer *peer, ens_str bytes);

/* Sleeps until the other side closes, at most wait_ms (-1: no limit); whether it has closed. */
bool http_peer_closed(struct http_peer *peer, int wait_ms);

/* The connection will end with a reset. */
void http_peer_reset(struct http_peer *peer);

/* The 1st, 2nd... request of this connection. */
unsigned http_peer_request_number(const struct http_peer *peer);

#endif
