/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/machine.h"

#include "kit/reply.h"
#include "kit/text.h"

/* ---- ends ------------------------------------------------------------------------------------ */

void kit_end_without(struct kit_machine *machine, ens_str detail)
{
    machine->ret->end =
        machine->progress.recipe.named ? ENS_CREDENTIALS_ERROR : ENS_CREDENTIALS_NONE;
    machine->ret->detail = detail;
    machine->ret->origin = machine->progress.origin;
}

void kit_end_unanswered(struct kit_machine *machine)
{
    const bool silent = machine->input->got == ENS_GOT_SILENCE;

    kit_end_without(machine, silent && !machine->progress.recipe.named ? KIT_STR("no answer")
                                                                       : machine->input->error);
}

void kit_end_refused(struct kit_machine *machine, const struct ens_answer *answer)
{
    machine->ret->end = ENS_CREDENTIALS_ERROR;
    machine->ret->answer = *answer;
    machine->ret->origin = machine->progress.origin;
}

void kit_add_origin(struct kit_machine *machine, ens_str words)
{
    struct kit_progress *progress = &machine->progress;

    progress->origin = progress->origin.len == 0
                           ? kit_copy(machine->memory, words)
                           : KIT_CONCAT(machine->memory, progress->origin, KIT_STR(", "), words);
}

/* ---- requests -------------------------------------------------------------------------------- */

void kit_go_on(struct kit_machine *machine, enum kit_phase phase, enum ens_credentials_end end)
{
    const struct ens_memory *memory = machine->memory;
    struct kit_progress *kept = memory->alloc(memory->ctx, sizeof(*kept));

    machine->progress.phase = phase;
    *kept = machine->progress;
    machine->ret->end = end;
    machine->ret->state = kept;
}

struct ens_credentials_request *kit_send(struct kit_machine *machine, enum kit_phase phase,
                                         ens_str endpoint, const struct ens_http_request *http)
{
    const struct ens_memory *memory = machine->memory;
    struct ens_credentials_request *request = memory->alloc(memory->ctx, sizeof(*request));
    struct ens_http_request *copy = memory->alloc(memory->ctx, sizeof(*copy));

    *copy = *http;
    *request = (struct ens_credentials_request){
        .struct_size = sizeof(*request), .endpoint = endpoint, .http = copy};
    kit_go_on(machine, phase, ENS_CREDENTIALS_SEND);
    machine->ret->request = request;
    return request;
}

void kit_hide(struct kit_machine *machine, struct ens_credentials_request *request, ens_str secret)
{
    const struct ens_memory *memory = machine->memory;
    ens_str *secrets = memory->alloc(memory->ctx, sizeof(*secrets));

    secrets[0] = secret;
    request->secrets = secrets;
    request->secret_count = secret.len > 0 ? 1 : 0;
}

ens_str kit_sts_endpoint(const struct kit_machine *machine)
{
    return machine->input->sts_endpoint.len > 0
               ? machine->input->sts_endpoint
               : machine->cloud->sts_endpoint(machine->memory, &machine->progress.recipe.sts);
}

/* ---- roles ----------------------------------------------------------------------------------- */

struct kit_role kit_with_defaults(const struct kit_role *role)
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

static void end_with_keys(struct kit_machine *machine)
{
    const struct ens_memory *memory = machine->memory;
    struct ens_identity *identity = memory->alloc(memory->ctx, sizeof(*identity));

    *identity = machine->progress.keys.identity;
    machine->ret->end = ENS_CREDENTIALS_KEYS;
    machine->ret->identity = identity;
    machine->ret->expires_unix_s = machine->progress.keys.expires_unix_s;
    machine->ret->origin = machine->progress.origin;
}

void kit_take_keys(struct kit_machine *machine)
{
    struct kit_progress *progress = &machine->progress;
    const struct ens_memory *memory = machine->memory;
    struct ens_http_request http = {.struct_size = sizeof(http)};

    if (progress->assumed == progress->recipe.role_count) {
        end_with_keys(machine);
        return;
    }
    const struct kit_role role = kit_with_defaults(&progress->recipe.roles[progress->assumed]);
    kit_add_origin(machine, KIT_CONCAT(memory, KIT_STR("role "), role.role));
    const ens_str wrong = machine->cloud->role_request(memory, &role, &http);
    if (wrong.len > 0) {
        kit_end_without(machine, wrong);
        return;
    }
    struct ens_identity *identity = memory->alloc(memory->ctx, sizeof(*identity));
    *identity = progress->keys.identity;
    progress->assumed++;
    struct ens_credentials_request *request =
        kit_send(machine, KIT_PHASE_ROLE, kit_sts_endpoint(machine), &http);
    request->identity = identity;
    request->region = machine->cloud->sts_region;
    request->service = machine->cloud->sts_service;
}

void kit_read_document(struct kit_machine *machine, const struct kit_keys_shape *shape)
{
    const struct ens_http_reply *reply = machine->input->reply;
    struct ens_answer answer = {0};

    KIT_SECRET_JSON *root = kit_reply_object(machine->memory, reply, NULL, false, &answer);
    ens_str wrong = answer.detail;
    if (!kit_reply_is_success(reply)) {
        wrong = kit_format(machine->memory, "HTTP %u", reply->status);
    } else if (root != NULL) {
        wrong = kit_keys_read(machine->memory, root, shape, machine->input->now_unix_s,
                              &machine->progress.keys);
    }
    if (wrong.len == 0) {
        kit_take_keys(machine);
    } else if (machine->progress.recipe.named) {
        kit_malformed(&answer, wrong);
        kit_end_refused(machine, &answer);
    } else {
        kit_end_without(machine, wrong);
    }
}
