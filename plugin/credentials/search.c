/* SPDX-License-Identifier: Apache-2.0 */
#include "credentials/search.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/timestamp.h"
#include "core/messages.h"
#include "credentials/tables.h"
#include "os/os.h"

#define NOTE_MAX ((size_t)16 * 1024) /* bytes of the list of what was looked at */

/* What asking a source has come to. */
enum turn {
    TURN_NEXT, /* it has no keys */
    TURN_KEYS,
    TURN_SEND,
    TURN_RUN,
    TURN_FAILED, /* there is a diagnostic */
};

struct ens_search {
    struct ens_search_options options;
    struct ens_arena *arena;
    struct ens_diags diags;
    struct ens_tables tables;
    const struct ens_source *const *sources;
    uint32_t chosen; /* kind of the only source to ask; 0: all */
    size_t at;       /* in sources */
    size_t file;     /* of the profile files, the next one */
    bool file_was_read;

    /* The steps of the current source. */
    const struct ens_source *source; /* NULL: it has none */
    struct ens_profile_look look;    /* of the profile file that they are about */
    ens_str values[ENS_USES_MAX];
    const char *names[ENS_USES_MAX];
    struct ens_credentials_step step;
    const void *state;
    unsigned asked;
    int64_t begun_ms;

    struct ens_found_keys keys;
    int64_t expires_unix_s;
    uint32_t kind; /* of the source that had them */
    ens_str origin;

