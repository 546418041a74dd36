/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log: its lines and their order, and that no start is sent without its line. */
#include <jansson.h>
#include <string.h>

#include "answers.h"
#include "base/diag.h"
#include "engine/record.h"

#define LINES_MAX 64

/* An audit log in memory, whose writes can fail. */
struct log {
    struct ens_audit_writer writer;
    json_t *lines[LINES_MAX];
    size_t count;
    size_t from; /* writes from this number up to to fail */
    size_t to;
    size_t asked;
};

static ens_rc write_line(void *ud, ens_str line, struct ens_diags *diags)
{
    struct log *log = ud;
    const size_t number = log->asked++;

    if (number >= log->from && number < log->to) {
        return ens_fail(diags, ENS_IO, "/var/audit", "can't write to the audit log: no room");
    }
    assert_true(log->count < LINES_MAX);
    log->lines[log->count] = json_loadb(line.ptr, line.len, 0, NULL);
    assert_non_null(log->lines[log->count]);
    log->count++;
    return ENS_OK;
}

static void log_init(struct log *log, size_t from, size_t to)
{
    *log = (struct log){.from = from, .to = to};
    log->writer = (struct ens_audit_writer){.write = write_line, .ud = log};
}

static void log_done(struct log *log)
{
    for (size_t i = 0; i < log->count; i++) {
        json_decref(log->lines[i]);
    }
}

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));

    assert_non_null(text);
    return text;
}

/* The lines of starts in short form: "sending ; done ok; ". */
static const char *starts_of(const struct log *log, char *out, size_t size)
{
    out[0] = '\0';
    for (size_t i = 0; i < log->count; i++) {
        const json_t *line = log->lines[i];
        if (strcmp(text_of(line, "action"), "start") != 0) {
            continue;
        }
        (void)strncat(out, text_of(line, "phase"), size - strlen(out) - 1);
        (void)strncat(out, " ", size - strlen(out) - 1);
        (void)strncat(out, text_of(line, "outcome"), size - strlen(out) - 1);
        (void)strncat(out, "; ", size - strlen(out) - 1);
    }
    return out;
}

/* ---- a cloud -------------------------------------------------------------------------------- */

struct cloud {
    unsigned lost; /* number of first starts whose reply is lost */
    bool hangs;    /* starts get no reply before the deadline */
    bool up;       /* a start took effect */
    unsigned starts;
    unsigned fresh; /* bit n: start n + 1 used a new connection */
};

static int64_t latency(void *ud, const struct net_request *request)
{
    const struct cloud *cloud = ud;

    return cloud->hangs && request->kind == ENS_CALL_START ? 3600000 : 10;
}

static void answer(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct cloud *cloud = ud;

    if (request->kind != ENS_CALL_START) {
        see_all(request, ret, cloud->up ? "UP" : "DOWN");
        return;
    }
    cloud->fresh |= request->fresh ? 1u << cloud->starts : 0;
    cloud->starts++;
    if (cloud->lost > 0) {
        cloud->lost--;
        ret->end = ENS_TRANSPORT_LOST;
    } else {
        cloud->up = true;
    }
}

static void run_with_log(struct cloud *cloud, struct log *log, struct net_job *job,
                         enum ens_mode mode, size_t count, int64_t timeout_ms)
{
    struct net net;
    struct net_job *jobs[] = {job};

    net_init(&net);
    net.provider.capabilities = ENS_CAP_CLIENT_TOKEN;
    net.provider.dry_run_limit = 0;
    net.answer = answer;
    net.latency = latency;
    net.ud = cloud;
    net.audit = log != NULL ? &log->writer : NULL;
    net_begin(&net);
    net_job_init(job, mode, "moon", "i-", count);
    job->job.timeout_ms = timeout_ms;
    net_run(&net, jobs, 1);
    net_done(&net);
}

/* ---- lines ---------------------------------------------------------------------------------- */

