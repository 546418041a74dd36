/* SPDX-License-Identifier: Apache-2.0 */
/* Building and signing a request, compared with only the HMAC and SHA-256 calls of it: by the
 * one-shot functions of OpenSSL, and by the providers' own. These calls are recorded by means of
 * the linker's
 * --wrap and repeated with the same arguments; so are those of malloc, to count them. */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "bench.h"
#include "kit/digest.h"
#include "support/providers.h"

#define IDS_MAX   100
#define CALLS_MAX 16

/* ---- recording the calls -------------------------------------------------------------------- */

struct hash_call {
    ens_str key; /* ptr NULL: SHA-256 */
    ens_str data;
};

static struct {
    struct ens_arena *arena; /* NULL: calls are not recorded */
    struct hash_call calls[CALLS_MAX];
    size_t count;
} heard;

static void record(ens_str key, ens_str data)
{
    if (heard.arena == NULL) {
        return;
    }
    if (heard.count == CALLS_MAX) {
        bench_fail("a signature takes more than %d hash calls", CALLS_MAX);
    }
    heard.calls[heard.count++] = (struct hash_call){
        key.ptr == NULL ? key : ens_arena_dup(heard.arena, key), ens_arena_dup(heard.arena, data)};
}

struct kit_digest __real_kit_hmac(ens_str key, ens_str data);
struct kit_digest __wrap_kit_hmac(ens_str key, ens_str data);
ens_str __real_kit_sha256_hex(const struct ens_memory *memory, ens_str data);
ens_str __wrap_kit_sha256_hex(const struct ens_memory *memory, ens_str data);

struct kit_digest __wrap_kit_hmac(ens_str key, ens_str data)
{
    record(key, data);
    return __real_kit_hmac(key, data);
}

ens_str __wrap_kit_sha256_hex(const struct ens_memory *memory, ens_str data)
{
    record((ens_str){NULL, 0}, data);
    return __real_kit_sha256_hex(memory, data);
}

/* ---- counting allocations ------------------------------------------------------------------- */

static size_t allocations;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *ptr, size_t size);
void *__wrap_realloc(void *ptr, size_t size);

void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocations++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *ptr, size_t size)
{
    allocations++;
    return __real_realloc(ptr, size);
}

/* ---- the requests --------------------------------------------------------------------------- */

struct subject {
    const struct ens_provider *provider;
    ens_str ids[IDS_MAX];
    size_t id_count;
    size_t requests;         /* in one run */
    bool start;              /* a dry run of a start; otherwise a read */
    struct ens_arena *arena; /* reset for each request, as in the engine */
};

static void build_and_sign(const struct subject *subject)
{
    const struct ens_memory memory = ens_arena_memory(subject->arena);
    const struct ens_identity identity = {
        .struct_size = sizeof(identity),
        .access_key = ENS_STR("AKLTbench00000000000000000000001"),
        .secret_key = ENS_STR("QmVuY2hNYXJrU2VjcmV0S2V5MDAwMDAwMDAwMDAwMDE="),
    };
    const struct ens_call_spec call = {
        .struct_size = sizeof(call),
        .flags = subject->start ? ENS_SPEC_DRY_RUN : 0,
        .region = ENS_STR("cn-beijing"),
        .ids = subject->ids,
        .id_count = subject->id_count,
    };
    const struct ens_signing_context context = {
        .struct_size = sizeof(context),
        .region = call.region,
        .host = ENS_STR("ecs.cn-beijing.example.com"),
        .now_unix_s = 1788221350,
        .nonce = ENS_STR("0123456789abcdef0123456789abcdef"),
    };
    struct ens_http_request request = {.struct_size = sizeof(request)};
    struct ens_signature signature = {.struct_size = sizeof(signature)};

    (subject->start ? subject->provider->start_request
                    : subject->provider->describe_request)(&memory, &call, &request);
    subject->provider->sign(&memory, &request, &identity, &context, &signature);
    ens_arena_reset(subject->arena);
}

static struct bench_take go_whole(void *ud)
{
    const struct subject *subject = ud;
    struct bench_watch watch = bench_begin();

