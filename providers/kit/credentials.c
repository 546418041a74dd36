/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/credentials.h"

#include "kit/machine.h"
#include "kit/reply.h"
#include "kit/request.h"
#include "kit/text.h"
#include "kit/url.h"
#include "kit/words.h"

/* ---- STS ------------------------------------------------------------------------------------- */

/* Reads a reply of STS. */
static void on_sts(struct kit_machine *machine, const struct kit_keys_shape *shape)
{
    struct ens_answer answer = {0};

    if (machine->input->got != ENS_GOT_REPLY) {
        kit_end_unanswered(machine);
        return;
    }
    KIT_SECRET_JSON *root =
        machine->cloud->read_envelope(machine->memory, machine->input->reply, &answer);
    if (root == NULL) {
        kit_end_refused(machine, &answer);
        return;
    }
    const ens_str wrong = kit_keys_read(machine->memory, root, shape, machine->input->now_unix_s,
                                        &machine->progress.keys);
    if (wrong.len > 0) {
        kit_malformed(&answer, wrong);
        kit_end_refused(machine, &answer);
        return;
    }
    kit_take_keys(machine);
}

static void on_role(struct kit_machine *machine)
{
    on_sts(machine, &machine->cloud->role_keys);
}

/* ---- OIDC ------------------------------------------------------------------------------------ */

static void exchange(struct kit_machine *machine, ens_str token)
{
    const struct kit_recipe *recipe = &machine->progress.recipe;
    const struct ens_memory *memory = machine->memory;
    const struct kit_role role = kit_with_defaults(&recipe->oidc_role);
    struct ens_http_request http = {.struct_size = sizeof(http)};
    const ens_str trimmed = kit_trim(token);

    kit_add_origin(machine, KIT_CONCAT(memory, KIT_STR("role "), role.role));
    if (trimmed.len == 0 || trimmed.len > KIT_TOKEN_MAX) {
        kit_end_without(
            machine, trimmed.len == 0
                         ? KIT_STR("the token is empty")
                         : kit_format(memory, "the token is longer than %zu bytes", KIT_TOKEN_MAX));
        return;
    }
    machine->progress.token = kit_copy(memory, trimmed);
    machine->cloud->oidc_request(memory, &role, recipe->identity_provider, machine->progress.token,
                                 machine->input->now_unix_s, &http);
    struct ens_credentials_request *request =
        kit_send(machine, KIT_PHASE_OIDC, kit_sts_endpoint(machine), &http);
    request->target = kit_target(memory, http.path, kit_query(memory, &http));
    kit_hide(machine, request, machine->progress.token);
}

static void ask_token_url(struct kit_machine *machine)
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
    struct ens_credentials_request *request =
        kit_send(machine, KIT_PHASE_TOKEN_URL, url.endpoint, &http);
    request->target =
        recipe->audience.len == 0
            ? url.target
            : KIT_CONCAT(memory, url.target, url.has_query ? KIT_STR("&") : KIT_STR("?"),
                         KIT_STR("audience="), kit_encode(memory, recipe->audience, false));
    kit_hide(machine, request, recipe->token_url_key);
}

static void begin_oidc(struct kit_machine *machine)
{
    const struct kit_recipe *recipe = &machine->progress.recipe;

    if (recipe->token_file.len > 0) {
        kit_add_origin(
            machine, KIT_CONCAT(machine->memory, KIT_STR("OIDC token file "), recipe->token_file));
        kit_go_on(machine, KIT_PHASE_TOKEN_FILE, ENS_CREDENTIALS_READ);
        machine->ret->path = recipe->token_file;
        return;
    }
    kit_add_origin(machine, recipe->token_words);
    if (recipe->token_text.len > 0) {
        exchange(machine, recipe->token_text);
    } else {
        ask_token_url(machine);
    }
}

static void on_token_file(struct kit_machine *machine)
{
    if (machine->input->got == ENS_GOT_FILE) {
        exchange(machine, machine->input->text);
    } else if (machine->input->got == ENS_GOT_NO_FILE) {
        kit_end_without(machine, KIT_STR("there is no such file"));
    } else {
        kit_end_unanswered(machine);
    }
}

static void on_token_url(struct kit_machine *machine)
{
    struct ens_answer answer = {0};

    if (machine->input->got != ENS_GOT_REPLY) {
        kit_end_unanswered(machine);
        return;
    }
    KIT_SECRET_JSON *root =
        kit_reply_object(machine->memory, machine->input->reply, NULL, false, &answer);
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
    kit_end_refused(machine, &answer);
}

static void on_oidc(struct kit_machine *machine)
{
    on_sts(machine, &machine->cloud->oidc_keys);
}

/* ---- commands, URIs, logins ------------------------------------------------------------------ */

/* Ends where neither commands nor URIs may be used. */
static bool external_is_off(struct kit_machine *machine)
{
    if (!kit_switched_on(machine->input, KIT_USE_EXTERNAL_OFF)) {
        return false;
    }
    kit_end_without(machine, KIT_CONCAT(machine->memory, KIT_STR("it is forbidden by "),
                                        kit_str(machine->input->names[KIT_USE_EXTERNAL_OFF])));
    return true;
}

