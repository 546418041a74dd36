/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fake_provider.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

/* ---- the tables ------------------------------------------------------------------------------ */

static const struct ens_status_row statuses[] = {
    {"UP", ENS_STATUS_RUNNING, ENS_REASON_OK},
    {"BOOTING", ENS_STATUS_STARTING, ENS_REASON_OK},
    {"DOWN", ENS_STATUS_STOPPED, ENS_REASON_OK},
    {"HALTING", ENS_STATUS_STOPPING, ENS_REASON_OK},
    {"RESIZING", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"BROKEN", ENS_STATUS_FAILED, ENS_REASON_OK},
    {"UNPAID", ENS_STATUS_FAILED, ENS_REASON_EXPIRED},
    {"GOING", ENS_STATUS_DELETING, ENS_REASON_OK},
    {"GONE", ENS_STATUS_ABSENT, ENS_REASON_OK},
    {"FROZEN", ENS_STATUS_STOPPED, ENS_REASON_LOCKED},
    {NULL, 0, 0},
};

static const struct ens_lock_row locks[] = {
    {"owing", ENS_REASON_INSUFFICIENT_BALANCE},
    {"security", ENS_REASON_LOCKED},
    {NULL, 0},
};

static const struct ens_code_row codes[] = {
    {"Passed", ENS_REASON_OK, 0},
    {"State.Final", ENS_REASON_WRONG_STATE, ENS_CODE_FINAL},
    {"State*", ENS_REASON_WRONG_STATE, 0},
    {"*Throttl*", ENS_REASON_THROTTLED, 0},
    {"Stock", ENS_REASON_NO_CAPACITY, 0},
    {"Denied", ENS_REASON_PERMISSION_DENIED, 0},
    {"BadKey", ENS_REASON_UNAUTHENTICATED, 0},
    {"OldKey", ENS_REASON_UNAUTHENTICATED, ENS_CODE_EXPIRED},
    {"Skew", ENS_REASON_CLOCK_SKEW, 0},
    {"Nonce", ENS_REASON_INVALID_ARGUMENT, ENS_CODE_NEW_NONCE},
    {"Busy", ENS_REASON_IN_PROGRESS, 0},
    {"Malformed", ENS_REASON_INVALID_ARGUMENT, 0},
    {"Region", ENS_REASON_INVALID_ARGUMENT, ENS_CODE_CALL},
    {"*NotFound", ENS_REASON_NOT_FOUND, 0},
    {NULL, 0, 0},
};

static const struct ens_trace_names trace_names = {"fake_cloud", "compute", "List", "Start",
                                                   "List"};

static const struct ens_code_advice_row code_advice[] = {
    {"Disk*", "Ask FakeCloud for a disk."},
    {NULL, NULL},
};

static const struct ens_advice_row advice[] = {
    {ENS_REASON_NO_CAPACITY, "Ask FakeCloud for more."},
    {0, NULL},
};

static const struct ens_variable_row variables[] = {
    {"FAKE_KEY", "FAKE_SECRET", "FAKE_TOKEN"},
    {"FAKE_KEY", "FAKE_SECRET", "FAKE_STS_TOKEN"},
    {"OLD_KEY", "OLD_SECRET", NULL},
    {NULL, NULL, NULL},
};

/* ---- profile files --------------------------------------------------------------------------- */

static void read_profile(const struct ens_memory *memory, ens_str text, ens_str name,
                         struct ens_profile *ret)
{
    while (text.len > 0) {
        ens_str rest = {NULL, 0};
        ens_str line = ens_str_cut(text, '\n', &text);
        ens_str word = ens_str_cut(line, ' ', &rest);
        if (ens_str_ends(word, ENS_STR(":"))) {
            ens_str *script = memory->alloc(memory->ctx, sizeof(*script));
            *script = rest;
            word.len--;
            if (ens_str_eq(word, name.len == 0 ? ENS_STR("default") : name)) {
                ret->state = script;
                return;
            }
        }
        if (ens_str_is(word, "error")) {
            ret->error = rest;
            return;
        }
        if (ens_str_eq(word, name.len == 0 ? ENS_STR("default") : name)) {
            ret->access_key = ens_str_cut(rest, ' ', &rest);
            ret->secret_key = ens_str_cut(rest, ' ', &rest);
            ret->security_token = rest;
        }
    }
}

