/* SPDX-License-Identifier: Apache-2.0 */
/* Checkups in virtual time: retries, renewal, the deadline, cancellation. */
#include <string.h>

#include "answers.h"
#include "fake_net.h"
#include "support/fake_provider.h"

/* A cloud and what a checkup of it came to. */
struct clinic {
    struct net net;
    unsigned rights;   /* requests for the right to read */
    unsigned callers;  /* requests for the caller */
    unsigned logins;   /* the N-th gives the keys "akeyN skN" */
    unsigned refusals; /* of the first requests for the right */
    const char *code;  /* ... with this code */
    uint32_t status;   /* ... and HTTP status */
    bool no_caller;    /* requests for the caller get no reply */
    bool silent;       /* requests for the right get no reply */
    bool silent_login;
    bool cancel; /* once the right is asked for */
    bool tells_time;
    int64_t clock_s; /* of the server, ahead of ours */
    int64_t last_date_s;
    ens_job_id id;
    unsigned dones;
    int64_t done_ms;
    struct ens_arena *arena;
    struct ens_diagnosis found;
};

static int64_t latency(void *ud, const struct net_request *request)
{
    struct clinic *clinic = ud;
    const bool login = request->login && ens_str_is(request->target, "/login");
    const bool right = !request->login;

    if (right && clinic->cancel) {
        ens_engine_cancel(clinic->net.engine, clinic->id);
    }
    return (login && clinic->silent_login) || (right && clinic->silent) ? 3600 * 1000 : 10;
}

static void answer(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct clinic *clinic = ud;

    clinic->rights++;
    clinic->last_date_s = request->date_s;
    if (clinic->tells_time) {
        ret->server_unix_s = net_now() / 1000 + clinic->clock_s;
    }
    if (clinic->rights <= clinic->refusals) {
        refuse(ret, clinic->status, clinic->code);
    }
}

static void log_in(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct clinic *clinic = ud;

    if (ens_str_is(request->target, "/login")) {
        clinic->logins++;
        ens_buf_addf(&ret->text, "keys akey%u skey%u 3600", clinic->logins, clinic->logins);
        return;
    }
    assert_true(ens_str_is(request->target, "/caller"));
    assert_true(ens_str_is(request->base, FAKE_STS));
    clinic->callers++;
    if (clinic->no_caller) {
        ret->end = ENS_TRANSPORT_LOST;
    } else {
        ens_buf_addf(&ret->text, "next crn:fake:user/alice");
    }
}

static void on_done(void *ud, const struct ens_diagnoses *diagnoses)
{
    struct clinic *clinic = ud;

    assert_int_equal(diagnoses->count, 1);
    clinic->dones++;
    clinic->done_ms = net_now() - NET_START_MS;
    clinic->found = diagnoses->items[0];
    clinic->found.source = ens_arena_dup(clinic->arena, clinic->found.source);
    clinic->found.key_id_tail = ens_arena_dup(clinic->arena, clinic->found.key_id_tail);
    clinic->found.expires_at = ens_arena_dup(clinic->arena, clinic->found.expires_at);
    clinic->found.identity = ens_arena_dup(clinic->arena, clinic->found.identity);
    clinic->found.region = ens_arena_dup(clinic->arena, clinic->found.region);
    clinic->found.message = ens_arena_dup(clinic->arena, clinic->found.message);
}

/* Checks every cloud, which is one, and ends the engine. */
static void check(struct clinic *clinic, bool steps, int64_t timeout_ms)
{
    const struct ens_checkup_request request = {.timeout_ms = timeout_ms,
                                                .events = {.done = on_done, .ud = clinic}};
    struct net *net = &clinic->net;

    net_init(net);
    net->latency = latency;
    net->answer = answer;
    net->log_in = log_in;
    net->ud = clinic;
    net->stepped = true;
    if (steps) {
        net->provider.sources = fake_sources;
        net->variables[0] = (struct variable){"FAKE_OIDC", "send /login"};
        net->variables[1] = (struct variable){NULL, NULL};
    }
    clinic->arena = ens_arena_new();
    net_begin(net);
    clinic->id = ens_engine_check(net->engine, &request);
    while (clinic->dones == 0) {
        const int64_t next = ens_engine_step(net->engine);
        if (clinic->dones == 0) {
            net->transport.wait(net->transport.ud, next);
        }
    }
    net_done(net);
    assert_int_equal(clinic->dones, 1);
}

static void close_clinic(struct clinic *clinic)
{
    ens_arena_free(clinic->arena);
}

static void assert_text(ens_str text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.ptr != NULL ? text.ptr : "", expected, text.len);
}

static void test_static_keys(void **state)
{
    struct clinic clinic = {0};

    (void)state;
    check(&clinic, false, 0);
    assert_int_equal(clinic.found.may_read, ENS_MAY_READ_YES);
    assert_int_equal(clinic.found.reason, ENS_REASON_OK);
    assert_text(clinic.found.region, "fake-1");
    assert_text(clinic.found.source, "environment (FAKE_KEY)");
    assert_text(clinic.found.key_id_tail, "-key");
    assert_text(clinic.found.expires_at, "");
    assert_text(clinic.found.identity, "crn:fake:user/alice");
    assert_int_equal(clinic.rights, 1);
    assert_int_equal(clinic.callers, 1);
    close_clinic(&clinic);
}

