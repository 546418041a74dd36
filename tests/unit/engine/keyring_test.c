/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that expire: one login for all calls, renewal, expiry codes, failures; in virtual time. */
#include "fake_net.h"

#include <string.h>

#include "answers.h"
#include "base/timestamp.h"
#include "support/fake_provider.h"

#define KEYS_MAX 64

/* The cloud and its STS. The N-th login gives the keys "akN skN". */
struct cloud {
    int64_t life_s;
    int64_t boot_ms; /* of an instance, from its start */
    int64_t latency_ms;
    int64_t login_latency_ms;
    int64_t renewal_latency_ms; /* of the second and further logins; 0: the same */
    const char *script;         /* reply to a login; NULL: keys */
    unsigned failures;          /* logins that fail, from the second one on */
    unsigned revoked; /* keys that the cloud refuses although they are alive, from the first */

    int64_t begun_ms[KEYS_MAX]; /* of the N-th keys, from 1 */
    int64_t login_ms[KEYS_MAX]; /* of the N-th login */
    unsigned logins;
    unsigned keys;
    unsigned too_late; /* calls with keys that had expired */
    int64_t started_ms;
    unsigned starts;
    ens_str token; /* of the start */
    unsigned other_tokens;
    ens_str last_base;
    int64_t last_timeout_ms;
    bool last_direct;
    int64_t last_date_s;
    struct ens_arena *arena;
};

static int64_t latency(void *ud, const struct net_request *request)
{
    const struct cloud *cloud = ud;

    if (request->login && cloud->logins > 0 && cloud->renewal_latency_ms > 0) {
        return cloud->renewal_latency_ms;
    }
    return request->login ? cloud->login_latency_ms : cloud->latency_ms;
}

static void log_in(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct cloud *cloud = ud;

    assert_true(cloud->logins + 1 < KEYS_MAX);
    cloud->login_ms[++cloud->logins] = net_now();
    cloud->last_base = ens_arena_dup(cloud->arena, request->base);
    cloud->last_timeout_ms = request->timeout_ms;
    cloud->last_direct = request->direct;
    cloud->last_date_s = request->date_s;
    if (cloud->script != NULL) {
        ens_buf_addf(&ret->text, "%s", cloud->script);
        return;
    }
    if (cloud->logins > 1 && cloud->failures > 0) {
        cloud->failures--;
        ret->status = 403;
        ens_buf_addf(&ret->text, "code Denied");
        return;
    }
    cloud->begun_ms[++cloud->keys] = net_now();
    ens_buf_addf(&ret->text, "keys ak%u sk%u %lld", cloud->keys, cloud->keys,
                 (long long)cloud->life_s);
}

/* The number of the keys that signed. */
static unsigned number_of(ens_str key)
{
    int64_t number = 0;

    assert_true(ens_str_starts(key, ENS_STR("sk")));
    assert_true(ens_str_to_i64((ens_str){key.ptr + 2, key.len - 2}, &number));
    return (unsigned)number;
}

static void answer(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct cloud *cloud = ud;
    const unsigned number = number_of(request->key);

    if (number <= cloud->revoked) {
        refuse(ret, 401, "OldKey");
        return;
    }
    if (cloud->life_s > 0 && request->sent_ms >= cloud->begun_ms[number] + cloud->life_s * 1000) {
        cloud->too_late++;
    }
    if (request->kind == ENS_CALL_START) {
        if (cloud->starts++ == 0) {
            cloud->started_ms = net_now();
            cloud->token = ens_arena_dup(cloud->arena, request->token);
        }
        cloud->other_tokens += ens_str_eq(cloud->token, request->token) ? 0 : 1;
        return;
    }
    const bool up = cloud->started_ms != 0 && net_now() >= cloud->started_ms + cloud->boot_ms;
    see_all(request, ret,
            request->kind == ENS_CALL_DRY_RUN ? "DOWN"
            : up                              ? "UP"
            : cloud->started_ms != 0          ? "BOOTING"
                                              : "DOWN");
}

