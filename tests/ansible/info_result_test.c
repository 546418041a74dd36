/* SPDX-License-Identifier: Apache-2.0 */
/* The output of instance_info: what was found or read, and failures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "ansible/info_result.h"

static const struct ens_args no_args = {.module = ENS_MODULE_INSTANCE_INFO};
static const struct ens_pair tag = {ENS_STR_INIT("k\xe2\x80\xa8"), ENS_STR_INIT("\xe5\xae\x9e")};
static const struct ens_finding finding = {
    .target = {ENS_STR_INIT("alibaba"), ENS_STR_INIT("cn-hangzhou"), ENS_STR_INIT("i-1")},
    .name = ENS_STR_INIT("web\xc2\x85\x1b"),
    .status = ENS_STATUS_STOPPED,
    .provider_status = ENS_STR_INIT("Stopped"),
    .tags = &tag,
    .tag_count = 1,
};

static json_t *parse(const struct ens_buf *out)
{
    for (size_t i = 0; i + 1 < out->len; i++) {
        assert_in_range(out->ptr[i], ' ', '~');
    }
    assert_int_equal(out->ptr[out->len - 1], '\n');
    json_t *json = json_loads(ens_buf_text(out), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    assert_true(json_is_false(json_object_get(json, "changed")));
    assert_non_null(json_object_get(json, "invocation"));
    return json;
}

static const char *text_of(const json_t *json, const char *name)
{
    return json_string_value(json_object_get(json, name));
}

static void test_found(void **state)
{
    ENS_CLEANUP(ens_info_list_done) struct ens_info_list list = {0};
    ENS_AUTO_BUF out = ens_buf_new(ENS_ARGS_MAX);

    (void)state;
    ens_info_list_begin(&list);
    ens_info_list_add(&list, &finding);
    ens_info_list_add(&list, &finding);
    assert_true(ens_info_found(&out, &no_args, &list, NULL, 0));
    json_auto_t *json = parse(&out);
    assert_true(json_is_false(json_object_get(json, "failed")));
    assert_null(json_object_get(json, "warnings"));
    assert_string_equal(text_of(json, "msg"), "2 found: 2 stopped");
    const json_t *instances = json_object_get(json, "instances");
    assert_int_equal(json_array_size(instances), 2);
    const json_t *first = json_array_get(instances, 0);
    assert_string_equal(text_of(first, "target"), "alibaba/cn-hangzhou/i-1");
    assert_string_equal(text_of(json_object_get(first, "tags"), "k\xef\xbf\xbd"), "\xe5\xae\x9e");
}

static void test_nothing_found(void **state)
{
    ENS_CLEANUP(ens_info_list_done) struct ens_info_list list = {0};
    ENS_AUTO_BUF out = ens_buf_new(ENS_ARGS_MAX);
    const ens_str warnings[] = {ENS_STR("A sentence.")};

    (void)state;
    ens_info_list_begin(&list);
    assert_true(ens_info_found(&out, &no_args, &list, warnings, 1));
    json_auto_t *json = parse(&out);
    assert_string_equal(text_of(json, "msg"), "0 found");
    assert_int_equal(json_array_size(json_object_get(json, "instances")), 0);
    const json_t *shown = json_object_get(json, "warnings");
    assert_string_equal(json_string_value(json_array_get(shown, 0)), "A sentence.");
}

/* Half a list is no answer. */
static void test_list_failed(void **state)
{
    ENS_CLEANUP(ens_info_list_done) struct ens_info_list list = {0};
    ENS_AUTO_BUF out = ens_buf_new(ENS_ARGS_MAX);
    const struct ens_find_failure failure = {
        .cloud = ENS_STR("alibaba"),
        .region = ENS_STR("cn-hangzhou"),
        .reason = ENS_REASON_PERMISSION_DENIED,
        .message = ENS_STR("May not."),
        .advice = ENS_STR("Grant it."),
        .provider_code = ENS_STR("Forbidden"),
        .request_id = ENS_STR("R-1"),
    };

    (void)state;
    ens_info_list_begin(&list);
    ens_info_list_add(&list, &finding);
    ens_info_list_fail(&list, &failure);
    assert_false(ens_info_found(&out, &no_args, &list, NULL, 0));
    json_auto_t *json = parse(&out);
    assert_true(json_is_true(json_object_get(json, "failed")));
    assert_null(json_object_get(json, "instances"));
    assert_string_equal(
        text_of(json, "msg"),
        "alibaba/cn-hangzhou: permission_denied: May not. Grant it. (code Forbidden, "
        "request R-1)");
}

#define READ(number, status_, word, reason_)                                                       \
    .target = {ENS_STR_INIT("baidu"), ENS_STR_INIT("bj"), ENS_STR_INIT("i-" #number)},             \
    .status = ENS_STATUS_##status_, .provider_status = ENS_STR_INIT(word),                         \
    .reason = ENS_REASON_##reason_

/* A word that Ensure does not know is an answer; none is not. */
static void test_read(void **state)
{
    static const struct ens_result results[] = {
        {READ(1, RUNNING, "Running", OK)},
        {READ(2, ABSENT, "", NOT_FOUND), .message = ENS_STR_INIT("Gone.")},
        {READ(3, UNKNOWN, "Dreaming", WRONG_STATE)},
        {READ(4, UNKNOWN, "", PERMISSION_DENIED), .message = ENS_STR_INIT("May not."),
         .advice = ENS_STR_INIT("Grant it."), .provider_code = ENS_STR_INIT("AccessDenied")},
    };
    static const struct {
        size_t count;
        bool well;
        const char *msg;
    } rows[] = {
        {0, true, "0 read"},
        {3, true, "3 read: 1 unknown, 1 running, 1 absent"},
        {4, false,
         "4 read: 2 unknown, 1 running, 1 absent; i-4: May not. Grant it. (permission_denied, "
         "code AccessDenied)"},
    };
    const struct ens_job_end end = {0};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_BUF out = ens_buf_new(ENS_ARGS_MAX);

        assert_int_equal(ens_info_read(&out, &no_args, results, rows[i].count, &end), rows[i].well);
        json_auto_t *json = parse(&out);
        assert_int_equal(json_is_true(json_object_get(json, "failed")), !rows[i].well);
        assert_string_equal(text_of(json, "msg"), rows[i].msg);
        const json_t *instances = json_object_get(json, "instances");
        assert_int_equal(json_array_size(instances), rows[i].count);
        for (size_t n = 0; n < rows[i].count; n++) {
            assert_null(json_object_get(json_array_get(instances, n), "action"));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_nothing_found),
        cmocka_unit_test(test_list_failed),
        cmocka_unit_test(test_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