static const char *const name_variables[] = {"FAKE_PROFILE", "OLD_PROFILE", NULL};

static const struct ens_profile_file first_file = {
    .struct_size = sizeof(first_file),
    .path_variable = "FAKE_FILE",
    .home_path = ".fake/config",
    .name_variables = name_variables,
    .read = read_profile,
    .off_variable = "FAKE_FILE_OFF",
};

static const struct ens_profile_file second_file = {
    .struct_size = sizeof(second_file),
    .home_path = ".fake-old",
    .read = read_profile,
};

static const struct ens_profile_file *const profile_files[] = {&first_file, &second_file, NULL};

/* ---- credential sources ---------------------------------------------------------------------- */

#define WORDS_MAX 8

static void set_request(const struct ens_memory *memory, const struct ens_credentials_input *input,
                        ens_str verb, ens_str target, struct ens_credentials_step *ret)
{
    struct ens_credentials_request *request = memory->alloc(memory->ctx, sizeof(*request));
    struct ens_http_request *http = memory->alloc(memory->ctx, sizeof(*http));
    const bool probe = ens_str_is(verb, "probe");
    const ens_str sts = input->sts_endpoint.len > 0 ? input->sts_endpoint : ENS_STR(FAKE_STS);

    http->method = ENS_STR("LOGIN");
    http->path = target;
    *request = (struct ens_credentials_request){
        .struct_size = sizeof(*request),
        .flags = probe ? ENS_SEND_DIRECT | ENS_SEND_ONCE : 0,
        .endpoint = probe ? input->metadata_endpoint : sts,
        .http = http,
        .identity = ens_str_is(verb, "sign") ? input->identity : NULL,
        .region = ENS_STR("center"),
        .service = ENS_STR("sts"),
        .target = target,
        .timeout_ms = probe ? 1000 : 0,
    };
    ret->end = ENS_CREDENTIALS_SEND;
    ret->request = request;
}

static void set_keys(const struct ens_memory *memory, const struct ens_credentials_input *input,
                     ens_str rest, struct ens_credentials_step *ret)
{
    struct ens_identity *identity = memory->alloc(memory->ctx, sizeof(*identity));
    int64_t life_s = 0;

    identity->struct_size = sizeof(*identity);
    identity->access_key = ens_str_cut(rest, ' ', &rest);
    identity->secret_key = ens_str_cut(rest, ' ', &rest);
    rest = ens_str_trim(rest);
    const bool past = ens_str_starts(rest, ENS_STR("-"));
    (void)ens_str_to_i64(past ? (ens_str){rest.ptr + 1, rest.len - 1} : rest, &life_s);
    life_s = past ? -life_s : life_s;
    ret->end = ENS_CREDENTIALS_KEYS;
    ret->identity = identity;
    ret->expires_unix_s = life_s == 0 ? 0 : input->now_unix_s + life_s;
    ret->origin = ens_str_of(input->source->title);
}

static void set_words(const struct ens_memory *memory, ens_str rest,
                      struct ens_credentials_step *ret)
{
    ens_str *words = memory->alloc(memory->ctx, WORDS_MAX * sizeof(*words));

    while (rest.len > 0 && ret->word_count < WORDS_MAX) {
        words[ret->word_count++] = ens_str_cut(rest, ' ', &rest);
    }
    ret->end = ENS_CREDENTIALS_RUN;
    ret->words = words;
}

