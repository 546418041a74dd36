/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/credentials.h"

#include <string.h>

#include "kit/reply.h"
#include "kit/request.h"
#include "kit/text.h"
#include "kit/url.h"
#include "kit/words.h"

/* What the last step asked for. */
enum phase {
    PHASE_BEGIN,
    PHASE_TOKEN_FILE,
    PHASE_TOKEN_URL,
    PHASE_OIDC,
    PHASE_METADATA_TOKEN,
    PHASE_METADATA_ROLES,
    PHASE_METADATA_KEYS,
    PHASE_COMMAND,
    PHASE_URI,
    PHASE_LOGIN,
    PHASE_ROLE,
};

/* The state between steps. */
struct progress {
    enum phase phase;
    struct kit_recipe recipe;
    struct kit_keys keys;
    ens_str token;         /* of identity, or of the metadata service */
    ens_str metadata_role; /* that was found */
    bool is_metadata;      /* the service has shown that it is the cloud's */
    size_t assumed;        /* roles */
    ens_str origin;        /* for people */
};

struct machine {
    const struct kit_cloud *cloud;
    const struct ens_memory *memory;
    const struct ens_credentials_input *input;
    struct ens_credentials_step *ret;
    struct progress progress;
};

/* ---- ends ------------------------------------------------------------------------------------ */

/* Without keys: an error where the user named the source. */
static void end_without(struct machine *machine, ens_str detail)
{
    machine->ret->end =
        machine->progress.recipe.named ? ENS_CREDENTIALS_ERROR : ENS_CREDENTIALS_NONE;
    machine->ret->detail = detail;
    machine->ret->origin = machine->progress.origin;
}

/* What was asked for did not come. */
static void end_unanswered(struct machine *machine)
{
    const bool silent = machine->input->got == ENS_GOT_SILENCE;

    end_without(machine, silent && !machine->progress.recipe.named ? KIT_STR("no answer")
                                                                   : machine->input->error);
}

/* A cloud refused, or its reply can't be read. */
static void end_refused(struct machine *machine, const struct ens_answer *answer)
{
    machine->ret->end = ENS_CREDENTIALS_ERROR;
    machine->ret->answer = *answer;
    machine->ret->origin = machine->progress.origin;
}

static void add_origin(struct machine *machine, ens_str words)
{
    struct progress *progress = &machine->progress;

    progress->origin = progress->origin.len == 0
                           ? kit_copy(machine->memory, words)
                           : KIT_CONCAT(machine->memory, progress->origin, KIT_STR(", "), words);
}

/* ---- requests -------------------------------------------------------------------------------- */

static void go_on(struct machine *machine, enum phase phase, enum ens_credentials_end end)
{
    const struct ens_memory *memory = machine->memory;
    struct progress *kept = memory->alloc(memory->ctx, sizeof(*kept));

    machine->progress.phase = phase;
    *kept = machine->progress;
    machine->ret->end = end;
    machine->ret->state = kept;
}

/* A request, to be completed by the caller. */
static struct ens_credentials_request *send(struct machine *machine, enum phase phase,
                                            ens_str endpoint, const struct ens_http_request *http)
{
    const struct ens_memory *memory = machine->memory;
    struct ens_credentials_request *request = memory->alloc(memory->ctx, sizeof(*request));
    struct ens_http_request *copy = memory->alloc(memory->ctx, sizeof(*copy));

    *copy = *http;
    *request = (struct ens_credentials_request){
        .struct_size = sizeof(*request), .endpoint = endpoint, .http = copy};
    go_on(machine, phase, ENS_CREDENTIALS_SEND);
    machine->ret->request = request;
    return request;
}

static void hide(struct machine *machine, struct ens_credentials_request *request, ens_str secret)
{
    const struct ens_memory *memory = machine->memory;
    ens_str *secrets = memory->alloc(memory->ctx, sizeof(*secrets));

    secrets[0] = secret;
    request->secrets = secrets;
    request->secret_count = secret.len > 0 ? 1 : 0;
}