static void begin(struct net *net, struct cloud *cloud)
{
    cloud->arena = ens_arena_new();
    cloud->latency_ms = cloud->latency_ms == 0 ? 10 : cloud->latency_ms;
    cloud->login_latency_ms = cloud->login_latency_ms == 0 ? 10 : cloud->login_latency_ms;
    net_init(net);
    net->provider.sources = fake_sources;
    memset(net->variables, 0, sizeof(net->variables));
    net->variables[0] = (struct variable){"FAKE_OIDC", "send /oidc"};
    net->latency = latency;
    net->answer = answer;
    net->log_in = log_in;
    net->ud = cloud;
    net_begin(net);
}

static void finish(struct net *net, struct cloud *cloud)
{
    net_done(net);
    ens_arena_free(cloud->arena);
}

static void run_one(struct net *net, struct net_job *job, enum ens_mode mode, int64_t timeout_ms)
{
    struct net_job *jobs[] = {job};

    net_job_init(job, mode, "moon", "i-", 1);
    job->job.timeout_ms = timeout_ms;
    net_run(net, jobs, 1);
}

static void assert_message(struct net_job *job, const char *part)
{
    const char *message = ens_arena_dup(job->arena, job->results[0].message).ptr;

    if (strstr(message, part) == NULL) {
        fail_msg("%s", message);
    }
}

/* ---- one login ------------------------------------------------------------------------------ */

/* Calls of several regions and jobs wait for the same login; before them nothing is asked. */
static void test_one_login(void **state)
{
    struct cloud cloud = {.life_s = 3600, .boot_ms = 0, .login_latency_ms = 700, .started_ms = 1};
    struct net net;
    struct net_job jobs[3];
    struct net_job *all[] = {&jobs[0], &jobs[1], &jobs[2]};

    (void)state;
    begin(&net, &cloud);
    assert_int_equal(net.logins, 0);
    net_job_init(&jobs[0], ENS_MODE_PLAN, "moon", "i-", 250);
    net_job_init(&jobs[1], ENS_MODE_PLAN, "mars", "i-", 3);
    net_job_init(&jobs[2], ENS_MODE_PLAN, "moon", "i-", 1);
    net_run(&net, all, 3);
    assert_int_equal(net.logins, 1);
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < jobs[i].job.count; j++) {
            assert_int_equal(jobs[i].results[j].reason, ENS_REASON_ALREADY_RUNNING);
        }
        assert_int_equal(jobs[i].warning_count, 0);
        net_job_done(&jobs[i]);
    }
    assert_true(ens_str_is(cloud.last_base, FAKE_STS));
    assert_false(cloud.last_direct);
    finish(&net, &cloud);
}

/* Keys that were asked for are kept while they live, also without a job. */
static void test_kept_between_jobs(void **state)
{
    struct cloud cloud = {.life_s = 60, .started_ms = 1};
    struct net net;
    struct net_job job;

    (void)state;
    begin(&net, &cloud);
    for (unsigned i = 0; i < 3; i++) {
        run_one(&net, &job, ENS_MODE_PLAN, 0);
        assert_int_equal(job.results[0].reason, ENS_REASON_ALREADY_RUNNING);
        net_job_done(&job);
    }
    assert_int_equal(net.logins, 1);
    finish(&net, &cloud);
}

/* ---- renewal -------------------------------------------------------------------------------- */

/* Renewed max(180 s, 5 % of the life) before the end, but not before half of the life. */
static void test_when_renewed(void **state)
{
    static const struct {
        int64_t life_s;
        int64_t early_s;
    } rows[] = {{43200, 2160}, {7200, 360}, {3600, 180}, {900, 180}, {300, 150}, {10, 5}, {2, 1}};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct cloud cloud = {.life_s = rows[i].life_s, .boot_ms = rows[i].life_s * 1000};
        struct net net;
        struct net_job job;
        begin(&net, &cloud);
        run_one(&net, &job, ENS_MODE_APPLY, 20 * 3600 * 1000);
        assert_int_equal(job.results[0].reason, ENS_REASON_OK);
        assert_true(job.results[0].started);
        assert_in_range(cloud.logins, 2, 4);
        const int64_t due = cloud.begun_ms[1] + (rows[i].life_s - rows[i].early_s) * 1000;
        /* by the next read */
        assert_in_range(cloud.login_ms[2], due, due + 5000 + 10);
        assert_int_equal(cloud.too_late, 0);
        assert_int_equal(cloud.starts, 1);
        assert_int_equal(job.warning_count, 0);
        net_job_done(&job);
        finish(&net, &cloud);
    }
}

