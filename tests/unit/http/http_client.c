/* SPDX-License-Identifier: Apache-2.0 */
#include "http_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "os/os.h"

#define HEADERS_MAX 512

void answer_done(struct answer *answer)
{
    ens_free(answer->body);
    *answer = (struct answer){0};
}

struct ens_http *client_new(const struct ens_http_options *options)
{
    static const struct ens_http_options none = {.user_agent = "test/1"};
    struct ens_http_options used = options == NULL ? none : *options;
    struct ens_http *http = NULL;

    used.clock = used.clock == NULL ? &ens_os_clock : used.clock;
    used.environment = &ens_os_environment;
    assert_int_equal(ens_http_new(&used, &http, NULL), ENS_OK);
    return http;
}

static void keep_reply(struct answer *answer, const struct ens_http_reply *reply)
{
    size_t at = 0;

    assert_int_equal(reply->struct_size, sizeof(*reply));
    answer->status = reply->status;
    answer->header_count = reply->header_count;
    for (size_t i = 0; i < reply->header_count && at < sizeof(answer->headers) - 1; i++) {
        int put =
            snprintf(answer->headers + at, sizeof(answer->headers) - at, "%.*s=%.*s\n",
                     ENS_STR_ARG(reply->headers[i]->name), ENS_STR_ARG(reply->headers[i]->value));
        at += (size_t)put;
    }
    answer->body_size = reply->body.len;
    answer->body = ens_alloc(reply->body.len + 1);
    if (reply->body.len > 0) {
        memcpy(answer->body, reply->body.ptr, reply->body.len);
    }
}

static void on_done(void *ud, const struct ens_transport_result *outcome)
{
    struct answer *answer = ud;

    answer->done = true;
    answer->calls++;
    answer->end = outcome->end;
    answer->untrusted = outcome->untrusted;
    answer->fault = outcome->fault;
    answer->timed_out = outcome->timed_out;
    (void)snprintf(answer->error, sizeof(answer->error), "%s", outcome->error);
    assert_int_equal(outcome->reply != NULL, outcome->end == ENS_TRANSPORT_REPLY);
    assert_int_equal(answer->error[0] == '\0', outcome->end == ENS_TRANSPORT_REPLY);
    if (outcome->reply != NULL) {
        keep_reply(answer, outcome->reply);
    }
}

static ens_str or_else(const char *text, const char *fallback)
{
    return ens_str_of(text == NULL ? fallback : text);
}

struct ens_transfer *client_send_message(struct ens_http *http,
                                         const struct ens_transport_message *message,
                                         ens_transport_done_fn *done, void *ud)
{
    const struct ens_transport *transport = ens_http_transport(http);

    return transport->send(transport->ud, message, done, ud);
}

struct ens_transfer *client_send(struct ens_http *http, const struct sending *sending,
                                 struct answer *answer)
{
    const struct ens_pair *headers[HEADERS_MAX];
    const struct ens_pair *signed_headers[HEADERS_MAX];

    assert_true(sending->header_count <= HEADERS_MAX && sending->signed_count <= HEADERS_MAX);
    for (size_t i = 0; i < sending->header_count; i++) {
        headers[i] = &sending->headers[i];
    }
    for (size_t i = 0; i < sending->signed_count; i++) {
        signed_headers[i] = &sending->signed_headers[i];
    }
    const struct ens_http_request request = {
        .struct_size = sizeof(request),
        .method = or_else(sending->method, "GET"),
        .path = ENS_STR("/not-used"),
        .headers = headers,
        .header_count = sending->header_count,
        .body = sending->body,
    };
    const struct ens_signature signature = {
        .struct_size = sizeof(signature),
        .target = or_else(sending->target, "/"),
        .headers = signed_headers,
        .header_count = sending->signed_count,
    };
    const struct ens_transport_message message = {
        .base = ens_str_of(sending->base),
        .host = or_else(sending->host, "api.example"),
        .request = &request,
        .signature = &signature,
        .timeout_ms = sending->timeout_ms == 0 ? 30000 : sending->timeout_ms,
        .fresh = sending->fresh,
        .direct = sending->direct,
    };
    return client_send_message(http, &message, on_done, answer);
}

void client_cancel(struct ens_http *http, struct ens_transfer *transfer)
{
    const struct ens_transport *transport = ens_http_transport(http);

    transport->cancel(transport->ud, transfer);
}

struct ens_transport_progress client_progress(struct ens_http *http, struct ens_transfer *transfer)
{
    const struct ens_transport *transport = ens_http_transport(http);

    return transport->progress(transport->ud, transfer);
}

void client_wait(struct ens_http *http, int64_t wait_ms)
{
    const struct ens_transport *transport = ens_http_transport(http);
    const int64_t now = ens_os_clock.mono_ms(ens_os_clock.ud);

    transport->wait(transport->ud, wait_ms < 0 ? ENS_TIME_NEVER : now + wait_ms);
}

void client_wake(struct ens_http *http)
{
    const struct ens_transport *transport = ens_http_transport(http);

    transport->wake(transport->ud);
}

static bool all_done(const struct answer *answers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!answers[i].done) {
            return false;
        }
    }
    return true;
}

void client_run(struct ens_http *http, const struct answer *answers, size_t count)
{
    while (!all_done(answers, count)) {
        client_wait(http, -1);
    }
}

struct answer client_ask(struct ens_http *http, const struct sending *sending)
{
    struct answer answer = {0};

    (void)client_send(http, sending, &answer);
    client_run(http, &answer, 1);
    return answer;
}
