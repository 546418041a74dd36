/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ApplyResourceChange: starts stopped instances and waits until they run. A failed create returns
 * no state, because no resource was created; a failed update returns the state that was read last.
 * A destroy removes the resource from the state without any request to a cloud.
 */
#include <tfplugin6.pb-c.h>

#include "terraform/change.h"
#include "terraform/diagnostics_report.h"
#include "terraform/handlers.h"
#include "terraform/identity.h"
#include "terraform/job.h"
#include "terraform/wire.h"

struct applying {
    struct ens_tf_job job;
    struct ens_tf_targets targets; /* all instances of the resource */
    struct ens_tf_targets pending; /* those that are not running by the prior state */
    struct ens_value prior;
    struct ens_value planned;
    struct ens_tf_planned kept;                /* by the plan; nothing if it kept none */
    Tfplugin6__DynamicValue *new_state;        /* NULL: none */
    Tfplugin6__ResourceIdentityData *identity; /* of the new state; NULL: none */
    ProtobufCBinaryData private_data;
};

static void set_state(struct applying *applying, const struct ens_value *state)
{
    struct ens_tf_call *call = &applying->job.call;

    applying->new_state = ens_tf_wire_value(call->arena, state);
    applying->identity = ens_tf_identity_to_wire(call->arena, call->schema, state);
}

static void reply(struct applying *applying)
{
    Tfplugin6__ApplyResourceChange__Response response =
        TFPLUGIN6__APPLY_RESOURCE_CHANGE__RESPONSE__INIT;
    struct ens_tf_call *call = &applying->job.call;

    response.new_state = applying->new_state;
    response.new_identity = applying->identity;
    response.private_ = applying->private_data;
    response.diagnostics = call->diags.items;
    response.n_diagnostics = call->diags.count;
    ens_rpc_call_reply(call->rpc, &response.base);
}

static void on_applied(struct ens_tf_job *job)
{
    struct applying *applying = job->ud;
    struct ens_tf_call *call = &job->call;
    const bool creates = ens_value_is_null(&applying->prior);

    applying->new_state = NULL;
    ens_tf_diags_report(&call->diags, creates ? ENS_TF_AT_CREATE : ENS_TF_AT_UPDATE, job->preflight,
                        &job->report);
    if (!creates || !ens_tf_diags_has_error(&call->diags)) {
        struct ens_tf_report merged =
            ens_tf_applied_report(call->arena, &applying->targets, &applying->prior, &job->report);
        ens_tf_fill_computed(call->arena, call->schema->attributes, &merged, &applying->planned);
        set_state(applying, &applying->planned);
    }
    reply(applying);
}

static void apply_change(struct applying *applying)
{
    struct ens_tf_call *call = &applying->job.call;
    const bool creates = ens_value_is_null(&applying->prior);

    if (!ens_tf_call_targets(call, &applying->planned, &applying->targets)) {
        reply(applying);
        return;
    }
    if (!applying->targets.known) {
        ens_tf_diags_add(&call->diags, ENS_ERROR, NULL, ENS_STR("The plan has unknown values"),
                         ENS_STR("Terraform asks to apply a block whose cloud, region or instance "
                                 "ids are not known."));
        reply(applying);
        return;
    }
    applying->pending = ens_tf_targets_pending(call->arena, &applying->targets, &applying->prior);
    if (applying->pending.count == 0) {
        set_state(applying, &applying->planned);
        reply(applying);
        return;
    }
    applying->job.planned = &applying->kept;
    applying->job.targets = &applying->pending;
    applying->job.mode = ENS_MODE_APPLY;
    applying->job.no_dry_run = call->tf->preflight == ENS_TF_PREFLIGHT_OFF;
    applying->job.starts = true;
    applying->job.timeout_ms = ens_tf_timeout(&applying->planned, creates ? "create" : "update");
    applying->job.done = on_applied;
    applying->job.ud = applying;
    ens_tf_job_run(&applying->job);
}

/* Reads what the plan kept. It ends with this apply, so the state gets none of it; private data of
 * any other kind stay in the state as they are. */
static void read_planned(struct applying *applying, ProtobufCBinaryData private_data)
{
    const struct ens_tf_call *call = &applying->job.call;
    const ens_str bytes = {(const char *)private_data.data, private_data.len};
    const int64_t now_unix_s = call->tf->clock->unix_ms(call->tf->clock->ud) / 1000;

    if (ens_tf_planned_read(call->arena, bytes, now_unix_s, &applying->kept, NULL) != ENS_OK) {
        applying->private_data = private_data;
    }
}

void ens_tf_apply_resource_change(void *ud, struct ens_rpc_call *rpc,
                                  const ProtobufCMessage *request)
{
    const Tfplugin6__ApplyResourceChange__Request *in =
        (const Tfplugin6__ApplyResourceChange__Request *)request;
    struct applying *applying = ens_arena_alloc(ens_rpc_call_arena(rpc), sizeof(*applying));
    struct ens_tf_call *call = &applying->job.call;

    *call = ens_tf_call_begin(ud, rpc, ENS_TF_RESOURCE, in->type_name);
    read_planned(applying, in->planned_private);
    applying->new_state = in->prior_state; /* the state to return on an early error */
    if (!ens_tf_call_value(call, in->prior_state, &applying->prior) ||
        !ens_tf_call_value(call, in->planned_state, &applying->planned)) {
        reply(applying);
    } else if (applying->planned.kind != ENS_VALUE_MAP) {
        applying->new_state = NULL; /* a destroy */
        reply(applying);
    } else {
        apply_change(applying);
    }
}