/* A slow renewal delays no call while the old keys live. */
static void test_no_call_waits_for_a_renewal(void **state)
{
    struct cloud quick = {.life_s = 100, .boot_ms = 90000};
    struct cloud slow = {.life_s = 100, .boot_ms = 90000, .renewal_latency_ms = 40000};
    struct cloud *const clouds[] = {&quick, &slow};
    unsigned reads[2];

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(clouds); i++) {
        struct net net;
        struct net_job job;
        begin(&net, clouds[i]);
        run_one(&net, &job, ENS_MODE_APPLY, 0);
        assert_int_equal(job.results[0].reason, ENS_REASON_OK);
        assert_int_equal(clouds[i]->too_late, 0);
        reads[i] = net.calls[ENS_CALL_READ];
        net_job_done(&job);
        finish(&net, clouds[i]);
    }
    assert_int_equal(slow.logins, 2);
    assert_int_equal(reads[0], reads[1]);
}

/* A renewal that fails is a warning while the old keys live, and is tried again. */
static void test_failed_renewal(void **state)
{
    struct cloud cloud = {.life_s = 100, .boot_ms = 120000, .failures = 3};
    struct net net;
    struct net_job job;

    (void)state;
    begin(&net, &cloud);
    run_one(&net, &job, ENS_MODE_APPLY, 0);
    assert_int_equal(job.results[0].reason, ENS_REASON_OK);
    assert_int_equal(cloud.logins, 6); /* and a renewal of the second keys */
    assert_int_equal(cloud.too_late, 0);
    assert_int_equal(job.warning_count, 1);
    assert_non_null(strstr(job.warning.ptr, "the keys could not be renewed, and are used until "));
    assert_non_null(strstr(job.warning.ptr, "OIDC: Denied"));
    net_job_done(&job);
    finish(&net, &cloud);
}

/* Without new keys in time, the calls end as what the login ended as. */
static void test_no_renewal_in_time(void **state)
{
    struct cloud cloud = {.life_s = 100, .boot_ms = 400000, .failures = 1000};
    struct net net;
    struct net_job job;

    (void)state;
    begin(&net, &cloud);
    run_one(&net, &job, ENS_MODE_APPLY, 0);
    assert_int_equal(job.results[0].reason, ENS_REASON_UNAUTHENTICATED);
    assert_true(job.results[0].started);
    assert_message(&job, "OIDC: Denied");
    assert_int_equal(cloud.too_late, 0);
    assert_in_range(job.done_ms - job.begun_ms, 100000, 106000);
    net_job_done(&job);
    finish(&net, &cloud);
}

/* ---- expiry codes --------------------------------------------------------------------------- */

/* The cloud refuses keys that should be alive: others are obtained, and the call goes on, also a
 * start, with the same client token. */
static void test_expiry_code(void **state)
{
    struct cloud cloud = {.life_s = 3600, .revoked = 1};
    struct net net;
    struct net_job job;

    (void)state;
    begin(&net, &cloud);
    run_one(&net, &job, ENS_MODE_APPLY, 0);
    assert_int_equal(job.results[0].reason, ENS_REASON_OK);
    assert_int_equal(cloud.logins, 2);
    assert_int_equal(cloud.starts, 1);
    net_job_done(&job);
    finish(&net, &cloud);
}

