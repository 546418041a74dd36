/* SPDX-License-Identifier: Apache-2.0 */
/* Building and signing requests with any bytes as ids, page token and keys. The engine validates
 * them before, but providers must not depend on that; the request target must be valid. */
#include "fuzz.h"

#include <string.h>

#include "support/exact_memory.h"
#include "support/providers.h"

#define PARTS 6

/* Splits the input at line feeds. */
static void cut(const uint8_t *data, size_t size, ens_str parts[PARTS])
{
    const char *at = (const char *)data;

    for (size_t i = 0; i < PARTS; i++) {
        const char *end = i + 1 == PARTS || size == 0 ? NULL : memchr(at, '\n', size);
        size_t len = end == NULL ? size : (size_t)(end - at);
        parts[i] = (ens_str){at, len};
        size_t used = end == NULL ? len : len + 1;
        at += used;
        size -= used;
    }
}

static void check_target(ens_str target)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-_.~/?&=%";

    FUZZ_REQUIRE(target.len > 0 && target.ptr[0] == '/');
    for (size_t i = 0; i < target.len; i++) {
        FUZZ_REQUIRE(memchr(plain, target.ptr[i], sizeof(plain) - 1) != NULL);
    }
}

static void check(const struct ens_provider *provider, const struct ens_call_spec *call,
                  const struct ens_identity *identity, const struct ens_signing_context *context,
                  void (*build)(const struct ens_memory *, const struct ens_call_spec *,
                                struct ens_http_request *))
{
    struct exact_memory exact;
    struct ens_http_request request = {.struct_size = sizeof(request)};
    struct ens_signature signature = {.struct_size = sizeof(signature)};

    exact_memory_init(&exact);
    build(&exact.memory, call, &request);
    provider->sign(&exact.memory, &request, identity, context, &signature);
    check_target(signature.target);
    free(test_dump_request(&request));
    free(test_dump_signature(&signature));
    exact_memory_done(&exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ens_provider *provider = test_provider_named(FUZZ_CLOUD);
    ens_str parts[PARTS];

    cut(data, size, parts);
    const struct ens_call_spec call = {
        .struct_size = sizeof(call),
        .flags = (uint32_t)(size & ENS_SPEC_DRY_RUN),
        .region = parts[0],
        .ids = &parts[1],
        .id_count = 1 + (size / 2) % 2,
        .client_token = parts[3],
        .page = parts[3],
    };
    const struct ens_identity identity = {.struct_size = sizeof(identity),
                                          .access_key = parts[4],
                                          .secret_key = parts[5],
                                          .security_token = parts[3]};
    const struct ens_signing_context context = {.struct_size = sizeof(context),
                                                .region = parts[0],
                                                .host = parts[2],
                                                .now_unix_s = (int64_t)size * 1000000007,
                                                .nonce = parts[3]};
    check(provider, &call, &identity, &context, provider->describe_request);
    check(provider, &call, &identity, &context, provider->start_request);
    return 0;
}
