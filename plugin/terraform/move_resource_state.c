/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MoveResourceState: the state of another resource becomes that of one of this provider, for a
 * `moved` block. Called before ConfigureProvider, so nothing here depends on the provider block.
 * What a state does not have (region, id, identity) is null, and the next read fills it.
 */
#include <tfplugin6.pb-c.h>

#include "core/quote.h"
#include "terraform/call_context.h"
#include "terraform/handlers.h"
#include "terraform/identity.h"
#include "terraform/wire.h"

#define MOVABLE                                                                                    \
    "A resource of this provider can be moved from another source address of the provider to the " \
    "same type, and a volcengine_ecs_instance_state with the action \"Start\" to an "              \
    "ensure_instance_running."

struct moving {
    struct ens_tf_call call; /* about the target's type */
    const Tfplugin6__MoveResourceState__Request *in;
    Tfplugin6__MoveResourceState__Response *response;
};

/* ---- from another source address ------------------------------------------------------------ */

static bool move_own(struct moving *moving, struct ens_value *ret)
{
    struct ens_tf_call *call = &moving->call;

    moving->response->target_private = moving->in->source_private;
    return ens_tf_call_stored(call, ENS_TF_JSON_STATE, call->schema->attributes,
                              moving->in->source_schema_version, moving->in->source_state, ret);
}

/* ---- from the provider of Volcengine -------------------------------------------------------- */

/* What is needed of the state of a volcengine_ecs_instance_state. */
static const struct ens_tf_attribute instance_state[] = {
    {.name = "instance_id", .type = ENS_TF_STRING},
    {.name = "action", .type = ENS_TF_STRING},
    {.name = NULL},
};

static bool move_instance_state(struct moving *moving, struct ens_value *ret)
{
    struct ens_tf_call *call = &moving->call;
    struct ens_value source;

    if (!ens_tf_call_stored(call, ENS_TF_JSON_FOREIGN, instance_state,
                            moving->in->source_schema_version, moving->in->source_state, &source)) {
        return false;
    }
    const ens_str action = ens_value_text(ens_value_at(&source, "action"));
    const ens_str id = ens_value_text(ens_value_at(&source, "instance_id"));
    if (!ens_str_is(action, "Start")) {
        ens_tf_diags_add(
            &call->diags, ENS_ERROR, NULL, ENS_STR("Only an instance that is to run can be moved"),
            ens_arena_printf(call->arena,
                             "The action of the volcengine_ecs_instance_state is \"%s\", and an "
                             "ensure_instance_running would start the instance.",
                             ens_quoted(action).text));
        return false;
    }
    struct ens_diags diags = {0};
    ens_rc rc = ens_id_check(id, "instance_id", &diags);
    ens_tf_diags_take(&call->diags, &diags);
    *ret = ens_tf_null_object(call->arena, call->schema->attributes);
    ens_value_set(ret, "cloud", ens_value_string(call->arena, ENS_STR("volcengine")));
    ens_value_set(ret, "instance_id", ens_value_string(call->arena, id));
    return rc == ENS_OK;
}

/* ---- what can be moved ---------------------------------------------------------------------- */

static const struct move {
    const char *provider;    /* last part of the source address */
    const char *source_type; /* NULL: the target's */
    const char *target_type; /* NULL: any */
    bool (*run)(struct moving *moving, struct ens_value *ret);
} moves[] = {
    {"ensure", NULL, NULL, move_own},
    {"volcengine", "volcengine_ecs_instance_state", "ensure_instance_running", move_instance_state},
};

/* NULL: it can't be moved. */
static const struct move *find_move(const Tfplugin6__MoveResourceState__Request *in)
{
    ens_str provider = ens_str_of(in->source_provider_address);

    for (ens_str rest = provider; rest.ptr != NULL;) {
        provider = ens_str_cut(rest, '/', &rest);
    }
    for (size_t i = 0; i < ENS_COUNT(moves); i++) {
        const struct move *move = &moves[i];
        const char *type = move->source_type != NULL ? move->source_type : in->target_type_name;
        if (ens_str_is(provider, move->provider) &&
            ens_str_is(ens_str_of(in->source_type_name), type) &&
            (move->target_type == NULL ||
             ens_str_is(ens_str_of(in->target_type_name), move->target_type))) {
            return move;
        }
    }
    return NULL;
}

static void refuse(struct moving *moving)
{
    struct ens_tf_call *call = &moving->call;

    ens_tf_diags_add(
        &call->diags, ENS_ERROR, NULL,
        ens_arena_printf(call->arena, "%s can't be moved to %s",
                         ens_quoted(ens_str_of(moving->in->source_type_name)).text,
                         call->schema->name),
        ens_arena_printf(call->arena, "It is of the provider %s. " MOVABLE,
                         ens_quoted(ens_str_of(moving->in->source_provider_address)).text));
}

void ens_tf_move_resource_state(void *ud, struct ens_rpc_call *rpc, const ProtobufCMessage *request)
{
    const Tfplugin6__MoveResourceState__Request *in =
        (const Tfplugin6__MoveResourceState__Request *)request;
    Tfplugin6__MoveResourceState__Response response =
        TFPLUGIN6__MOVE_RESOURCE_STATE__RESPONSE__INIT;
    struct moving moving = {
        .call = ens_tf_call_begin(ud, rpc, ENS_TF_RESOURCE, in->target_type_name),
        .in = in,
        .response = &response,
    };
    const struct move *move = find_move(in);
    struct ens_value state;

    if (moving.call.schema != NULL && move == NULL) {
        refuse(&moving);
    } else if (moving.call.schema != NULL && move->run(&moving, &state)) {
        response.target_state = ens_tf_wire_value(moving.call.arena, &state);
        response.target_identity =
            ens_tf_identity_to_wire(moving.call.arena, moving.call.schema, &state);
    }
    response.diagnostics = moving.call.diags.items;
    response.n_diagnostics = moving.call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}
