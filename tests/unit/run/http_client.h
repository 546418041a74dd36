/* ens_http under test: sends, runs the loop until the end, and keeps what the end said. */
#ifndef ENSURE_TESTS_HTTP_CLIENT_H
#define ENSURE_TESTS_HTTP_CLIENT_H

#include "base/buf.h"
#include "run/http.h"

#define ANSWER_HEADERS_MAX 256

struct answer {
    bool done;
    unsigned calls; /* of the done function */
    enum ens_http_end end;
    bool untrusted;
    bool timed_out;
    int64_t retry_after_ms;
    int64_t server_unix_s;
    uint32_t status;
    size_t header_count;
    char headers[8192]; /* "name=value\n" each, as far as they fit */
    char *body;         /* owned; NULL: no reply */
    size_t body_size;
    char error[512];
};

void answer_done(struct answer *answer);

/* An ens_http with the options; NULL: none set. */
struct ens_http *client_new(const struct ens_http_options *options);

/* What a test wants to send; members that are empty have a sensible value. */
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
};

struct ens_transfer *client_send(struct ens_http *http, const struct sending *sending,
                                 struct answer *answer);

/* Runs until so many answers of the array are there. */
void client_run(struct ens_http *http, const struct answer *answers, size_t count);

/* Sends one and waits for its end. */
struct answer client_ask(struct ens_http *http, const struct sending *sending);

#endif
