/* SPDX-License-Identifier: Apache-2.0 */
/* ReadDataSource: a read (ensure_instance), a plan (ensure_plan) or a find (ensure_instances). A
 * refusal is part of the result, not an error. */
#include <tfplugin6.pb-c.h>

#include "terraform/change.h"
#include "terraform/diagnostics_report.h"
#include "terraform/find.h"
#include "terraform/found.h"
#include "terraform/handlers.h"
#include "terraform/job.h"
#include "terraform/wire.h"

struct asking {
    struct ens_tf_job job; /* its call is that of the find, too */
    struct ens_tf_targets targets;
    struct ens_tf_find find;
    struct ens_selector selector;
    struct ens_tf_found found;
    struct ens_value state;
    const Tfplugin6__ReadDataSource__Request *in;
    Tfplugin6__Deferred *deferred; /* NULL: not deferred */
};

static void reply(struct asking *asking)
{
    Tfplugin6__ReadDataSource__Response response = TFPLUGIN6__READ_DATA_SOURCE__RESPONSE__INIT;
    struct ens_tf_call *call = &asking->job.call;

    if (!ens_tf_diags_has_error(&call->diags)) {
        response.state = ens_tf_wire_value(call->arena, &asking->state);
    }
    response.deferred = asking->deferred;
    response.diagnostics = call->diags.items;
    response.n_diagnostics = call->diags.count;
    ens_rpc_call_reply(call->rpc, &response.base);
}

/* Sets what is computed to unknown. */
static void set_unknown(struct asking *asking)
{
    const struct ens_tf_attribute *row = asking->job.call.schema->attributes;

    for (; row->name != NULL; row++) {
        if ((row->flags & ENS_TF_COMPUTED) != 0 &&
            ens_value_is_null(ens_value_at(&asking->state, row->name))) {
            ens_value_set(&asking->state, row->name, ENS_UNKNOWN);
        }
    }
}

/* Whether the cloud can be asked; false: deferred, or with a diagnostic in call. known: whether the
 * values of the block are. */
static bool may_ask(struct asking *asking, bool known)
{
    struct ens_tf_call *call = &asking->job.call;
    const ens_str cloud = ens_value_text(ens_value_at(&asking->state, "cloud"));

    asking->deferred = ens_tf_call_deferred(call, asking->in->client_capabilities,
                                            ens_tf_settings_unknown(call->tf, cloud), !known);
    if (asking->deferred != NULL) {
        set_unknown(asking);
        return false;
    }
    return ens_tf_call_may_ask(call, cloud, known);
}

/* ---- reads and plans ------------------------------------------------------------------------- */

static void on_answer(struct ens_tf_job *job)
{
    struct asking *asking = job->ud;
    struct ens_tf_call *call = &job->call;

    ens_tf_diags_report(&call->diags, call->schema->dry_run ? ENS_TF_AT_QUERY : ENS_TF_AT_READ,
                        job->preflight, &job->report);
    ens_tf_fill_computed(call->arena, call->schema->attributes, &job->report, &asking->state);
    reply(asking);
}

static void ask_targets(struct asking *asking)
{
    struct ens_tf_call *call = &asking->job.call;

    ens_tf_call_fill_region(call, &asking->state);
    if (!ens_tf_call_targets(call, &asking->state, &asking->targets) ||
        !may_ask(asking, asking->targets.known)) {
        reply(asking);
        return;
    }
    asking->job.targets = &asking->targets;
    asking->job.mode = ENS_MODE_PLAN;
    asking->job.no_dry_run = !call->schema->dry_run;
    asking->job.done = on_answer;
    asking->job.ud = asking;
    ens_tf_job_run(&asking->job);
}

/* ---- finds ----------------------------------------------------------------------------------- */

static void on_found(struct ens_tf_find *find, const struct ens_finding *finding)
{
    struct asking *asking = find->ud;

    ens_tf_found_add(&asking->found, finding);
}

static void on_all_found(struct ens_tf_find *find)
{
    struct asking *asking = find->ud;
    struct ens_tf_call *call = &asking->job.call;

    ens_tf_found_fill(&asking->found, &asking->state, &call->diags);
    reply(asking);
}

static void ask_selector(struct asking *asking)
{
    struct ens_tf_call *call = &asking->job.call;

    if (!ens_tf_call_selector(call, &asking->state, &asking->selector) ||
        !may_ask(asking, ens_value_known(&asking->state))) {
        reply(asking);
        return;
    }
    asking->found = ens_tf_found_new(call->arena, call->schema);
    asking->find.call = call;
    asking->find.selector = &asking->selector;
    asking->find.found = on_found;
    asking->find.done = on_all_found;
    asking->find.ud = asking;
    ens_tf_find_run(&asking->find);
}

void ens_tf_read_data_source(void *ud, struct ens_rpc_call *rpc, const ProtobufCMessage *request)
{
    const Tfplugin6__ReadDataSource__Request *in =
        (const Tfplugin6__ReadDataSource__Request *)request;
    struct asking *asking = ens_arena_alloc(ens_rpc_call_arena(rpc), sizeof(*asking));
    struct ens_tf_call *call = &asking->job.call;

    *call = ens_tf_call_begin(ud, rpc, ENS_TF_DATA_SOURCE, in->type_name);
    asking->in = in;
    if (!ens_tf_call_value(call, in->config, &asking->state) ||
        asking->state.kind != ENS_VALUE_MAP) {
        reply(asking);
    } else if (call->schema->finds) {
        ask_selector(asking);
    } else {
        ask_targets(asking);
    }
}
