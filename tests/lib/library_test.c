/* SPDX-License-Identifier: Apache-2.0 */
/* libensure through its public header, against the emulator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <pthread.h>

#include "ensure/ensure.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FLEET(text)  "{\"targets\":[" text "]}"

/* The layout that programs are compiled with; a change would break the ABI. */
_Static_assert(sizeof(struct ensure_error) == 1024, "ensure_error");
_Static_assert(offsetof(struct ensure_error, message) == 4, "ensure_error.message");
_Static_assert(sizeof(struct ensure_call) == 40, "ensure_call");
_Static_assert(offsetof(struct ensure_call, flags) == 4, "ensure_call.flags");
_Static_assert(offsetof(struct ensure_call, timeout_ms) == 8, "ensure_call.timeout_ms");
_Static_assert(offsetof(struct ensure_call, cancel) == 16, "ensure_call.cancel");
_Static_assert(offsetof(struct ensure_call, event) == 24, "ensure_call.event");
_Static_assert(offsetof(struct ensure_call, event_ud) == 32, "ensure_call.event_ud");

static const char mixed_fleet[] = FLEET("\"volcengine/cn-beijing/i-on\","
                                        "\"volcengine/cn-beijing/i-poor\","
                                        "\"volcengine/cn-beijing/i-absent\"");

static ensure_session *open_session(const char *config)
{
    struct ensure_error error;
    ensure_session *session = ensure_session_open(config, NULL, NULL, &error);

    assert_string_equal(error.message, "");
    assert_non_null(session);
    return session;
}

/* Parses and frees the document of a call, which must have succeeded. */
static json_t *take(char *document, const struct ensure_error *error)
{
    assert_string_equal(error->message, "");
    assert_int_equal(error->code, ENSURE_OK);
    json_t *json = json_loads(document, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    ensure_document_free(document);
    return json;
}

static const char *instance_text(const json_t *document, size_t index, const char *name)
{
    const json_t *instances = json_object_get(document, "instances");

    return json_string_value(json_object_get(json_array_get(instances, index), name));
}

static void assert_instance(const json_t *document, size_t index, const char *status,
                            const char *action, const char *reason)
{
    assert_string_equal(instance_text(document, index, "status"), status);
    assert_string_equal(instance_text(document, index, "action"), action);
    assert_string_equal(instance_text(document, index, "reason"), reason);
}

/* ---- the library ---------------------------------------------------------------------------- */

static void test_version(void **state)
{
    (void)state;
    assert_string_equal(ensure_version(), ENS_VERSION);
    assert_int_equal(ensure_abi_check(ENSURE_ABI_MAJOR, ENSURE_ABI_MINOR), 1);
    assert_int_equal(ensure_abi_check(ENSURE_ABI_MAJOR, 0), 1);
    assert_int_equal(ensure_abi_check(ENSURE_ABI_MAJOR, ENSURE_ABI_MINOR + 1), 0);
    assert_int_equal(ensure_abi_check(ENSURE_ABI_MAJOR + 1, 0), 0);
}

static void test_null_everywhere(void **state)
{
    (void)state;
    struct ensure_error error = {0};
    ensure_session *session = open_session(NULL);

    ensure_session_close(NULL);
    ensure_document_free(NULL);
    ensure_cancel_fire(NULL);
    ensure_cancel_free(NULL);

    assert_null(ensure_session_providers(NULL, &error));
    assert_int_equal(error.code, ENSURE_INVALID);
    assert_string_equal(error.message, "session: expected an open session, got NULL");
    assert_null(ensure_plan(NULL, FLEET(""), NULL, &error));
    assert_string_equal(error.message, "session: expected an open session, got NULL");
    assert_null(ensure_apply(NULL, FLEET(""), NULL, &error));
    assert_string_equal(error.message, "session: expected an open session, got NULL");
    assert_null(ensure_plan(session, NULL, NULL, &error));
    assert_string_equal(error.message, "request: expected a JSON document, got NULL");
    assert_null(ensure_apply(session, NULL, NULL, &error));
    assert_string_equal(error.message, "request: expected a JSON document, got NULL");

    assert_null(ensure_session_open("[]", NULL, NULL, NULL));
    assert_null(ensure_session_providers(NULL, NULL));
    assert_null(ensure_plan(NULL, NULL, NULL, NULL));
    assert_null(ensure_apply(session, NULL, NULL, NULL));
    ensure_session_close(session);
}

/* ---- errors --------------------------------------------------------------------------------- */

static void test_bad_configurations(void **state)
{
    (void)state;
    static const struct {
        const char *config;
        const char *start; /* of the message */
    } rows[] = {
        {"", "configuration: expected a JSON object"},
        {"{\"clouds\":{\"alibaba\":{\"acces_key\":\"s3cret\"}}}",
         "configuration.clouds.alibaba.acces_key: unknown key; known: access_key"},
        {"{\"clouds\":{\"gcp\":{\"access_key\":\"s3cret\",\"secret_key\":\"s3cret\"}}}", NULL},
        {"{\"clouds\":{\"alibaba\":{\"endpoint\":\"ftp://s3cret@x\"}}}", NULL},
        {"{\"clouds\":{\"alibaba\":{\"endpoint\":\"http://example.com\"}}}", NULL},
        {"{\"defaults\":{\"plan_timeout_ms\":-5}}",
         "configuration.defaults.plan_timeout_ms: expected"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ensure_error error;

        assert_null(ensure_session_open(rows[i].config, NULL, NULL, &error));
        print_message("  %s\n", error.message);
        assert_int_equal(error.code, ENSURE_INVALID);
        assert_true(strlen(error.message) > 20);
        assert_null(strchr(error.message, '\n'));
        assert_null(strstr(error.message, "s3cret"));
        if (rows[i].start != NULL) {
            assert_memory_equal(error.message, rows[i].start, strlen(rows[i].start));
        }
    }
}

static void test_bad_requests(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        const char *part; /* of the message */
    } rows[] = {
        {"", "request"},
        {"{}", "request"},
        {"{\"targets\":7}", "request: targets"},
        {FLEET("\"alibaba\""), "request: targets[0]"},
        {FLEET("\"gcp/us/i-1\""), "\"gcp\"; known: alibaba, baidu, volcengine"},
        {"{\"targets\":[],\"format\":\"ensure.plan/v1\"}", "request"},
        {"{\"format\":\"ensure.plan/v2\"}", "request: format"},
        {"{\"format\":\"ensure.apply/v1\",\"created_at\":\"2026-09-01T08:09:10Z\",\"instances\":[],"
         "\"warnings\":[],\"policy\":[],\"summary\":{\"total\":0,\"running\":0,\"started\":0,"
         "\"refused\":0,\"failed\":0,\"unfinished\":0}}",
         "request: expected a fleet or a plan, got an apply document"},
    };
    ensure_session *session = open_session(NULL);

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ensure_error error;

        assert_null(ensure_apply(session, rows[i].request, NULL, &error));
        print_message("  %s\n", error.message);
        assert_int_equal(error.code, ENSURE_INVALID);
        assert_non_null(strstr(error.message, rows[i].part));
    }
    ensure_session_close(session);
}

