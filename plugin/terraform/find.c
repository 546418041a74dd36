/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/find.h"

#include "terraform/diagnostics_report.h"

static void on_found(void *ud, const struct ens_finding *finding)
{
    struct ens_tf_find *find = ud;

    find->found(find, finding);
}

static void on_failed(void *ud, const struct ens_find_failure *failure)
{
    struct ens_tf_find *find = ud;

    ens_tf_diags_find_failure(&find->call->diags, failure);
}

static bool has_room(void *ud)
{
    struct ens_tf_find *find = ud;

    return ens_rpc_room_there(&find->room);
}

static void on_done(void *ud, const struct ens_find_end *end)
{
    struct ens_tf_find *find = ud;

    ens_tf_diags_warn(&find->call->diags, end->warnings, end->warning_count);
    find->done(find);
}

static void resume(void *ud)
{
    const struct ens_tf_find *find = ud;

    ens_engine_resume(find->ticket.engine, find->ticket.id);
}

/* Ends a find without submitting it, because StopProvider was called. */
static void end_stopped(struct ens_tf_find *find)
{
    const struct ens_find_failure failure = {
        .cloud = find->selector->cloud,
        .region = find->selector->region,
        .reason = ENS_REASON_CANCELLED,
        .message = ENS_STR("Terraform is being stopped; nothing was asked."),
        .advice = ens_str_of(ens_reason_advice(ENS_REASON_CANCELLED)),
    };

    on_failed(find, &failure);
    find->done(find);
}

void ens_tf_find_run(struct ens_tf_find *find)
{
    const struct ens_find_request request = {
        .selectors = find->selector,
        .count = 1,
        .events = {.found = on_found,
                   .failed = on_failed,
                   .has_room = find->streams ? has_room : NULL,
                   .done = on_done,
                   .ud = find},
    };
    struct ens_terraform *tf = find->call->tf;

    if (atomic_load(&tf->stopped)) {
        end_stopped(find);
        return;
    }
    if (find->streams) {
        ens_rpc_room_begin(&find->room, find->call->rpc, resume, find);
    }
    ens_tf_ticket_begin(&find->ticket, find->call);
    ens_tf_ticket_submitted(&find->ticket, ens_engine_find(tf->engine, &request));
}