static void run_script(const struct ens_memory *memory, const struct ens_credentials_input *input,
                       ens_str script, struct ens_credentials_step *ret)
{
    ens_str rest = {NULL, 0};
    const ens_str verb = ens_str_cut(ens_str_trim(script), ' ', &rest);

    if (ens_str_is(verb, "keys")) {
        set_keys(memory, input, rest, ret);
    } else if (ens_str_is(verb, "send") || ens_str_is(verb, "sign") || ens_str_is(verb, "probe")) {
        set_request(memory, input, verb, rest, ret);
    } else if (ens_str_is(verb, "read")) {
        ret->end = ENS_CREDENTIALS_READ;
        ret->path = rest;
    } else if (ens_str_is(verb, "run")) {
        set_words(memory, rest, ret);
    } else if (ens_str_is(verb, "code")) {
        ret->end = ENS_CREDENTIALS_ERROR;
        ret->answer.code = rest;
    } else {
        ret->end = ens_str_is(verb, "none") ? ENS_CREDENTIALS_NONE : ENS_CREDENTIALS_ERROR;
        ret->detail = rest.len > 0 ? rest : ENS_STR("nothing is set");
    }
}

static void credentials_step(const struct ens_memory *memory,
                             const struct ens_credentials_input *input,
                             struct ens_credentials_step *ret)
{
    const ens_str *profile = input->state;

    switch ((enum ens_credentials_got)input->got) {
    case ENS_GOT_NOTHING:
        if (input->role != NULL && input->role->role.len > 0) {
            run_script(memory, input, input->role->role, ret);
        } else if (profile != NULL) {
            run_script(memory, input, *profile, ret);
        } else if (input->values[0].len > 0) {
            run_script(memory, input, input->values[0], ret);
        } else {
            ret->detail = ENS_STR("nothing is set");
        }
        return;
    case ENS_GOT_FILE:
    case ENS_GOT_OUTPUT:
        run_script(memory, input, input->text, ret);
        return;
    case ENS_GOT_REPLY:
        run_script(memory, input, input->reply->body, ret);
        return;
    case ENS_GOT_NO_FILE:
        ret->detail = ENS_STR("no such file");
        return;
    case ENS_GOT_SILENCE:
        ret->detail = ENS_STR("no answer");
        return;
    case ENS_GOT_FAILURE:
        ret->end = ENS_CREDENTIALS_ERROR;
        ret->detail = input->error;
        return;
    }
}

#define VARIABLES(name)                                                                            \
    (const struct ens_source_variable[])                                                           \
    {                                                                                              \
        {name, 0, 0},                                                                              \
        {                                                                                          \
            NULL, 0, 0                                                                             \
        }                                                                                          \
    }

static const struct ens_source environment_source = {.struct_size = sizeof(environment_source),
                                                     .kind = ENS_SOURCE_ENVIRONMENT,
                                                     .title = "the environment"};
static const struct ens_source oidc_source = {.struct_size = sizeof(oidc_source),
                                              .kind = ENS_SOURCE_OIDC,
                                              .title = "OIDC",
                                              .variables = VARIABLES("FAKE_OIDC")};
static const struct ens_source profile_source = {
    .struct_size = sizeof(profile_source), .kind = ENS_SOURCE_PROFILE, .title = "profile"};
static const struct ens_source metadata_source = {.struct_size = sizeof(metadata_source),
                                                  .kind = ENS_SOURCE_METADATA,
                                                  .title = "metadata service",
                                                  .variables = VARIABLES("FAKE_METADATA"),
                                                  .address = FAKE_METADATA};
static const struct ens_source uri_source = {.struct_size = sizeof(uri_source),
                                             .kind = ENS_SOURCE_URI,
                                             .title = "credentials URI",
                                             .variables = VARIABLES("FAKE_URI")};
static const struct ens_source role_source = {.struct_size = sizeof(role_source),
                                              .kind = ENS_SOURCE_ROLE,
                                              .title = "role",
                                              .variables = VARIABLES("FAKE_ROLE")};

const struct ens_source *const fake_sources[] = {
    &environment_source, &oidc_source, &profile_source, &metadata_source, &uri_source,
    &role_source,        NULL};

/* ---- requests -------------------------------------------------------------------------------- */

static ens_str endpoint(const struct ens_memory *memory, ens_str region)
{
    (void)memory;
    (void)region;
    return ENS_STR(FAKE_HOST);
}

