/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/finding.h"

static const struct ens_pair tags[] = {{{"team", 4}, {"a\"b\x1b", 4}}, {{"k\n\xff", 3}, {"", 0}}};

static struct ens_finding finding(void)
{
    return (struct ens_finding){
        .target = {ENS_STR("baidu"), ENS_STR("bj"), ENS_STR("i-1")},
        .name = ENS_STR("web"),
        .status = ENS_STATUS_STOPPED,
        .provider_status = ENS_STR("Stopped"),
        .zone = ENS_STR("cn-bj-a"),
        .instance_type = ENS_STR("bcc.g5.c2m8"),
        .charge_type = ENS_STR("Postpaid"),
        .tags = tags,
        .tag_count = ENS_COUNT(tags),
    };
}

/* Text of a cloud is sanitized in keys as in values. */
static void test_one(void **state)
{
    ENS_AUTO_BUF out = ens_buf_new(4096);
    struct ens_json json = ens_json_new(&out, 0);
    const struct ens_finding one = finding();

    (void)state;
    ens_finding_write(&json, &one);
    assert_string_equal(
        ens_buf_text(&out),
        "{\"target\": \"baidu/bj/i-1\", \"name\": \"web\", \"status\": \"stopped\", "
        "\"provider_status\": \"Stopped\", \"zone\": \"cn-bj-a\", \"instance_type\": "
        "\"bcc.g5.c2m8\", \"charge_type\": \"Postpaid\", \"tags\": {\"team\": "
        "\"a\\\"b\xEF\xBF\xBD\", \"k\\n\xEF\xBF\xBD\": \"\"}}");
}

/* The pieces are those of one document, whatever the owner of the buffer does with each. */
static void test_pieces(void **state)
{
    ENS_AUTO_BUF out = ens_buf_new(4096);
    ENS_AUTO_BUF all = ens_buf_new(4096);
    const struct ens_finding one = {.target = {ENS_STR("baidu"), ENS_STR("bj"), ENS_STR("i-1")},
                                    .status = ENS_STATUS_RUNNING};
    const ens_str warnings[] = {ENS_STR_INIT("first"), ENS_STR_INIT("second")};
    struct ens_find_writer writer = ens_find_begin(&out, ENS_STR("2026-09-01T08:09:10Z"), 0);

    (void)state;
    for (int i = 0; i < 2; i++) {
        ens_buf_add(&all, ens_buf_str(&out));
        ens_buf_reset(&out);
        ens_find_add(&writer, &one);
    }
    ens_buf_add(&all, ens_buf_str(&out));
    ens_buf_reset(&out);
    ens_find_end(&writer, warnings, 2);
    ens_buf_add(&all, ens_buf_str(&out));
#define ONE                                                                                        \
    "{\"target\": \"baidu/bj/i-1\", \"name\": \"\", \"status\": \"running\", "                     \
    "\"provider_status\": \"\", \"zone\": \"\", \"instance_type\": \"\", \"charge_type\": \"\", "  \
    "\"tags\": {}}"
    assert_string_equal(
        ens_buf_text(&all),
        "{\"format\": \"ensure.find/v1\", \"created_at\": \"2026-09-01T08:09:10Z\", "
        "\"instances\": [" ONE ", " ONE "], \"warnings\": [\"first\", \"second\"], "
        "\"summary\": {\"total\": 2}}\n");
}

static void test_empty(void **state)
{
    ENS_AUTO_BUF out = ens_buf_new(4096);
    struct ens_find_writer writer = ens_find_begin(&out, ENS_STR("2026-09-01T08:09:10Z"), 2);

    (void)state;
    ens_find_end(&writer, NULL, 0);
    assert_string_equal(ens_buf_text(&out), "{\n"
                                            "  \"format\": \"ensure.find/v1\",\n"
                                            "  \"created_at\": \"2026-09-01T08:09:10Z\",\n"
                                            "  \"instances\": [],\n"
                                            "  \"warnings\": [],\n"
                                            "  \"summary\": {\n"
                                            "    \"total\": 0\n"
                                            "  }\n"
                                            "}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
