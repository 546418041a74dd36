/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small HTTP/1.1 server on 127.0.0.1 for tests, with one thread that accepts and one per
 * connection. Replies are written by a function of the test, which may send any bytes and close or
 * reset the connection at any point.
 */
#ifndef ENSURE_TESTS_HTTP_SERVER_H
#define ENSURE_TESTS_HTTP_SERVER_H

#include <openssl/ssl.h>
#include <stdatomic.h>

#include "base/str.h"

struct http_server;
struct http_peer; /* one connection */

/* Called on the connection's thread for each request; request: headers and body as received. False
 * closes the connection. */
typedef bool http_serve_fn(void *ud, struct http_peer *peer, ens_str request);

/* tls may be NULL. */
struct http_server *http_server_start(http_serve_fn *serve, void *ud, SSL_CTX *tls);
void http_server_stop(struct http_server *server); /* closes open connections */

const char *http_server_base(const struct http_server *server); /* "http://127.0.0.1:PORT" */
int http_server_port(const struct http_server *server);

unsigned http_server_connections(struct http_server *server); /* accepted so far */
unsigned http_server_requests(struct http_server *server);    /* completely received so far */
unsigned http_server_most_open(struct http_server *server);   /* maximum at the same time */

/* Blocks until that many connections were closed by either side. */
void http_server_wait_closed(struct http_server *server, unsigned count);

/* False: the client has closed the connection. */
bool http_peer_send(struct http_peer *peer, ens_str bytes);

/* Blocks until the client closes the connection, at most wait_ms (-1: no limit); returns whether it
 * has.
 */
bool http_peer_closed(struct http_peer *peer, int wait_ms);

/* Makes the connection end with a TCP reset. */
void http_peer_reset(struct http_peer *peer);

/* The number of the current request on this connection, from 1. */
unsigned http_peer_request_number(const struct http_peer *peer);

#endif