static void test_bad_calls(void **state)
{
    (void)state;
    static const struct {
        struct ensure_call call;
        const char *message;
    } rows[] = {
        {{.struct_size = 8}, "call.struct_size: expected at least 40, got 8"},
        {{.struct_size = sizeof(struct ensure_call), .flags = 2},
         "call.flags: expected 0 or ENSURE_NO_DRY_RUN, got 2"},
        {{.struct_size = sizeof(struct ensure_call), .timeout_ms = -1},
         "call.timeout_ms: expected 0 to 86400000 milliseconds, got -1"},
        {{.struct_size = sizeof(struct ensure_call), .timeout_ms = 86400001},
         "call.timeout_ms: expected 0 to 86400000 milliseconds, got 86400001"},
    };
    ensure_session *session = open_session(NULL);

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ensure_error error;

        assert_null(ensure_plan(session, FLEET(""), &rows[i].call, &error));
        assert_int_equal(error.code, ENSURE_INVALID);
        assert_string_equal(error.message, rows[i].message);
    }
    ensure_session_close(session);
}

/* ---- plans and applies ---------------------------------------------------------------------- */

static void test_providers(void **state)
{
    (void)state;
    static const char *const names[] = {"alibaba", "baidu", "volcengine"};
    struct ensure_error error;
    ensure_session *session = open_session("{}");
    json_auto_t *json = take(ensure_session_providers(session, &error), &error);
    const json_t *providers = json_object_get(json, "providers");

    assert_string_equal(json_string_value(json_object_get(json, "version")), ENS_VERSION);
    assert_int_equal(json_array_size(json_object_get(json, "warnings")), 0);
    assert_int_equal(json_array_size(providers), COUNT(names));
    for (size_t i = 0; i < COUNT(names); i++) {
        const json_t *provider = json_array_get(providers, i);
        assert_string_equal(json_string_value(json_object_get(provider, "name")), names[i]);
        assert_true(json_is_boolean(json_object_get(provider, "dry_run")));
        assert_int_equal(json_integer_value(json_object_get(provider, "describe_limit")), 100);
    }
    ensure_session_close(session);
}