static void build(const struct ens_memory *memory, const struct ens_call_spec *call,
                  const char *verb, ens_str token, struct ens_http_request *ret)
{
    const size_t names = 3;
    struct ens_pair *pairs = memory->alloc(memory->ctx, names * sizeof(*pairs));
    const struct ens_pair **list = memory->alloc(memory->ctx, names * sizeof(*list));
    size_t size = 0;

    for (size_t i = 0; i < call->id_count; i++) {
        size += call->ids[i].len + 1;
    }
    char *body = memory->alloc(memory->ctx, size);
    size_t length = 0;
    for (size_t i = 0; i < call->id_count; i++) {
        memcpy(body + length, call->ids[i].ptr, call->ids[i].len);
        length += call->ids[i].len;
        body[length++] = ',';
    }
    pairs[0] = (struct ens_pair){ENS_STR("region"), call->region};
    pairs[1] = (struct ens_pair){ENS_STR("page"), call->page};
    pairs[2] = (struct ens_pair){ENS_STR("token"), token};
    for (size_t i = 0; i < names; i++) {
        list[i] = &pairs[i];
    }
    ret->method = ens_str_of(verb);
    ret->path = ENS_STR("/");
    ret->query = list;
    ret->query_count = names;
    ret->body = (ens_str){body, length};
}

static void describe_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                             struct ens_http_request *ret)
{
    build(memory, call, call->flags & ENS_SPEC_DRY_RUN ? "PROBE" : "READ", call->client_token, ret);
}

static void right_request(const struct ens_memory *memory, ens_str region,
                          struct ens_http_request *ret)
{
    const struct ens_call_spec call = {.struct_size = sizeof(call), .region = region};

    build(memory, &call, "RIGHT", ENS_STR(""), ret);
}

static void caller_request(const struct ens_memory *memory, const struct ens_identity *identity,
                           ens_str sts_endpoint, struct ens_credentials_request *ret)
{
    struct ens_http_request *http = memory->alloc(memory->ctx, sizeof(*http));

    http->struct_size = sizeof(*http);
    http->method = ENS_STR("CALLER");
    http->path = ENS_STR("/caller");
    ret->endpoint = sts_endpoint.len > 0 ? sts_endpoint : ENS_STR(FAKE_STS);
    ret->http = http;
    ret->identity = identity;
}

static void start_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                          struct ens_http_request *ret)
{
    build(memory, call, call->flags & ENS_SPEC_DRY_RUN ? "DRY_RUN" : "START", call->client_token,
          ret);
}

#define FILTER_SIZE 4096

static void find_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                         const struct ens_filter *filter, struct ens_http_request *ret)
{
    const struct ens_pair parts[] = {{ENS_STR("name"), filter->name},
                                     {ENS_STR("zone"), filter->zone},
                                     {ENS_STR("group"), filter->group}};
    char *text = memory->alloc(memory->ctx, FILTER_SIZE);
    int len = 0;

    for (size_t i = 0; i < filter->word_count; i++) {
        len += snprintf(text + len, (size_t)(FILTER_SIZE - len), "%.*s ",
                        ENS_STR_ARG(filter->words[i]));
    }
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i].value.len > 0) {
            len += snprintf(text + len, (size_t)(FILTER_SIZE - len), "%.*s=%.*s ",
                            ENS_STR_ARG(parts[i].name), ENS_STR_ARG(parts[i].value));
        }
    }
    for (size_t i = 0; i < filter->tag_count; i++) {
        len += snprintf(text + len, (size_t)(FILTER_SIZE - len), "%.*s=%.*s ",
                        ENS_STR_ARG(filter->tags[i]->name), ENS_STR_ARG(filter->tags[i]->value));
    }
    const size_t kept = len > 0 ? (size_t)len - 1 : 0;
    build(memory, call, call->flags & ENS_SPEC_DRY_RUN ? "FIND_PROBE" : "FIND",
          (ens_str){text, kept}, ret);
}

static void sign(const struct ens_memory *memory, const struct ens_http_request *request,
                 const struct ens_identity *identity, const struct ens_signing_context *context,
                 struct ens_signature *ret)
{
    const size_t names = 4;
    struct ens_pair *pairs = memory->alloc(memory->ctx, names * sizeof(*pairs));
    const struct ens_pair **list = memory->alloc(memory->ctx, names * sizeof(*list));
    char *date = memory->alloc(memory->ctx, 32);

