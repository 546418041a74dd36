/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/alloc.h"
#include "credentials/search_private.h"

/* ---- sources -------------------------------------------------------------------------------- */

static const struct ens_source environment_source = {.struct_size = sizeof(struct ens_source),
                                                     .kind = ENS_SOURCE_ENVIRONMENT,
                                                     .title = "the environment"};
static const struct ens_source profile_source = {
    .struct_size = sizeof(struct ens_source), .kind = ENS_SOURCE_PROFILE, .title = "profile files"};

/* Of a provider that declares none. */
static const struct ens_source *const tables_alone[] = {&environment_source, &profile_source, NULL};

static const struct ens_source *find_source(const struct ens_search *search, uint32_t kind)
{
    const struct ens_source *const *source = search->sources;

    while (*source != NULL && (*source)->kind != kind) {
        source++;
    }
    return *source;
}

/* The kind of the source that the settings choose; 0: none. */
static uint32_t kind_by_settings(const struct ens_cloud_settings *settings)
{
    if (ens_settings_have(settings, "assume_role_with_oidc")) {
        return ENS_SOURCE_OIDC;
    }
    if (settings->profile.len > 0) {
        return ENS_SOURCE_PROFILE;
    }
    return settings->metadata_role.len > 0 ? ENS_SOURCE_METADATA : 0;
}

struct ens_search *ens_search_new(const struct ens_search_options *options)
{
    static const struct ens_cloud_settings none = {0};
    struct ens_search *search = ens_alloc(sizeof(*search));

    *search = (struct ens_search){
        .options = *options,
        .arena = ens_arena_new(),
        .sources = options->provider->sources != NULL ? options->provider->sources : tables_alone,
    };
    search->tables = (struct ens_tables){
        .provider = options->provider,
        .settings = options->settings != NULL ? options->settings : &none,
        .environment = options->environment,
        .arena = search->arena,
        .diags = &search->diags,
    };
    search->chosen = options->only != 0 ? options->only : kind_by_settings(search->tables.settings);
    return search;
}

void ens_search_free(struct ens_search *search)
{
    if (search == NULL) {
        return;
    }
    ens_diags_done(&search->diags);
    ens_arena_free(search->arena);
    explicit_bzero(search, sizeof(*search));
    ens_free(search);
}

/* ---- the walk ------------------------------------------------------------------------------- */

/* Keys that a table led to. */
static enum ens_search_turn take_found(struct ens_search *search, const char *kind)
{
    search->origin = ens_arena_printf(search->arena, "%s (%s)", kind, search->keys.access_origin);
    search->expires_unix_s = 0;
    return ens_found_keys_check(&search->keys, &search->diags) == ENS_OK ? ENS_TURN_KEYS
                                                                         : ENS_TURN_FAILED;
}

static enum ens_search_turn ask_environment(struct ens_search *search,
                                            const struct ens_source *source)
{
    const ens_rc rc = ens_tables_environment(&search->tables, &search->keys);

    if (rc == ENS_OK) {
        return take_found(search, "environment");
    }
    return rc == ENS_NOT_FOUND
               ? ens_search_pass_over(search, source, ens_str_of(source->title), ENS_STR(""))
               : ENS_TURN_FAILED;
}

/* The next profile file that has something, or the end of them. */
static enum ens_search_turn ask_profile_files(struct ens_search *search,
                                              const struct ens_source *source,
                                              const struct ens_search_event *event)
{
    const struct ens_profile_file *const *files = search->options.provider->profile_files;

    while (files != NULL && files[search->file] != NULL) {
        const ens_rc rc = ens_tables_profile(&search->tables, files[search->file++], &search->keys,
                                             &search->look);
        search->file_was_read |= search->look.read;
        if (rc != ENS_OK && rc != ENS_NOT_FOUND) {
            return ENS_TURN_FAILED;
        }
        if (rc == ENS_OK && search->look.state == NULL) {
            return take_found(search, "profile");
        }
        if (rc == ENS_OK) {
            const enum ens_search_turn turn =
                ens_search_begin_steps(search, source, search->look.state, event);
            if (turn != ENS_TURN_NEXT) {
                return turn;
            }
        } else if (search->look.path.len > 0) {
            (void)ens_search_pass_over(search, source, search->look.path,
                                       ens_str_of(search->look.note));
        }
    }
    return ENS_TURN_NEXT;
}

static enum ens_search_turn ask(struct ens_search *search, const struct ens_source *source,
                                const struct ens_search_event *event)
{
    search->kind = source->kind;
    switch ((enum ens_source_kind)source->kind) {
    case ENS_SOURCE_ENVIRONMENT:
        return ask_environment(search, source);
    case ENS_SOURCE_PROFILE:
        return ask_profile_files(search, source, event);
    case ENS_SOURCE_METADATA:
        if (search->options.metadata_endpoint.len == 0) {
            return ens_search_pass_over(search, source, ens_str_of(source->title),
                                        ens_str_of(search->options.no_metadata));
        }
        return ens_search_begin_steps(search, source, NULL, event);
    case ENS_SOURCE_OIDC:
    case ENS_SOURCE_URI:
        return ens_search_begin_steps(search, source, NULL, event);
    case ENS_SOURCE_ROLE:
        break;
    }
    return ENS_TURN_NEXT;
}