static void test_plan(void **state)
{
    (void)state;
    struct ensure_error error;
    ensure_session *session = open_session(NULL);
    json_auto_t *plan = take(ensure_plan(session, mixed_fleet, NULL, &error), &error);

    assert_string_equal(json_string_value(json_object_get(plan, "format")), "ensure.plan/v1");
    assert_instance(plan, 0, "running", "none", "already_running");
    assert_instance(plan, 1, "stopped", "refuse", "insufficient_balance");
    assert_string_equal(instance_text(plan, 1, "confidence"), "validated");
    assert_string_equal(instance_text(plan, 1, "provider_code"), "Insufficient.Balance");
    assert_instance(plan, 2, "absent", "refuse", "not_found");
    ensure_session_close(session);
}

static void test_no_dry_run(void **state)
{
    (void)state;
    const struct ensure_call call = {.struct_size = sizeof(call), .flags = ENSURE_NO_DRY_RUN};
    struct ensure_error error;
    ensure_session *session = open_session(NULL);
    json_auto_t *plan = take(ensure_plan(session, mixed_fleet, &call, &error), &error);

    assert_instance(plan, 1, "stopped", "start", "ok");
    assert_string_equal(instance_text(plan, 1, "confidence"), "unverified");
    ensure_session_close(session);

    session = open_session("{\"defaults\":{\"no_dry_run\":true}}");
    json_auto_t *again = take(ensure_plan(session, mixed_fleet, NULL, &error), &error);
    assert_string_equal(instance_text(again, 1, "confidence"), "unverified");
    ensure_session_close(session);
}

static void test_empty_fleet(void **state)
{
    (void)state;
    struct ensure_error error;
    ensure_session *session = open_session(NULL);
    json_auto_t *plan = take(ensure_plan(session, FLEET(""), NULL, &error), &error);

    assert_int_equal(json_array_size(json_object_get(plan, "instances")), 0);
    ensure_session_close(session);
}

struct events {
    pthread_t thread; /* that called the function */
    size_t progress;
    size_t results;
    bool malformed;
    char last[1000];
};

static void on_event(void *ud, int32_t kind, const char *instance)
{
    struct events *events = ud;
    json_auto_t *json = json_loads(instance, 0, NULL);

    events->malformed |= json_string_value(json_object_get(json, "target")) == NULL;
    events->progress += kind == ENSURE_EVENT_PROGRESS;
    events->results += kind == ENSURE_EVENT_RESULT;
    events->thread = pthread_self();
    (void)snprintf(events->last, sizeof(events->last), "%s", instance);
}

/* A plan that is applied twice starts the instance once. */
static void test_apply_a_plan(void **state)
{
    (void)state;
    static const char fleet[] = FLEET("\"volcengine/cn-beijing/i-off\",\"baidu/bj/i-off\"");
    struct events events = {0};
    const struct ensure_call call = {
        .struct_size = sizeof(call), .event = on_event, .event_ud = &events};
    struct ensure_error error;
    ensure_session *session = open_session(NULL);

    char *plan = ensure_plan(session, fleet, NULL, &error);
    assert_string_equal(error.message, "");
    json_auto_t *planned = json_loads(plan, 0, NULL);
    json_auto_t *applied = take(ensure_apply(session, plan, &call, &error), &error);
    assert_string_equal(json_string_value(json_object_get(applied, "format")), "ensure.apply/v1");
    assert_instance(applied, 0, "running", "start", "ok");
    assert_instance(applied, 1, "running", "start", "ok");
    assert_string_equal(instance_text(applied, 0, "client_token"),
                        instance_text(planned, 0, "client_token"));
    assert_true(strlen(instance_text(planned, 0, "client_token")) > 0);
    assert_int_equal(events.results, 2);
    assert_true(events.progress >= 2);
    assert_false(events.malformed);
    assert_false(pthread_equal(events.thread, pthread_self()));
    assert_non_null(strstr(events.last, "\"started\""));

    json_auto_t *again = take(ensure_apply(session, plan, NULL, &error), &error);
    assert_instance(again, 0, "running", "none", "already_running");
    ensure_document_free(plan);
    ensure_session_close(session);
}