static void begin_command(struct kit_machine *machine)
{
    const struct ens_memory *memory = machine->memory;
    ens_str *words = memory->alloc(memory->ctx, KIT_WORDS_MAX * sizeof(*words));
    const size_t count = kit_words_split(memory, machine->progress.recipe.command, words);

    if (count == 0) {
        kit_end_without(machine, kit_format(memory,
                                            "the command is not 1 to %d words with closed "
                                            "quotation marks",
                                            KIT_WORDS_MAX));
        return;
    }
    kit_add_origin(machine, KIT_CONCAT(memory, KIT_STR("command "), words[0]));
    if (external_is_off(machine)) {
        return;
    }
    kit_go_on(machine, KIT_PHASE_COMMAND, ENS_CREDENTIALS_RUN);
    machine->ret->words = words;
    machine->ret->word_count = count;
}

static void on_command(struct kit_machine *machine)
{
    ens_str error = {NULL, 0};

    if (machine->input->got != ENS_GOT_OUTPUT) {
        kit_end_unanswered(machine);
        return;
    }
    KIT_SECRET_JSON *root = kit_json_object(machine->memory, machine->input->text, 0, &error);
    const ens_str wrong = root == NULL
                              ? KIT_CONCAT(machine->memory, KIT_STR("it is "), error)
                              : kit_keys_read(machine->memory, root, &machine->cloud->command_keys,
                                              machine->input->now_unix_s, &machine->progress.keys);
    if (wrong.len > 0) {
        kit_end_without(machine,
                        KIT_CONCAT(machine->memory, KIT_STR("its output has no keys: "), wrong));
    } else {
        kit_take_keys(machine);
    }
}

static void begin_uri(struct kit_machine *machine)
{
    const struct ens_memory *memory = machine->memory;
    const struct kit_url url = kit_url_split(memory, machine->progress.recipe.uri);
    struct kit_pairs headers = kit_pairs_new(memory);
    struct ens_http_request http = {
        .struct_size = sizeof(http), .method = KIT_STR("GET"), .path = KIT_STR("/")};

    kit_add_origin(machine, KIT_CONCAT(memory, KIT_STR("credentials URI at "), url.endpoint));
    if (external_is_off(machine)) {
        return;
    }
    kit_pairs_add(&headers, "accept", KIT_STR("application/json"));
    kit_request_set_headers(&http, &headers);
    struct ens_credentials_request *request = kit_send(machine, KIT_PHASE_URI, url.endpoint, &http);
    request->target = url.target;
    request->timeout_ms = KIT_METADATA_MS;
}

static void on_uri(struct kit_machine *machine)
{
    if (machine->input->got != ENS_GOT_REPLY) {
        kit_end_unanswered(machine);
        return;
    }
    kit_read_document(machine, &machine->cloud->uri_keys);
}

/* Keys that another program made: they are used while they live. */
static void take_cached_keys(struct kit_machine *machine)
{
    const struct kit_keys *keys = &machine->progress.keys;

    if (keys->expires_unix_s != 0 && keys->expires_unix_s <= machine->input->now_unix_s) {
        kit_end_without(machine, machine->progress.recipe.stale);
    } else {
        kit_take_keys(machine);
    }
}

static void begin_login(struct kit_machine *machine)
{
    const ens_str path =
        machine->cloud->login_path(machine->memory, machine->input, machine->progress.recipe.login);

    kit_add_origin(machine, KIT_CONCAT(machine->memory, KIT_STR("login cache "), path));
    kit_go_on(machine, KIT_PHASE_LOGIN, ENS_CREDENTIALS_READ);
    machine->ret->path = path;
}

static void on_login(struct kit_machine *machine)
{
    if (machine->input->got == ENS_GOT_NO_FILE) {
        kit_end_without(machine, machine->progress.recipe.stale);
        return;
    }
    if (machine->input->got != ENS_GOT_FILE) {
        kit_end_unanswered(machine);
        return;
    }
    const ens_str wrong =
        machine->cloud->read_login(machine->memory, machine->input->text, &machine->progress.keys);
    if (wrong.len > 0) {
        kit_end_without(machine, wrong);
    } else {
        take_cached_keys(machine);
    }
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void begin(struct kit_machine *machine)
{
    struct kit_progress *progress = &machine->progress;

    switch (progress->recipe.from) {
    case KIT_FROM_KEYS:
        progress->keys = progress->recipe.keys;
        take_cached_keys(machine);
        return;
    case KIT_FROM_OIDC:
        begin_oidc(machine);
        return;
    case KIT_FROM_METADATA:
        kit_begin_metadata(machine);
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
    kit_end_without(machine, KIT_STR("it leads to no keys"));
}

/* The recipe in the first step. False: the source has none. */
static bool find_recipe(struct kit_machine *machine)
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
    static void (*const steps[])(struct kit_machine *) = {
        [KIT_PHASE_BEGIN] = begin,
        [KIT_PHASE_TOKEN_FILE] = on_token_file,
        [KIT_PHASE_TOKEN_URL] = on_token_url,
        [KIT_PHASE_OIDC] = on_oidc,
        [KIT_PHASE_METADATA_TOKEN] = kit_on_metadata_token,
        [KIT_PHASE_METADATA_ROLES] = kit_on_metadata_roles,
        [KIT_PHASE_METADATA_KEYS] = kit_on_metadata_keys,
        [KIT_PHASE_COMMAND] = on_command,
        [KIT_PHASE_URI] = on_uri,
        [KIT_PHASE_LOGIN] = on_login,
        [KIT_PHASE_ROLE] = on_role,
    };
    struct kit_machine machine = {.cloud = cloud, .memory = memory, .input = input, .ret = ret};

    if (input->got != ENS_GOT_NOTHING) {
        machine.progress = *(const struct kit_progress *)input->state;
    } else if (!find_recipe(&machine)) {
        return;
    }
    steps[machine.progress.phase](&machine);
}