static void test_a_start_has_two_lines(void **state)
{
    static const char *const keys[] = {
        "time",        "run_id",        "phase",      "actor",        "source",     "key_id_tail",
        "endpoint",    "action",        "dry_run",    "targets",      "attempt",    "outcome",
        "http_status", "provider_code", "request_id", "client_token", "elapsed_ms", "trace_id"};
    struct cloud cloud = {0};
    struct log log;
    struct net_job job;
    char text[200];

    (void)state;
    log_init(&log, LINES_MAX, 0);
    run_with_log(&cloud, &log, &job, ENS_MODE_APPLY, 1, 0);
    assert_string_equal(net_brief(&job, 0), "start validated ok running started");
    assert_int_equal(job.warning_count, 0);
    assert_string_equal(starts_of(&log, text, sizeof(text)), "sending ; done ok; ");
    for (size_t i = 0; i < log.count; i++) {
        size_t at = 0;
        const char *key = NULL;
        json_t *value = NULL;
        json_object_foreach(log.lines[i], key, value)
        {
            assert_true(at < ENS_COUNT(keys));
            assert_string_equal(key, keys[at++]);
        }
        assert_int_equal(at, ENS_COUNT(keys));
        assert_string_equal(text_of(log.lines[i], "run_id"), text_of(log.lines[0], "run_id"));
        assert_string_equal(text_of(log.lines[i], "actor"), "alice");
        assert_string_equal(text_of(log.lines[i], "source"), "environment (FAKE_KEY)");
        assert_string_equal(text_of(log.lines[i], "key_id_tail"), "-key");
        assert_string_equal(text_of(log.lines[i], "endpoint"), "https://fake.example");
    }
    assert_int_equal(strlen(text_of(log.lines[0], "run_id")), 36);
    assert_string_equal(text_of(log.lines[0], "phase"), "done"); /* a read has one line */
    assert_true(strlen(text_of(log.lines[1], "client_token")) > 0);
    log_done(&log);
    net_job_done(&job);
}

static void test_each_end_has_its_line(void **state)
{
    static const struct {
        struct cloud cloud;
        int64_t timeout_ms;
        const char *lines;
    } rows[] = {
        {{.lost = 1}, 0, "sending ; done unavailable; sending ; done ok; "},
        {{.hangs = true}, 5000, "sending ; done timed_out; "},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct cloud cloud = rows[i].cloud;
        struct log log;
        struct net_job job;
        char text[200];
        log_init(&log, LINES_MAX, 0);
        run_with_log(&cloud, &log, &job, ENS_MODE_APPLY, 1, rows[i].timeout_ms);
        assert_string_equal(starts_of(&log, text, sizeof(text)), rows[i].lines);
        assert_true(job.results[0].start_sent);
        log_done(&log);
        net_job_done(&job);
    }
}

/* A call that is aborted because its job is cancelled has a line "done" too. */
static void cancel(struct net_job *job, size_t index, const struct ens_result *result, bool final)
{
    (void)index;
    (void)result;
    if (!final) {
        ens_engine_cancel(job->net->engine, job->id);
    }
}

static void test_cancelled(void **state)
{
    struct cloud cloud = {0};
    struct log log;
    struct net net;
    struct net_job job;
    struct net_job *jobs[] = {&job};

    (void)state;
    log_init(&log, LINES_MAX, 0);
    net_init(&net);
    net.answer = answer;
    net.latency = latency;
    net.ud = &cloud;
    net.audit = &log.writer;
    net_begin(&net);
    net_job_init(&job, ENS_MODE_APPLY, "moon", "i-", 1);
    job.hook = cancel;
    net_run(&net, jobs, 1);
    net_done(&net);
    assert_int_equal(job.results[0].reason, ENS_REASON_CANCELLED);
    assert_true(job.results[0].start_sent);
    const json_t *last = log.lines[log.count - 1];
    assert_string_equal(text_of(last, "phase"), "done");
    log_done(&log);
    net_job_done(&job);
}

/* ---- writes that fail ----------------------------------------------------------------------- */

