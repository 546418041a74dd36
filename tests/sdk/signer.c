/* SPDX-License-Identifier: Apache-2.0 */
/* Signs seeded random requests with each provider and prints them, one JSON object a line; or
 * prints the patterns of the providers' tables of codes.
 *
 * usage: sdk_signer SEED COUNT
 *        sdk_signer codes */
#include "support/providers.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_IDS = 100, MAX_TEXT = 256, MAX_BLOCKS = 4096 };

/* The memory that a provider allocates for one request. */
struct blocks {
    void *items[MAX_BLOCKS];
    size_t count;
};

static void *allocate(void *ctx, size_t size)
{
    struct blocks *blocks = ctx;
    void *block = calloc(1, size == 0 ? 1 : size);
    if (block == NULL || blocks->count == MAX_BLOCKS) {
        abort();
    }
    blocks->items[blocks->count++] = block;
    return block;
}

static void free_all(struct blocks *blocks)
{
    for (size_t i = 0; i < blocks->count; i++) {
        free(blocks->items[i]);
    }
    blocks->count = 0;
}

/* The SplitMix64 generator. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static size_t pick(uint64_t *state, size_t from, size_t to)
{
    return from + (size_t)(next(state) % (to - from + 1));
}

/* A random text of `from` to `to` characters of the list, which may be multi-byte. */
static ens_str text_of(const struct ens_memory *memory, uint64_t *state,
                       const char *const *characters, size_t from, size_t to)
{
    size_t count = 0, used = 0, length = pick(state, from, to);
    char *text = memory->alloc(memory->ctx, 4 * length + 1);
    while (characters[count] != NULL) {
        count++;
    }
    for (size_t i = 0; i < length; i++) {
        const char *one = characters[pick(state, 0, count - 1)];
        memcpy(text + used, one, strlen(one));
        used += strlen(one);
    }
    return (ens_str){text, used};
}

static ens_str ascii(const struct ens_memory *memory, uint64_t *state, const char *set, size_t from,
                     size_t to)
{
    size_t length = pick(state, from, to);
    char *text = memory->alloc(memory->ctx, length + 1);
    for (size_t i = 0; i < length; i++) {
        text[i] = set[pick(state, 0, strlen(set) - 1)];
    }
    return (ens_str){text, length};
}

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"
static const char visible[] =
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" LETTERS DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char word[] = LETTERS DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* Characters of page tokens and of filters. */
static const char *const any[] = {"a", "Z", "0", "-", "_", ".",  "~", "!", "*",
                                  "'", "(", ")", " ", "+", "/",  "=", "&", "%",
                                  "?", "#", ":", ",", "é", "红", "𝄞", NULL};

static void draw_filter(const struct ens_memory *memory, uint64_t *state,
                        const struct ens_provider *provider, struct ens_filter *ret)
{
    size_t count = pick(state, 0, 3);
    struct ens_pair *pairs = memory->alloc(memory->ctx, (count + 1) * sizeof(*pairs));
    const struct ens_pair **tags = memory->alloc(memory->ctx, (count + 1) * sizeof(*tags));
    ens_str *words = memory->alloc(memory->ctx, sizeof(*words));
    for (size_t i = 0; i < count; i++) {
        pairs[i].name = text_of(memory, state, any, 1, 20);
        pairs[i].value = text_of(memory, state, any, 0, 20);
        tags[i] = &pairs[i];
    }
    words[0] = (ens_str){provider->statuses[0].word, strlen(provider->statuses[0].word)};
    *ret = (struct ens_filter){
        .struct_size = sizeof(*ret),
        .words = words,
        .word_count = pick(state, 0, 1),
        .tags = tags,
        .tag_count = count,
        .name = text_of(memory, state, any, 0, 40),
        .zone = text_of(memory, state, any, 0, 10),
        .group = text_of(memory, state, any, 0, 10),
    };
}

static void draw_call(const struct ens_memory *memory, uint64_t *state,
                      const struct ens_provider *provider, bool start, struct ens_call_spec *ret)
{
    bool dry = start && (provider->capabilities & ENS_CAP_DRY_RUN) != 0 && pick(state, 0, 1) == 1;
    uint32_t limit = dry     ? provider->dry_run_limit
                     : start ? provider->start_limit
                             : provider->describe_limit;
    size_t count = pick(state, 1, limit < MAX_IDS ? limit : MAX_IDS);
    ens_str *ids = memory->alloc(memory->ctx, count * sizeof(*ids));
    for (size_t i = 0; i < count; i++) {
        ens_str tail =
            ascii(memory, state, "_-" LETTERS DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1, 62);
        char *id = memory->alloc(memory->ctx, tail.len + 3);
        memcpy(id, "i-", 2);
        memcpy(id + 2, tail.ptr, tail.len);
        ids[i] = (ens_str){id, tail.len + 2};
    }
    *ret = (struct ens_call_spec){
        .struct_size = sizeof(*ret),
        .flags = dry ? ENS_SPEC_DRY_RUN : 0,
        .region = ascii(memory, state, LETTERS DIGITS "-", 1, 32),
        .ids = ids,
        .id_count = count,
        .client_token = start ? ascii(memory, state, visible, 0, 64) : (ens_str){NULL, 0},
        .page = start ? (ens_str){NULL, 0} : text_of(memory, state, any, 0, 40),
    };
}

