/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A variant of the fake provider as a shared object. CMakeLists.txt compiles this file once per
 * case, with a statement BREAK that changes the descriptor p.
 */
#include <string.h>

#include "support/fake_provider.h"

static struct ens_provider provider;

/* ---- functions and data for BREAK ---- */

extern void undefined_function(void);

/* A descriptor of ABI 1.0, allocated with that size, so that a sanitizer detects reads beyond it.
 */
static inline const struct ens_provider *older_minor(void)
{
    static _Alignas(struct ens_provider) unsigned char bytes[ENS_PROVIDER_SIZE_1_0];

    provider.abi_minor = 0;
    provider.struct_size = sizeof(bytes);
    memcpy(bytes, &provider, sizeof(bytes));
    return (const struct ens_provider *)(const void *)bytes;
}

/* A descriptor of ABI 1.1, allocated likewise. */
static inline const struct ens_provider *minor_1(void)
{
    static _Alignas(struct ens_provider) unsigned char bytes[152];

    provider.abi_minor = 1;
    provider.struct_size = sizeof(bytes);
    memcpy(bytes, &provider, sizeof(bytes));
    return (const struct ens_provider *)(const void *)bytes;
}

/* A descriptor of an unfinished 1.2, which ends in the middle of read_find. */
static inline const struct ens_provider *before_find(void)
{
    enum { SIZE = offsetof(struct ens_provider, read_find) + 4 };
    static _Alignas(struct ens_provider) unsigned char bytes[SIZE];

    provider.struct_size = sizeof(bytes);
    memcpy(bytes, &provider, sizeof(bytes));
    return (const struct ens_provider *)(const void *)bytes;
}

static inline void no_find(struct ens_provider *p)
{
    p->find_request = NULL;
    p->read_find = NULL;
    p->find_action = NULL;
}

static const struct ens_trace_names half_trace_names
    __attribute__((unused)) = {"fake", "compute", "List", NULL, "List"};

static const struct ens_code_advice_row half_code_advice[]
    __attribute__((unused)) = {{"Code", NULL}, {NULL, NULL}};

/* Sources with one error each; BREAK uses one of them. */
static const struct ens_source sources[] __attribute__((unused)) = {
    {.struct_size = 8, .kind = ENS_SOURCE_PROFILE, .title = "short"},
    {.struct_size = sizeof(struct ens_source), .kind = 7, .title = "unknown"},
    {.struct_size = sizeof(struct ens_source), .kind = ENS_SOURCE_OIDC, .title = "no step"},
    {.struct_size = sizeof(struct ens_source), .kind = ENS_SOURCE_METADATA, .title = "no address"},
    {.struct_size = sizeof(struct ens_source),
     .kind = ENS_SOURCE_PROFILE,
     .title = "use",
     .variables = (const struct ens_source_variable[]){{"NAME", ENS_USES_MAX, 0}, {NULL, 0, 0}}},
    {.struct_size = sizeof(struct ens_source), .kind = ENS_SOURCE_PROFILE, .title = ""},
    {.struct_size = sizeof(struct ens_source), .kind = ENS_SOURCE_PROFILE, .title = "twice"},
};

/* A table that holds the source, and a second one if it is not NULL. */
static inline const struct ens_source *const *source_table(const struct ens_source *first,
                                                           const struct ens_source *second)
{
    static const struct ens_source *table[3];

    table[0] = first;
    table[1] = second;
    return table;
}

static inline void no_step(struct ens_provider *p)
{
    p->credentials_step = NULL;
    p->sources = source_table(&sources[2], NULL);
}

/* A descriptor of a future minor version, with a member that this engine does not know. */
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
    provider = fake_provider();
    BREAK;
    return p;
}
#endif
