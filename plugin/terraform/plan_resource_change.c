/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PlanResourceChange: computes the planned state (change.h), then lets the cloud check the starts
 * by dry runs, if an apply would start anything. Their results only become diagnostics, so that
 * equal inputs give equal plans. A host that stores planned data also gets them as such, and
 * returns them when it plans again in an apply (planned_private.h).
 */
#include <tfplugin6.pb-c.h>

#include "terraform/change.h"
#include "terraform/diagnostics_report.h"
#include "terraform/handlers.h"
#include "terraform/identity.h"
#include "terraform/job.h"
#include "terraform/wire.h"

struct planning {
    struct ens_tf_job job;
    struct ens_tf_change change;
    struct ens_tf_planned planned; /* of the plan before this one; nothing if there was none */
    const Tfplugin6__PlanResourceChange__Request *in;
    ens_str private_data;
    Tfplugin6__Deferred *deferred; /* NULL: not deferred */
    int64_t began_unix_s;
};

static bool stores_planned(const Tfplugin6__PlanResourceChange__Request *in)
{
    return in->client_capabilities != NULL && in->client_capabilities->store_planned_private;
}

static void reply(struct planning *planning)
{
    Tfplugin6__PlanResourceChange__Response response =
        TFPLUGIN6__PLAN_RESOURCE_CHANGE__RESPONSE__INIT;
    struct ens_tf_call *call = &planning->job.call;
    const struct ens_tf_change *change = &planning->change;

    response.planned_state = ens_tf_wire_value(call->arena, &change->planned);
    response.planned_identity =
        ens_tf_identity_to_wire(call->arena, call->schema, &change->planned);
    response.planned_private = ens_tf_wire_bytes(call->arena, planning->private_data);
    response.deferred = planning->deferred;
    response.requires_replace = ens_arena_array(call->arena, change->replace_count, sizeof(void *));
    for (size_t i = 0; i < change->replace_count; i++) {
        response.requires_replace[response.n_requires_replace++] =
            ens_tf_path(call->arena, change->replaces[i]);
    }
    response.diagnostics = call->diags.items;
    response.n_diagnostics = call->diags.count;
    ens_rpc_call_reply(call->rpc, &response.base);
}

static void on_answer(struct ens_tf_job *job)
{
    struct planning *planning = job->ud;

    ens_tf_diags_report(&job->call.diags, ENS_TF_AT_PLAN, job->preflight, &job->report);
    if (stores_planned(planning->in)) {
        ens_str kept = ens_tf_planned_write(job->call.arena, &job->report, planning->began_unix_s,
                                            job->planned);
        planning->private_data = kept.len > 0 ? kept : planning->private_data;
    }
    reply(planning);
}

static void plan_destroy(struct ens_tf_call *call)
{
    ens_tf_diags_add(&call->diags, ENS_WARNING, NULL,
                     ENS_STR("Destroying forgets instances and leaves them running"),
                     ENS_STR("The provider ensure never stops or deletes an instance. After this "
                             "they are only no longer in the state."));
}

/* Sets the region if the configuration has none: to that of the provider block, else to the prior
 * one. */
static void fill_region(struct ens_tf_call *call, const struct ens_value *config,
                        const struct ens_value *prior, struct ens_value *proposed)
{
    const struct ens_value *cloud = ens_value_at(proposed, "cloud");
    const struct ens_value *cloud_before = ens_value_at(prior, "cloud");

    if (!ens_value_is_null(ens_value_at(config, "region"))) {
        return;
    }
    struct ens_value region = ens_tf_default_region(call->tf, call->arena, cloud);
    if (region.kind == ENS_VALUE_NULL && cloud_before != NULL &&
        ens_value_eq(cloud, cloud_before)) {
        return;
    }
    ens_value_set(proposed, "region", region);
}

/* Whether the starts have to be planned: an apply would start something, it is wanted, and the
 * settings of the cloud are known. */