/* Warnings about invalid environment variables are in the first document of the session only. */
static void test_invalid_environment_variables(void **state)
{
    (void)state;
    struct ensure_error error;
    assert_int_equal(setenv("ENSURE_LOG", "foo", 1), 0);
    assert_int_equal(setenv("ENSURE_PROVIDER_PATH", "/nowhere", 1), 0);
    ensure_session *session = open_session("{}");
    assert_int_equal(unsetenv("ENSURE_LOG"), 0);
    assert_int_equal(unsetenv("ENSURE_PROVIDER_PATH"), 0);
    json_auto_t *first = take(ensure_plan(session, FLEET(""), NULL, &error), &error);
    json_auto_t *second = take(ensure_plan(session, FLEET(""), NULL, &error), &error);
    const json_t *warnings = json_object_get(first, "warnings");

    assert_int_equal(json_array_size(warnings), 2);
    assert_non_null(strstr(json_string_value(json_array_get(warnings, 0)), "/nowhere"));
    assert_non_null(strstr(json_string_value(json_array_get(warnings, 1)), "ENSURE_LOG: \"foo\""));
    assert_int_equal(json_array_size(json_object_get(second, "warnings")), 0);
    ensure_session_close(session);
}

/* A target that the plan refused is not started, even if it could be started now. */
static void test_apply_follows_the_plan(void **state)
{
    (void)state;
    static const char edited[] =
        "{\"format\":\"ensure.plan/v1\",\"created_at\":\"2026-09-01T08:09:10Z\","
        "\"warnings\":[],\"policy\":[],\"summary\":{\"total\":1,\"none\":1,\"start\":0,\"wait\":0,"
        "\"refuse\":0},"
        "\"instances\":[{\"target\":\"alibaba/cn-hangzhou/i-off\",\"status\":\"running\","
        "\"provider_status\":\"Running\",\"action\":\"none\",\"confidence\":\"observed\","
        "\"reason\":\"already_running\",\"message\":\"\",\"advice\":\"\",\"provider_code\":\"\","
        "\"http_status\":200,\"request_id\":\"\",\"client_token\":\"\"}]}";
    struct ensure_error error;
    ensure_session *session = open_session(NULL);
    json_auto_t *applied = take(ensure_apply(session, edited, NULL, &error), &error);

    assert_instance(applied, 0, "stopped", "refuse", "wrong_state");
    ensure_session_close(session);
}

/* ---- ending early --------------------------------------------------------------------------- */

#define SLOW(n) FLEET("\"volcengine/cn-beijing/i-slow-" #n "\"")

static void test_timeout(void **state)
{
    (void)state;
    const struct ensure_call call = {.struct_size = sizeof(call), .timeout_ms = 300};
    struct ensure_error error;
    ensure_session *session = open_session(NULL);
    json_auto_t *applied = take(ensure_apply(session, SLOW(1), &call, &error), &error);

    /* The status is not checked, because it depends on timing. */
    assert_string_equal(instance_text(applied, 0, "action"), "start");
    assert_string_equal(instance_text(applied, 0, "reason"), "timed_out");
    ensure_session_close(session);

    session = open_session("{\"defaults\":{\"apply_timeout_ms\":300}}");
    json_auto_t *again = take(ensure_apply(session, SLOW(1), NULL, &error), &error);
    assert_instance(again, 0, "starting", "wait", "timed_out");
    ensure_session_close(session);
}

static void test_cancelled_before(void **state)
{
    (void)state;
    struct ensure_error error;
    ensure_session *session = open_session(NULL);
    ensure_cancel *cancel = ensure_cancel_new();
    const struct ensure_call call = {.struct_size = sizeof(call), .cancel = cancel};

    ensure_cancel_fire(cancel);
    ensure_cancel_fire(cancel);
    json_auto_t *applied = take(ensure_apply(session, SLOW(2), &call, &error), &error);
    assert_string_equal(instance_text(applied, 0, "reason"), "cancelled");
    ensure_cancel_free(cancel);
    ensure_session_close(session);
}

static void fire_when_starting(void *ud, int32_t kind, const char *instance)
{
    if (kind == ENSURE_EVENT_PROGRESS && strstr(instance, "\"starting\"") != NULL) {
        ensure_cancel_fire(ud);
    }
}

static void test_cancelled_by_an_event(void **state)
{
    (void)state;
    struct ensure_error error;
    ensure_session *session = open_session(NULL);
    ensure_cancel *cancel = ensure_cancel_new();
    const struct ensure_call call = {.struct_size = sizeof(call),
                                     .cancel = cancel,
                                     .event = fire_when_starting,
                                     .event_ud = cancel};
    json_auto_t *applied = take(ensure_apply(session, SLOW(3), &call, &error), &error);

    assert_instance(applied, 0, "starting", "start", "cancelled");
    ensure_cancel_free(cancel);
    ensure_session_close(session);
}