static void draw_identity(const struct ens_memory *memory, uint64_t *state,
                          struct ens_identity *ret)
{
    bool temporary = pick(state, 0, 1) == 1;
    *ret = (struct ens_identity){
        .struct_size = sizeof(*ret),
        .access_key = ascii(memory, state, word, 1, 64),
        .secret_key = ascii(memory, state, visible, 1, 128),
        .security_token =
            temporary ? ascii(memory, state, visible, 1, MAX_TEXT) : (ens_str){NULL, 0},
    };
}

static void draw_context(const struct ens_memory *memory, uint64_t *state, ens_str region,
                         struct ens_signing_context *ret)
{
    static const int64_t year_2000 = 946684800, seconds_of_a_century = 3155673600;
    ens_str name = ascii(memory, state, LETTERS DIGITS "-", 1, 40);
    char *host = memory->alloc(memory->ctx, name.len + 32);
    int length = snprintf(host, name.len + 32, "%.*s.example", (int)name.len, name.ptr);
    if (pick(state, 0, 1) == 1) {
        length += snprintf(host + length, 16, ":%zu", pick(state, 1024, 65535));
    }
    *ret = (struct ens_signing_context){
        .struct_size = sizeof(*ret),
        .region = region,
        .host = {host, (size_t)length},
        .now_unix_s = year_2000 + (int64_t)(next(state) % (uint64_t)seconds_of_a_century),
        .nonce = ascii(memory, state, DIGITS "abcdef", 32, 32),
    };
}

static json_t *json_of(ens_str text)
{
    return json_stringn(text.len == 0 ? "" : text.ptr, text.len);
}

static json_t *json_of_pairs(const struct ens_pair *const *pairs, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(
            list, json_pack("[o, o]", json_of(pairs[i]->name), json_of(pairs[i]->value)));
    }
    return list;
}

static void print_signed(const char *cloud, const struct ens_http_request *request,
                         const struct ens_identity *identity,
                         const struct ens_signing_context *context,
                         const struct ens_signature *signature)
{
    json_t *line = json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o}", "cloud",
        cloud, "method", json_of(request->method), "path", json_of(request->path), "query",
        json_of_pairs(request->query, request->query_count), "request_headers",
        json_of_pairs(request->headers, request->header_count), "body", json_of(request->body),
        "region", json_of(context->region), "host", json_of(context->host), "access_key",
        json_of(identity->access_key), "secret_key", json_of(identity->secret_key),
        "security_token", json_of(identity->security_token), "now_unix_s",
        (json_int_t)context->now_unix_s, "nonce", json_of(context->nonce), "target",
        json_of(signature->target), "headers",
        json_of_pairs(signature->headers, signature->header_count));
    if (line == NULL || json_dumpf(line, stdout, JSON_COMPACT) != 0) {
        abort();
    }
    (void)putchar('\n');
    json_decref(line);
}

static void sign_one(const struct ens_provider *provider, uint64_t *state)
{
    struct blocks blocks = {.count = 0};
    const struct ens_memory memory = {&blocks, allocate};
    struct ens_call_spec call;
    struct ens_identity identity;
    struct ens_signing_context context;
    struct ens_http_request request = {.struct_size = sizeof(request)};
    struct ens_signature signature = {.struct_size = sizeof(signature)};
    struct ens_filter filter;
    size_t kind = pick(state, 0, 2);
    bool start = kind == 1;

    draw_call(&memory, state, provider, start, &call);
    draw_identity(&memory, state, &identity);
    draw_context(&memory, state, call.region, &context);
    draw_filter(&memory, state, provider, &filter);
    if (kind == 2) {
        call.ids = NULL;
        call.id_count = 0;
        provider->find_request(&memory, &call, &filter, &request);
    } else {
        (start ? provider->start_request : provider->describe_request)(&memory, &call, &request);
    }
    provider->sign(&memory, &request, &identity, &context, &signature);
    print_signed(provider->name, &request, &identity, &context, &signature);
    free_all(&blocks);
}

static void print_codes(const struct ens_provider *provider)
{
    for (const struct ens_code_row *row = provider->codes; row->pattern != NULL; row++) {
        (void)printf("{\"cloud\":\"%s\",\"pattern\":\"%s\"}\n", provider->name, row->pattern);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "codes") == 0) {
        for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
            print_codes(test_provider(i));
        }
        return EXIT_SUCCESS;
    }
    if (argc != 3) {
        (void)fputs("usage: sdk_signer SEED COUNT | codes\n", stderr);
        return EXIT_FAILURE;
    }
    uint64_t state = strtoull(argv[1], NULL, 10);
    unsigned long count = strtoul(argv[2], NULL, 10);
    json_object_seed(1);
    for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
        for (unsigned long n = 0; n < count; n++) {
            sign_one(test_provider(i), &state);
        }
    }
    return EXIT_SUCCESS;
}
