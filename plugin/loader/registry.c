/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/registry.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "core/nearest.h"
#include "loader/provider_check.h"
#include "loader/provider_search.h"

#define NOTE_MAX ((size_t)64 * 1024)

struct entry {
    /* A copy of the size that this engine was compiled with. Members that an older provider does
     * not have are zero, so other code need not check struct_size. */
    struct ens_provider provider;
    char *origin;
};

#define REASONS_MAX 3 /* in one sentence */

struct ens_registry {
    struct entry **entries; /* allocated one by one, so that pointers to providers stay valid */
    size_t count;
    struct ens_diags warnings;
};

struct ens_registry *ens_registry_empty(void)
{
    return ens_alloc(sizeof(struct ens_registry));
}

void ens_registry_free(struct ens_registry *registry)
{
    if (registry == NULL) {
        return;
    }
    for (size_t i = 0; i < registry->count; i++) {
        ens_free(registry->entries[i]->origin);
        ens_free(registry->entries[i]);
    }
    ens_diags_done(&registry->warnings);
    ens_free(registry->entries);
    ens_free(registry);
}

/* ---- look-up ---- */

static const struct entry *find(const struct ens_registry *registry, ens_str cloud)
{
    for (size_t i = 0; i < registry->count; i++) {
        if (ens_str_is(cloud, registry->entries[i]->provider.name)) {
            return registry->entries[i];
        }
    }
    return NULL;
}

const struct ens_provider *ens_registry_find(const struct ens_registry *registry, ens_str cloud)
{
    const struct entry *entry = find(registry, cloud);

    return entry == NULL ? NULL : &entry->provider;
}

size_t ens_registry_count(const struct ens_registry *registry)
{
    return registry->count;
}

const struct ens_provider *ens_registry_at(const struct ens_registry *registry, size_t index)
{
    ENS_ASSERT(index < registry->count);
    return &registry->entries[index]->provider;
}

const char *ens_registry_origin(const struct ens_registry *registry, size_t index)
{
    ENS_ASSERT(index < registry->count);
    return registry->entries[index]->origin;
}

const struct ens_diags *ens_registry_warnings(const struct ens_registry *registry)
{
    return &registry->warnings;
}

void ens_registry_add_reasons(const struct ens_registry *registry, struct ens_buf *out)
{
    const struct ens_diags *warnings = &registry->warnings;
    ENS_AUTO_ARENA *arena = ens_arena_new();

    for (size_t i = 0; i < warnings->count && i < REASONS_MAX; i++) {
        ens_buf_addf(out, "; %s", ens_diag_line(arena, &warnings->items[i]).ptr);
    }
    if (warnings->count > REASONS_MAX) {
        ens_buf_addf(out, "; and %zu more", warnings->count - REASONS_MAX);
    }
}

void ens_registry_keep_warnings(struct ens_registry *registry, struct ens_diags *warnings)
{
    ens_diags_done(&registry->warnings);
    registry->warnings = *warnings;
    *warnings = (struct ens_diags){0};
}

/* The warning that probably explains a missing provider: about the file CLOUD.so, else the first.
 */
static const struct ens_diag *find_refusal(const struct ens_registry *registry, ens_str cloud)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const ens_str name = ens_arena_printf(arena, "/%.*s.so", ENS_STR_ARG(cloud));
    const struct ens_diags *warnings = &registry->warnings;

    for (size_t i = 0; i < warnings->count; i++) {
        if (ens_str_ends(ens_str_of(warnings->items[i].where), name)) {
            return &warnings->items[i];
        }
    }
    return warnings->count > 0 ? &warnings->items[0] : NULL;
}

ens_rc ens_registry_require(const struct ens_registry *registry, ens_str cloud, const char *where,
                            struct ens_diags *diags)
{
    ENS_AUTO_BUF known = ens_buf_new(NOTE_MAX);
    struct ens_nearest nearest = ens_nearest_begin(cloud);

    if (find(registry, cloud) != NULL) {
        return ENS_OK;
    }
    for (size_t i = 0; i < registry->count; i++) {
        const char *name = registry->entries[i]->provider.name;
        ens_buf_addf(&known, "%s%s", i == 0 ? "" : ", ", name);
        ens_nearest_try(&nearest, ens_str_of(name));
    }
    if (nearest.best.len > 0) {
        ens_buf_addf(&known, "; did you mean %.*s?", ENS_STR_ARG(nearest.best));
    }
    const struct ens_diag *refusal = find_refusal(registry, cloud);
    ENS_AUTO_ARENA *arena = ens_arena_new();
    return ens_fail(diags, ENS_NOT_FOUND, where,
                    "there is no provider for cloud \"%.*s\"; known: %s%s%s", ENS_STR_ARG(cloud),
                    known.len == 0 ? "none" : ens_buf_text(&known),
                    refusal == NULL ? "" : "; left out: ",
                    refusal == NULL ? "" : ens_diag_line(arena, refusal).ptr);
}