static ens_str sts_endpoint(const struct machine *machine)
{
    return machine->input->sts_endpoint.len > 0
               ? machine->input->sts_endpoint
               : machine->cloud->sts_endpoint(machine->memory, &machine->progress.recipe.sts);
}

/* ---- roles ----------------------------------------------------------------------------------- */

static struct kit_role with_defaults(const struct kit_role *role)
{
    struct kit_role whole = *role;

    if (whole.session_name.len == 0) {
        whole.session_name = KIT_STR(KIT_SESSION_NAME);
    }
    if (whole.duration_s == 0) {
        whole.duration_s = KIT_DURATION_S;
    }
    return whole;
}

static void end_with_keys(struct machine *machine)
{
    const struct ens_memory *memory = machine->memory;
    struct ens_identity *identity = memory->alloc(memory->ctx, sizeof(*identity));

    *identity = machine->progress.keys.identity;
    machine->ret->end = ENS_CREDENTIALS_KEYS;
    machine->ret->identity = identity;
    machine->ret->expires_unix_s = machine->progress.keys.expires_unix_s;
    machine->ret->origin = machine->progress.origin;
}

/* With the keys that there are: assumes the next role, or is done. */
static void take_keys(struct machine *machine)
{
    struct progress *progress = &machine->progress;
    const struct ens_memory *memory = machine->memory;
    struct ens_http_request http = {.struct_size = sizeof(http)};

    if (progress->assumed == progress->recipe.role_count) {
        end_with_keys(machine);
        return;
    }
    const struct kit_role role = with_defaults(&progress->recipe.roles[progress->assumed]);
    add_origin(machine, KIT_CONCAT(memory, KIT_STR("role "), role.role));
    const ens_str wrong = machine->cloud->role_request(memory, &role, &http);
    if (wrong.len > 0) {
        end_without(machine, wrong);
        return;
    }
    struct ens_identity *identity = memory->alloc(memory->ctx, sizeof(*identity));
    *identity = progress->keys.identity;
    progress->assumed++;
    struct ens_credentials_request *request =
        send(machine, PHASE_ROLE, sts_endpoint(machine), &http);
    request->identity = identity;
    request->region = machine->cloud->sts_region;
    request->service = machine->cloud->sts_service;
}

/* Reads a reply of STS. */
static void on_sts(struct machine *machine, const struct kit_keys_shape *shape)
{
    struct ens_answer answer = {0};

    if (machine->input->got != ENS_GOT_REPLY) {
        end_unanswered(machine);
        return;
    }
    KIT_SECRET_JSON *root =
        machine->cloud->read_envelope(machine->memory, machine->input->reply, &answer);
    if (root == NULL) {
        end_refused(machine, &answer);
        return;
    }
    const ens_str wrong = kit_keys_read(machine->memory, root, shape, machine->input->now_unix_s,
                                        &machine->progress.keys);
    if (wrong.len > 0) {
        kit_malformed(&answer, wrong);
        end_refused(machine, &answer);
        return;
    }
    take_keys(machine);
}

static void on_role(struct machine *machine)
{
    on_sts(machine, &machine->cloud->role_keys);
}

/* ---- OIDC ------------------------------------------------------------------------------------ */

static void exchange(struct machine *machine, ens_str token)
{
    const struct kit_recipe *recipe = &machine->progress.recipe;
    const struct ens_memory *memory = machine->memory;
    const struct kit_role role = with_defaults(&recipe->oidc_role);
    struct ens_http_request http = {.struct_size = sizeof(http)};
    const ens_str trimmed = kit_trim(token);

    add_origin(machine, KIT_CONCAT(memory, KIT_STR("role "), role.role));
    if (trimmed.len == 0 || trimmed.len > KIT_TOKEN_MAX) {
        end_without(machine,
                    trimmed.len == 0
                        ? KIT_STR("the token is empty")
                        : kit_format(memory, "the token is longer than %zu bytes", KIT_TOKEN_MAX));
        return;
    }
    machine->progress.token = kit_copy(memory, trimmed);
    machine->cloud->oidc_request(memory, &role, recipe->identity_provider, machine->progress.token,
                                 machine->input->now_unix_s, &http);
    struct ens_credentials_request *request =
        send(machine, PHASE_OIDC, sts_endpoint(machine), &http);
    request->target = kit_target(memory, http.path, kit_query(memory, &http));
    hide(machine, request, machine->progress.token);
}

