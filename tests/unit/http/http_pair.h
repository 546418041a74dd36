/* SPDX-License-Identifier: Apache-2.0 */
/* A test server and a client for it. */
#ifndef ENSURE_TESTS_HTTP_PAIR_H
#define ENSURE_TESTS_HTTP_PAIR_H

#include "http_client.h"
#include "http_server.h"

struct pair {
    struct http_server *server;
    struct ens_http *http;
};

struct pair pair_new(http_serve_fn *serve, void *ud);
void pair_done(struct pair *pair);

/* Asserts the error clause; HOST in expected stands for the server's host:port. */
void expect_error(const struct answer *answer, const struct http_server *server,
                  const char *expected);

#endif