    ens_str *looked_at;
    size_t looked_at_count;
    bool no_metadata;
};

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
    if (ens_settings_have_oidc(settings)) {
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

/* ---- notes and errors ----------------------------------------------------------------------- */

static enum turn fail(struct ens_search *search, ens_str where, ens_str what)
{
    const ens_str place = ens_arena_dup(search->arena, where);

    (void)ens_fail(&search->diags, ENS_INVALID, place.ptr, "%.*s", ENS_STR_ARG(what));
    return TURN_FAILED;
}

/* Whether the source is the only one that may be asked. */
static bool is_chosen(const struct ens_search *search, const struct ens_source *source)
{
    return search->chosen == source->kind;
}

/* Notes that a source has no keys: "OIDC (FAKE_ROLE is not set)". An error for the chosen one. */
static enum turn pass_over(struct ens_search *search, const struct ens_source *source, ens_str what,
                           ens_str why)
{
    if (is_chosen(search, source) && source->kind != ENS_SOURCE_PROFILE) {
        return fail(search, what, why.len > 0 ? why : ENS_STR("it has no keys"));
    }
    search->looked_at = ens_arena_grow(search->arena, search->looked_at, search->looked_at_count,
                                       sizeof(*search->looked_at));
    search->looked_at[search->looked_at_count++] =
        why.len > 0
            ? ens_arena_printf(search->arena, "%.*s (%.*s)", ENS_STR_ARG(what), ENS_STR_ARG(why))
            : ens_arena_dup(search->arena, what);
    return TURN_NEXT;
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

static enum ens_search_state fail_none(struct ens_search *search)
{
    const struct ens_provider *provider = search->options.provider;
    const struct ens_variable_row *row = provider->variables;
    const ens_str notes = joined_notes(search);
    ens_str profile = {NULL, 0};

    if (lacks_named_profile(search, &profile)) {
        (void)ens_fail(&search->diags, ENS_INVALID, provider->name,
                       "no file holds the profile %.*s of %s; looked at: %.*s",
                       ENS_STR_ARG(profile), provider->title, ENS_STR_ARG(notes));
        return ENS_SEARCH_FAILED;
    }
    (void)ens_fail(&search->diags, ENS_NOT_FOUND, provider->name,
                   "no credentials for %s: set %s and %s; looked at: %.*s", provider->title,
                   row->access_key != NULL ? row->access_key : "access_key",
                   row->access_key != NULL ? row->secret_key : "secret_key", ENS_STR_ARG(notes));
    return ENS_SEARCH_NONE;
}

/* Redacts what a reply may echo of its request. */
static ens_str without_secrets(struct ens_search *search, ens_str text)
{
    const struct ens_credentials_request *request = search->step.request;
    const struct ens_identity *identity = request != NULL ? request->identity : NULL;

    for (size_t i = 0; request != NULL && i < request->secret_count; i++) {
        text = ens_text_redact(search->arena, text, request->secrets[i]);
    }
    if (identity != NULL) {
        text = ens_text_redact(search->arena, text, identity->secret_key);
        text = ens_text_redact(search->arena, text, identity->security_token);
        text = ens_text_redact(search->arena, text, identity->access_key);
    }
    return ens_cloud_text(search->arena, text, ENS_CLOUD_MESSAGE_MAX);
}

/* ---- steps ---------------------------------------------------------------------------------- */

static void set_values(struct ens_search *search)
{
    const struct ens_environment *environment = search->options.environment;
    const struct ens_source_variable *row = search->source->variables;

    memset(search->values, 0, sizeof(search->values));
    memset(search->names, 0, sizeof(search->names));
    for (; row != NULL && row->name != NULL; row++) {
        const char *value = environment->get(environment->ud, row->name);
        if (search->names[row->use] == NULL ||
            (search->values[row->use].len == 0 && value != NULL)) {
            search->names[row->use] = row->name;
            search->values[row->use] = ens_str_of(value);
        }
    }
}

/* The source as people know it. */
static ens_str name_of_source(struct ens_search *search)
{
    switch (search->source->kind) {
    case ENS_SOURCE_PROFILE:
        return ens_arena_printf(search->arena, "profile (%s)", search->look.path.ptr);
    case ENS_SOURCE_METADATA:
        return ens_arena_printf(search->arena, "%s %.*s", search->source->title,
                                ENS_STR_ARG(search->options.metadata_endpoint));
    case ENS_SOURCE_ROLE:
        return search->origin;
    default:
        return ens_str_of(search->source->title);
    }
}

/* The origin that the step told, after that of the keys it goes on from. */
static ens_str origin_of_step(struct ens_search *search)
{
    const bool goes_on =
        search->source->kind == ENS_SOURCE_PROFILE || search->source->kind == ENS_SOURCE_ROLE;
    const ens_str origin = search->step.origin;

    if (origin.len == 0) {
        return name_of_source(search);
    }
    return goes_on ? ens_arena_printf(search->arena, "%.*s, %.*s",
                                      ENS_STR_ARG(name_of_source(search)), ENS_STR_ARG(origin))
                   : ens_arena_dup(search->arena, origin);
}

/* What is told of a refusal that says nothing itself. */
static ens_str status_of(struct ens_search *search, const struct ens_search_event *event)
{
    return event->got == ENS_GOT_REPLY
               ? ens_arena_printf(search->arena, "HTTP %u without an error code",
                                  event->reply->status)
               : ENS_STR("it gave no keys");
}

static enum turn fail_step(struct ens_search *search, const struct ens_search_event *event)
{
    const struct ens_answer *answer = &search->step.answer;
    const ens_str code = without_secrets(search, answer->code);
    const ens_str message = without_secrets(search, answer->message);
    ens_str what = search->step.detail.len > 0 ? search->step.detail : answer->detail;

    if (code.len > 0) {
        what = ens_arena_printf(search->arena, "%.*s%s%.*s", ENS_STR_ARG(code),
                                message.len > 0 ? ": " : "", ENS_STR_ARG(message));
    }
    return fail(search, origin_of_step(search),
                what.len > 0 ? without_secrets(search, what) : status_of(search, event));
}

static enum turn take_keys(struct ens_search *search, int64_t now_unix_s)
{
    const struct ens_identity *identity = search->step.identity;
    const int64_t expires = search->step.expires_unix_s;
    const ens_str origin = origin_of_step(search);

    if (identity == NULL || identity->access_key.len == 0 || identity->secret_key.len == 0) {
        return fail(search, origin, ENS_STR("it gave no keys"));
    }
    if (expires != 0 && expires <= now_unix_s) {
        char date[ENS_TIMESTAMP_SIZE];
        ens_timestamp_format(expires, date);
        return fail(search, origin,
                    ens_arena_printf(search->arena, "the keys that it gave expired on %s", date));
    }
    search->keys = (struct ens_found_keys){*identity, origin.ptr, origin.ptr, origin.ptr};
    search->expires_unix_s = expires;
    search->origin = origin;
    return ens_found_keys_check(&search->keys, &search->diags) == ENS_OK ? TURN_KEYS : TURN_FAILED;
}

static void read_file(struct ens_search *search, struct ens_search_event *event)
{
    const ens_str path = ens_arena_dup(search->arena, search->step.path);
    ENS_AUTO_BUF text = ens_buf_new_secret(ENS_PROFILE_FILE_MAX);
    ENS_AUTO_DIAGS why = {0};

    const ens_rc rc = ens_os_read_file(path.ptr, &text, &why);
    event->got = rc == ENS_OK          ? ENS_GOT_FILE
                 : rc == ENS_NOT_FOUND ? ENS_GOT_NO_FILE
                                       : ENS_GOT_FAILURE;
    event->text = ens_arena_dup(search->arena, ens_buf_str(&text));
    event->error =
        rc == ENS_OK ? ENS_STR("") : ens_arena_dup(search->arena, ens_str_of(why.items[0].summary));
}

static struct ens_credentials_input input_of(struct ens_search *search,
                                             const struct ens_search_event *event)
{
    const struct ens_cloud_settings *settings = search->tables.settings;
    const uint32_t kind = search->source->kind;

    return (struct ens_credentials_input){
        .struct_size = sizeof(struct ens_credentials_input),
        .got = event->got,
        .source = search->source,
        .state = search->state,
        .values = search->values,
        .names = search->names,
        .role = kind == ENS_SOURCE_ROLE ? &settings->assume_role : NULL,
        .oidc = kind == ENS_SOURCE_OIDC && ens_settings_have_oidc(settings)
                    ? &settings->assume_role_with_oidc
                    : NULL,
        .metadata_role = kind == ENS_SOURCE_METADATA ? settings->metadata_role : ENS_STR(""),
        .identity = kind == ENS_SOURCE_ROLE ? &search->keys.identity : NULL,
        .sts_endpoint = search->options.sts_endpoint,
        .metadata_endpoint = search->options.metadata_endpoint,
        .text = event->text,
        .reply = event->reply,
        .error = event->error,
        .now_unix_s = event->now_unix_s,
        .elapsed_ms = event->now_ms - search->begun_ms,
    };
}

/* A source had no keys after all. */
static enum turn end_without_keys(struct ens_search *search)
{
    search->no_metadata |= search->source->kind == ENS_SOURCE_METADATA && search->chosen == 0;
    if (search->source->kind == ENS_SOURCE_ROLE) {
        return TURN_KEYS; /* no role is named: those of the other source are used */
    }
    return pass_over(search, search->source,
                     search->source->kind == ENS_SOURCE_PROFILE ? search->look.path
                                                                : name_of_source(search),
                     search->step.detail);
}

static enum turn take_steps(struct ens_search *search, const struct ens_search_event *first)
{
    const struct ens_memory memory = ens_arena_memory(search->arena);
    struct ens_search_event event = *first;

    for (;;) {
        const struct ens_credentials_input input = input_of(search, &event);
        struct ens_credentials_step step = {.struct_size = sizeof(step)};
        search->options.provider->credentials_step(&memory, &input, &step);
        if (step.request == NULL) {
            step.request = search->step.request; /* what the reply was to */
        }
        search->step = step;
        switch ((enum ens_credentials_end)step.end) {
        case ENS_CREDENTIALS_NONE:
            return end_without_keys(search);
        case ENS_CREDENTIALS_KEYS:
            return take_keys(search, event.now_unix_s);
        case ENS_CREDENTIALS_ERROR:
            return fail_step(search, &event);
        case ENS_CREDENTIALS_READ:
        case ENS_CREDENTIALS_SEND:
        case ENS_CREDENTIALS_RUN:
            break;
        }
        search->state = step.state;
        if (++search->asked > ENS_SEARCH_STEPS_MAX) {
            return fail(
                search, name_of_source(search),
                ens_arena_printf(search->arena, "no keys after %u steps", ENS_SEARCH_STEPS_MAX));
        }
        if (step.end != ENS_CREDENTIALS_READ) {
            return step.end == ENS_CREDENTIALS_SEND ? TURN_SEND : TURN_RUN;
        }
        read_file(search, &event);
    }
}

static enum turn begin_steps(struct ens_search *search, const struct ens_source *source,
                             const void *state, const struct ens_search_event *event)
{
    const struct ens_search_event first = {
        .got = ENS_GOT_NOTHING, .now_unix_s = event->now_unix_s, .now_ms = event->now_ms};

    search->source = source;
    if (search->options.provider->credentials_step == NULL) { /* but its profiles need steps */
        return fail(search, name_of_source(search), ENS_STR("the provider can't take steps"));
    }
    search->state = state;
    search->asked = 0;
    search->begun_ms = event->now_ms;
    search->step = (struct ens_credentials_step){0};
    set_values(search);
    return take_steps(search, &first);
}

/* ---- the walk ------------------------------------------------------------------------------- */

/* Keys that a table led to. */
static enum turn take_found(struct ens_search *search, const char *kind)
{
    search->origin = ens_arena_printf(search->arena, "%s (%s)", kind, search->keys.access_origin);
    search->expires_unix_s = 0;
    return ens_found_keys_check(&search->keys, &search->diags) == ENS_OK ? TURN_KEYS : TURN_FAILED;
}

static enum turn ask_environment(struct ens_search *search, const struct ens_source *source)
{
    const ens_rc rc = ens_tables_environment(&search->tables, &search->keys);

    if (rc == ENS_OK) {
        return take_found(search, "environment");
    }
    return rc == ENS_NOT_FOUND ? pass_over(search, source, ens_str_of(source->title), ENS_STR(""))
                               : TURN_FAILED;
}

/* The next profile file that has something, or the end of them. */
static enum turn ask_profile_files(struct ens_search *search, const struct ens_source *source,
                                   const struct ens_search_event *event)
{
    const struct ens_profile_file *const *files = search->options.provider->profile_files;

    while (files != NULL && files[search->file] != NULL) {
        const ens_rc rc = ens_tables_profile(&search->tables, files[search->file++], &search->keys,
                                             &search->look);
        search->file_was_read |= search->look.read;
        if (rc != ENS_OK && rc != ENS_NOT_FOUND) {
            return TURN_FAILED;
        }
        if (rc == ENS_OK && search->look.state == NULL) {
            return take_found(search, "profile");
        }
        if (rc == ENS_OK) {
            const enum turn turn = begin_steps(search, source, search->look.state, event);
            if (turn != TURN_NEXT) {
                return turn;
            }
        } else if (search->look.path.len > 0) {
            (void)pass_over(search, source, search->look.path, ens_str_of(search->look.note));
        }
    }
    return TURN_NEXT;
}

static enum turn ask(struct ens_search *search, const struct ens_source *source,
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
            return pass_over(search, source, ens_str_of(source->title),
                             ens_str_of(search->options.no_metadata));
        }
        return begin_steps(search, source, NULL, event);
    case ENS_SOURCE_OIDC:
    case ENS_SOURCE_URI:
        return begin_steps(search, source, NULL, event);
    case ENS_SOURCE_ROLE:
        break;
    }
    return TURN_NEXT;
}