static void ask_token_url(struct machine *machine)
{
    const struct kit_recipe *recipe = &machine->progress.recipe;
    const struct ens_memory *memory = machine->memory;
    const struct kit_url url = kit_url_split(memory, recipe->token_url);
    struct kit_pairs headers = kit_pairs_new(memory);
    struct ens_http_request http = {.struct_size = sizeof(http), .method = KIT_STR("GET")};

    kit_pairs_add(&headers, "accept", KIT_STR("application/json"));
    kit_pairs_add(&headers, "authorization",
                  KIT_CONCAT(memory, KIT_STR("bearer "), recipe->token_url_key));
    kit_request_set_headers(&http, &headers);
    http.path = KIT_STR("/");
    struct ens_credentials_request *request = send(machine, PHASE_TOKEN_URL, url.endpoint, &http);
    request->target =
        recipe->audience.len == 0
            ? url.target
            : KIT_CONCAT(memory, url.target, url.has_query ? KIT_STR("&") : KIT_STR("?"),
                         KIT_STR("audience="), kit_encode(memory, recipe->audience, ""));
    hide(machine, request, recipe->token_url_key);
}

static void begin_oidc(struct machine *machine)
{
    const struct kit_recipe *recipe = &machine->progress.recipe;

    if (recipe->token_file.len > 0) {
        add_origin(machine,
                   KIT_CONCAT(machine->memory, KIT_STR("OIDC token file "), recipe->token_file));
        go_on(machine, PHASE_TOKEN_FILE, ENS_CREDENTIALS_READ);
        machine->ret->path = recipe->token_file;
        return;
    }
    add_origin(machine, recipe->token_words);
    if (recipe->token_text.len > 0) {
        exchange(machine, recipe->token_text);
    } else {
        ask_token_url(machine);
    }
}

static void on_token_file(struct machine *machine)
{
    if (machine->input->got == ENS_GOT_FILE) {
        exchange(machine, machine->input->text);
    } else if (machine->input->got == ENS_GOT_NO_FILE) {
        end_without(machine, KIT_STR("there is no such file"));
    } else {
        end_unanswered(machine);
    }
}

static void on_token_url(struct machine *machine)
{
    struct ens_answer answer = {0};

    if (machine->input->got != ENS_GOT_REPLY) {
        end_unanswered(machine);
        return;
    }
    KIT_SECRET_JSON *root =
        kit_reply_object(machine->memory, machine->input->reply, false, &answer);
    const ens_str token = kit_json_text(machine->memory, root, "value");
    if (kit_reply_is_success(machine->input->reply) && token.len > 0) {
        exchange(machine, token);
        return;
    }
    if (!answer.malformed) {
        kit_malformed(&answer, kit_format(machine->memory,
                                          "the address answered with HTTP %u and "
                                          "without a token",
                                          machine->input->reply->status));
    }
    end_refused(machine, &answer);
}

static void on_oidc(struct machine *machine)
{
    on_sts(machine, &machine->cloud->oidc_keys);
}

/* ---- metadata -------------------------------------------------------------------------------- */

/* A service that was only probed has a second in all to show that it is there. */
static void limit(const struct machine *machine, struct ens_credentials_request *request)
{
    const int64_t left = KIT_PROBE_MS - machine->input->elapsed_ms;

    request->flags = ENS_SEND_DIRECT;
    request->timeout_ms = KIT_METADATA_MS;
    if (!machine->progress.recipe.named && !machine->progress.is_metadata) {
        request->flags |= ENS_SEND_ONCE;
        request->timeout_ms = left > 1 ? left : 1;
    }
}

