/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/machine.h"
#include "kit/text.h"

/* A service that was only probed has a second in all to show that it is there. */
static void limit(const struct kit_machine *machine, struct ens_credentials_request *request)
{
    const int64_t left = KIT_PROBE_MS - machine->input->elapsed_ms;

    request->flags = ENS_SEND_DIRECT;
    request->timeout_ms = KIT_METADATA_MS;
    if (!machine->progress.recipe.named && !machine->progress.is_metadata) {
        request->flags |= ENS_SEND_ONCE;
        request->timeout_ms = left > 1 ? left : 1;
    }
}

static void ask_metadata_keys(struct kit_machine *machine)
{
    struct kit_progress *progress = &machine->progress;
    struct ens_http_request http;
    ens_str target = {NULL, 0};

    if (progress->metadata_role.len > 0) {
        kit_add_origin(machine,
                       KIT_CONCAT(machine->memory, KIT_STR("role "), progress->metadata_role));
    }
    kit_metadata_ask_keys(machine->memory, &machine->cloud->metadata, progress->token,
                          progress->metadata_role, &http, &target);
    struct ens_credentials_request *request =
        kit_send(machine, KIT_PHASE_METADATA_KEYS, machine->input->metadata_endpoint, &http);
    request->target = target;
    limit(machine, request);
    kit_hide(machine, request, progress->token);
}

static void ask_metadata_roles(struct kit_machine *machine)
{
    struct kit_progress *progress = &machine->progress;
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
        kit_send(machine, KIT_PHASE_METADATA_ROLES, machine->input->metadata_endpoint, &http);
    request->target = target;
    limit(machine, request);
    kit_hide(machine, request, progress->token);
}

void kit_begin_metadata(struct kit_machine *machine)
{
    const struct kit_recipe *recipe = &machine->progress.recipe;
    struct ens_http_request http;
    ens_str target = {NULL, 0};

    kit_add_origin(machine, KIT_STR("metadata service"));
    if (machine->input->metadata_endpoint.len == 0) {
        kit_end_without(machine, KIT_STR("ENSURE_METADATA=off"));
        return;
    }
    if (recipe->metadata_role.len > 0 && !kit_metadata_is_role(recipe->metadata_role)) {
        kit_end_without(machine, KIT_STR("the name of the role has a character that no role has"));
        return;
    }
    if (machine->cloud->metadata.token_path == NULL) {
        ask_metadata_roles(machine);
        return;
    }
    kit_metadata_ask_token(machine->memory, &machine->cloud->metadata, &http, &target);
    struct ens_credentials_request *request =
        kit_send(machine, KIT_PHASE_METADATA_TOKEN, machine->input->metadata_endpoint, &http);
    request->target = target;
    limit(machine, request);
}

void kit_on_metadata_token(struct kit_machine *machine)
{
    const bool may_lack = machine->cloud->metadata.may_lack_token &&
                          !kit_switched_on(machine->input, KIT_USE_METADATA_V1_OFF);

    if (machine->input->got != ENS_GOT_REPLY) {
        kit_end_unanswered(machine); /* a service without tokens would have answered, too */
        return;
    }
    const ens_str token = kit_metadata_read_token(machine->input->reply);
    if (token.len == 0 && !may_lack) {
        kit_end_without(machine, kit_format(machine->memory, "HTTP %u instead of a token",
                                            machine->input->reply->status));
        return;
    }
    machine->progress.token = kit_copy(machine->memory, token);
    machine->progress.is_metadata = token.len > 0;
    ask_metadata_roles(machine);
}

void kit_on_metadata_roles(struct kit_machine *machine)
{
    if (machine->input->got != ENS_GOT_REPLY) {
        kit_end_unanswered(machine);
        return;
    }
    machine->progress.metadata_role =
        kit_copy(machine->memory, kit_metadata_read_role(machine->memory, machine->input->reply));
    if (machine->progress.metadata_role.len == 0) {
        kit_end_without(machine, kit_format(machine->memory, "HTTP %u and no role",
                                            machine->input->reply->status));
        return;
    }
    ask_metadata_keys(machine);
}

void kit_on_metadata_keys(struct kit_machine *machine)
{
    if (machine->input->got != ENS_GOT_REPLY) {
        kit_end_unanswered(machine);
        return;
    }
    kit_read_document(machine, &machine->cloud->metadata.keys);
}
