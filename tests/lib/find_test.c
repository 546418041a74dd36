/* SPDX-License-Identifier: Apache-2.0 */
/* ensure_find() through the public header, against the emulator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "ensure/ensure.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ALIBABA      "\"cloud\": \"alibaba\", \"region\": \"cn-hangzhou\""
#define VOLCENGINE   "\"cloud\": \"volcengine\", \"region\": \"cn-beijing\""

static ensure_session *session_of(const char *config)
{
    struct ensure_error error;
    ensure_session *session = ensure_session_open(config, NULL, NULL, &error);

    assert_string_equal(error.message, "");
    return session;
}

static json_t *find(ensure_session *session, const char *selector, const struct ensure_call *call)
{
    struct ensure_error error;
    char *document = ensure_find(session, selector, call, &error);

    assert_string_equal(error.message, "");
    assert_int_equal(error.code, ENSURE_OK);
    json_t *json = json_loads(document, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    ensure_document_free(document);
    return json;
}

static size_t total_of(const json_t *document)
{
    const json_t *total = json_object_get(json_object_get(document, "summary"), "total");

    assert_int_equal(json_integer_value(total),
                     json_array_size(json_object_get(document, "instances")));
    return (size_t)json_integer_value(total);
}

static void test_found(void **state)
{
    ensure_session *session = session_of(NULL);

    (void)state;
    json_auto_t *document = find(session, "{" VOLCENGINE ", \"status\": [\"running\"]}", NULL);
    assert_string_equal(json_string_value(json_object_get(document, "format")), "ensure.find/v1");
    assert_int_equal(total_of(document), 1);
    const json_t *one = json_array_get(json_object_get(document, "instances"), 0);
    assert_string_equal(json_string_value(json_object_get(one, "target")),
                        "volcengine/cn-beijing/i-on");
    assert_string_equal(json_string_value(json_object_get(one, "zone")), "cn-beijing-a");
    json_auto_t *many = find(session, "{" ALIBABA ", \"name\": \"i-many-*\", \"limit\": 60}", NULL);
    assert_int_equal(total_of(many), 60);
    json_auto_t *none = find(session, "{" ALIBABA ", \"name\": \"x\"}", NULL);
    assert_int_equal(total_of(none), 0);
    assert_string_equal(json_string_value(json_array_get(json_object_get(none, "warnings"), 0)),
                        "no instance was found in alibaba/cn-hangzhou (name x)");
    ensure_session_close(session);
}

struct seen {
    size_t count;
    ensure_cancel *cancel;
};

static void on_event(void *ud, int32_t kind, const char *instance)
{
    struct seen *seen = ud;

    assert_int_equal(kind, ENSURE_EVENT_RESULT);
    json_auto_t *json = json_loads(instance, 0, NULL);
    assert_non_null(json_object_get(json, "target"));
    seen->count++;
    ensure_cancel_fire(seen->cancel);
}

static void test_events(void **state)
{
    ensure_session *session = session_of(NULL);
    struct seen seen = {0};
    const struct ensure_call call = {
        .struct_size = sizeof(call), .event = on_event, .event_ud = &seen};

    (void)state;
    json_auto_t *document = find(session, "{" ALIBABA "}", &call);
    assert_int_equal(total_of(document), 65);
    assert_int_equal(seen.count, 65);
    ensure_session_close(session);
}

static void test_errors(void **state)
{
    static const struct {
        const char *selector;
        int32_t code;
        const char *message;
    } rows[] = {
        {NULL, ENSURE_INVALID, "selector: expected a JSON object, got NULL"},
        {"{}", ENSURE_INVALID, "selector.cloud: missing: a selector needs a cloud and a region"},
        {"{" ALIBABA ", \"status\": [\"up\"]}", ENSURE_INVALID, "selector.status: \"up\" is not"},
        {"{\"cloud\": \"ghost\", \"region\": \"r\"}", ENSURE_INVALID,
         "selector.cloud: there is no provider for cloud \"ghost\""},
        {"{" ALIBABA "}", ENSURE_UNANSWERED,
         "alibaba/cn-hangzhou: unauthenticated: The instances of Alibaba Cloud in cn-hangzhou "
         "could not be listed: InvalidAccessKeyId.NotFound"},
    };
    ensure_session *session = session_of(
        "{\"clouds\": {\"alibaba\": {\"access_key\": \"wrong\", \"secret_key\": \"wrong\"}}}");
    struct ensure_error error;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_null(ensure_find(session, rows[i].selector, NULL, &error));
        assert_int_equal(error.code, rows[i].code);
        assert_memory_equal(error.message, rows[i].message, strlen(rows[i].message));
    }
    assert_null(ensure_find(NULL, "{}", NULL, &error));
    assert_string_equal(error.message, "session: expected an open session, got NULL");
    assert_null(ensure_find(session, "{}", NULL, NULL));
    ensure_session_close(session);
}

/* A list that was ended early is none. */
static void test_cancelled(void **state)
{
    ensure_session *session = session_of(NULL);
    struct seen seen = {.cancel = ensure_cancel_new()};
    const struct ensure_call call = {
        .struct_size = sizeof(call), .cancel = seen.cancel, .event = on_event, .event_ud = &seen};
    struct ensure_error error;

    (void)state;
    ensure_cancel_fire(seen.cancel);
    assert_null(ensure_find(session, "{" ALIBABA "}", &call, &error));
    assert_int_equal(error.code, ENSURE_UNANSWERED);
    assert_non_null(strstr(error.message, "alibaba/cn-hangzhou: cancelled: "));
    assert_int_equal(seen.count, 0);
    ensure_cancel_free(seen.cancel);
    ensure_session_close(session);
}