static void ask_metadata_keys(struct machine *machine)
{
    struct progress *progress = &machine->progress;
    struct ens_http_request http;
    ens_str target = {NULL, 0};

    if (progress->metadata_role.len > 0) {
        add_origin(machine, KIT_CONCAT(machine->memory, KIT_STR("role "), progress->metadata_role));
    }
    kit_metadata_ask_keys(machine->memory, &machine->cloud->metadata, progress->token,
                          progress->metadata_role, &http, &target);
    struct ens_credentials_request *request =
        send(machine, PHASE_METADATA_KEYS, machine->input->metadata_endpoint, &http);
    request->target = target;
    limit(machine, request);
    hide(machine, request, progress->token);
}

static void ask_metadata_roles(struct machine *machine)
{
    struct progress *progress = &machine->progress;
    struct ens_http_request http;
    ens_str target = {NULL, 0};

    if (machine->cloud->metadata.roles_path == NULL) {
        ask_metadata_keys(machine);
        return;
    }
    if (progress->recipe.metadata_role.len > 0) {
        progress->metadata_role = progress->recipe.metadata_role;
        ask_metadata_keys(machine);
        return;
    }
    kit_metadata_ask_roles(machine->memory, &machine->cloud->metadata, progress->token, &http,
                           &target);
    struct ens_credentials_request *request =
        send(machine, PHASE_METADATA_ROLES, machine->input->metadata_endpoint, &http);
    request->target = target;
    limit(machine, request);
    hide(machine, request, progress->token);
}

static void begin_metadata(struct machine *machine)
{
    const struct kit_recipe *recipe = &machine->progress.recipe;
    struct ens_http_request http;
    ens_str target = {NULL, 0};

    add_origin(machine, KIT_STR("metadata service"));
    if (machine->input->metadata_endpoint.len == 0) {
        end_without(machine, KIT_STR("ENSURE_METADATA=off"));
        return;
    }
    if (recipe->metadata_role.len > 0 && !kit_metadata_is_role(recipe->metadata_role)) {
        end_without(machine, KIT_STR("the name of the role has a character that no role has"));
        return;
    }
    if (machine->cloud->metadata.token_path == NULL) {
        ask_metadata_roles(machine);
        return;
    }
    kit_metadata_ask_token(machine->memory, &machine->cloud->metadata, &http, &target);
    struct ens_credentials_request *request =
        send(machine, PHASE_METADATA_TOKEN, machine->input->metadata_endpoint, &http);
    request->target = target;
    limit(machine, request);
}

static void on_metadata_token(struct machine *machine)
{
    const bool may_lack = machine->cloud->metadata.may_lack_token &&
                          !kit_switched_on(machine->input, KIT_USE_METADATA_V1_OFF);

    if (machine->input->got != ENS_GOT_REPLY) {
        end_unanswered(machine); /* a service without tokens would have answered, too */
        return;
    }
    const ens_str token = kit_metadata_read_token(machine->input->reply);
    if (token.len == 0 && !may_lack) {
        end_without(machine, kit_format(machine->memory, "HTTP %u instead of a token",
                                        machine->input->reply->status));
        return;
    }
    machine->progress.token = kit_copy(machine->memory, token);
    machine->progress.is_metadata = token.len > 0;
    ask_metadata_roles(machine);
}

static void on_metadata_roles(struct machine *machine)
{
    if (machine->input->got != ENS_GOT_REPLY) {
        end_unanswered(machine);
        return;
    }
    machine->progress.metadata_role =
        kit_copy(machine->memory, kit_metadata_read_role(machine->memory, machine->input->reply));
    if (machine->progress.metadata_role.len == 0) {
        end_without(machine, kit_format(machine->memory, "HTTP %u and no role",
                                        machine->input->reply->status));
        return;
    }
    ask_metadata_keys(machine);
}

