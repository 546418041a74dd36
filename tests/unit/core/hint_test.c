/* SPDX-License-Identifier: Apache-2.0 */
/* Advice on causes of failure: one sentence for each, which names the cause. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/hint.h"
#include "core/task_context.h"
#include "support/fake_provider.h"

static void test_each_is_a_sentence(void **state)
{
    (void)state;
    assert_string_equal(ens_hint_advice(ENS_HINT_NONE), "");
    for (unsigned i = 1; i < ENS_HINT_COUNT; i++) {
        const char *text = ens_hint_advice((enum ens_hint)i);
        const size_t length = strlen(text);
        assert_true(length > 20);
        assert_true(text[0] >= 'A' && text[0] <= 'Z');
        assert_int_equal(text[length - 1], '.');
        assert_null(strstr(text, "instance id"));
    }
}

static void test_of_faults(void **state)
{
    static const struct {
        enum ens_transport_fault fault;
        const char *word; /* of the advice */
    } rows[] = {
        {ENS_FAULT_NETWORK, "firewall"},          {ENS_FAULT_PROXY, "NO_PROXY"},
        {ENS_FAULT_PROXY_LOGIN, "password"},      {ENS_FAULT_PROXY_FORBIDS, "NO_PROXY"},
        {ENS_FAULT_AUTHORITY, "SSL_CERT_FILE"},   {ENS_FAULT_INTERCEPTED, "inspects TLS"},
        {ENS_FAULT_CERTIFICATE_TIME, "clock"},    {ENS_FAULT_CERTIFICATE_HOST, "host name"},
        {ENS_FAULT_CERTIFICATE, "SSL_CERT_FILE"}, {ENS_FAULT_TRUST_FILE, "PEM"},
    };

    (void)state;
    assert_int_equal(ens_hint_of_fault(ENS_FAULT_NONE), ENS_HINT_NONE);
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        assert_non_null(strstr(ens_hint_advice(ens_hint_of_fault(rows[i].fault)), rows[i].word));
    }
    assert_int_equal(ens_hint_of_phase(ENS_PHASE_NONE), ENS_HINT_NONE);
    assert_int_equal(ens_hint_of_phase(ENS_PHASE_PROXY), ENS_HINT_PROXY);
    assert_int_equal(ens_hint_of_phase(ENS_PHASE_REPLY), ENS_HINT_NETWORK);
}

/* ---- in results ---- */

static struct ens_result step(const struct ens_event *event, struct ens_arena *arena)
{
    const struct ens_job_params params = {.mode = ENS_MODE_PLAN, .arena = arena};
    const struct ens_provider provider = fake_provider();
    struct ens_task task = {.params = &params,
                            .provider = &provider,
                            .target = {ENS_STR("fake"), ENS_STR("moon-1"), ENS_STR("i-1")}};
    struct ens_step ret;

    ens_task_begin(&task);
    ens_task_step(&task, event, arena, &ret);
    assert_true(ret.done);
    return ret.result;
}

static void test_advice_of_a_failed_read(void **state)
{
    const struct ens_outcome outcome = {.kind = ENS_CALL_READ,
                                        .reason = ENS_REASON_UNAVAILABLE,
                                        .hint = ENS_HINT_PROXY,
                                        .detail = ENS_STR("the proxy p:1 refused the connection")};
    ENS_AUTO_ARENA *arena = ens_arena_new();

    (void)state;
    const struct ens_result result =
        step(&(struct ens_event){.kind = ENS_EVENT_OUTCOME, .outcome = &outcome}, arena);
    assert_true(ens_str_is(result.advice, ens_hint_advice(ENS_HINT_PROXY)));
    assert_true(ens_str_is(result.message, "The instance could not be read: the proxy p:1 refused "
                                           "the connection."));
}

static void test_advice_at_the_deadline(void **state)
{
    static const struct ens_outcome failed = {.reason = ENS_REASON_UNAVAILABLE,
                                              .http_status = 503,
                                              .code = ENS_STR_INIT("Busy"),
                                              .request_id = ENS_STR_INIT("r-1")};
    static const struct ens_outcome unreachable = {.reason = ENS_REASON_UNAVAILABLE,
                                                   .hint = ENS_HINT_PROXY,
                                                   .detail = ENS_STR_INIT("it is down")};
    static const struct {
        struct ens_pending pending;
        const char *message;
        enum ens_hint hint;
    } rows[] = {
        {{ENS_PHASE_REPLY, ENS_STR_INIT("h"), {NULL, 0}, NULL},
         "Time ran out before the instance was read (h: waiting for its reply).",
         ENS_HINT_NETWORK},
        {{ENS_PHASE_LOOK_UP, ENS_STR_INIT("h"), {NULL, 0}, NULL},
         "Time ran out before the instance was read (h: name look-up).",
         ENS_HINT_NETWORK},
        {{ENS_PHASE_CONNECT, ENS_STR_INIT("h:1"), {NULL, 0}, &failed},
         "Time ran out before the instance was read (h:1: connection; the last answer: Busy).",
         ENS_HINT_NETWORK},
        {{ENS_PHASE_TLS, ENS_STR_INIT("h"), {NULL, 0}, NULL},
         "Time ran out before the instance was read (h: TLS handshake).",
         ENS_HINT_NETWORK},
        {{ENS_PHASE_PROXY, ENS_STR_INIT("h"), ENS_STR_INIT("p:3128"), NULL},
         "Time ran out before the instance was read (h: connection through the proxy p:3128).",
         ENS_HINT_PROXY},
        {{ENS_PHASE_NONE, ENS_STR_INIT("h"), {NULL, 0}, &unreachable},
         "Time ran out before the instance was read (the last attempt: it is down).",
         ENS_HINT_PROXY},
        {{ENS_PHASE_NONE, ENS_STR_INIT("h"), {NULL, 0}, NULL},
         "Time ran out before the instance was read.",
         ENS_HINT_NONE},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const struct ens_result result = step(
            &(struct ens_event){.kind = ENS_EVENT_DEADLINE, .pending = &rows[i].pending}, arena);
        assert_string_equal(result.message.ptr, rows[i].message);
        assert_int_equal(result.reason, ENS_REASON_TIMED_OUT);
        assert_true(ens_str_is(result.advice, rows[i].hint != ENS_HINT_NONE
                                                  ? ens_hint_advice(rows[i].hint)
                                                  : ens_reason_advice(ENS_REASON_TIMED_OUT)));
        assert_int_equal(result.http_status, rows[i].pending.last == &failed ? 503 : 0);
        assert_true(ens_str_is(result.request_id, rows[i].pending.last == &failed ? "r-1" : ""));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_is_a_sentence),
        cmocka_unit_test(test_of_faults),
        cmocka_unit_test(test_advice_of_a_failed_read),
        cmocka_unit_test(test_advice_at_the_deadline),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
