/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/buf.h"
#include "base/timestamp.h"
#include "core/messages.h"
#include "credentials/search_private.h"
#include "os/os.h"

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

static enum ens_search_turn fail_step(struct ens_search *search,
                                      const struct ens_search_event *event)
{
    const struct ens_answer *answer = &search->step.answer;
    const ens_str code = without_secrets(search, answer->code);
    const ens_str message = without_secrets(search, answer->message);
    ens_str what = search->step.detail.len > 0 ? search->step.detail : answer->detail;

    if (code.len > 0) {
        what = ens_arena_printf(search->arena, "%.*s%s%.*s", ENS_STR_ARG(code),
                                message.len > 0 ? ": " : "", ENS_STR_ARG(message));
    }
    return ens_search_fail(search, origin_of_step(search),
                           what.len > 0 ? without_secrets(search, what) : status_of(search, event));
}

static enum ens_search_turn take_keys(struct ens_search *search, int64_t now_unix_s)
{
    const struct ens_identity *identity = search->step.identity;
    const int64_t expires = search->step.expires_unix_s;
    const ens_str origin = origin_of_step(search);

    if (identity == NULL || identity->access_key.len == 0 || identity->secret_key.len == 0) {
        return ens_search_fail(search, origin, ENS_STR("it gave no keys"));
    }
    if (expires != 0 && expires <= now_unix_s) {
        char date[ENS_TIMESTAMP_SIZE];
        ens_timestamp_format(expires, date);
        return ens_search_fail(
            search, origin,
            ens_arena_printf(search->arena, "the keys that it gave expired on %s", date));
    }
    search->keys = (struct ens_found_keys){*identity, origin.ptr, origin.ptr, origin.ptr};
    search->expires_unix_s = expires;
    search->origin = origin;
    return ens_found_keys_check(&search->keys, &search->diags) == ENS_OK ? ENS_TURN_KEYS
                                                                         : ENS_TURN_FAILED;
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
        .oidc = kind == ENS_SOURCE_OIDC && ens_settings_have(settings, "assume_role_with_oidc")
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
static enum ens_search_turn end_without_keys(struct ens_search *search)
{
    search->no_metadata |= search->source->kind == ENS_SOURCE_METADATA && search->chosen == 0;
    if (search->source->kind == ENS_SOURCE_ROLE) {
        return ENS_TURN_KEYS; /* no role is named: those of the other source are used */
    }
    return ens_search_pass_over(search, search->source,
                                search->source->kind == ENS_SOURCE_PROFILE ? search->look.path
                                                                           : name_of_source(search),
                                search->step.detail);
}

enum ens_search_turn ens_search_take_steps(struct ens_search *search,
                                           const struct ens_search_event *first)
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
            return ens_search_fail(
                search, name_of_source(search),
                ens_arena_printf(search->arena, "no keys after %u steps", ENS_SEARCH_STEPS_MAX));
        }
        if (step.end != ENS_CREDENTIALS_READ) {
            return step.end == ENS_CREDENTIALS_SEND ? ENS_TURN_SEND : ENS_TURN_RUN;
        }
        read_file(search, &event);
    }
}

enum ens_search_turn ens_search_begin_steps(struct ens_search *search,
                                            const struct ens_source *source, const void *state,
                                            const struct ens_search_event *event)
{
    const struct ens_search_event first = {
        .got = ENS_GOT_NOTHING, .now_unix_s = event->now_unix_s, .now_ms = event->now_ms};

    search->source = source;
    if (search->options.provider->credentials_step == NULL) { /* but its profiles need steps */
        return ens_search_fail(search, name_of_source(search),
                               ENS_STR("the provider can't take steps"));
    }
    search->state = state;
    search->asked = 0;
    search->begun_ms = event->now_ms;
    search->step = (struct ens_credentials_step){0};
    set_values(search);
    return ens_search_take_steps(search, &first);
}
