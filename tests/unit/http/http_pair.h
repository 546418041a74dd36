/* SPDX-License-Identifier: Apache-2.0 */
/* A server of the tests and a client of it. */
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

/* That the error clause is the expected one, which has HOST where the server's host:port stands. */
void expect_error(const struct answer *answer, const struct http_server *server,
                  const char *expected);

#endif