struct ens_capabilities ens_registry_capabilities(const struct ens_registry *registry,
                                                  const char *version,
                                                  const struct ens_diags *warnings,
                                                  struct ens_arena *arena)
{
    struct ens_capabilities capabilities = {
        .version = ens_str_of(version),
        .provider_count = registry->count,
        .warning_count = warnings == NULL ? 0 : warnings->count,
    };

    capabilities.providers =
        ens_arena_array(arena, registry->count, sizeof(*capabilities.providers));
    for (size_t i = 0; i < registry->count; i++) {
        const struct entry *entry = registry->entries[i];
        capabilities.providers[i] = ens_provider_row(arena, &entry->provider, entry->origin);
    }
    capabilities.warnings =
        ens_arena_array(arena, capabilities.warning_count, sizeof(*capabilities.warnings));
    for (size_t i = 0; i < capabilities.warning_count; i++) {
        capabilities.warnings[i] = ens_diag_line(arena, &warnings->items[i]);
    }
    return capabilities;
}

/* ---- adding ---- */

#define MEMBER(name)                                                                               \
    {                                                                                              \
        offsetof(struct ens_provider, name), sizeof(((struct ens_provider *)NULL)->name)           \
    }

/* The members after those of ABI 1.0. */
static const struct {
    size_t offset;
    size_t size;
} newer_members[] = {
    MEMBER(advice),           MEMBER(dry_run_checks), MEMBER(code_advice), MEMBER(sources),
    MEMBER(credentials_step), MEMBER(find_request),   MEMBER(read_find),   MEMBER(find_action),
    MEMBER(find_limit),       MEMBER(trace_names),
};

/* Clears the members that struct_size does not cover; it may end in the middle of one. */
static void clear_missing(struct ens_provider *provider)
{
    for (size_t i = 0; i < ENS_COUNT(newer_members); i++) {
        if (newer_members[i].offset + newer_members[i].size > provider->struct_size) {
            memset((char *)provider + newer_members[i].offset, 0, newer_members[i].size);
        }
    }
    if (!ENS_PROVIDER_HAS(provider, read_caller)) {
        provider->default_region = NULL;
        provider->right_request = NULL;
        provider->caller_request = NULL;
        provider->read_caller = NULL;
    }
}

static void insert(struct ens_registry *registry, const struct ens_provider *provider,
                   const char *origin)
{
    struct entry *entry = ens_alloc(sizeof(*entry));
    size_t size = provider->struct_size < sizeof(entry->provider) ? provider->struct_size
                                                                  : sizeof(entry->provider);
    size_t at = registry->count;

    memcpy(&entry->provider, provider, size);
    clear_missing(&entry->provider);
    entry->origin = ens_strdup(origin);
    registry->entries = ens_realloc_array(registry->entries, registry->count, registry->count + 1,
                                          sizeof(struct entry *));
    for (; at > 0 && strcmp(registry->entries[at - 1]->provider.name, provider->name) > 0; at--) {
        registry->entries[at] = registry->entries[at - 1];
    }
    registry->entries[at] = entry;
    registry->count++;
}

void ens_registry_downgrade_errors(struct ens_diags *diags, size_t count_before)
{
    for (size_t i = count_before; diags != NULL && i < diags->count; i++) {
        diags->items[i].severity = ENS_WARNING;
    }
}

ens_rc ens_registry_add(struct ens_registry *registry, const struct ens_provider *provider,
                        const char *origin, struct ens_diags *diags)
{
    ens_rc rc = ens_provider_check(provider, origin, diags);

    if (rc != ENS_OK) {
        return rc;
    }
    const struct entry *taken = find(registry, ens_str_of(provider->name));
    if (taken != NULL) {
        return ens_fail(diags, ENS_INVALID, origin,
                        "name: expected one that no other provider has, found \"%s\", which is "
                        "that of %s",
                        provider->name, taken->origin);
    }
    insert(registry, provider, origin);
    return ENS_OK;
}