/* Asks the sources from search->at on, until one does not pass. */
static enum turn ask_in_order(struct ens_search *search, const struct ens_search_event *event)
{
    enum turn turn = TURN_NEXT;

    for (; turn == TURN_NEXT && search->sources[search->at] != NULL; search->at++) {
        const struct ens_source *source = search->sources[search->at];
        if (search->chosen == 0 || is_chosen(search, source)) {
            turn = ask(search, source, event);
        }
    }
    return turn;
}

static enum turn ask_role(struct ens_search *search, const struct ens_search_event *event)
{
    const struct ens_source *role = find_source(search, ENS_SOURCE_ROLE);

    if (role == NULL && search->tables.settings->assume_role.role.len > 0) {
        return fail(search, ens_str_of(search->options.provider->name),
                    ens_arena_printf(search->arena,
                                     "assume_role is set, but %s has no roles to assume",
                                     search->options.provider->title));
    }
    return role != NULL ? begin_steps(search, role, NULL, event) : TURN_KEYS;
}

static enum turn begin(struct ens_search *search, const struct ens_search_event *event)
{
    const ens_rc rc = search->options.only == 0
                          ? ens_tables_settings(&search->tables, &search->keys)
                          : ENS_NOT_FOUND;

    if (rc == ENS_OK) {
        return take_found(search, "settings");
    }
    if (rc != ENS_NOT_FOUND) {
        return TURN_FAILED;
    }
    if (search->chosen != 0 && find_source(search, search->chosen) == NULL) {
        return fail(search, ens_str_of(search->options.provider->name),
                    ens_arena_printf(search->arena, "%s is set, but %s has no such source of keys",
                                     search->chosen == ENS_SOURCE_OIDC ? "assume_role_with_oidc"
                                                                       : "metadata_role",
                                     search->options.provider->title));
    }
    return ask_in_order(search, event);
}

