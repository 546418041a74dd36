/* SPDX-License-Identifier: Apache-2.0 */
/* ens_document_pass: a document in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/document.h"

static struct ens_result results[3000];

/* Of a sink: it keeps the pieces, and refuses the one after the last that it takes. */
struct pieces {
    struct ens_buf all;
    size_t count;
    size_t taken_max;
};

static ens_rc take_piece(void *ud, ens_str piece)
{
    struct pieces *pieces = ud;

    pieces->count++;
    ens_buf_add(&pieces->all, piece);
    return pieces->count > pieces->taken_max ? ENS_IO : ENS_OK;
}

static struct ens_document plan_of(size_t count)
{
    struct ens_document document = {.kind = ENS_DOCUMENT_PLAN,
                                    .created_at = ENS_STR("2026-09-01T08:09:10Z"),
                                    .results = results,
                                    .count = count};

    for (size_t i = 0; i < count; i++) {
        results[i] = (struct ens_result){
            .target = {ENS_STR("baidu"), ENS_STR("bj"), ENS_STR("i-1")},
            .message = ENS_STR("It would start."),
        };
        ens_document_count_result(&document, &results[i]);
    }
    return document;
}

/* The same text as in one piece. */
static void test_same_text(void **state)
{
    static const size_t counts[] = {0, 1, ENS_COUNT(results)};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(counts); i++) {
        const struct ens_document document = plan_of(counts[i]);
        for (unsigned indent = 0; indent <= 2; indent += 2) {
            ENS_AUTO_BUF whole = ens_buf_new(ENS_DOCUMENT_MAX);
            struct pieces pieces = {.all = ens_buf_new(ENS_DOCUMENT_MAX), .taken_max = SIZE_MAX};
            const struct ens_document_sink sink = {take_piece, &pieces};
            ens_document_write(&whole, &document, indent);
            assert_int_equal(ens_document_pass(&document, indent, &sink), ENS_OK);
            assert_string_equal(ens_buf_text(&pieces.all), ens_buf_text(&whole));
            assert_true(counts[i] <= 1 ? pieces.count == 1 : pieces.count > 10);
            ens_buf_done(&pieces.all);
        }
    }
}

/* Each piece ends with a result, and none comes after a failure. */
static void test_failing_sink(void **state)
{
    const struct ens_document document = plan_of(ENS_COUNT(results));
    ENS_AUTO_BUF whole = ens_buf_new(ENS_DOCUMENT_MAX);

    (void)state;
    ens_document_write(&whole, &document, 2);
    for (size_t taken = 0; taken < 4; taken++) {
        struct pieces pieces = {.all = ens_buf_new(ENS_DOCUMENT_MAX), .taken_max = taken};
        const struct ens_document_sink sink = {take_piece, &pieces};
        assert_int_equal(ens_document_pass(&document, 2, &sink), ENS_IO);
        assert_int_equal(pieces.count, taken + 1);
        assert_true(ens_str_starts(ens_buf_str(&whole), ens_buf_str(&pieces.all)));
        assert_int_equal(pieces.all.ptr[pieces.all.len - 1], '}');
        ens_buf_done(&pieces.all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_text),
        cmocka_unit_test(test_failing_sink),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