static void revoke_before_start(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct cloud *cloud = ud;

    if (request->kind == ENS_CALL_START && cloud->revoked == 0) {
        cloud->revoked = 1;
        cloud->token = ens_arena_dup(cloud->arena, request->token);
    }
    answer(ud, request, ret);
    if (request->kind == ENS_CALL_START && cloud->starts == 1) {
        cloud->other_tokens += ens_str_eq(cloud->token, request->token) ? 0 : 1;
    }
}

static void test_expiry_code_of_a_start(void **state)
{
    struct cloud cloud = {.life_s = 3600};
    struct net net;
    struct net_job job;

    (void)state;
    begin(&net, &cloud);
    net.answer = revoke_before_start;
    run_one(&net, &job, ENS_MODE_APPLY, 0);
    assert_int_equal(job.results[0].reason, ENS_REASON_OK);
    assert_true(job.results[0].started);
    assert_int_equal(cloud.logins, 2);
    assert_int_equal(cloud.starts, 1);
    assert_int_equal(net.calls[ENS_CALL_START], 2);
    assert_int_equal(cloud.other_tokens, 0);
    net_job_done(&job);
    finish(&net, &cloud);
}

/* The second time it stays. */
static void test_second_expiry_code(void **state)
{
    struct cloud cloud = {.life_s = 3600, .revoked = 1000};
    struct net net;
    struct net_job job;

    (void)state;
    begin(&net, &cloud);
    run_one(&net, &job, ENS_MODE_APPLY, 0);
    assert_int_equal(job.results[0].reason, ENS_REASON_UNAUTHENTICATED);
    assert_int_equal(cloud.logins, 2);
    assert_int_equal(net.calls[ENS_CALL_READ], 2);
    assert_message(&job, "OldKey");
    net_job_done(&job);
    finish(&net, &cloud);
}

/* Several calls get the code at a time: one login for all. */
static void test_expiry_code_for_many(void **state)
{
    struct cloud cloud = {.life_s = 3600, .revoked = 1, .started_ms = 1};
    struct net net;
    struct net_job job;
    struct net_job *jobs[] = {&job};

    (void)state;
    begin(&net, &cloud);
    net_job_init(&job, ENS_MODE_PLAN, "moon", "i-", 400);
    net_run(&net, jobs, 1);
    assert_int_equal(cloud.logins, 2);
    assert_int_equal(job.results[399].reason, ENS_REASON_ALREADY_RUNNING);
    net_job_done(&job);
    finish(&net, &cloud);
}

static void answer_expired(void *ud, const struct net_request *request, struct net_reply *ret)
{
    (void)ud;
    (void)request;
    refuse(ret, 401, "OldKey");
}

/* Keys of the environment are read again; as they are the same, nothing is sent again. */
static void test_expiry_code_of_fixed_keys(void **state)
{
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.answer = answer_expired;
    net_begin(&net);
    run_one(&net, &job, ENS_MODE_PLAN, 0);
    assert_int_equal(net.calls[ENS_CALL_READ], 1);
    assert_int_equal(job.results[0].reason, ENS_REASON_UNAUTHENTICATED);
    assert_message(&job, "OldKey");
    net_job_done(&job);
    net_done(&net);
}

/* ---- failures ------------------------------------------------------------------------------- */

static void test_refused_login(void **state)
{
    struct cloud cloud = {.script = "code BadKey"};
    struct net net;
    struct net_job job;

    (void)state;
    begin(&net, &cloud);
    run_one(&net, &job, ENS_MODE_PLAN, 0);
    assert_string_equal(net_brief(&job, 0), "refuse unverified unauthenticated unknown");
    assert_message(&job, "OIDC: BadKey");
    assert_true(ens_str_is(job.results[0].advice, ens_hint_advice(ENS_HINT_KEYS_REFUSED)));
    assert_int_equal(cloud.logins, 1);
    assert_int_equal(net.calls[ENS_CALL_READ], 0);
    net_job_done(&job);
    finish(&net, &cloud);
}

struct trouble {
    struct cloud cloud;
    unsigned left; /* logins that get the trouble */
    struct net_reply reply;
    const char *text;
};

