#include "terraform/plan.h"

#include "terraform/request.h"

/* Attributes of the rows that force a replacement and really change. */
static void find_replaces(struct ens_arena *arena, const struct ens_tf_attribute *attributes,
                          const struct ens_value *prior, struct ens_tf_change *change)
{
    change->replaces =
        ens_arena_array(arena, ens_tf_attribute_count(attributes), sizeof(*change->replaces));
    for (; attributes->name != NULL; attributes++) {
        if ((attributes->flags & ENS_TF_REPLACES) != 0 &&
            !ens_value_eq(ens_value_at(prior, attributes->name),
                          ens_value_at(&change->planned, attributes->name))) {
            change->replaces[change->replace_count++] = attributes->name;
        }
    }
}

/* A computed attribute that no configuration sets. prior is null where a new object begins. */
static struct ens_value planned_value(struct ens_arena *arena, const struct ens_tf_attribute *row,
                                      const struct ens_value *prior,
                                      const struct ens_tf_request *request, bool starts)
{
    const struct ens_value *before = ens_value_at(prior, row->name);

    if ((row->flags & ENS_TF_STABLE) != 0 && !ens_value_is_null(before)) {
        return *before;
    }
    if (row->plan != NULL) {
        return row->plan(arena, request);
    }
    return starts || before == NULL ? ENS_UNKNOWN : *before;
}

void ens_tf_plan_change(struct ens_arena *arena, const struct ens_tf_attribute *attributes,
                        const struct ens_value *prior, const struct ens_value *proposed,
                        const struct ens_tf_request *request, struct ens_tf_change *ret)
{
    struct ens_tf_change change = {.planned = ens_value_copy(arena, proposed)};

    if (!ens_value_is_null(prior)) {
        find_replaces(arena, attributes, prior, &change);
    }
    struct ens_value begin = change.replace_count > 0 ? ENS_NULL : *prior;
    change.start = ens_tf_request_pending(arena, request, &begin);
    bool starts = change.start.count > 0 || !request->known;
    for (const struct ens_tf_attribute *row = attributes; row->name != NULL; row++) {
        if ((row->flags & (ENS_TF_COMPUTED | ENS_TF_OPTIONAL)) == ENS_TF_COMPUTED) {
            ens_value_set(&change.planned, row->name,
                          planned_value(arena, row, &begin, request, starts));
        }
    }
    *ret = change;
}