static void test_no_start_without_its_line(void **state)
{
    static const char warning[] = "ENSURE_AUDIT_LOG: /var/audit: can't write to the audit log: no "
                                  "room; no start is sent without its line there";
    struct cloud cloud = {0};
    struct log log;
    struct net_job job;

    (void)state;
    log_init(&log, 0, LINES_MAX); /* all writes fail */
    run_with_log(&cloud, &log, &job, ENS_MODE_APPLY, 9, 0);
    expect_all(&job, "refuse observed policy stopped");
    assert_int_equal(cloud.starts, 0);
    assert_int_equal(job.warning_count, 1);
    assert_true(ens_str_is(job.warning, warning));
    assert_non_null(strstr(job.results[0].message.ptr, warning));
    assert_int_equal(job.summary.refused, 9);
    log_done(&log);
    net_job_done(&job);

    log_init(&log, 0, LINES_MAX); /* a plan sends no start: only a warning */
    run_with_log(&cloud, &log, &job, ENS_MODE_PLAN, 3, 0);
    expect_all(&job, "start simulated ok stopped");
    assert_int_equal(job.warning_count, 1);
    log_done(&log);
    net_job_done(&job);
}

/* The line "done" of a start can't be written: the start is still reported. */
static void test_line_after_the_start_fails(void **state)
{
    struct cloud cloud = {0};
    struct log log;
    struct net_job job;

    (void)state;
    log_init(&log, 2, LINES_MAX); /* the read and "sending" are written */
    run_with_log(&cloud, &log, &job, ENS_MODE_APPLY, 1, 0);
    assert_string_equal(net_brief(&job, 0), "start validated ok running started");
    assert_int_equal(job.warning_count, 1);
    log_done(&log);
    net_job_done(&job);

    /* A start whose reply was lost is reported although the second start is not sent. */
    cloud = (struct cloud){.lost = 1};
    log_init(&log, 3, LINES_MAX);
    run_with_log(&cloud, &log, &job, ENS_MODE_APPLY, 1, 0);
    assert_string_equal(net_brief(&job, 0), "start observed policy stopped");
    assert_true(job.results[0].start_sent);
    assert_int_equal(cloud.starts, 1);
    log_done(&log);
    net_job_done(&job);
}

/* ---- actor ---------------------------------------------------------------------------------- */

static const char *get(void *ud, const char *name)
{
    const char *const *pairs = ud;

    while (pairs[0] != NULL && strcmp(pairs[0], name) != 0) {
        pairs += 2;
    }
    return pairs[0] == NULL ? NULL : pairs[1];
}

static void test_actor(void **state)
{
    static const struct {
        const char *pairs[7];
        const char *actor;
    } rows[] = {
        {{NULL}, "bob"},
        {{"GITHUB_REPOSITORY", "acme/infra", "GITHUB_RUN_ID", "7", NULL}, "bob via acme/infra/7"},
        {{"GITHUB_REPOSITORY", "acme/infra", NULL}, "bob"},
        {{"CI_JOB_URL", "https://git.example/7", NULL}, "bob via https://git.example/7"},
        {{"BUILD_URL", "https://ci.example/8", NULL}, "bob via https://ci.example/8"},
        {{"TFC_RUN_ID", "run-9", NULL}, "bob via run-9"},
        {{"TFC_RUN_ID", "run-9", "CI_JOB_URL", "u", NULL}, "bob via u"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const struct ens_environment environment = {.get = get, .ud = (void *)&rows[i].pairs};
        assert_true(
            ens_str_is(ens_record_actor(arena, ENS_STR("bob"), &environment), rows[i].actor));
    }
}

/* ---- connections ---------------------------------------------------------------------------- */

/* After a lost reply, which a reused connection may have caused, a start uses a new connection. */
static void test_repeated_start_uses_a_new_connection(void **state)
{
    struct cloud cloud = {.lost = 2};
    struct net_job job;

    (void)state;
    run_with_log(&cloud, NULL, &job, ENS_MODE_APPLY, 1, 0);
    assert_string_equal(net_brief(&job, 0), "start validated ok running started");
    assert_int_equal(cloud.starts, 3);
    assert_int_equal(cloud.fresh, 6); /* all but the first */
    net_job_done(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_start_has_two_lines),
        cmocka_unit_test(test_each_end_has_its_line),
        cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_no_start_without_its_line),
        cmocka_unit_test(test_line_after_the_start_fails),
        cmocka_unit_test(test_actor),
        cmocka_unit_test(test_repeated_start_uses_a_new_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