static bool needs_plan(const struct planning *planning)
{
    const struct ens_tf_call *call = &planning->job.call;
    const struct ens_tf_change *change = &planning->change;

    /* Terraform plans a replacement once more, as a create; the dry runs are sent then. */
    return change->start.count > 0 && change->replace_count == 0 && ens_tf_call_plans(call) &&
           !ens_tf_settings_unknown(call->tf, change->start.cloud);
}

static void plan_change(struct planning *planning, const struct ens_value *prior,
                        const struct ens_value *config, struct ens_value *proposed)
{
    struct ens_tf_call *call = &planning->job.call;
    struct ens_tf_targets targets;

    fill_region(call, config, prior, proposed);
    if (!ens_tf_call_targets(call, proposed, &targets)) {
        planning->change.planned = *proposed;
        reply(planning);
        return;
    }
    ens_tf_plan_change(call->arena, call->schema->attributes, prior, proposed, &targets,
                       &planning->change);
    const bool settings_unknown = call->tf->preflight_unknown || call->tf->policy_unknown ||
                                  ens_tf_settings_unknown(call->tf, targets.cloud);
    planning->deferred = ens_tf_call_deferred(call, planning->in->client_capabilities,
                                              settings_unknown, !targets.known);
    if (planning->deferred != NULL || !needs_plan(planning)) {
        reply(planning);
        return;
    }
    planning->job.planned = &planning->planned;
    planning->job.targets = &planning->change.start;
    planning->job.mode = ENS_MODE_PLAN;
    planning->job.no_dry_run = call->tf->preflight == ENS_TF_PREFLIGHT_OFF;
    planning->job.starts = true;
    planning->job.done = on_answer;
    planning->job.ud = planning;
    ens_tf_job_run(&planning->job);
}

static ens_str bytes_of(ProtobufCBinaryData data)
{
    return (ens_str){(const char *)data.data, data.len};
}

/* Reads what the plan before this one kept. Other data are ignored with a warning. */
static void read_planned(struct planning *planning)
{
    struct ens_tf_call *call = &planning->job.call;
    const ens_str bytes = bytes_of(planning->in->planned_private);
    ENS_AUTO_DIAGS diags = {0};

    planning->began_unix_s = call->tf->clock->unix_ms(call->tf->clock->ud) / 1000;
    planning->private_data = bytes_of(planning->in->prior_private);
    if (!stores_planned(planning->in) || bytes.len == 0) {
        return;
    }
    if (ens_tf_planned_read(call->arena, bytes, planning->began_unix_s, &planning->planned,
                            &diags) != ENS_OK) {
        ens_tf_diags_add(
            &call->diags, ENS_WARNING, NULL, ENS_STR("The planned data can't be read"),
            ens_arena_printf(call->arena,
                             "What Terraform returns is not what was planned: %s. The cloud is "
                             "asked again, and a start gets a new client token.",
                             diags.items[0].summary));
        return;
    }
    planning->private_data = bytes;
}

void ens_tf_plan_resource_change(void *ud, struct ens_rpc_call *rpc,
                                 const ProtobufCMessage *request)
{
    const Tfplugin6__PlanResourceChange__Request *in =
        (const Tfplugin6__PlanResourceChange__Request *)request;
    struct planning *planning = ens_arena_alloc(ens_rpc_call_arena(rpc), sizeof(*planning));
    struct ens_tf_call *call = &planning->job.call;
    struct ens_value prior;
    struct ens_value proposed;
    struct ens_value config;

    *call = ens_tf_call_begin(ud, rpc, ENS_TF_RESOURCE, in->type_name);
    planning->in = in;
    read_planned(planning);
    if (!ens_tf_call_value(call, in->prior_state, &prior) ||
        !ens_tf_call_value(call, in->proposed_new_state, &proposed) ||
        !ens_tf_call_value(call, in->config, &config)) {
        reply(planning);
    } else if (proposed.kind != ENS_VALUE_MAP) {
        plan_destroy(call);
        reply(planning);
    } else {
        plan_change(planning, &prior, &config, &proposed);
    }
}