/* Asks the sources from search->at on, until one does not pass. */
static enum ens_search_turn ask_in_order(struct ens_search *search,
                                         const struct ens_search_event *event)
{
    enum ens_search_turn turn = ENS_TURN_NEXT;

    for (; turn == ENS_TURN_NEXT && search->sources[search->at] != NULL; search->at++) {
        const struct ens_source *source = search->sources[search->at];
        if (search->chosen == 0 || ens_search_is_chosen(search, source)) {
            turn = ask(search, source, event);
        }
    }
    return turn;
}

static enum ens_search_turn ask_role(struct ens_search *search,
                                     const struct ens_search_event *event)
{
    const struct ens_source *role = find_source(search, ENS_SOURCE_ROLE);

    return role != NULL ? ens_search_begin_steps(search, role, NULL, event) : ENS_TURN_KEYS;
}

static enum ens_search_turn begin(struct ens_search *search, const struct ens_search_event *event)
{
    const ens_rc rc = search->options.only == 0
                          ? ens_tables_settings(&search->tables, &search->keys)
                          : ENS_NOT_FOUND;

    if (rc == ENS_OK) {
        return take_found(search, "settings");
    }
    if (rc != ENS_NOT_FOUND) {
        return ENS_TURN_FAILED;
    }
    return ask_in_order(search, event);
}

/* Whether the steps that were taken were those of a role. */
static bool on_role(const struct ens_search *search)
{
    return search->source != NULL && search->source->kind == ENS_SOURCE_ROLE;
}

/* The next step, and where that ends without keys, the sources that follow. */
static enum ens_search_turn go_on(struct ens_search *search, const struct ens_search_event *event)
{
    const enum ens_search_turn turn = ens_search_take_steps(search, event);

    if (turn == ENS_TURN_NEXT && search->source->kind == ENS_SOURCE_PROFILE) {
        search->at--; /* there may be another file */
    }
    return turn == ENS_TURN_NEXT ? ask_in_order(search, event) : turn;
}

enum ens_search_state ens_search_step(struct ens_search *search,
                                      const struct ens_search_event *event)
{
    enum ens_search_turn turn =
        search->source == NULL ? begin(search, event) : go_on(search, event);

    if (turn == ENS_TURN_KEYS && !on_role(search)) {
        turn = ask_role(search, event);
    }
    switch (turn) {
    case ENS_TURN_SEND:
        return ENS_SEARCH_SEND;
    case ENS_TURN_RUN:
        return ENS_SEARCH_RUN;
    case ENS_TURN_KEYS:
        return ENS_SEARCH_FOUND;
    case ENS_TURN_FAILED:
        return ENS_SEARCH_FAILED;
    case ENS_TURN_NEXT:
        break;
    }
    return ens_search_fail_none(search);
}

/* ---- what it has come to -------------------------------------------------------------------- */

const struct ens_credentials_request *ens_search_request(const struct ens_search *search)
{
    return search->step.request;
}

const ens_str *ens_search_command(const struct ens_search *search, size_t *ret_count)
{
    *ret_count = search->step.word_count;
    return search->step.words;
}

struct ens_keys *ens_search_keys(const struct ens_search *search)
{
    return ens_keys_new(&search->keys.identity, search->expires_unix_s, search->origin.ptr);
}

uint32_t ens_search_source(const struct ens_search *search)
{
    return search->kind;
}

/* The last error, since a request that was sent again had its own; NULL: there is none. */
static const struct ens_diag *last_error(const struct ens_search *search)
{
    const struct ens_diags *diags = &search->diags;

    for (size_t i = diags->count; i > 0; i--) {
        if (diags->items[i - 1].severity == ENS_ERROR) {
            return &diags->items[i - 1];
        }
    }
    return NULL;
}

static bool is_about_all(const struct ens_search *search, const struct ens_diag *diag)
{
    return ens_str_is(ens_str_of(diag->where), search->options.provider->name);
}

ens_str ens_search_error(const struct ens_search *search)
{
    const struct ens_diag *error = last_error(search);

    if (error == NULL) {
        return ENS_STR("");
    }
    return is_about_all(search, error) ? ens_str_of(error->summary)
                                       : ens_diag_line(search->arena, error);
}

ens_str ens_search_failed_source(const struct ens_search *search)
{
    const struct ens_diag *error = last_error(search);

    if (search->failed.len > 0 || error == NULL) {
        return search->failed;
    }
    return is_about_all(search, error) ? ENS_STR("settings") : ens_str_of(error->where);
}

const struct ens_answer *ens_search_answer(const struct ens_search *search)
{
    return search->step.end == ENS_CREDENTIALS_ERROR ? &search->step.answer : NULL;
}

bool ens_search_found_no_metadata(const struct ens_search *search)
{
    return search->no_metadata;
}

const ens_str *ens_search_looked_at(const struct ens_search *search, size_t *ret_count)
{
    *ret_count = search->looked_at_count;
    return search->looked_at;
}

const struct ens_diags *ens_search_diags(const struct ens_search *search)
{
    return &search->diags;
}