    (void)snprintf(date, 32, "%lld", (long long)context->now_unix_s);
    pairs[0] = (struct ens_pair){ENS_STR("date"), ens_str_of(date)};
    pairs[1] = (struct ens_pair){ENS_STR("nonce"), context->nonce};
    pairs[2] = (struct ens_pair){ENS_STR("signed-host"), context->host};
    pairs[3] = (struct ens_pair){ENS_STR("signature"), identity->secret_key};
    for (size_t i = 0; i < names; i++) {
        list[i] = &pairs[i];
    }
    ret->target = request->path;
    ret->headers = list;
    ret->header_count = names;
}

/* ---- replies --------------------------------------------------------------------------------- */

struct lines {
    struct ens_answer *answer;
    ens_str *next;
    struct ens_observation *seen;
    size_t seen_count;
    struct ens_start_item *items;
    size_t item_count;
    struct ens_found *found;
    size_t found_count;
    const struct ens_memory *memory;
};

static void read_found(struct lines *lines, ens_str id, ens_str rest)
{
    const struct ens_memory *memory = lines->memory;
    struct ens_found *found = &lines->found[lines->found_count++];
    struct ens_observation *seen = memory->alloc(memory->ctx, sizeof(*seen));
    ens_str *group = memory->alloc(memory->ctx, sizeof(*group));

    *seen = (struct ens_observation){.struct_size = sizeof(*seen), .id = id};
    seen->word = ens_str_cut(rest, ' ', &rest);
    *found = (struct ens_found){.struct_size = sizeof(*found), .seen = seen};
    found->name = ens_str_cut(rest, ' ', &rest);
    found->zone = ens_str_cut(rest, ' ', &rest);
    *group = ens_str_cut(rest, ' ', &found->region);
    found->groups = group;
    found->group_count = group->len > 0 ? 1 : 0;
    found->instance_type = ENS_STR("small");
    found->charge_type = ENS_STR("hourly");
}

#define TAGS_MAX 4

static void read_tag(struct lines *lines, ens_str key, ens_str value)
{
    const struct ens_memory *memory = lines->memory;
    struct ens_found *found = &lines->found[lines->found_count - 1];
    struct ens_pair *tag = memory->alloc(memory->ctx, sizeof(*tag));
    const struct ens_pair **tags = memory->alloc(memory->ctx, TAGS_MAX * sizeof(*tags));

    *tag = (struct ens_pair){key, value};
    for (size_t i = 0; i < found->tag_count; i++) {
        tags[i] = found->tags[i];
    }
    tags[found->tag_count++] = tag;
    found->tags = tags;
}

static void read_line(struct lines *lines, ens_str line)
{
    ens_str rest = {0};
    ens_str verb = ens_str_cut(line, ' ', &rest);
    ens_str first = ens_str_cut(rest, ' ', &rest);

    if (ens_str_is(verb, "seen")) {
        struct ens_observation *seen = &lines->seen[lines->seen_count++];
        *seen = (struct ens_observation){.struct_size = sizeof(*seen), .id = first};
        seen->word = ens_str_cut(rest, ' ', &seen->lock);
    } else if (ens_str_is(verb, "item")) {
        struct ens_start_item *item = &lines->items[lines->item_count++];
        *item = (struct ens_start_item){.struct_size = sizeof(*item), .id = first, .code = rest};
    } else if (ens_str_is(verb, "found")) {
        read_found(lines, first, rest);
    } else if (ens_str_is(verb, "tag") && lines->found_count > 0) {
        read_tag(lines, first, rest);
    } else if (ens_str_is(verb, "code")) {
        lines->answer->code = first;
    } else if (ens_str_is(verb, "retry")) {
        (void)ens_str_to_i64(first, &lines->answer->retry_after_ms);
    } else if (ens_str_is(verb, "next")) {
        *lines->next = first;
    } else {
        lines->answer->malformed = 1;
        lines->answer->detail = ENS_STR("an unknown line");
    }
}