static void log_in_after_trouble(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct trouble *trouble = ud;

    if (trouble->left > 0) {
        trouble->left--;
        trouble->cloud.logins++;
        ret->end = trouble->reply.end;
        ret->status = trouble->reply.status;
        ret->server_unix_s = trouble->reply.server_unix_s;
        ret->timed_out = trouble->reply.timed_out;
        ens_buf_addf(&ret->text, "%s", trouble->text);
        return;
    }
    log_in(&trouble->cloud, request, ret);
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
        {{.status = 503}, "code X", 1000, ENS_REASON_UNAVAILABLE, 5},
        {{.end = ENS_TRANSPORT_LOST}, "", 1, ENS_REASON_ALREADY_RUNNING, 2},
        {{.end = ENS_TRANSPORT_NOT_SENT}, "", 1000, ENS_REASON_UNAVAILABLE, 5},
        {{.end = ENS_TRANSPORT_TOO_LARGE}, "", 1000, ENS_REASON_MALFORMED_RESPONSE, 1},
        {{.status = 400}, "code BadKey", 1000, ENS_REASON_UNAUTHENTICATED, 1},
        {{.status = 404}, "error no such page", 1000, ENS_REASON_UNAUTHENTICATED, 1},
        {{.status = 200}, "keys a b -5", 1000, ENS_REASON_UNAUTHENTICATED, 1},
        {{.status = 200}, "keys a", 1000, ENS_REASON_UNAUTHENTICATED, 1},
        {{.status = 200}, "none of them", 1000, ENS_REASON_UNAUTHENTICATED, 1},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct trouble trouble = {.cloud = {.life_s = 3600, .started_ms = 1},
                                  .left = rows[i].times,
                                  .reply = rows[i].reply,
                                  .text = rows[i].text};
        struct net net;
        struct net_job job;
        begin(&net, &trouble.cloud);
        net.log_in = log_in_after_trouble;
        run_one(&net, &job, ENS_MODE_PLAN, 0);
        if (job.results[0].reason != rows[i].reason || trouble.cloud.logins != rows[i].logins) {
            fail_msg("row %zu: %s, %u logins (%.*s)", i, ens_reason_name(job.results[0].reason),
                     trouble.cloud.logins, ENS_STR_ARG(job.results[0].message));
        }
        net_job_done(&job);
        finish(&net, &trouble.cloud);
    }
}

/* A signed request with the wrong date is sent once more with the server's. */
static void test_clock_skew(void **state)
{
    struct trouble trouble = {.cloud = {.life_s = 3600, .started_ms = 1},
                              .left = 1,
                              .reply = {.status = 400, .server_unix_s = NET_START_MS / 1000 + 3600},
                              .text = "code Skew"};
    struct net net;
    struct net_job job;

    (void)state;
    begin(&net, &trouble.cloud);
    net.variables[0] = (struct variable){"FAKE_KEY", "ak"};
    net.variables[1] = (struct variable){"FAKE_SECRET", "sk"};
    net.variables[2] = (struct variable){"FAKE_ROLE", "sign /role"};
    net.log_in = log_in_after_trouble;
    run_one(&net, &job, ENS_MODE_PLAN, 0);
    assert_int_equal(job.results[0].reason, ENS_REASON_ALREADY_RUNNING);
    assert_int_equal(trouble.cloud.logins, 2);
    assert_in_range(trouble.cloud.last_date_s, NET_START_MS / 1000 + 3600,
                    NET_START_MS / 1000 + 3602);
    net_job_done(&job);
    finish(&net, &trouble.cloud);
}

/* A service that does not answer ends with the job, which says what it waited for. */
static void test_deadline(void **state)
{
    struct cloud cloud = {.life_s = 3600, .login_latency_ms = 1000000};
    struct net net;
    struct net_job job;

    (void)state;
    begin(&net, &cloud);
    run_one(&net, &job, ENS_MODE_PLAN, 3000);
    assert_int_equal(job.results[0].reason, ENS_REASON_TIMED_OUT);
    assert_int_equal(job.done_ms - job.begun_ms, 3000);
    net_job_done(&job);
    finish(&net, &cloud);
    assert_int_equal(net.aborted, 1); /* the login, which no call waits for any more */
}