/* Keys in a document that is no reply of an API, so that its errors have no known form. */
static void read_document(struct machine *machine, const struct kit_keys_shape *shape)
{
    const struct ens_http_reply *reply = machine->input->reply;
    struct ens_answer answer = {0};

    KIT_SECRET_JSON *root = kit_reply_object(machine->memory, reply, false, &answer);
    ens_str wrong = answer.detail;
    if (!kit_reply_is_success(reply)) {
        wrong = kit_format(machine->memory, "HTTP %u", reply->status);
    } else if (root != NULL) {
        wrong = kit_keys_read(machine->memory, root, shape, machine->input->now_unix_s,
                              &machine->progress.keys);
    }
    if (wrong.len == 0) {
        take_keys(machine);
    } else if (machine->progress.recipe.named) {
        kit_malformed(&answer, wrong);
        end_refused(machine, &answer);
    } else {
        end_without(machine, wrong);
    }
}

static void on_metadata_keys(struct machine *machine)
{
    if (machine->input->got != ENS_GOT_REPLY) {
        end_unanswered(machine);
        return;
    }
    read_document(machine, &machine->cloud->metadata.keys);
}

/* ---- commands, URIs, logins ------------------------------------------------------------------ */

/* Ends where neither commands nor URIs may be used. */
static bool external_is_off(struct machine *machine)
{
    if (!kit_switched_on(machine->input, KIT_USE_EXTERNAL_OFF)) {
        return false;
    }
    end_without(machine, KIT_CONCAT(machine->memory, KIT_STR("it is forbidden by "),
                                    kit_str(machine->input->names[KIT_USE_EXTERNAL_OFF])));
    return true;
}

static void begin_command(struct machine *machine)
{
    const struct ens_memory *memory = machine->memory;
    ens_str *words = memory->alloc(memory->ctx, KIT_WORDS_MAX * sizeof(*words));
    const size_t count = kit_words_split(memory, machine->progress.recipe.command, words);

    if (count == 0) {
        end_without(machine, kit_format(memory,
                                        "the command is not 1 to %d words with closed "
                                        "quotation marks",
                                        KIT_WORDS_MAX));
        return;
    }
    add_origin(machine, KIT_CONCAT(memory, KIT_STR("command "), words[0]));
    if (external_is_off(machine)) {
        return;
    }
    go_on(machine, PHASE_COMMAND, ENS_CREDENTIALS_RUN);
    machine->ret->words = words;
    machine->ret->word_count = count;
}

static void on_command(struct machine *machine)
{
    ens_str error = {NULL, 0};

    if (machine->input->got != ENS_GOT_OUTPUT) {
        end_unanswered(machine);
        return;
    }
    KIT_SECRET_JSON *root = kit_json_object(machine->memory, machine->input->text, 0, &error);
    const ens_str wrong = root == NULL
                              ? KIT_CONCAT(machine->memory, KIT_STR("it is "), error)
                              : kit_keys_read(machine->memory, root, &machine->cloud->command_keys,
                                              machine->input->now_unix_s, &machine->progress.keys);
    if (wrong.len > 0) {
        end_without(machine,
                    KIT_CONCAT(machine->memory, KIT_STR("its output has no keys: "), wrong));
    } else {
        take_keys(machine);
    }
}

static void begin_uri(struct machine *machine)
{
    const struct ens_memory *memory = machine->memory;
    const struct kit_url url = kit_url_split(memory, machine->progress.recipe.uri);
    struct kit_pairs headers = kit_pairs_new(memory);
    struct ens_http_request http = {
        .struct_size = sizeof(http), .method = KIT_STR("GET"), .path = KIT_STR("/")};

    add_origin(machine, KIT_CONCAT(memory, KIT_STR("credentials URI at "), url.endpoint));
    if (external_is_off(machine)) {
        return;
    }
    kit_pairs_add(&headers, "accept", KIT_STR("application/json"));
    kit_request_set_headers(&http, &headers);
    struct ens_credentials_request *request = send(machine, PHASE_URI, url.endpoint, &http);
    request->target = url.target;
    request->timeout_ms = KIT_METADATA_MS;
}

