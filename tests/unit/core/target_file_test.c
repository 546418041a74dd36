/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/target_file.h"

#define A "alibaba/cn-hangzhou/i-a"
#define B "baidu/bj/i-b"
#define C "volcengine/cn-beijing/i-c"

/* Accepted texts, with their targets in order. */
static const struct {
    const char *text;
    const char *targets[4];
} accepted[] = {
    {A "\n" B "\n", {A, B}},
    {"# the fleet\n\n  " A " # web\r\n\t" B, {A, B}},
    {A "\n" A "\n", {A}},
    {"\xEF\xBB\xBF" A "\n", {A}},
    {"\xEF\xBB\xBF{\"targets\": [\"" A "\"]}", {A}},
    {"{\"targets\": [\"" B "\"]}", {B}},
    {" \n {\"targets\": []}", {NULL}},
    {"{\"targets\": [\"" B "\"], \"select\": []}", {B}},
    {"{\"select\": [{\"cloud\": \"baidu\", \"region\": \"bj\"}]}", {NULL}},
    {"{\"ids\": {\"sensitive\": false, \"type\": \"string\", \"value\": \"" A "\"}}", {A}},
    {"{\"n\": {\"value\": 3}, \"targets\": {\"value\": {\"x\": [[\"" B "\", \"no\"], {\"y\": \"" C
     "\"}], \"z\": null}}, \"again\": {\"value\": [\"" B "\", \"" A "\"]}}",
     {B, C, A}},
    {"{\"a\": {\"type\": \"" B "\", \"value\": \"" A "\"}}", {A}},
};

static void test_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(accepted); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_document fleet = {0};
        size_t count = 0;
        if (ens_target_file_read(arena, ens_str_of(accepted[i].text), "f", &fleet, NULL) !=
            ENS_OK) {
            fail_msg("refused: %s", accepted[i].text);
        }
        assert_int_equal(fleet.kind, ENS_DOCUMENT_FLEET);
        while (accepted[i].targets[count] != NULL) {
            assert_true(count < fleet.count);
            const struct ens_target target = ens_target_list_at(&fleet.targets, count);
            assert_string_equal(ens_target_text(arena, &target).ptr, accepted[i].targets[count]);
            count++;
        }
        assert_int_equal(fleet.count, count);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *text;
        const char *where;
        const char *said;
    } rows[] = {
        {"", "f", "empty: expected targets"},
        {"# nothing\n\n", "f", "no target in it"},
        {A "\nweb-1\n", "f: line 2", "\"web-1\""},
        {A " " B, "f: line 1", "malformed"},
        {"\x01\x02", "f: line 1", "cloud/region/instance-id"},
        {"{", "f", "not JSON"},
        {"[]", "f", "neither a fleet"},
        {"{}", "f", "neither a fleet"},
        {"{\"a\": {\"value\": \"web\"}, \"b\": {\"value\": []}}", "f",
         "none of these Terraform outputs has a target"},
        {"{\"a\": {\"value\": \"" A "\"}, \"b\": {}}", "f", "neither a fleet"},
        {"{\"targets\": [], \"slect\": []}", "f", "unknown key \"slect\""},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_document fleet = {.count = 77};
        ens_rc rc = ens_target_file_read(arena, ens_str_of(rows[i].text), "f", &fleet, &diags);
        if (rc != ENS_MALFORMED || diags.count != 1) {
            fail_msg("rc %d, %zu diagnostics for: %s", (int)rc, diags.count, rows[i].text);
        }
        assert_string_equal(diags.items[0].where, rows[i].where);
        if (strstr(diags.items[0].summary, rows[i].said) == NULL) {
            fail_msg("\"%s\" is not in: %s", rows[i].said, diags.items[0].summary);
        }
        assert_int_equal(fleet.count, 77);
    }
}

/* As many lines, elements of a fleet or of an output as there may be targets, and one more. */
static void write_many(struct ens_buf *out, size_t form, size_t count)
{
    static const char *const begins[] = {"", "{\"targets\": [", "{\"a\": {\"value\": ["};
    static const char *const ends[] = {"", "]}", "]}}"};
    const char *quote = form == 0 ? "" : "\"";

    ens_buf_addf(out, "%s", begins[form]);
    for (size_t i = 0; i < count; i++) {
        ens_buf_addf(out, "%s%sbaidu/bj/i-%zu%s", form == 0 || i == 0 ? "" : ",", quote, i, quote);
        ens_buf_add_char(out, '\n');
    }
    ens_buf_addf(out, "%s", ends[form]);
}

static void test_most_targets(void **state)
{
    static const char *const places[] = {"f", "f: targets", "f"};

    (void)state;
    for (size_t form = 0; form < ENS_COUNT(places); form++) {
        for (size_t more = 0; more < 2; more++) {
            ENS_AUTO_ARENA *arena = ens_arena_new();
            ENS_AUTO_DIAGS diags = {0};
            ENS_AUTO_BUF text = ens_buf_new(ENS_DOCUMENT_MAX);
            struct ens_document fleet = {0};
            write_many(&text, form, ENS_TARGETS_MAX + more);
            ens_rc rc = ens_target_file_read(arena, ens_buf_str(&text), "f", &fleet, &diags);
            if (more == 0) {
                assert_int_equal(rc, ENS_OK);
                assert_int_equal(fleet.count, ENS_TARGETS_MAX);
                continue;
            }
            assert_int_equal(rc, ENS_LIMIT);
            assert_int_equal(diags.count, 1);
            assert_string_equal(diags.items[0].where, places[form]);
            assert_non_null(strstr(diags.items[0].summary, "more than 1000000 targets"));
        }
    }
}

/* The nesting of JSON is limited, by jansson. */
static void test_deepest_output(void **state)
{
    const size_t levels = 2045; /* and those of the outputs: 2047, one fewer than jansson's limit */

    (void)state;
    for (size_t more = 0; more < 2; more++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        ENS_AUTO_BUF text = ens_buf_new(100000);
        struct ens_document fleet = {0};
        ens_buf_addf(&text, "{\"a\": {\"value\": ");
        for (size_t i = 0; i < levels + more; i++) {
            ens_buf_add_char(&text, '[');
        }
        ens_buf_addf(&text, "\"%s\"", A);
        for (size_t i = 0; i < levels + more; i++) {
            ens_buf_add_char(&text, ']');
        }
        ens_buf_addf(&text, "}}");
        ens_rc rc = ens_target_file_read(arena, ens_buf_str(&text), "f", &fleet, &diags);
        if (more == 0) {
            assert_int_equal(rc, ENS_OK);
            assert_int_equal(fleet.count, 1);
        } else {
            assert_int_equal(rc, ENS_MALFORMED);
            assert_non_null(strstr(diags.items[0].summary, "not JSON (line 1, column"));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_most_targets),
        cmocka_unit_test(test_deepest_output),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
