/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A provider's steps to keys. The first byte chooses the source, 'p' and a profile file up to the
 * next NUL for a profile; then events, which NULs separate: the first byte is the outcome of the
 * last step, the second the HTTP status, the rest the text.
 */
#include "fuzz.h"

#include <string.h>

#include "support/exact_memory.h"
#include "support/providers.h"

#define STEPS_MAX 16

static const char *value_of(const void *ud, const char *name)
{
    (void)ud;
    if (strstr(name, "DISABLE") != NULL) {
        return ""; /* a switch */
    }
    return strstr(name, "URL") != NULL || strstr(name, "URI") != NULL ? "http://127.0.0.1:1/x?y"
                                                                      : "a/b";
}

/* The text up to the next NUL. */
static ens_str cut(ens_str *rest)
{
    const char *end = rest->len == 0 ? NULL : memchr(rest->ptr, '\0', rest->len);
    const ens_str part = {rest->ptr, end == NULL ? rest->len : (size_t)(end - rest->ptr)};
    const size_t used = end == NULL ? rest->len : part.len + 1;

    *rest = (ens_str){rest->ptr + used, rest->len - used};
    return part;
}

/* False: the steps have ended. */
static int check(const struct ens_credentials_step *step)
{
    switch ((enum ens_credentials_end)step->end) {
    case ENS_CREDENTIALS_READ:
        FUZZ_REQUIRE(step->path.len > 0);
        return 1;
    case ENS_CREDENTIALS_SEND:
        FUZZ_REQUIRE(step->request->endpoint.len > 0 && step->request->http->method.len > 0);
        FUZZ_REQUIRE(step->request->identity != NULL || step->request->target.ptr[0] == '/');
        return 1;
    case ENS_CREDENTIALS_RUN:
        FUZZ_REQUIRE(step->word_count > 0);
        return 1;
    case ENS_CREDENTIALS_KEYS:
        FUZZ_REQUIRE(step->identity->access_key.len > 0 && step->identity->secret_key.len > 0);
        return 0;
    case ENS_CREDENTIALS_ERROR:
        return 0; /* of a reply without content, the engine tells the HTTP status */
    case ENS_CREDENTIALS_NONE:
        FUZZ_REQUIRE(step->detail.len > 0);
        return 0;
    }
    abort();
}

static void run(const struct ens_provider *provider, struct ens_credentials_input *input,
                ens_str rest, const struct ens_memory *memory)
{
    struct ens_http_reply reply = {.struct_size = sizeof(reply)};

    for (int i = 0; i < STEPS_MAX; i++) {
        struct ens_credentials_step step = {.struct_size = sizeof(step)};
        provider->credentials_step(memory, input, &step);
        free(test_dump_step(&step));
        ens_str event = cut(&rest);
        if (!check(&step) || event.len < 2) {
            return;
        }
        /* An engine passes what was asked for, or that it did not come. */
        static const enum ens_credentials_got asked[] = {[ENS_CREDENTIALS_READ] = ENS_GOT_FILE,
                                                         [ENS_CREDENTIALS_SEND] = ENS_GOT_REPLY,
                                                         [ENS_CREDENTIALS_RUN] = ENS_GOT_OUTPUT};
        const enum ens_credentials_got missed[] = {ENS_GOT_NO_FILE, ENS_GOT_SILENCE,
                                                   ENS_GOT_FAILURE};
        input->got = event.ptr[0] < 'a' ? missed[(unsigned char)event.ptr[0] % 3] : asked[step.end];
        reply.status = (uint32_t)(unsigned char)event.ptr[1] * 3;
        reply.body = (ens_str){event.ptr + 2, event.len - 2};
        input->state = step.state;
        input->reply = input->got == ENS_GOT_REPLY ? &reply : NULL;
        input->text = reply.body;
        input->error = test_str("it broke");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ens_provider *provider = test_provider_named(FUZZ_CLOUD);
    const struct ens_identity base = {.struct_size = sizeof(base),
                                      .access_key = test_str("base"),
                                      .secret_key = test_str("secret")};
    const struct ens_role_settings role = {.struct_size = sizeof(role), .role = test_str("a/b")};
    ens_str rest = {(const char *)data, size};
    struct ens_profile profile = {.struct_size = sizeof(profile)};
    struct exact_memory exact;

    if (size == 0) {
        return 0;
    }
    const uint32_t kind = data[0] == 'p' ? (uint32_t)ENS_SOURCE_PROFILE : 3u + data[0] % 4u;
    const struct ens_source *source = test_source(provider, kind);
    rest = (ens_str){rest.ptr + 1, rest.len - 1};
    if (source == NULL) {
        return 0;
    }
    exact_memory_init(&exact);
    if (kind == ENS_SOURCE_PROFILE) {
        provider->profile_files[0]->read(&exact.memory, cut(&rest), test_str(""), &profile);
    }
    const struct test_values values = test_values(source, value_of, NULL);
    struct ens_credentials_input input = {
        .struct_size = sizeof(input),
        .source = source,
        .state = profile.state,
        .values = values.values,
        .names = values.names,
        .role = &role,
        .identity = &base,
        .metadata_endpoint = test_str("http://127.0.0.1:1"),
        .now_unix_s = 1788249600,
    };
    if (kind != ENS_SOURCE_PROFILE || profile.state != NULL) {
        run(provider, &input, rest, &exact.memory);
    }
    exact_memory_done(&exact);
    return 0;
}
