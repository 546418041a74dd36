/* SPDX-License-Identifier: Apache-2.0 */
#include "credentials/source_key.h"

#include <string.h>

#include "base/arena.h"

/* Written in two passes, the first of which counts, so that no copy of a secret is left behind in
 * memory that was too small. */
struct writer {
    char *ptr; /* NULL: only count */
    size_t room;
    size_t len;
};

static void add_bytes(struct writer *out, const void *bytes, size_t size)
{
    if (out->ptr == NULL) {
        out->len += size;
    } else if (size > 0 && size <= out->room - out->len) { /* a variable may have changed since */
        memcpy(out->ptr + out->len, bytes, size);
        out->len += size;
    }
}

/* The length first, so that no two lists of texts are written alike. */
static void add(struct writer *out, ens_str text)
{
    add_bytes(out, &text.len, sizeof(text.len));
    add_bytes(out, text.ptr, text.len);
}

static void add_settings(struct writer *out, const struct ens_cloud_settings *settings)
{
    for (const struct ens_setting *row = ens_setting_rows; row->name != NULL; row++) {
        if (row->bytes_max > 0) {
            add(out, ens_setting_text(settings, row));
        } else {
            const uint32_t seconds = ens_setting_seconds(settings, row);
            add_bytes(out, &seconds, sizeof(seconds));
        }
    }
}

static void add_variable(struct writer *out, const struct ens_environment *environment,
                         const char *name)
{
    const char *value = name != NULL ? environment->get(environment->ud, name) : NULL;

    if (value != NULL) {
        add(out, ens_str_of(name));
        add(out, ens_str_of(value));
    }
}

static void add_profile_files(struct writer *out, const struct ens_environment *environment,
                              const struct ens_profile_file *const *files)
{
    for (; files != NULL && *files != NULL; files++) {
        const char *const *name = (*files)->name_variables;
        add_variable(out, environment, (*files)->path_variable);
        for (; name != NULL && *name != NULL; name++) {
            add_variable(out, environment, *name);
        }
    }
}

static void add_sources(struct writer *out, const struct ens_environment *environment,
                        const struct ens_source *const *sources)
{
    for (; sources != NULL && *sources != NULL; sources++) {
        const struct ens_source_variable *row = (*sources)->variables;
        for (; row != NULL && row->name != NULL; row++) {
            add_variable(out, environment, row->name);
        }
    }
}

static void write_all(struct writer *out, const struct ens_provider *provider,
                      const struct ens_cloud_settings *settings,
                      const struct ens_environment *environment)
{
    add_settings(out, settings);
    for (const struct ens_variable_row *row = provider->variables; row->access_key != NULL; row++) {
        add_variable(out, environment, row->access_key);
        add_variable(out, environment, row->secret_key);
        add_variable(out, environment, row->token);
    }
    add_variable(out, environment, "HOME");
    add_profile_files(out, environment, provider->profile_files);
    add_sources(out, environment, provider->sources);
}

struct ens_secret ens_source_key(const struct ens_provider *provider,
                                 const struct ens_cloud_settings *settings,
                                 const struct ens_environment *environment)
{
    static const struct ens_cloud_settings none = {0};
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct writer out = {0};

    settings = settings != NULL ? settings : &none;
    write_all(&out, provider, settings, environment);
    out = (struct writer){.ptr = ens_arena_alloc(arena, out.len), .room = out.len};
    write_all(&out, provider, settings, environment);
    return ens_secret_copy((ens_str){out.ptr, out.len});
}
