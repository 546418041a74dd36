/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/pack.h"
#include "core/result_pack.h"

#define UUID "0123abcd-4567-4ef0-8123-456789abcdef"

static void test_numbers(void **state)
{
    static const struct {
        uint64_t value;
        size_t size;
    } rows[] = {{0, 1},
                {127, 1},
                {128, 2},
                {16383, 2},
                {16384, 3},
                {UINT32_MAX, 5},
                {UINT64_MAX >> 1, 9},
                {UINT64_MAX, 10}};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_BUF packed = ens_buf_new(16);
        ens_pack_number(&packed, rows[i].value);
        ens_str rest = ens_buf_str(&packed);
        assert_int_equal(rest.len, rows[i].size);
        assert_true(ens_unpack_number(&rest) == rows[i].value);
        assert_int_equal(rest.len, 0);
    }
}

static void test_texts(void **state)
{
    static const struct {
        const char *text;
        size_t size;
    } rows[] = {
        {"", 1},
        {"a", 2},
        {UUID, 17},
        {"0123ABCD-4567-4EF0-8123-456789ABCDEF", 17},
        {"01234567-4567-4560-8123-456789012345", 17}, /* without a letter */
        {"0123ABCD-4567-4ef0-8123-456789abcdef", 37}, /* of both cases */
        {"0123abcd+4567-4ef0-8123-456789abcdef", 37},
        {"0123abcg-4567-4ef0-8123-456789abcdef", 37},
        {UUID "0", 38},
        {"\xff\x80 bytes", 9},
    };
    ENS_AUTO_ARENA *arena = ens_arena_new();

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_BUF packed = ens_buf_new(64);
        ens_pack_text(&packed, ens_str_of(rows[i].text));
        ens_str rest = ens_buf_str(&packed);
        assert_int_equal(rest.len, rows[i].size);
        assert_true(ens_str_is(ens_unpack_text(&rest, arena), rows[i].text));
        assert_int_equal(rest.len, 0);
    }
}

static void assert_text(ens_str a, ens_str b)
{
    assert_true(ens_str_eq(a, b));
}

static void test_result(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_result result = {
        .status = ENS_STATUS_STARTING,
        .provider_status = ENS_STR("BOOTING"),
        .action = ENS_ACTION_START,
        .confidence = ENS_CONFIDENCE_VALIDATED,
        .provider_code = ENS_STR("Code"),
        .http_status = 202,
        .request_id = ENS_STR("an-id"),
        .client_token = ENS_STR(UUID),
        .started = true,
        .start_sent = true,
        .elapsed_ms = 123456,
    };

    (void)state;
    for (int same = 0; same < 2; same++) {
        ENS_AUTO_BUF packed = ens_buf_new(1000);
        result.start_request_id = same ? result.request_id : ENS_STR("another");
        ens_result_pack(&result, &packed);
        const struct ens_result found = ens_result_unpack(ens_buf_str(&packed), arena);
        assert_int_equal(found.status, result.status);
        assert_int_equal(found.action, result.action);
        assert_int_equal(found.confidence, result.confidence);
        assert_int_equal(found.http_status, result.http_status);
        assert_int_equal(found.started, result.started);
        assert_int_equal(found.start_sent, result.start_sent);
        assert_int_equal(found.elapsed_ms, result.elapsed_ms);
        assert_text(found.provider_status, result.provider_status);
        assert_text(found.provider_code, result.provider_code);
        assert_text(found.request_id, result.request_id);
        assert_text(found.client_token, result.client_token);
        assert_text(found.start_request_id, result.start_request_id);
        assert_in_range(packed.len, 40, same ? 50 : 60);
        result.started = false;
    }
}

static void test_records(void **state)
{
    static const ens_str texts[] = {ENS_STR_INIT("a text"), ENS_STR_INIT(""), ENS_STR_INIT(UUID)};
    static const uint64_t numbers[ENS_RECORD_MAX - ENS_COUNT(texts)] = {
        0, 127, 128, UINT32_MAX, UINT64_MAX, 16383, 16384, 1};
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ens_str long_texts[ENS_RECORD_MAX];
    ens_str found_texts[ENS_RECORD_MAX];
    uint64_t found[ENS_RECORD_MAX];

    (void)state;
    const unsigned char *record =
        ens_pack_record(arena, numbers, ENS_COUNT(numbers), texts, ENS_COUNT(texts));
    ens_unpack_record(record, found, ENS_COUNT(numbers), found_texts, ENS_COUNT(texts));
    assert_memory_equal(found, numbers, sizeof(numbers));
    for (size_t i = 0; i < ENS_COUNT(texts); i++) {
        assert_text(found_texts[i], texts[i]);
    }
    for (size_t i = 0; i < ENS_RECORD_MAX; i++) { /* as many texts as there may be */
        long_texts[i] = (ens_str){ens_arena_alloc(arena, 1000 * i + 1), 1000 * i};
    }
    record = ens_pack_record(arena, NULL, 0, long_texts, ENS_RECORD_MAX);
    ens_unpack_record(record, NULL, 0, found_texts, ENS_RECORD_MAX);
    for (size_t i = 0; i < ENS_RECORD_MAX; i++) {
        assert_text(found_texts[i], long_texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_result),
        cmocka_unit_test(test_records),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
