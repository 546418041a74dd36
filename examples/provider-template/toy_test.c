/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the provider through its ABI: loads the shared object and calls each function. No mocks
 * are needed, because a provider does no I/O.
 *
 *     toy_test toy.so
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ensure/provider.h"

static int failures;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            (void)fprintf(stderr, "%s:%d: false: %s\n", __FILE__, __LINE__, #condition);           \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

/* ---- the engine's memory: freed at the end of the test -------------------------------------- */

static void *pieces[1000];
static size_t piece_count;

static void *alloc_piece(void *ctx, size_t size)
{
    (void)ctx;
    if (piece_count == sizeof(pieces) / sizeof(pieces[0])) {
        abort();
    }
    void *piece = calloc(1, size + 1);
    if (piece == NULL) {
        abort();
    }
    return pieces[piece_count++] = piece;
}

static const struct ens_memory memory = {NULL, alloc_piece};

static ens_str str(const char *text)
{
    return (ens_str){text, strlen(text)};
}

static int is(ens_str s, const char *text)
{
    return s.len == strlen(text) && (s.len == 0 || memcmp(s.ptr, text, s.len) == 0);
}

/* ---- requests ------------------------------------------------------------------------------- */

static void test_requests(const struct ens_provider *toy)
{
    const ens_str ids[] = {str("i-1"), str("i-2")};
    struct ens_call_spec call = {.struct_size = sizeof(call), .ids = ids, .id_count = 2};
    struct ens_http_request request = {.struct_size = sizeof(request)};

    toy->describe_request(&memory, &call, &request);
    CHECK(is(request.method, "GET") && is(request.path, "/machines"));
    CHECK(request.query_count == 1 && is(request.query[0]->value, "i-1,i-2"));

    const struct ens_filter filter = {.struct_size = sizeof(filter)};
    struct ens_http_request list = {.struct_size = sizeof(list)};
    toy->find_request(&memory, &call, &filter, &list);
    CHECK(is(list.path, "/machines") && list.query_count == 0);

    call.client_token = str("T");
    toy->start_request(&memory, &call, &request);
    CHECK(is(request.method, "POST") && is(request.path, "/start"));
    CHECK(request.query_count == 2 && is(request.query[1]->value, "T"));

    call.flags = ENS_SPEC_DRY_RUN;
    toy->start_request(&memory, &call, &request);
    CHECK(request.query_count == 3 && is(request.query[2]->name, "check"));
}

/* The expected signature was computed by an independent tool:
 *     printf 'GET\n/machines?ids=i-1%%26x\n1788221350\n00ff\n' | openssl dgst -sha256 -hmac secret
 */
static void test_signature(const struct ens_provider *toy)
{
    const struct ens_pair pair = {str("ids"), str("i-1&x")};
    const struct ens_pair *query[] = {&pair};
    const struct ens_http_request request = {.struct_size = sizeof(request),
                                             .method = str("GET"),
                                             .path = str("/machines"),
                                             .query = query,
                                             .query_count = 1};
    const struct ens_identity identity = {
        .struct_size = sizeof(identity), .access_key = str("key"), .secret_key = str("secret")};
    const struct ens_signing_context context = {
        .struct_size = sizeof(context), .now_unix_s = 1788221350, .nonce = str("00ff")};
    struct ens_signature signature = {.struct_size = sizeof(signature)};

    toy->sign(&memory, &request, &identity, &context, &signature);
    CHECK(is(signature.target, "/machines?ids=i-1%26x"));
    CHECK(signature.header_count == 4);
    CHECK(is(signature.headers[1]->value, "1788221350"));
    CHECK(is(signature.headers[3]->value,
             "b1236d5e4510ae85a6efa27055374bcb446d6d1818f11f66307e4f477a3383a2"));
}

/* ---- replies -------------------------------------------------------------------------------- */

static struct ens_http_reply reply(uint32_t status, const char *body)
{
    return (struct ens_http_reply){
        .struct_size = sizeof(struct ens_http_reply), .status = status, .body = str(body)};
}

static void test_find_replies(const struct ens_provider *toy)
{
    const struct ens_call_spec call = {.struct_size = sizeof(call)};
    struct ens_find_result result = {.struct_size = sizeof(result)};
    struct ens_find_result bad_result = {.struct_size = sizeof(bad_result)};

    struct ens_http_reply good = reply(200, "i-1 off\ni-2 on\n");
    toy->read_find(&memory, &call, &good, &result);
    CHECK(result.answer.malformed == 0 && result.found_count == 2);
    CHECK(is(result.found[1]->seen->id, "i-2") && is(result.found[1]->seen->word, "on"));

    struct ens_http_reply bad = reply(200, "i-1\n");
    toy->read_find(&memory, &call, &bad, &bad_result);
    CHECK(bad_result.answer.malformed == 1);
}

static void test_describe_replies(const struct ens_provider *toy)
{
    const struct ens_call_spec call = {.struct_size = sizeof(call)};
    struct ens_describe_result result = {.struct_size = sizeof(result)};

    struct ens_http_reply good = reply(200, "i-1 off\ni-2 on\n");
    toy->read_describe(&memory, &call, &good, &result);
    CHECK(result.answer.malformed == 0 && result.observation_count == 2);
    CHECK(is(result.observations[1]->id, "i-2") && is(result.observations[1]->word, "on"));

    result = (struct ens_describe_result){.struct_size = sizeof(result)};
    struct ens_http_reply refused = reply(401, "BadSignature who are you\n");
    toy->read_describe(&memory, &call, &refused, &result);
    CHECK(is(result.answer.code, "BadSignature") && is(result.answer.message, "who are you"));

    static const char *const bad[] = {"i-1\n", "<html>", "i-1 off", "\n", "i-1 off\n\n"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct ens_http_reply garbage = reply(200, bad[i]);
        result = (struct ens_describe_result){.struct_size = sizeof(result)};
        toy->read_describe(&memory, &call, &garbage, &result);
        CHECK(result.answer.malformed == 1);
    }
}

static void test_start_replies(const struct ens_provider *toy)
{
    const struct ens_call_spec call = {.struct_size = sizeof(call)};
    struct ens_start_result result = {.struct_size = sizeof(result)};

    struct ens_http_reply good = reply(200, "i-1 accepted\ni-2 NoPower rack 7 is dark\n");
    toy->read_start(&memory, &call, &good, &result);
    CHECK(result.item_count == 2 && result.items[0]->code.len == 0);
    CHECK(is(result.items[1]->code, "NoPower") && is(result.items[1]->message, "rack 7 is dark"));

    result = (struct ens_start_result){.struct_size = sizeof(result)};
    struct ens_http_reply passed = reply(409, "CheckPassed\n");
    toy->read_start(&memory, &call, &passed, &result);
    CHECK(is(result.answer.code, "CheckPassed") && result.answer.malformed == 0);

    result = (struct ens_start_result){.struct_size = sizeof(result)};
    struct ens_http_reply empty = reply(500, "");
    toy->read_start(&memory, &call, &empty, &result);
    CHECK(result.answer.malformed == 1);
}

int main(int argc, char **argv)
{
    void *object = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;

    if (object == NULL) {
        (void)fprintf(stderr, "usage: toy_test toy.so\n");
        return 1;
    }
    /* ISO C has no conversion from an object's to a function's pointer; POSIX has. */
    ens_provider_entry_fn *entry = NULL;
    *(void **)&entry = dlsym(object, ENS_PROVIDER_ENTRY_SYMBOL);
    if (entry == NULL) {
        (void)fprintf(stderr, "%s has no %s\n", argv[1], ENS_PROVIDER_ENTRY_SYMBOL);
        return 1;
    }
    const struct ens_provider *toy = entry(ENS_ABI_MAJOR, ENS_ABI_MINOR);
    CHECK(entry(ENS_ABI_MAJOR + 1, 0) == NULL);
    CHECK(is(toy->endpoint(&memory, str("attic")), "attic.toy.example"));
    test_requests(toy);
    test_signature(toy);
    test_find_replies(toy);
    test_describe_replies(toy);
    test_start_replies(toy);
    while (piece_count > 0) {
        free(pieces[--piece_count]);
    }
    (void)printf("%s\n", failures == 0 ? "passed" : "failed");
    return failures == 0 ? 0 : 1;
}