/* ---- the metadata service ------------------------------------------------------------------- */

static void stay_silent(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct cloud *cloud = ud;

    cloud->logins++;
    cloud->last_base = ens_arena_dup(cloud->arena, request->base);
    cloud->last_timeout_ms = request->timeout_ms;
    cloud->last_direct = request->direct;
    ret->end = ENS_TRANSPORT_NOT_SENT;
    ret->timed_out = true;
}

/* One probe of a second, without a proxy; the answer "no" is kept for the process. */
static void test_silent_metadata(void **state)
{
    struct cloud cloud = {.login_latency_ms = 1000};
    struct net net;
    struct net_job job;

    (void)state;
    begin(&net, &cloud);
    net.variables[0] = (struct variable){"FAKE_METADATA", "probe /token"};
    net.variables[1] = (struct variable){"ENSURE_FAKE_METADATA", "http://127.0.0.1:1"};
    net.log_in = stay_silent;
    for (unsigned i = 0; i < 2; i++) {
        run_one(&net, &job, ENS_MODE_PLAN, 0);
        assert_int_equal(job.results[0].reason, ENS_REASON_UNAUTHENTICATED);
        assert_message(&job, i == 0 ? "metadata service http://127.0.0.1:1 (no answer)"
                                    : "metadata service (it did not answer before)");
        assert_in_range(job.done_ms - job.begun_ms, i == 0 ? 1000 : 0, i == 0 ? 1010 : 10);
        net_job_done(&job);
    }
    assert_int_equal(cloud.logins, 1);
    assert_int_equal(cloud.last_timeout_ms, 1000);
    assert_true(cloud.last_direct);
    assert_true(ens_str_is(cloud.last_base, "http://127.0.0.1:1"));
    finish(&net, &cloud);
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
        struct cloud cloud = {0};
        struct net net;
        struct net_job job;
        begin(&net, &cloud);
        net.variables[0] = (struct variable){"FAKE_METADATA", "probe /token"};
        net.variables[1] = rows[i].variable;
        run_one(&net, &job, ENS_MODE_PLAN, 0);
        assert_int_equal(job.results[0].reason, ENS_REASON_UNAUTHENTICATED);
        assert_message(&job, rows[i].message);
        assert_int_equal(net.logins, 0);
        net_job_done(&job);
        finish(&net, &cloud);
    }
}

/* ---- commands ------------------------------------------------------------------------------- */

/* A transport that can't watch descriptors runs none. */
static void test_commands_need_a_watch(void **state)
{
    struct cloud cloud = {0};
    struct net net;
    struct net_job job;

    (void)state;
    begin(&net, &cloud);
    net.variables[0] = (struct variable){"FAKE_OIDC", "run echo x"};
    run_one(&net, &job, ENS_MODE_PLAN, 0);
    assert_message(&job, "commands can't be run here");
    net_job_done(&job);
    finish(&net, &cloud);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_login),
        cmocka_unit_test(test_kept_between_jobs),
        cmocka_unit_test(test_when_renewed),
        cmocka_unit_test(test_no_call_waits_for_a_renewal),
        cmocka_unit_test(test_failed_renewal),
        cmocka_unit_test(test_no_renewal_in_time),
        cmocka_unit_test(test_expiry_code),
        cmocka_unit_test(test_expiry_code_of_a_start),
        cmocka_unit_test(test_second_expiry_code),
        cmocka_unit_test(test_expiry_code_for_many),
        cmocka_unit_test(test_expiry_code_of_fixed_keys),
        cmocka_unit_test(test_refused_login),
        cmocka_unit_test(test_trouble),
        cmocka_unit_test(test_clock_skew),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_silent_metadata),
        cmocka_unit_test(test_metadata_is_not_asked),
        cmocka_unit_test(test_commands_need_a_watch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