static void on_uri(struct machine *machine)
{
    if (machine->input->got != ENS_GOT_REPLY) {
        end_unanswered(machine);
        return;
    }
    read_document(machine, &machine->cloud->uri_keys);
}

/* Keys that another program made: they are used while they live. */
static void take_cached_keys(struct machine *machine)
{
    const struct kit_keys *keys = &machine->progress.keys;

    if (keys->expires_unix_s != 0 && keys->expires_unix_s <= machine->input->now_unix_s) {
        end_without(machine, machine->progress.recipe.stale);
    } else {
        take_keys(machine);
    }
}

static void begin_login(struct machine *machine)
{
    const ens_str path =
        machine->cloud->login_path(machine->memory, machine->input, machine->progress.recipe.login);

    add_origin(machine, KIT_CONCAT(machine->memory, KIT_STR("login cache "), path));
    go_on(machine, PHASE_LOGIN, ENS_CREDENTIALS_READ);
    machine->ret->path = path;
}

static void on_login(struct machine *machine)
{
    if (machine->input->got == ENS_GOT_NO_FILE) {
        end_without(machine, machine->progress.recipe.stale);
        return;
    }
    if (machine->input->got != ENS_GOT_FILE) {
        end_unanswered(machine);
        return;
    }
    const ens_str wrong =
        machine->cloud->read_login(machine->memory, machine->input->text, &machine->progress.keys);
    if (wrong.len > 0) {
        end_without(machine, wrong);
    } else {
        take_cached_keys(machine);
    }
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void begin(struct machine *machine)
{
    struct progress *progress = &machine->progress;

    switch (progress->recipe.from) {
    case KIT_FROM_KEYS:
        progress->keys = progress->recipe.keys;
        take_cached_keys(machine);
        return;
    case KIT_FROM_OIDC:
        begin_oidc(machine);
        return;
    case KIT_FROM_METADATA:
        begin_metadata(machine);
        return;
    case KIT_FROM_COMMAND:
        begin_command(machine);
        return;
    case KIT_FROM_URI:
        begin_uri(machine);
        return;
    case KIT_FROM_LOGIN:
        begin_login(machine);
        return;
    case KIT_FROM_SOURCE:
        break;
    }
    end_without(machine, KIT_STR("it leads to no keys"));
}

/* The recipe in the first step. False: the source has none. */
static bool find_recipe(struct machine *machine)
{
    const struct ens_credentials_input *input = machine->input;

    if (input->state != NULL) {
        machine->progress.recipe = *(const struct kit_recipe *)input->state;
        kit_recipe_complete(input, &machine->progress.recipe);
        return true;
    }
    return kit_recipe_of_source(machine->memory, input, &machine->progress.recipe,
                                &machine->ret->detail);
}

void kit_credentials_step(const struct kit_cloud *cloud, const struct ens_memory *memory,
                          const struct ens_credentials_input *input,
                          struct ens_credentials_step *ret)
{
    static void (*const steps[])(struct machine *) = {
        [PHASE_BEGIN] = begin,
        [PHASE_TOKEN_FILE] = on_token_file,
        [PHASE_TOKEN_URL] = on_token_url,
        [PHASE_OIDC] = on_oidc,
        [PHASE_METADATA_TOKEN] = on_metadata_token,
        [PHASE_METADATA_ROLES] = on_metadata_roles,
        [PHASE_METADATA_KEYS] = on_metadata_keys,
        [PHASE_COMMAND] = on_command,
        [PHASE_URI] = on_uri,
        [PHASE_LOGIN] = on_login,
        [PHASE_ROLE] = on_role,
    };
    struct machine machine = {.cloud = cloud, .memory = memory, .input = input, .ret = ret};

    if (input->got != ENS_GOT_NOTHING) {
        machine.progress = *(const struct progress *)input->state;
    } else if (!find_recipe(&machine)) {
        return;
    }
    steps[machine.progress.phase](&machine);
}