/* A call in another thread, with a condition variable to wait until it is in progress. */
struct other {
    ensure_session *session;
    const char *fleet;
    ensure_cancel *cancel;
    pthread_mutex_t lock;
    pthread_cond_t begun;
    bool has_begun;
    char *document;
};

static void note_begin(void *ud, int32_t kind, const char *instance)
{
    struct other *other = ud;

    (void)kind;
    if (strstr(instance, "\"starting\"") != NULL) {
        pthread_mutex_lock(&other->lock);
        other->has_begun = true;
        pthread_cond_signal(&other->begun);
        pthread_mutex_unlock(&other->lock);
    }
}

static void *apply_in_thread(void *ud)
{
    struct other *other = ud;
    const struct ensure_call call = {.struct_size = sizeof(call),
                                     .cancel = other->cancel,
                                     .event = note_begin,
                                     .event_ud = other};

    other->document = ensure_apply(other->session, other->fleet, &call, NULL);
    return NULL;
}

static pthread_t begin(struct other *other)
{
    pthread_t thread;

    pthread_mutex_init(&other->lock, NULL);
    pthread_cond_init(&other->begun, NULL);
    assert_int_equal(pthread_create(&thread, NULL, apply_in_thread, other), 0);
    pthread_mutex_lock(&other->lock);
    while (!other->has_begun) {
        pthread_cond_wait(&other->begun, &other->lock);
    }
    pthread_mutex_unlock(&other->lock);
    return thread;
}

static void finish(struct other *other, pthread_t thread)
{
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_non_null(other->document);
    json_auto_t *applied = json_loads(other->document, 0, NULL);
    assert_instance(applied, 0, "starting", "start", "cancelled");
    ensure_document_free(other->document);
    pthread_cond_destroy(&other->begun);
    pthread_mutex_destroy(&other->lock);
}

/* One handle cancels calls of two sessions. */
static void test_cancelled_from_another_thread(void **state)
{
    (void)state;
    ensure_cancel *cancel = ensure_cancel_new();
    struct other first = {.session = open_session(NULL), .fleet = SLOW(4), .cancel = cancel};
    struct other second = {.session = open_session(NULL), .fleet = SLOW(5), .cancel = cancel};
    pthread_t first_thread = begin(&first);
    pthread_t second_thread = begin(&second);

    ensure_cancel_fire(cancel);
    finish(&first, first_thread);
    finish(&second, second_thread);
    ensure_cancel_free(cancel);
    ensure_session_close(first.session);
    ensure_session_close(second.session);
}

static void test_closing_ends_calls(void **state)
{
    (void)state;
    struct other other = {.session = open_session(NULL), .fleet = SLOW(6)};
    pthread_t thread = begin(&other);

    ensure_session_close(other.session);
    finish(&other, thread);
}

/* ---- logs ----------------------------------------------------------------------------------- */

struct lines {
    size_t count;
    bool malformed;
    bool leaked;
};

static void on_line(void *ud, const char *line)
{
    struct lines *lines = ud;
    json_auto_t *json = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

    lines->count++;
    lines->malformed |= json_string_value(json_object_get(json, "level")) == NULL ||
                        json_string_value(json_object_get(json, "message")) == NULL ||
                        !json_is_object(json_object_get(json, "fields"));
    lines->leaked |= strstr(line, getenv("VOLCENGINE_SECRET_KEY")) != NULL;
}

static void test_log(void **state)
{
    (void)state;
    struct lines lines = {0};
    struct ensure_error error;
    ensure_session *session =
        ensure_session_open("{\"log_level\":\"trace\"}", on_line, &lines, &error);

    assert_non_null(session);
    json_auto_t *plan = take(ensure_plan(session, mixed_fleet, NULL, &error), &error);
    ensure_session_close(session);
    assert_true(lines.count > 0);
    assert_false(lines.malformed);
    assert_false(lines.leaked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_null_everywhere),
        cmocka_unit_test(test_bad_configurations),
        cmocka_unit_test(test_bad_requests),
        cmocka_unit_test(test_bad_calls),
        cmocka_unit_test(test_providers),
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_no_dry_run),
        cmocka_unit_test(test_empty_fleet),
        cmocka_unit_test(test_apply_a_plan),
        cmocka_unit_test(test_invalid_environment_variables),
        cmocka_unit_test(test_apply_follows_the_plan),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_cancelled_before),
        cmocka_unit_test(test_cancelled_by_an_event),
        cmocka_unit_test(test_cancelled_from_another_thread),
        cmocka_unit_test(test_closing_ends_calls),
        cmocka_unit_test(test_log),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
