/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ReadResource: refresh. If the read fails, the state stays unchanged and there is an error. A
 * resource is removed from the state only if the cloud says that the instance does not exist.
 */
#include <tfplugin6.pb-c.h>

#include "terraform/change.h"
#include "terraform/diagnostics_report.h"
#include "terraform/handlers.h"
#include "terraform/identity.h"
#include "terraform/job.h"
#include "terraform/wire.h"

struct reading {
    struct ens_tf_job job;
    struct ens_tf_targets targets;
    struct ens_value state;
    const Tfplugin6__ReadResource__Request *in;
    Tfplugin6__Deferred *deferred; /* NULL: not deferred */
};

static void reply(struct reading *reading)
{
    Tfplugin6__ReadResource__Response response = TFPLUGIN6__READ_RESOURCE__RESPONSE__INIT;
    struct ens_tf_call *call = &reading->job.call;

    if (ens_tf_diags_has_error(&call->diags)) {
        response.new_state = reading->in->current_state;
        response.new_identity = reading->in->current_identity;
    } else {
        response.new_state = ens_tf_wire_value(call->arena, &reading->state);
        response.new_identity = ens_tf_identity_to_wire(call->arena, call->schema, &reading->state);
    }
    response.deferred = reading->deferred;
    response.private_ = reading->in->private_;
    response.diagnostics = call->diags.items;
    response.n_diagnostics = call->diags.count;
    ens_rpc_call_reply(call->rpc, &response.base);
}

static bool is_single(const struct ens_value *state)
{
    return ens_value_at(state, "instance_id") != NULL;
}

static void on_read(struct ens_tf_job *job)
{
    struct reading *reading = job->ud;
    struct ens_tf_call *call = &job->call;

    ens_tf_diags_report(&call->diags, ENS_TF_AT_READ, job->preflight, &job->report);
    if (ens_tf_diags_has_error(&call->diags)) {
        reply(reading);
        return;
    }
    if (is_single(&reading->state) && job->report.instances[0].result.status == ENS_STATUS_ABSENT) {
        reading->state = ENS_NULL;
        reply(reading);
        return;
    }
    struct ens_tf_report settled =
        ens_tf_refreshed_report(call->arena, &reading->state, &job->report);
    ens_tf_fill_computed(call->arena, call->schema->attributes, &settled, &reading->state);
    reply(reading);
}

/* A moved state has no region: that of the provider block is set. False: there is none. */
static bool fill_region(struct reading *reading)
{
    struct ens_tf_call *call = &reading->job.call;
    const ens_str cloud = ens_value_text(ens_value_at(&reading->state, "cloud"));

    ens_tf_call_fill_region(call, &reading->state);
    if (!ens_value_is_null(ens_value_at(&reading->state, "region"))) {
        return true;
    }
    ens_tf_diags_add(
        &call->diags, ENS_ERROR, NULL, ENS_STR("The region of the moved instance is not set"),
        ens_arena_printf(call->arena,
                         "The state that it was moved from has no region, so it has to be in the "
                         "provider block: %.*s = { region = \"...\" }.",
                         ENS_STR_ARG(cloud)));
    return false;
}

/* A moved state has no id either. */
static void fill_id(struct reading *reading)
{
    struct ens_tf_call *call = &reading->job.call;
    const struct ens_tf_attribute *row =
        ens_tf_attribute_find(call->schema->attributes, ENS_STR("id"));

    if (ens_value_is_null(ens_value_at(&reading->state, "id"))) {
        ens_value_set(&reading->state, "id", row->plan(call->arena, &reading->targets));
    }
}

/* The settings of the cloud, and with them perhaps the region, are unknown. */
static void keep_unread(struct reading *reading)
{
    struct ens_tf_call *call = &reading->job.call;

    reading->deferred = ens_tf_call_deferred(call, reading->in->client_capabilities, true, false);
    if (reading->deferred == NULL) {
        ens_tf_diags_add(
            &call->diags, ENS_WARNING, NULL, ENS_STR("Not refreshed"),
            ens_arena_printf(call->arena,
                             "The provider's settings of \"%.*s\" are not known yet, so that it is "
                             "not known with which keys to ask. The state is kept as it was.",
                             ENS_STR_ARG(reading->targets.cloud)));
    }
    if (ens_value_at(&reading->state, "region")->kind == ENS_VALUE_UNKNOWN) {
        ens_value_set(&reading->state, "region", ENS_NULL); /* as it was */
    }
    reply(reading);
}

void ens_tf_read_resource(void *ud, struct ens_rpc_call *rpc, const ProtobufCMessage *request)
{
    const Tfplugin6__ReadResource__Request *in = (const Tfplugin6__ReadResource__Request *)request;
    struct reading *reading = ens_arena_alloc(ens_rpc_call_arena(rpc), sizeof(*reading));
    struct ens_tf_call *call = &reading->job.call;

    *call = ens_tf_call_begin(ud, rpc, ENS_TF_RESOURCE, in->type_name);
    reading->in = in;
    if (!ens_tf_call_value(call, in->current_state, &reading->state) ||
        reading->state.kind != ENS_VALUE_MAP || !fill_region(reading) ||
        !ens_tf_call_targets(call, &reading->state, &reading->targets)) {
        reply(reading);
        return;
    }
    if (!reading->targets.known || ens_tf_settings_unknown(call->tf, reading->targets.cloud)) {
        keep_unread(reading);
        return;
    }
    fill_id(reading);
    reading->job.targets = &reading->targets;
    reading->job.mode = ENS_MODE_PLAN;
    reading->job.no_dry_run = true;
    reading->job.done = on_read;
    reading->job.ud = reading;
    ens_tf_job_run(&reading->job);
}