static struct lines read_lines(const struct ens_memory *memory, ens_str body,
                               struct ens_answer *answer, ens_str *next)
{
    size_t count = 0;

    for (size_t i = 0; i < body.len; i++) {
        count += body.ptr[i] == '\n' ? 1 : 0;
    }
    struct lines lines = {
        .answer = answer,
        .next = next,
        .seen = memory->alloc(memory->ctx, (count + 1) * sizeof(*lines.seen)),
        .items = memory->alloc(memory->ctx, (count + 1) * sizeof(*lines.items)),
        .found = memory->alloc(memory->ctx, (count + 1) * sizeof(*lines.found)),
        .memory = memory,
    };
    answer->request_id = ENS_STR("fake-request");
    while (body.len > 0) {
        read_line(&lines, ens_str_cut(body, '\n', &body));
    }
    return lines;
}

static void read_describe(const struct ens_memory *memory, const struct ens_call_spec *call,
                          const struct ens_http_reply *reply, struct ens_describe_result *ret)
{
    struct lines lines = read_lines(memory, reply->body, &ret->answer, &ret->next_page);
    const struct ens_observation **list =
        memory->alloc(memory->ctx, (lines.seen_count + 1) * sizeof(*list));

    (void)call;
    for (size_t i = 0; i < lines.seen_count; i++) {
        list[i] = &lines.seen[i];
    }
    ret->observations = list;
    ret->observation_count = lines.seen_count;
}

static void read_find(const struct ens_memory *memory, const struct ens_call_spec *call,
                      const struct ens_http_reply *reply, struct ens_find_result *ret)
{
    struct lines lines = read_lines(memory, reply->body, &ret->answer, &ret->next_page);
    const struct ens_found **list =
        memory->alloc(memory->ctx, (lines.found_count + 1) * sizeof(*list));

    (void)call;
    for (size_t i = 0; i < lines.found_count; i++) {
        list[i] = &lines.found[i];
    }
    ret->found = list;
    ret->found_count = lines.found_count;
}

static void read_start(const struct ens_memory *memory, const struct ens_call_spec *call,
                       const struct ens_http_reply *reply, struct ens_start_result *ret)
{
    ens_str next = {0};
    struct lines lines = read_lines(memory, reply->body, &ret->answer, &next);
    const struct ens_start_item **list =
        memory->alloc(memory->ctx, (lines.item_count + 1) * sizeof(*list));

    (void)call;
    for (size_t i = 0; i < lines.item_count; i++) {
        list[i] = &lines.items[i];
    }
    ret->items = list;
    ret->item_count = lines.item_count;
}

static void read_caller(const struct ens_memory *memory, const struct ens_http_reply *reply,
                        struct ens_caller *ret)
{
    (void)read_lines(memory, reply->body, &ret->answer, &ret->identity);
}

/* ---- the descriptor -------------------------------------------------------------------------- */

struct ens_provider fake_provider(void)
{
    return (struct ens_provider){
        .magic = ENS_PROVIDER_MAGIC,
        .abi_major = ENS_ABI_MAJOR,
        .abi_minor = ENS_ABI_MINOR,
        .struct_size = sizeof(struct ens_provider),
        .capabilities = ENS_CAP_DRY_RUN | ENS_CAP_CLIENT_TOKEN,
        .name = "fake",
        .title = "FakeCloud",
        .version = "1.2.3",
        .describe_limit = 100,
        .dry_run_limit = 1,
        .start_limit = 1,
        .statuses = statuses,
        .locks = locks,
        .codes = codes,
        .variables = variables,
        .profile_files = profile_files,
        .endpoint = endpoint,
        .describe_request = describe_request,
        .start_request = start_request,
        .sign = sign,
        .read_describe = read_describe,
        .read_start = read_start,
        .advice = advice,
        .dry_run_checks = "The dry run checks everything.",
        .code_advice = code_advice,
        .credentials_step = credentials_step,
        .default_region = "fake-1",
        .right_request = right_request,
        .caller_request = caller_request,
        .read_caller = read_caller,
        .find_request = find_request,
        .read_find = read_find,
        .find_action = "fake:List",
        .trace_names = &trace_names,
    };
}
