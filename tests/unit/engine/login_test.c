/* SPDX-License-Identifier: Apache-2.0 */
/* Logins that fail, the metadata service, and commands; in virtual time. */
#include <string.h>

#include "fake_sts.h"
#include "support/fake_provider.h"

/* ---- failures ------------------------------------------------------------------------------- */

static void test_refused_login(void **state)
{
    struct sts sts = {.script = "code BadKey"};
    struct net net;
    struct net_job job;

    (void)state;
    sts_begin(&net, &sts);
    sts_run(&net, &job, ENS_MODE_PLAN, 0);
    assert_string_equal(net_brief(&job, 0), "refuse unverified unauthenticated unknown");
    sts_assert_message(&job, "OIDC: BadKey");
    assert_true(ens_str_is(job.results[0].advice, ens_hint_advice(ENS_HINT_KEYS_REFUSED)));
    assert_int_equal(sts.logins, 1);
    assert_int_equal(net.calls[ENS_CALL_READ], 0);
    net_job_done(&job);
    sts_finish(&net, &sts);
}

struct trouble {
    struct sts sts;
    unsigned left; /* logins that get the trouble */
    struct net_reply reply;
    const char *text;
};

static void log_in_after_trouble(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct trouble *trouble = ud;

    if (trouble->left > 0) {
        trouble->left--;
        trouble->sts.logins++;
        ret->end = trouble->reply.end;
        ret->status = trouble->reply.status;
        ret->server_unix_s = trouble->reply.server_unix_s;
        ret->timed_out = trouble->reply.timed_out;
        ens_buf_addf(&ret->text, "%s", trouble->text);
        return;
    }
    sts_log_in(&trouble->sts, request, ret);
}

/* What passes is tried again; what does not pass becomes the reason. */
static void test_trouble(void **state)
{
    static const struct {
        struct net_reply reply;
        const char *text;
        unsigned times;
        enum ens_reason reason;
        unsigned logins;
    } rows[] = {
        {{.status = 503}, "code X", 2, ENS_REASON_ALREADY_RUNNING, 3},
        {{.status = 400}, "code Throttled", 2, ENS_REASON_ALREADY_RUNNING, 3},
        {{.status = 503}, "code X", 1000, ENS_REASON_UNAVAILABLE, 7},
        {{.end = ENS_TRANSPORT_LOST}, "", 1, ENS_REASON_ALREADY_RUNNING, 2},
        {{.end = ENS_TRANSPORT_NOT_SENT}, "", 1000, ENS_REASON_UNAVAILABLE, 7},
        {{.end = ENS_TRANSPORT_TOO_LARGE}, "", 1000, ENS_REASON_MALFORMED_RESPONSE, 1},
        {{.status = 400}, "code BadKey", 1000, ENS_REASON_UNAUTHENTICATED, 1},
        {{.status = 404}, "error no such page", 1000, ENS_REASON_UNAUTHENTICATED, 1},
        {{.status = 200}, "keys a b -5", 1000, ENS_REASON_UNAUTHENTICATED, 1},
        {{.status = 200}, "keys a", 1000, ENS_REASON_UNAUTHENTICATED, 1},
        {{.status = 200}, "none of them", 1000, ENS_REASON_UNAUTHENTICATED, 1},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct trouble trouble = {.sts = {.life_s = 3600, .started_ms = 1},
                                  .left = rows[i].times,
                                  .reply = rows[i].reply,
                                  .text = rows[i].text};
        struct net net;
        struct net_job job;
        sts_begin(&net, &trouble.sts);
        net.log_in = log_in_after_trouble;
        sts_run(&net, &job, ENS_MODE_PLAN, 0);
        if (job.results[0].reason != rows[i].reason || trouble.sts.logins != rows[i].logins) {
            fail_msg("row %zu: %s, %u logins (%.*s)", i, ens_reason_name(job.results[0].reason),
                     trouble.sts.logins, ENS_STR_ARG(job.results[0].message));
        }
        net_job_done(&job);
        sts_finish(&net, &trouble.sts);
    }
}

/* A signed request with the wrong date is sent once more with the server's. */
static void test_clock_skew(void **state)
{
    struct trouble trouble = {.sts = {.life_s = 3600, .started_ms = 1},
                              .left = 1,
                              .reply = {.status = 400, .server_unix_s = NET_START_MS / 1000 + 3600},
                              .text = "code Skew"};
    struct net net;
    struct net_job job;

    (void)state;
    sts_begin(&net, &trouble.sts);
    net.variables[0] = (struct variable){"FAKE_KEY", "ak"};
    net.variables[1] = (struct variable){"FAKE_SECRET", "sk"};
    net.variables[2] = (struct variable){"FAKE_ROLE", "sign /role"};
    net.log_in = log_in_after_trouble;
    sts_run(&net, &job, ENS_MODE_PLAN, 0);
    assert_int_equal(job.results[0].reason, ENS_REASON_ALREADY_RUNNING);
    assert_int_equal(trouble.sts.logins, 2);
    assert_in_range(trouble.sts.last_date_s, NET_START_MS / 1000 + 3600,
                    NET_START_MS / 1000 + 3602);
    net_job_done(&job);
    sts_finish(&net, &trouble.sts);
}

