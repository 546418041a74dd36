/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <malloc.h>

#include "core/result_list.h"

#define UUID "0123abcd-4567-4ef0-8123-456789abcdef"

/* Bytes of a result of the kind below, with 22 bytes of an id: what the README of the benchmarks
 * says of a table leaves room for it. */
#define BYTES_MAX 180

/* Its own texts are in the arena, which is emptied once it was kept. */
static struct ens_result result_of(struct ens_arena *arena, size_t number)
{
    const bool started = number % 3 == 0;
    const struct ens_result result = {
        .target = {number % 2 == 0 ? ENS_STR("alibaba") : ENS_STR("baidu"),
                   number % 2 == 0 ? ENS_STR("cn-hangzhou") : ENS_STR("bj"),
                   ens_arena_printf(arena, "i-3tiefmkskq3vj%07zu", number)},
        .status = started ? ENS_STATUS_RUNNING : ENS_STATUS_STOPPED,
        .provider_status = started ? ENS_STR("Running") : ENS_STR("Stopped"),
        .action = ENS_ACTION_START,
        .confidence = ENS_CONFIDENCE_VALIDATED,
        .reason = started ? ENS_REASON_OK : ENS_REASON_NO_CAPACITY,
        .message = started ? ENS_STR("Started, and runs now.") : ENS_STR("There is no capacity."),
        .advice = started ? ENS_STR("") : ENS_STR("Try another zone."),
        .provider_code = started ? ENS_STR("") : ENS_STR("NoStock"),
        .http_status = started ? 200 : 403,
        .request_id = ens_arena_printf(arena, "%08zX-4567-4EF0-8123-456789ABCDEF", number),
        .client_token = ens_arena_printf(arena, "%08zx-4567-4ef0-8123-456789abcdef", number),
        .started = started,
        .start_request_id = started ? ENS_STR(UUID) : ENS_STR(""),
        .start_sent = started,
        .elapsed_ms = (int64_t)number * 7,
    };

    return result;
}

static void assert_text(ens_str a, ens_str b)
{
    assert_true(ens_str_eq(a, b));
}

static void assert_same(const struct ens_result *a, const struct ens_result *b)
{
    assert_true(ens_target_eq(&a->target, &b->target));
    assert_int_equal(a->status, b->status);
    assert_text(a->provider_status, b->provider_status);
    assert_int_equal(a->action, b->action);
    assert_int_equal(a->confidence, b->confidence);
    assert_int_equal(a->reason, b->reason);
    assert_text(a->message, b->message);
    assert_text(a->advice, b->advice);
    assert_text(a->provider_code, b->provider_code);
    assert_int_equal(a->http_status, b->http_status);
    assert_text(a->request_id, b->request_id);
    assert_text(a->client_token, b->client_token);
    assert_int_equal(a->started, b->started);
    assert_text(a->start_request_id, b->start_request_id);
    assert_int_equal(a->start_sent, b->start_sent);
    assert_int_equal(a->elapsed_ms, b->elapsed_ms);
}

/* In an order that is not theirs. */
static struct ens_result_list list_of(struct ens_arena *arena, size_t count)
{
    ENS_AUTO_ARENA *scratch = ens_arena_new();
    struct ens_result_list list = {.texts = {.arena = arena}};

    for (size_t i = 0; i < count; i++) {
        const size_t index = i % 2 == 0 ? count - 2 - i : i; /* of an even count */
        const struct ens_result result = result_of(scratch, index);
        ens_result_list_set(&list, index, &result);
        ens_arena_reset(scratch);
    }
    return list;
}

static void test_members(void **state)
{
    enum { COUNT = 1000 };
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_result_list list = list_of(arena, COUNT);

    (void)state;
    assert_int_equal(list.count, COUNT);
    assert_int_equal(list.texts.count, 11); /* each text that is shared once */
    for (size_t i = 0; i < COUNT; i++) {
        const struct ens_result expected = result_of(arena, i);
        const struct ens_result found = ens_result_list_at(&list, i);
        assert_same(&found, &expected);
    }
}

/* A result of which nothing is known, and one whose texts are as long as a cloud's may be. */
static void test_extremes(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_result_list list = {.texts = {.arena = arena}};
    const size_t size = 100000;
    const ens_str text = {ens_arena_alloc(arena, size), size};
    const struct ens_result results[] = {
        {.action = ENS_ACTION_REFUSE},
        {.target = {ENS_STR("c"), ENS_STR("r"), ENS_STR("i-1")},
         .provider_status = text,
         .message = text,
         .advice = text,
         .provider_code = text,
         .http_status = UINT32_MAX,
         .request_id = text,
         .client_token = text,
         .start_request_id = text,
         .elapsed_ms = INT64_MAX},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(results); i++) {
        ens_result_list_set(&list, i, &results[i]);
        const struct ens_result found = ens_result_list_at(&list, i);
        assert_same(&found, &results[i]);
    }
}

static size_t allocated(void)
{
    const struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static void test_bytes(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const size_t before = allocated();
    const struct ens_result_list list = list_of(arena, ENS_RESULTS_MAX);
    const size_t bytes = (allocated() - before) / ENS_RESULTS_MAX;

    (void)state;
    assert_int_equal(list.count, ENS_RESULTS_MAX);
    if (bytes > BYTES_MAX) { /* under AddressSanitizer nothing is counted */
        fail_msg("%zu bytes a result", bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