    for (size_t i = 0; i < subject->requests; i++) {
        build_and_sign(subject);
    }
    return bench_end(&watch);
}

static void openssl_hash(const struct hash_call *call, struct ens_arena *arena)
{
    const unsigned char *data = (const unsigned char *)call->data.ptr;
    unsigned char digest[SHA256_DIGEST_LENGTH];

    (void)arena;
    if (call->key.ptr == NULL) {
        (void)SHA256(data, call->data.len, digest);
    } else {
        (void)HMAC(EVP_sha256(), call->key.ptr, (int)call->key.len, data, call->data.len, digest,
                   NULL);
    }
}

static void own_hash(const struct hash_call *call, struct ens_arena *arena)
{
    if (call->key.ptr == NULL) {
        const struct ens_memory memory = ens_arena_memory(arena);
        (void)__real_kit_sha256_hex(&memory, call->data);
    } else {
        (void)__real_kit_hmac(call->key, call->data);
    }
}

static struct bench_take go_hashes(const struct subject *subject,
                                   void (*hash)(const struct hash_call *, struct ens_arena *))
{
    struct bench_watch watch = bench_begin();

    for (size_t i = 0; i < subject->requests; i++) {
        for (size_t j = 0; j < heard.count; j++) {
            hash(&heard.calls[j], subject->arena);
        }
        ens_arena_reset(subject->arena);
    }
    return bench_end(&watch);
}

static struct bench_take go_openssl(void *ud)
{
    return go_hashes(ud, openssl_hash);
}

static struct bench_take go_own(void *ud)
{
    return go_hashes(ud, own_hash);
}

/* ---- main program --------------------------------------------------------------------------- */

static void race(struct subject *subject, size_t rounds)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    size_t bytes = 0;
    const struct bench_runner runners[] = {
        {"its hash calls, HMAC() and SHA256()", go_openssl, subject},
        {"its hash calls, kit/digest.h", go_own, subject},
        {"build and sign", go_whole, subject},
    };

    heard.arena = arena;
    heard.count = 0;
    build_and_sign(subject);
    heard.arena = NULL;
    build_and_sign(subject); /* in an arena that has become large enough */
    for (size_t i = 0; i < heard.count; i++) {
        bytes += heard.calls[i].data.len;
    }
    if (heard.count == 0) {
        bench_fail("%s signs without a hash", subject->provider->name);
    }
    ens_str title =
        ens_arena_printf(arena, "%s, %s of %zu id%s (%zu hash calls over %zu bytes)",
                         subject->provider->name, subject->start ? "dry run" : "read",
                         subject->id_count, subject->id_count == 1 ? "" : "s", heard.count, bytes);
    const size_t before = allocations;
    for (size_t i = 0; i < subject->requests; i++) {
        build_and_sign(subject);
    }
    const size_t made = allocations - before;
    bench_race(title.ptr, "request", subject->requests, runners, ENS_COUNT(runners), rounds);
    (void)printf("  allocations in %zu requests after the first: %zu\n", subject->requests, made);
}

int main(int argc, char **argv)
{
    struct bench_option options[] = {
        {"rounds", "runs of each side", 11},
        {"requests", "in one run", 5000},
    };
    static char texts[IDS_MAX][32];
    struct subject subject = {0};

    bench_options(argc, argv, "Building and signing requests.", options, ENS_COUNT(options));
    subject.requests = options[1].value;
    subject.arena = ens_arena_new();
    for (size_t i = 0; i < IDS_MAX; i++) {
        int length = snprintf(texts[i], sizeof(texts[i]), "i-bp67acfmxazb4p%05zu", i);
        subject.ids[i] = (ens_str){texts[i], (size_t)length};
    }
    for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
        subject.provider = test_provider(i);
        for (size_t many = 0; many < 2; many++) {
            subject.start = false;
            subject.id_count = many ? subject.provider->describe_limit : 1;
            race(&subject, options[0].value);
        }
        if (subject.provider->dry_run_limit > 0) {
            subject.start = true;
            subject.id_count = subject.provider->dry_run_limit;
            race(&subject, options[0].value);
        }
    }
    ens_arena_free(subject.arena);
    return 0;
}