/* Whether the steps that were taken were those of a role. */
static bool on_role(const struct ens_search *search)
{
    return search->source != NULL && search->source->kind == ENS_SOURCE_ROLE;
}

/* The next step, and where that ends without keys, the sources that follow. */
static enum turn go_on(struct ens_search *search, const struct ens_search_event *event)
{
    const enum turn turn = take_steps(search, event);

    if (turn == TURN_NEXT && search->source->kind == ENS_SOURCE_PROFILE) {
        search->at--; /* there may be another file */
    }
    return turn == TURN_NEXT ? ask_in_order(search, event) : turn;
}

enum ens_search_state ens_search_step(struct ens_search *search,
                                      const struct ens_search_event *event)
{
    enum turn turn = search->source == NULL ? begin(search, event) : go_on(search, event);

    if (turn == TURN_KEYS && !on_role(search)) {
        turn = ask_role(search, event);
    }
    switch (turn) {
    case TURN_SEND:
        return ENS_SEARCH_SEND;
    case TURN_RUN:
        return ENS_SEARCH_RUN;
    case TURN_KEYS:
        return ENS_SEARCH_FOUND;
    case TURN_FAILED:
        return ENS_SEARCH_FAILED;
    case TURN_NEXT:
        break;
    }
    return fail_none(search);
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

ens_str ens_search_error(const struct ens_search *search)
{
    const struct ens_diags *diags = &search->diags;

    /* The last one: a request that was sent again had its own. */
    for (size_t i = diags->count; i > 0; i--) {
        const struct ens_diag *diag = &diags->items[i - 1];
        if (diag->severity == ENS_ERROR) {
            return ens_str_is(ens_str_of(diag->where), search->options.provider->name)
                       ? ens_str_of(diag->summary)
                       : ens_diag_line(search->arena, diag);
        }
    }
    return ENS_STR("");
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