/* ---- fleets ---------------------------------------------------------------------------------- */

static const char *target_at(const json_t *document, size_t index)
{
    const json_t *one = json_array_get(json_object_get(document, "instances"), index);

    return json_string_value(json_object_get(one, "target"));
}

static json_t *plan(ensure_session *session, const char *fleet)
{
    struct ensure_error error;
    char *document = ensure_plan(session, fleet, NULL, &error);

    assert_string_equal(error.message, "");
    json_t *json = json_loads(document, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    ensure_document_free(document);
    return json;
}

/* What is listed comes first; what is found twice is planned once. */
static void test_fleet(void **state)
{
    ensure_session *session = session_of(NULL);

    (void)state;
    json_auto_t *document =
        plan(session, "{\"targets\": [\"alibaba/cn-hangzhou/i-many-2\"], \"select\": ["
                      "{" VOLCENGINE ", \"status\": [\"running\"]}, "
                      "{" ALIBABA ", \"name\": \"i-many-*\", \"limit\": 3}, "
                      "{" ALIBABA ", \"name\": \"i-many-1\"}, {" ALIBABA ", \"name\": \"x\"}]}");
    assert_int_equal(total_of(document), 4);
    assert_string_equal(target_at(document, 0), "alibaba/cn-hangzhou/i-many-2");
    assert_string_equal(target_at(document, 1), "volcengine/cn-beijing/i-on");
    assert_string_equal(target_at(document, 2), "alibaba/cn-hangzhou/i-many-1");
    assert_string_equal(target_at(document, 3), "alibaba/cn-hangzhou/i-many-3");
    const json_t *warnings = json_object_get(document, "warnings");
    assert_int_equal(json_array_size(warnings), 1);
    assert_string_equal(json_string_value(json_array_get(warnings, 0)),
                        "no instance was found in alibaba/cn-hangzhou (name x)");
    json_auto_t *empty = plan(session, "{\"select\": [{" ALIBABA ", \"name\": \"x\"}]}");
    assert_int_equal(total_of(empty), 0);
    assert_string_equal(json_string_value(json_array_get(json_object_get(empty, "warnings"), 1)),
                        "the fleet is empty: there is nothing to do");
    ensure_session_close(session);
}

static void test_fleet_without_an_answer(void **state)
{
    static const struct {
        const char *fleet;
        int32_t code;
        const char *message;
    } rows[] = {
        {"{\"select\": [{" VOLCENGINE "}, {" ALIBABA "}]}", ENSURE_UNANSWERED,
         "alibaba/cn-hangzhou: unauthenticated: "},
        {"{\"select\": [{\"cloud\": \"ghost\", \"region\": \"r\"}]}", ENSURE_INVALID,
         "request: select[0].cloud: there is no provider for cloud \"ghost\""},
        {"{\"select\": [{" ALIBABA ", \"nme\": \"x\"}]}", ENSURE_INVALID,
         "request: select[0]: unknown key \"nme\""},
    };
    ensure_session *session = session_of(
        "{\"clouds\": {\"alibaba\": {\"access_key\": \"wrong\", \"secret_key\": \"wrong\"}}}");
    const struct ensure_call cancelled = {.struct_size = sizeof(cancelled),
                                          .cancel = ensure_cancel_new()};
    struct ensure_error error;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_null(ensure_apply(session, rows[i].fleet, NULL, &error));
        assert_int_equal(error.code, rows[i].code);
        assert_memory_equal(error.message, rows[i].message, strlen(rows[i].message));
    }
    ensure_cancel_fire(cancelled.cancel);
    assert_null(ensure_apply(session, "{\"select\": [{" VOLCENGINE "}]}", &cancelled, &error));
    assert_int_equal(error.code, ENSURE_UNANSWERED);
    assert_non_null(strstr(error.message, "volcengine/cn-beijing: cancelled: "));
    ensure_cancel_free(cancelled.cancel);
    ensure_session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),  cmocka_unit_test(test_events),
        cmocka_unit_test(test_errors), cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_fleet),  cmocka_unit_test(test_fleet_without_an_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
