/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "core/messages.h"
#include "credentials/search_private.h"

#define NOTE_MAX ((size_t)16 * 1024) /* bytes of the list of what was looked at */

enum ens_search_turn ens_search_fail(struct ens_search *search, ens_str where, ens_str what)
{
    const ens_str place = ens_arena_dup(search->arena, where);

    (void)ens_fail(&search->diags, ENS_INVALID, place.ptr, "%.*s", ENS_STR_ARG(what));
    return ENS_TURN_FAILED;
}

bool ens_search_is_chosen(const struct ens_search *search, const struct ens_source *source)
{
    return search->chosen == source->kind;
}

enum ens_search_turn ens_search_pass_over(struct ens_search *search,
                                          const struct ens_source *source, ens_str what,
                                          ens_str why)
{
    if (ens_search_is_chosen(search, source) && source->kind != ENS_SOURCE_PROFILE) {
        return ens_search_fail(search, what, why.len > 0 ? why : ENS_STR("it has no keys"));
    }
    search->looked_at = ens_arena_grow(search->arena, search->looked_at, search->looked_at_count,
                                       sizeof(*search->looked_at));
    search->looked_at[search->looked_at_count++] =
        why.len > 0
            ? ens_arena_printf(search->arena, "%.*s (%.*s)", ENS_STR_ARG(what), ENS_STR_ARG(why))
            : ens_arena_dup(search->arena, what);
    return ENS_TURN_NEXT;
}

static ens_str joined_notes(struct ens_search *search)
{
    ENS_AUTO_BUF notes = ens_buf_new(NOTE_MAX);

    for (size_t i = 0; i < search->looked_at_count; i++) {
        ens_buf_addf(&notes, "%s%.*s", i > 0 ? ", " : "", ENS_STR_ARG(search->looked_at[i]));
    }
    return search->looked_at_count > 0 ? ens_arena_dup(search->arena, ens_buf_str(&notes))
                                       : ENS_STR("nothing");
}

/* A profile that was named, but is in none of the files. */
static bool lacks_named_profile(struct ens_search *search, ens_str *ret)
{
    const struct ens_tables *tables = &search->tables;
    const char *variable = ens_tables_profile_variable(tables);

    if (tables->settings->profile.len > 0) {
        *ret = ens_arena_printf(search->arena, "\"%.*s\"", ENS_STR_ARG(tables->settings->profile));
        return true;
    }
    if (variable == NULL || !search->file_was_read) {
        return false;
    }
    const char *name = tables->environment->get(tables->environment->ud, variable);
    *ret = ens_arena_printf(search->arena, "\"%s\", which %s names,", name, variable);
    return true;
}

enum ens_search_state ens_search_fail_none(struct ens_search *search)
{
    const struct ens_provider *provider = search->options.provider;
    const struct ens_variable_row *row = provider->variables;
    const ens_str notes = joined_notes(search);
    ens_str profile = {NULL, 0};

    if (lacks_named_profile(search, &profile)) {
        search->failed = ENS_STR("profile");
        (void)ens_fail(&search->diags, ENS_INVALID, provider->name,
                       "no file holds the profile %.*s of %s" ENS_LOOKED_AT "%.*s",
                       ENS_STR_ARG(profile), provider->title, ENS_STR_ARG(notes));
        return ENS_SEARCH_FAILED;
    }
    (void)ens_fail(&search->diags, ENS_NOT_FOUND, provider->name,
                   "no credentials for %s: set %s and %s" ENS_LOOKED_AT "%.*s", provider->title,
                   row->access_key != NULL ? row->access_key : "access_key",
                   row->access_key != NULL ? row->secret_key : "secret_key", ENS_STR_ARG(notes));
    return ENS_SEARCH_NONE;
}
