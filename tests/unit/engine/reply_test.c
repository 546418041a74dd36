/* SPDX-License-Identifier: Apache-2.0 */
/* Interpretation of replies, without an engine: from the result of a transport to outcomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "engine/reply.h"
#include "fake_net.h"

static const ens_str ids[] = {ENS_STR_INIT("i-1"), ENS_STR_INIT("i-2")};

struct question {
    struct net net; /* for its provider */
    struct ens_keys *keys;
    struct ens_call_spec spec;
    struct ens_reply_question question;
};

static void ask(struct question *ret, enum ens_call_kind kind)
{
    net_init(&ret->net);
    ret->keys = ens_keys_new(&(struct ens_identity){.access_key = ENS_STR("the-access-key"),
                                                    .secret_key = ENS_STR("the-secret-key"),
                                                    .security_token = ENS_STR("the-token")},
                             0, "test");
    ret->spec = (struct ens_call_spec){.struct_size = sizeof(ret->spec), .ids = ids, .id_count = 2};
    ret->question = (struct ens_reply_question){
        .provider = &ret->net.provider, .kind = kind, .spec = &ret->spec, .keys = ret->keys};
}

static struct ens_reply answer(struct ens_arena *arena, const struct question *question,
                               uint32_t status, const char *body)
{
    const struct ens_pair retry = {ENS_STR("retry-after"), ENS_STR("3")};
    const struct ens_pair date = {ENS_STR("date"), ENS_STR("Sun, 06 Nov 1994 08:49:37 GMT")};
    const struct ens_pair *const headers[] = {&retry, &date};
    const struct ens_http_reply http = {.struct_size = sizeof(http),
                                        .status = status,
                                        .headers = headers,
                                        .header_count = ENS_COUNT(headers),
                                        .body = ens_str_of(body)};
    const struct ens_transport_result result = {
        .end = ENS_TRANSPORT_REPLY, .reply = &http, .error = ""};
    struct ens_reply reply;

    ens_reply_read(arena, &question->question, &result, &reply);
    return reply;
}

static void test_read(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct question question;

    (void)state;
    ask(&question, ENS_CALL_READ);
    struct ens_reply reply = answer(arena, &question, 200, "seen i-1 DOWN\nnext 2\n");
    assert_int_equal(reply.whole.reason, ENS_REASON_OK);
    assert_int_equal(reply.whole.http_status, 200);
    assert_true(reply.whole.sent);
    assert_int_equal(reply.whole.retry_after_ms, 3000);
    assert_int_equal(reply.server_unix_s, 784111777);
    assert_int_equal(reply.describe.observation_count, 1);
    assert_true(ens_str_is(reply.describe.next_page, "2"));
    ens_keys_unref(question.keys);
}

static void test_refused(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct question question;

    (void)state;
    ask(&question, ENS_CALL_DRY_RUN);
    struct ens_reply reply = answer(arena, &question, 403, "code Stock\n");
    assert_int_equal(reply.whole.reason, ENS_REASON_NO_CAPACITY);
    assert_true(reply.whole.by_code);
    reply = answer(arena, &question, 400, "code Passed\n");
    assert_int_equal(reply.whole.reason, ENS_REASON_OK);
    reply = answer(arena, &question, 400, "code not-in-the-table-the-secret-key\n");
    assert_int_equal(reply.whole.reason, ENS_REASON_INVALID_ARGUMENT);
    assert_false(reply.whole.by_code);
    assert_null(strstr(ens_arena_dup(arena, reply.whole.code).ptr, "the-secret-key"));
    ens_keys_unref(question.keys);
}

static void test_items(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct question question;

    (void)state;
    ask(&question, ENS_CALL_START);
    struct ens_reply reply = answer(arena, &question, 200, "item i-1 -\nitem i-2 Stock\n");
    assert_int_equal(reply.start.item_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct ens_outcome outcome =
            ens_reply_item(arena, &question.question, &reply, reply.start.items[i]);
        const bool refused = ens_str_is(reply.start.items[i]->code, "Stock");
        assert_int_equal(outcome.reason == ENS_REASON_NO_CAPACITY, refused);
    }
    ens_keys_unref(question.keys);
}

static void test_no_reply(void **state)
{
    static const struct {
        struct ens_transport_result result;
        enum ens_reason reason;
        uint32_t flags;
        bool sent;
    } rows[] = {
        {{.end = ENS_TRANSPORT_NOT_SENT, .error = "no route"}, ENS_REASON_UNAVAILABLE, 0, false},
        {{.end = ENS_TRANSPORT_NOT_SENT, .untrusted = true, .error = "no route"},
         ENS_REASON_UNAVAILABLE,
         ENS_CODE_FINAL,
         false},
        {{.end = ENS_TRANSPORT_LOST, .error = "no route"}, ENS_REASON_UNAVAILABLE, 0, true},
        {{.end = ENS_TRANSPORT_TOO_LARGE, .error = "no route"},
         ENS_REASON_MALFORMED_RESPONSE,
         ENS_CODE_FINAL,
         true},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct question question;
        struct ens_reply reply;
        ask(&question, ENS_CALL_START);
        ens_reply_read(arena, &question.question, &rows[i].result, &reply);
        assert_int_equal(reply.whole.reason, rows[i].reason);
        assert_int_equal(reply.whole.flags, rows[i].flags);
        assert_int_equal(reply.whole.sent, rows[i].sent);
        assert_true(ens_str_is(reply.whole.detail, "no route"));
        ens_keys_unref(question.keys);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_no_reply),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