/* Both requests wait for one login. */
static void test_one_login(void **state)
{
    struct clinic clinic = {0};

    (void)state;
    check(&clinic, true, 0);
    assert_int_equal(clinic.logins, 1);
    assert_int_equal(clinic.found.may_read, ENS_MAY_READ_YES);
    assert_text(clinic.found.source, "OIDC");
    assert_text(clinic.found.key_id_tail, "key1");
    assert_text(clinic.found.expires_at, "2026-09-01T09:00:00Z");
    close_clinic(&clinic);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *code;
        uint32_t status;
        unsigned refusals;
        unsigned rights; /* requests */
        unsigned logins;
        enum ens_may_read may_read;
        enum ens_reason reason;
    } rows[] = {
        {"Throttled", 429, 2, 3, 1, ENS_MAY_READ_YES, ENS_REASON_OK},
        {"OldKey", 401, 1, 2, 2, ENS_MAY_READ_YES, ENS_REASON_OK},
        {"OldKey", 401, 9, 2, 2, ENS_MAY_READ_UNKNOWN, ENS_REASON_UNAUTHENTICATED},
        {"Denied", 403, 9, 1, 1, ENS_MAY_READ_NO, ENS_REASON_PERMISSION_DENIED},
        {"Odd", 403, 9, 1, 1, ENS_MAY_READ_UNKNOWN, ENS_REASON_PERMISSION_DENIED},
        {"BadKey", 401, 9, 1, 1, ENS_MAY_READ_UNKNOWN, ENS_REASON_UNAUTHENTICATED},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct clinic clinic = {
            .code = rows[i].code, .status = rows[i].status, .refusals = rows[i].refusals};
        check(&clinic, true, 0);
        assert_int_equal(clinic.found.may_read, rows[i].may_read);
        assert_int_equal(clinic.found.reason, rows[i].reason);
        assert_int_equal(clinic.rights, rows[i].rights);
        assert_int_equal(clinic.logins, rows[i].logins);
        close_clinic(&clinic);
    }
}

/* A clock that is off: the request is signed again with the server's time. */
static void test_clock(void **state)
{
    struct clinic clinic = {
        .code = "Skew", .status = 400, .refusals = 1, .tells_time = true, .clock_s = 3600};

    (void)state;
    check(&clinic, false, 0);
    assert_int_equal(clinic.found.may_read, ENS_MAY_READ_YES);
    assert_int_equal(clinic.rights, 2);
    assert_in_range(clinic.found.clock_skew_ms, 3599000, 3601000);
    assert_in_range(clinic.last_date_s, NET_START_MS / 1000 + 3599, NET_START_MS / 1000 + 3601);
    close_clinic(&clinic);
}

/* A service that does not tell the caller costs one attempt, and nothing else. */
static void test_no_caller(void **state)
{
    struct clinic clinic = {.no_caller = true};

    (void)state;
    check(&clinic, false, 0);
    assert_int_equal(clinic.callers, 1);
    assert_int_equal(clinic.found.may_read, ENS_MAY_READ_YES);
    assert_text(clinic.found.identity, "");
    assert_non_null(strstr(clinic.found.message.ptr, "Whom they belong to could not be found out"));
    close_clinic(&clinic);
}

static void test_deadline(void **state)
{
    struct clinic rights = {.silent = true};
    struct clinic logins = {.silent_login = true};

    (void)state;
    check(&rights, false, 5000);
    assert_int_equal(rights.done_ms, 5000);
    assert_int_equal(rights.found.reason, ENS_REASON_TIMED_OUT);
    assert_text(rights.found.key_id_tail, "-key");
    assert_text(rights.found.identity, "crn:fake:user/alice");
    close_clinic(&rights);
    check(&logins, true, 0);
    assert_int_equal(logins.done_ms, ENS_PLAN_TIMEOUT_MS);
    assert_int_equal(logins.found.reason, ENS_REASON_TIMED_OUT);
    assert_text(logins.found.key_id_tail, "");
    assert_int_equal(logins.rights + logins.callers, 0);
    close_clinic(&logins);
}

static void test_cancel(void **state)
{
    struct clinic clinic = {.silent = true, .cancel = true};

    (void)state;
    check(&clinic, true, 0);
    assert_true(clinic.done_ms < 1000);
    assert_int_equal(clinic.found.may_read, ENS_MAY_READ_UNKNOWN);
    assert_int_equal(clinic.found.reason, ENS_REASON_CANCELLED);
    assert_text(clinic.found.key_id_tail, "key1");
    close_clinic(&clinic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_static_keys), cmocka_unit_test(test_one_login),
        cmocka_unit_test(test_refusals),    cmocka_unit_test(test_clock),
        cmocka_unit_test(test_no_caller),   cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_cancel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
