/* SPDX-License-Identifier: Apache-2.0 */
/* Test client: sends requests with ens_http, runs its loop, and keeps the results. */
#ifndef ENSURE_TESTS_HTTP_CLIENT_H
#define ENSURE_TESTS_HTTP_CLIENT_H

#include "base/buf.h"
#include "http/http.h"

#define ANSWER_HEADERS_MAX 256

struct answer {
    bool done;
    unsigned calls; /* of the done function */
    enum ens_transport_end end;
    bool untrusted;
    enum ens_transport_fault fault;
    bool timed_out;
    uint32_t status;
    size_t header_count;
    char headers[8192]; /* "name=value\n" each, as far as they fit */
    char *body;         /* owned; NULL: no reply */
    size_t body_size;
    char error[512];
};

void answer_done(struct answer *answer);

/* An ens_http with the options; NULL: defaults. If no clock is set, it is that of the operating
 * system; the environment is always that of the process. */
struct ens_http *client_new(const struct ens_http_options *options);

/* A request of a test; empty members get a default. */
struct sending {
    const char *base;
    const char *target;
    const char *method;
    const char *host;
    ens_str body;
    const struct ens_pair *headers; /* of the request */
    size_t header_count;
    const struct ens_pair *signed_headers;
    size_t signed_count;
    int64_t timeout_ms;
    bool fresh;
    bool direct;
};

struct ens_transfer *client_send_message(struct ens_http *http,
                                         const struct ens_transport_message *message,
                                         ens_transport_done_fn *done, void *ud);
struct ens_transfer *client_send(struct ens_http *http, const struct sending *sending,
                                 struct answer *answer);

void client_cancel(struct ens_http *http, struct ens_transfer *transfer);
struct ens_transport_progress client_progress(struct ens_http *http, struct ens_transfer *transfer);
void client_wait(struct ens_http *http, int64_t wait_ms); /* negative: no limit */
void client_wake(struct ens_http *http);

/* Runs the loop until all answers of the array are complete. */
void client_run(struct ens_http *http, const struct answer *answers, size_t count);

/* Sends a request and waits for its result. */
struct answer client_ask(struct ens_http *http, const struct sending *sending);

#endif
