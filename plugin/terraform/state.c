#include "terraform/state.h"

#include "terraform/conform.h"
#include "terraform/report.h"
#include "terraform/request.h"

/* What the prior state says of an instance, as a result. */
static struct ens_result prior_result(const struct ens_value *prior,
                                      const struct ens_target *target)
{
    struct ens_result result = {.target = *target};

    result.provider_status = ens_value_text(ens_value_at(prior, "provider_status"));
    if (!ens_status_parse(ens_tf_prior_status(prior, target->id), &result.status)) {
        result.status = ENS_STATUS_UNKNOWN;
    }
    return result;
}

static struct ens_result settled(const struct ens_value *prior, const struct ens_result *read)
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

struct ens_tf_report ens_tf_state_settle(struct ens_arena *arena, const struct ens_value *prior,
                                         const struct ens_tf_report *report)
{
    struct ens_tf_instance *instances = ens_arena_array(arena, report->count, sizeof(*instances));

    for (size_t i = 0; i < report->count; i++) {
        instances[i].result = settled(prior, &report->instances[i].result);
        instances[i].start_request_id = ens_value_text(ens_value_at(prior, "start_request_id"));
    }
    return (struct ens_tf_report){instances, report->count};
}

struct ens_tf_report ens_tf_state_merge(struct ens_arena *arena,
                                        const struct ens_tf_request *request,
                                        const struct ens_value *prior,
                                        const struct ens_tf_report *pending)
{
    struct ens_tf_instance *instances = ens_arena_array(arena, request->count, sizeof(*instances));
    size_t at = 0;

    for (size_t i = 0; i < request->count; i++) {
        const struct ens_target *target = &request->targets[i];
        if (at < pending->count && ens_target_eq(&pending->instances[at].result.target, target)) {
            instances[i] = pending->instances[at++];
            if (ens_tf_unread(&instances[i].result)) {
                instances[i].result = settled(prior, &instances[i].result);
            }
        } else {
            instances[i].result = prior_result(prior, target);
        }
    }
    return (struct ens_tf_report){instances, request->count};
}

/* One object for each instance. */
static struct ens_value fill_objects(struct ens_arena *arena, const struct ens_tf_attribute *row,
                                     const struct ens_tf_report *report)
{
    struct ens_value list = ens_value_list(arena, report->count);

    for (size_t i = 0; i < report->count; i++) {
        struct ens_tf_report one = {&report->instances[i], 1};
        list.list.items[i] = ens_tf_null_object(arena, row->nested);
        ens_tf_state_fill(arena, row->nested, &one, &list.list.items[i]);
    }
    return list;
}

void ens_tf_state_fill(struct ens_arena *arena, const struct ens_tf_attribute *attributes,
                       const struct ens_tf_report *report, struct ens_value *object)
{
    for (; attributes->name != NULL; attributes++) {
        if (attributes->fill != NULL) {
            ens_value_set(object, attributes->name, attributes->fill(arena, report));
        } else if (attributes->type == ENS_TF_OBJECT_LIST) {
            ens_value_set(object, attributes->name, fill_objects(arena, attributes, report));
        }
    }
}