/* A service that does not answer ends with the job, which says what it waited for. */
static void test_deadline(void **state)
{
    struct sts sts = {.life_s = 3600, .login_latency_ms = 1000000};
    struct net net;
    struct net_job job;

    (void)state;
    sts_begin(&net, &sts);
    sts_run(&net, &job, ENS_MODE_PLAN, 3000);
    assert_int_equal(job.results[0].reason, ENS_REASON_TIMED_OUT);
    assert_int_equal(job.done_ms - job.begun_ms, 3000);
    net_job_done(&job);
    sts_finish(&net, &sts);
    assert_int_equal(net.aborted, 1); /* the login, which no call waits for any more */
}

/* ---- the metadata service ------------------------------------------------------------------- */

static void stay_silent(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct sts *sts = ud;

    sts->logins++;
    sts->last_base = ens_arena_dup(sts->arena, request->base);
    sts->last_timeout_ms = request->timeout_ms;
    sts->last_direct = request->direct;
    ret->end = ENS_TRANSPORT_NOT_SENT;
    ret->timed_out = true;
}

/* One probe of a second, without a proxy; the answer "no" is kept for the process. */
static void test_silent_metadata(void **state)
{
    struct sts sts = {.login_latency_ms = 1000};
    struct net net;
    struct net_job job;

    (void)state;
    sts_begin(&net, &sts);
    net.variables[0] = (struct variable){"FAKE_METADATA", "probe /token"};
    net.variables[1] = (struct variable){"ENSURE_FAKE_METADATA", "http://127.0.0.1:1"};
    net.log_in = stay_silent;
    for (unsigned i = 0; i < 2; i++) {
        sts_run(&net, &job, ENS_MODE_PLAN, 0);
        assert_int_equal(job.results[0].reason, ENS_REASON_UNAUTHENTICATED);
        sts_assert_message(&job, i == 0 ? "metadata service http://127.0.0.1:1 (no answer)"
                                        : "metadata service (it did not answer before)");
        assert_in_range(job.done_ms - job.begun_ms, i == 0 ? 1000 : 0, i == 0 ? 1010 : 10);
        net_job_done(&job);
    }
    assert_int_equal(sts.logins, 1);
    assert_int_equal(sts.last_timeout_ms, 1000);
    assert_true(sts.last_direct);
    assert_true(ens_str_is(sts.last_base, "http://127.0.0.1:1"));
    sts_finish(&net, &sts);
}

/* Switched off, or at an address that is none of the known ones, it is not asked. */
static void test_metadata_is_not_asked(void **state)
{
    static const struct {
        struct variable variable;
        const char *message;
    } rows[] = {
        {{"ENSURE_METADATA", "off"}, "metadata service (ENSURE_METADATA=off)"},
        {{NULL, NULL},
         "keys can't be asked for at " FAKE_METADATA ": it is neither https nor on this machine"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct sts sts = {0};
        struct net net;
        struct net_job job;
        sts_begin(&net, &sts);
        net.variables[0] = (struct variable){"FAKE_METADATA", "probe /token"};
        net.variables[1] = rows[i].variable;
        sts_run(&net, &job, ENS_MODE_PLAN, 0);
        assert_int_equal(job.results[0].reason, ENS_REASON_UNAUTHENTICATED);
        sts_assert_message(&job, rows[i].message);
        assert_int_equal(net.logins, 0);
        net_job_done(&job);
        sts_finish(&net, &sts);
    }
}

/* ---- commands ------------------------------------------------------------------------------- */

/* A transport that can't watch descriptors runs none. */
static void test_commands_need_a_watch(void **state)
{
    struct sts sts = {0};
    struct net net;
    struct net_job job;

    (void)state;
    sts_begin(&net, &sts);
    net.variables[0] = (struct variable){"FAKE_OIDC", "run echo x"};
    sts_run(&net, &job, ENS_MODE_PLAN, 0);
    sts_assert_message(&job, "commands can't be run here");
    net_job_done(&job);
    sts_finish(&net, &sts);
}

static bool watch_nothing(void *ud, int fd)
{
    (void)ud;
    (void)fd;
    return true;
}

static void unwatch_nothing(void *ud, int fd)
{
    (void)ud;
    (void)fd;
}

/* A command that hangs is ended after a minute; here at once, as the virtual clock goes on. */
static void test_time_limit_of_commands(void **state)
{
    struct sts sts = {0};
    struct net net;
    struct net_job job;

    (void)state;
    sts_begin(&net, &sts);
    net.variables[0] = (struct variable){"FAKE_OIDC", "run /bin/sleep 1000"};
    net.transport.watch = watch_nothing;
    net.transport.unwatch = unwatch_nothing;
    sts_run(&net, &job, ENS_MODE_PLAN, 0);
    assert_int_equal(job.done_ms - job.begun_ms, 60000);
    sts_assert_message(&job, "OIDC: the command did not end in time");
    net_job_done(&job);
    sts_finish(&net, &sts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_login),
        cmocka_unit_test(test_trouble),
        cmocka_unit_test(test_clock_skew),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_silent_metadata),
        cmocka_unit_test(test_metadata_is_not_asked),
        cmocka_unit_test(test_commands_need_a_watch),
        cmocka_unit_test(test_time_limit_of_commands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
