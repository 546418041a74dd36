/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/change.h"

/* ---- prior state ----------------------------------------------------------------------------- */

static ens_str prior_status(const struct ens_value *prior, ens_str id)
{
    const struct ens_value *status = ens_value_at(prior, "status");
    const struct ens_value *statuses = ens_value_at(prior, "statuses");

    return ens_value_text(statuses != NULL ? ens_value_at_str(statuses, id) : status);
}

struct ens_tf_targets ens_tf_targets_pending(struct ens_arena *arena,
                                             const struct ens_tf_targets *targets,
                                             const struct ens_value *prior)
{
    struct ens_target *items = ens_arena_array(arena, targets->count, sizeof(*items));
    struct ens_tf_targets pending = *targets;

    pending.items = items;
    pending.count = 0;
    for (size_t i = 0; i < targets->count; i++) {
        if (!ens_str_is(prior_status(prior, targets->items[i].id), "running")) {
            items[pending.count++] = targets->items[i];
        }
    }
    return pending;
}

/* ---- plan ------------------------------------------------------------------------------------ */

/* Finds the changed attributes that force a replacement. One that the prior state lacks does not:
 * the state was moved from a resource that has no such attribute, and was not read since. */
static void find_replaces(struct ens_arena *arena, const struct ens_tf_attribute *attributes,
                          const struct ens_value *prior, struct ens_tf_change *change)
{
    change->replaces =
        ens_arena_array(arena, ens_tf_attribute_count(attributes), sizeof(*change->replaces));
    for (; attributes->name != NULL; attributes++) {
        const struct ens_value *before = ens_value_at(prior, attributes->name);
        if ((attributes->flags & ENS_TF_REPLACES) != 0 && !ens_value_is_null(before) &&
            !ens_value_eq(before, ens_value_at(&change->planned, attributes->name))) {
            change->replaces[change->replace_count++] = attributes->name;
        }
    }
}

/* The planned value of an attribute that is only computed. prior is null for a new resource. */
static struct ens_value planned_value(struct ens_arena *arena, const struct ens_tf_attribute *row,
                                      const struct ens_value *prior,
                                      const struct ens_tf_targets *targets, bool starts)
{
    const struct ens_value *before = ens_value_at(prior, row->name);

    if ((row->flags & ENS_TF_STABLE) != 0 && !ens_value_is_null(before)) {
        return *before;
    }
    if (row->plan != NULL) {
        return row->plan(arena, targets);
    }
    return starts || before == NULL ? ENS_UNKNOWN : *before;
}

void ens_tf_plan_change(struct ens_arena *arena, const struct ens_tf_attribute *attributes,
                        const struct ens_value *prior, const struct ens_value *proposed,
                        const struct ens_tf_targets *targets, struct ens_tf_change *ret)
{
    struct ens_tf_change change = {.planned = ens_value_copy(arena, proposed)};

    if (!ens_value_is_null(prior)) {
        find_replaces(arena, attributes, prior, &change);
    }
    struct ens_value begin = change.replace_count > 0 ? ENS_NULL : *prior;
    change.start = ens_tf_targets_pending(arena, targets, &begin);
    bool starts = change.start.count > 0 || !targets->known;
    for (const struct ens_tf_attribute *row = attributes; row->name != NULL; row++) {
        if ((row->flags & (ENS_TF_COMPUTED | ENS_TF_OPTIONAL)) == ENS_TF_COMPUTED) {
            ens_value_set(&change.planned, row->name,
                          planned_value(arena, row, &begin, targets, starts));
        }
    }
    *ret = change;
}

/* ---- read and apply -------------------------------------------------------------------------- */

bool ens_tf_unread(const struct ens_result *result)
{
    return result->status == ENS_STATUS_UNKNOWN && result->provider_status.len == 0;
}

/* The status of an instance in the prior state, as a result. */
static struct ens_result prior_result(const struct ens_value *prior,
                                      const struct ens_target *target)
{
    struct ens_result result = {.target = *target};

    result.provider_status = ens_value_text(ens_value_at(prior, "provider_status"));
    if (!ens_status_parse(prior_status(prior, target->id), &result.status)) {
        result.status = ENS_STATUS_UNKNOWN;
    }
    return result;
}

static struct ens_result refreshed(const struct ens_value *prior, const struct ens_result *read)
{
    struct ens_result before = prior_result(prior, &read->target);
    struct ens_result result = *read;

    if (ens_tf_unread(read) && before.status != ENS_STATUS_UNKNOWN) {
        return before;
    }
    if (read->action == ENS_ACTION_WAIT) {
        result.status = ENS_STATUS_RUNNING;
        if (before.status == ENS_STATUS_RUNNING) {
            result.provider_status = before.provider_status;
        }
    }
    return result;
}

struct ens_tf_report ens_tf_refreshed_report(struct ens_arena *arena, const struct ens_value *prior,
                                             const struct ens_tf_report *report)
{
    struct ens_tf_instance *instances = ens_arena_array(arena, report->count, sizeof(*instances));

    for (size_t i = 0; i < report->count; i++) {
        instances[i].result = refreshed(prior, &report->instances[i].result);
        instances[i].start_request_id = ens_value_text(ens_value_at(prior, "start_request_id"));
    }
    return (struct ens_tf_report){instances, report->count};
}

struct ens_tf_report ens_tf_applied_report(struct ens_arena *arena,
                                           const struct ens_tf_targets *targets,
                                           const struct ens_value *prior,
                                           const struct ens_tf_report *pending)
{
    struct ens_tf_instance *instances = ens_arena_array(arena, targets->count, sizeof(*instances));
    size_t at = 0;

    for (size_t i = 0; i < targets->count; i++) {
        const struct ens_target *target = &targets->items[i];
        if (at < pending->count && ens_target_eq(&pending->instances[at].result.target, target)) {
            instances[i] = pending->instances[at++];
            if (ens_tf_unread(&instances[i].result)) {
                instances[i].result = refreshed(prior, &instances[i].result);
            }
        } else {
            instances[i].result = prior_result(prior, target);
        }
    }
    return (struct ens_tf_report){instances, targets->count};
}
