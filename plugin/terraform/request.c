#include "terraform/request.h"

#include <stdlib.h>

#include "engine/engine.h"
#include "terraform/duration.h"

static int by_bytes(const void *a, const void *b)
{
    return ens_str_cmp(*(const ens_str *)a, *(const ens_str *)b);
}

/* The ids of the block in byte order, each once. False: some are unknown. */
static bool read_ids(struct ens_arena *arena, const struct ens_value *object, ens_str **ret,
                     size_t *ret_count)
{
    const struct ens_value *single = ens_value_at(object, "instance_id");
    const struct ens_value *set = ens_value_at(object, "instance_ids");
    size_t count = single != NULL                               ? 1
                   : set != NULL && set->kind == ENS_VALUE_LIST ? set->list.count
                                                                : 0;
    ens_str *ids = ens_arena_array(arena, count, sizeof(*ids));
    size_t distinct = 0;

    if (!ens_value_known(single != NULL ? single : set)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        ids[i] = ens_value_text(single != NULL ? single : &set->list.items[i]);
    }
    qsort(ids, count, sizeof(*ids), by_bytes);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !ens_str_eq(ids[i], ids[i - 1])) {
            ids[distinct++] = ids[i];
        }
    }
    *ret = ids;
    *ret_count = distinct;
    return true;
}

static bool is_unknown(const struct ens_value *value)
{
    return value != NULL && value->kind == ENS_VALUE_UNKNOWN;
}

static ens_rc check_parts(const struct ens_tf_request *request, const struct ens_value *object,
                          const struct ens_registry *registry, struct ens_diags *diags)
{
    const char *ids = ens_value_at(object, "instance_id") != NULL ? "instance_id" : "instance_ids";
    ens_rc rc = ens_cloud_check(request->cloud, "cloud", diags);

    if (rc == ENS_OK) {
        rc = ens_registry_require(registry, request->cloud, "cloud", diags);
    }
    if (rc == ENS_OK) {
        rc = ens_region_check(request->region, "region", diags);
    }
    for (size_t i = 0; rc == ENS_OK && i < request->count; i++) {
        rc = ens_id_check(request->targets[i].id, ids, diags);
    }
    if (rc == ENS_OK && (request->count == 0 || request->count > ENS_TF_INSTANCES_MAX)) {
        rc = ens_fail(diags, ENS_LIMIT, ids, "%zu instances; 1 to %d are taken", request->count,
                      ENS_TF_INSTANCES_MAX);
    }
    return rc;
}

ens_rc ens_tf_request_read(struct ens_arena *arena, const struct ens_value *object,
                           const struct ens_registry *registry, struct ens_tf_request *ret,
                           struct ens_diags *diags)
{
    const struct ens_value *cloud = ens_value_at(object, "cloud");
    const struct ens_value *region = ens_value_at(object, "region");
    struct ens_tf_request request = {.cloud = ens_value_text(cloud),
                                     .region = ens_value_text(region)};
    ens_str *ids = NULL;

    if (is_unknown(cloud) || is_unknown(region) || !read_ids(arena, object, &ids, &request.count)) {
        request.count = 0;
        *ret = request;
        return ENS_OK;
    }
    if (ens_value_is_null(region)) {
        return ens_fail(diags, ENS_INVALID, "region",
                        "no region: set it here, or as the region of \"%.*s\" in the provider "
                        "block",
                        ENS_STR_ARG(request.cloud));
    }
    struct ens_target *targets = ens_arena_array(arena, request.count, sizeof(*targets));
    for (size_t i = 0; i < request.count; i++) {
        targets[i] = (struct ens_target){request.cloud, request.region, ids[i]};
    }
    request.targets = targets;
    request.known = true;
    ens_rc rc = check_parts(&request, object, registry, diags);
    if (rc == ENS_OK) {
        *ret = request;
    }
    return rc;
}

ens_str ens_tf_prior_status(const struct ens_value *prior, ens_str id)
{
    const struct ens_value *status = ens_value_at(prior, "status");
    const struct ens_value *statuses = ens_value_at(prior, "statuses");

    return ens_value_text(statuses != NULL ? ens_value_at_str(statuses, id) : status);
}

struct ens_tf_request ens_tf_request_pending(struct ens_arena *arena,
                                             const struct ens_tf_request *request,
                                             const struct ens_value *prior)
{
    struct ens_target *targets = ens_arena_array(arena, request->count, sizeof(*targets));
    struct ens_tf_request pending = *request;

    pending.targets = targets;
    pending.count = 0;
    for (size_t i = 0; i < request->count; i++) {
        if (!ens_str_is(ens_tf_prior_status(prior, request->targets[i].id), "running")) {
            targets[pending.count++] = request->targets[i];
        }
    }
    return pending;
}

int64_t ens_tf_request_timeout(const struct ens_value *object, const char *at)
{
    const struct ens_value *timeouts = ens_value_at(object, "timeouts");
    ens_str text = ens_value_text(ens_value_at(timeouts != NULL ? timeouts : object, at));
    int64_t ms = 0;

    if (text.len == 0 || ens_duration_parse(text, ENS_TIMEOUT_MAX_MS, at, &ms, NULL) != ENS_OK) {
        return 0;
    }
    return ms;
}
