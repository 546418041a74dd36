/*
 * A small provider of a cloud that is none. It is compiled many times, each time with another
 * statement BREAK that changes one thing of the descriptor p (the table is in CMakeLists.txt).
 */
#include <string.h>

#include "ensure/provider.h"

#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static ens_str endpoint(const struct ens_memory *memory, ens_str region)
{
    static const ens_str host = TEXT("api.small.example");

    (void)memory;
    (void)region;
    return host;
}

static void describe_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                             struct ens_http_request *ret)
{
    static const ens_str method = TEXT("GET");
    static const ens_str path = TEXT("/instances");

    (void)memory;
    (void)call;
    ret->method = method;
    ret->path = path;
}

static void sign(const struct ens_memory *memory, const struct ens_http_request *request,
                 const struct ens_identity *identity, const struct ens_signing_context *context,
                 struct ens_signature *ret)
{
    (void)memory;
    (void)identity;
    (void)context;
    ret->target = request->path;
}

static void read_describe(const struct ens_memory *memory, const struct ens_call_spec *call,
                          const struct ens_http_reply *reply, struct ens_describe_result *ret)
{
    (void)memory;
    (void)call;
    (void)reply;
    ret->answer.malformed = 1;
}

static void read_start(const struct ens_memory *memory, const struct ens_call_spec *call,
                       const struct ens_http_reply *reply, struct ens_start_result *ret)
{
    (void)memory;
    (void)call;
    (void)reply;
    ret->answer.malformed = 1;
}

static const struct ens_status_row statuses[] = {
    {"On", ENS_STATUS_RUNNING, ENS_REASON_OK},
    {"Off", ENS_STATUS_STOPPED, ENS_REASON_OK},
    {NULL, 0, 0},
};

static const struct ens_code_row codes[] = {
    {"Forbidden*", ENS_REASON_PERMISSION_DENIED, 0},
    {NULL, 0, 0},
};

static const struct ens_variable_row variables[] = {
    {"SMALL_KEY", "SMALL_SECRET", NULL},
    {NULL, NULL, NULL},
};

static const struct ens_advice_row advice[] = {
    {ENS_REASON_LOCKED, "Unlock it."},
    {0, NULL},
};

static struct ens_provider provider = {
    .magic = ENS_PROVIDER_MAGIC,
    .abi_major = ENS_ABI_MAJOR,
    .abi_minor = ENS_ABI_MINOR,
    .struct_size = sizeof(provider),
    .name = "small",
    .title = "Small Cloud",
    .version = "1.0",
    .describe_limit = 100,
    .start_limit = 100,
    .statuses = statuses,
    .codes = codes,
    .variables = variables,
    .endpoint = endpoint,
    .describe_request = describe_request,
    .start_request = describe_request,
    .sign = sign,
    .read_describe = read_describe,
    .read_start = read_start,
    .advice = advice,
};

/* ---- what a BREAK may use ---- */

extern void nobody_defines_this(void);

/* ABI 1.0 as it was: nothing lies behind its end, and a sanitizer watches. */
static inline const struct ens_provider *older_minor(void)
{
    static _Alignas(struct ens_provider) unsigned char bytes[ENS_PROVIDER_SIZE_1_0];

    provider.abi_minor = 0;
    provider.struct_size = sizeof(bytes);
    memcpy(bytes, &provider, sizeof(bytes));
    return (const struct ens_provider *)(const void *)bytes;
}

/* A minor that is still to come, with a member that this engine has never heard of. */
static inline const struct ens_provider *newer_minor(void)
{
    static struct {
        struct ens_provider known;
        void (*unknown)(void);
    } newer;

    provider.abi_minor = 999;
    provider.struct_size = sizeof(newer);
    newer.known = provider;
    newer.unknown = NULL;
    return &newer.known;
}

#ifndef NO_ENTRY
const struct ens_provider *ens_provider_entry(uint32_t host_major, uint32_t host_minor)
{
    struct ens_provider *p = &provider;

    (void)host_major;
    (void)host_minor;
    BREAK;
    return p;
}
#endif
