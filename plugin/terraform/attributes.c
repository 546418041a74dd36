/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/attributes.h"

#include "base/hash.h"
#include "core/plain.h"
#include "engine/engine.h"
#include "http/endpoint.h"
#include "terraform/preflight.h"

/* ---- attribute tables ------------------------------------------------------------------------ */

bool ens_tf_is_set(const struct ens_value *value)
{
    return !ens_value_is_null(value) && !(value->kind == ENS_VALUE_STRING && value->text.len == 0);
}

size_t ens_tf_attribute_count(const struct ens_tf_attribute *attributes)
{
    size_t count = 0;

    while (attributes[count].name != NULL) {
        count++;
    }
    return count;
}

const struct ens_tf_attribute *ens_tf_attribute_find(const struct ens_tf_attribute *attributes,
                                                     ens_str name)
{
    for (; attributes->name != NULL; attributes++) {
        if (ens_str_is(name, attributes->name)) {
            return attributes;
        }
    }
    return NULL;
}

/* ---- values of a block ----------------------------------------------------------------------- */

struct ens_value ens_tf_null_object(struct ens_arena *arena,
                                    const struct ens_tf_attribute *attributes)
{
    struct ens_value object = ens_value_map(arena, ens_tf_attribute_count(attributes));

    for (size_t i = 0; i < object.map.count; i++) {
        object.map.pairs[i].key = ens_str_of(attributes[i].name);
    }
    return object;
}

/* A list with one object per instance of the report. */
static struct ens_value fill_objects(struct ens_arena *arena, const struct ens_tf_attribute *row,
                                     const struct ens_tf_report *report)
{
    struct ens_value list = ens_value_list(arena, report->count);

    for (size_t i = 0; i < report->count; i++) {
        struct ens_tf_report one = {&report->instances[i], 1};
        list.list.items[i] = ens_tf_null_object(arena, row->nested);
        ens_tf_fill_computed(arena, row->nested, &one, &list.list.items[i]);
    }
    return list;
}

void ens_tf_fill_computed(struct ens_arena *arena, const struct ens_tf_attribute *attributes,
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

struct ens_value ens_tf_show(struct ens_arena *arena, const struct ens_tf_attribute *attributes,
                             const struct ens_finding *finding)
{
    struct ens_value object = ens_tf_null_object(arena, attributes);

    for (; attributes->name != NULL; attributes++) {
        if (attributes->show != NULL) {
            ens_value_set(&object, attributes->name, attributes->show(arena, finding));
        }
    }
    return object;
}

int64_t ens_tf_timeout(const struct ens_value *object, const char *at)
{
    const struct ens_value *timeouts = ens_value_at(object, "timeouts");
    ens_str text = ens_value_text(ens_value_at(timeouts != NULL ? timeouts : object, at));
    int64_t ms = 0;

    if (text.len == 0 || ens_duration_parse(text, at, &ms, NULL) != ENS_OK) {
        return 0;
    }
    return ms;
}

/* ---- checks ---------------------------------------------------------------------------------- */

ens_rc ens_tf_check_cloud(const struct ens_registry *registry, ens_str text, const char *where,
                          struct ens_diags *diags)
{
    ens_rc rc = ens_cloud_check(text, where, diags);

    return rc != ENS_OK ? rc : ens_registry_require(registry, text, where, diags);
}

ens_rc ens_tf_check_region(const struct ens_registry *registry, ens_str text, const char *where,
                           struct ens_diags *diags)
{
    (void)registry;
    return ens_region_check(text, where, diags);
}

ens_rc ens_tf_check_instance_id(const struct ens_registry *registry, ens_str text,
                                const char *where, struct ens_diags *diags)
{
    (void)registry;
    return ens_id_check(text, where, diags);
}

static ens_rc check_guard(enum ens_rule rule, ens_str value, const char *where,
                          struct ens_diags *diags)
{
    struct ens_guard guard = {.rule = rule, .values = &value, .value_count = 1};

    return ens_guard_check(&guard, where, diags);
}

ens_rc ens_tf_check_pattern(const struct ens_registry *registry, ens_str text, const char *where,
                            struct ens_diags *diags)
{
    (void)registry;
    return check_guard(ENS_RULE_ALLOW, text, where, diags);
}

ens_rc ens_tf_check_min_confidence(const struct ens_registry *registry, ens_str text,
                                   const char *where, struct ens_diags *diags)
{
    (void)registry;
    return check_guard(ENS_RULE_MIN_CONFIDENCE, text, where, diags);
}

ens_rc ens_tf_check_duration(const struct ens_registry *registry, ens_str text, const char *where,
                             struct ens_diags *diags)
{
    int64_t ms = 0;

    (void)registry;
    return ens_duration_parse(text, where, &ms, diags);
}

ens_rc ens_tf_check_preflight(const struct ens_registry *registry, ens_str text, const char *where,
                              struct ens_diags *diags)
{
    enum ens_tf_preflight preflight;

    (void)registry;
    return ens_tf_preflight_parse(text, where, &preflight, diags);
}

ens_rc ens_tf_check_endpoint(const struct ens_registry *registry, ens_str text, const char *where,
                             struct ens_diags *diags)
{
    (void)registry;
    /* Plain http is accepted here: ENSURE_ALLOW_HTTP is checked when the engine is configured. */
    return ens_endpoint_check(text, true, where, diags);
}

/* ---- plans ----------------------------------------------------------------------------------- */

static const ens_str running = ENS_STR_INIT("running");

struct ens_value ens_tf_plan_target(struct ens_arena *arena, const struct ens_tf_targets *targets)
{
    if (!targets->known) {
        return ENS_UNKNOWN;
    }
    return ens_value_string(arena, ens_target_text(arena, &targets->items[0]));
}

/* Hash of the ids, each followed by a separator so that their boundaries count. It identifies a
 * set; collision resistance is not needed. */
static uint64_t hash_ids(const struct ens_tf_targets *targets)
{
    uint64_t hash = ENS_HASH_START;

    for (size_t i = 0; i < targets->count; i++) {
        hash = ens_hash(ens_hash(hash, targets->items[i].id), ENS_STR(","));
    }
    return hash;
}

struct ens_value ens_tf_plan_target_set(struct ens_arena *arena,
                                        const struct ens_tf_targets *targets)
{
    if (!targets->known) {
        return ENS_UNKNOWN;
    }
    return ens_value_string(arena, ens_arena_printf(arena, "%.*s/%.*s/%016llx",
                                                    ENS_STR_ARG(targets->cloud),
                                                    ENS_STR_ARG(targets->region),
                                                    (unsigned long long)hash_ids(targets)));
}

struct ens_value ens_tf_plan_running(struct ens_arena *arena, const struct ens_tf_targets *targets)
{
    (void)targets;
    return ens_value_string(arena, running);
}

struct ens_value ens_tf_plan_all_running(struct ens_arena *arena,
                                         const struct ens_tf_targets *targets)
{
    if (!targets->known) {
        return ENS_UNKNOWN;
    }
    struct ens_value statuses = ens_value_map(arena, targets->count);
    for (size_t i = 0; i < targets->count; i++) {
        statuses.map.pairs[i].key = targets->items[i].id;
        statuses.map.pairs[i].value = ens_value_string(arena, running);
    }
    return statuses;
}

/* ---- reports --------------------------------------------------------------------------------- */

#define FILL_TEXT(name, text)                                                                      \
    struct ens_value ens_tf_fill_##name(struct ens_arena *arena,                                   \
                                        const struct ens_tf_report *report)                        \
    {                                                                                              \
        const struct ens_tf_instance *instance = &report->instances[0];                            \
        return ens_value_string(arena, text);                                                      \
    }

FILL_TEXT(target, ens_target_text(arena, &instance->result.target))
FILL_TEXT(status, ens_str_of(ens_status_name(instance->result.status)))
FILL_TEXT(provider_status, instance->result.provider_status)
FILL_TEXT(action, ens_str_of(ens_action_name(instance->result.action)))
FILL_TEXT(confidence, ens_str_of(ens_confidence_name(instance->result.confidence)))
FILL_TEXT(reason, ens_str_of(ens_reason_name(instance->result.reason)))
FILL_TEXT(message, instance->result.message)
FILL_TEXT(advice, instance->result.advice)
FILL_TEXT(provider_code, instance->result.provider_code)
FILL_TEXT(request_id, instance->result.request_id)
FILL_TEXT(start_request_id, instance->start_request_id)

struct ens_value ens_tf_fill_http_status(struct ens_arena *arena,
                                         const struct ens_tf_report *report)
{
    (void)arena;
    return ens_value_integer(report->instances[0].result.http_status);
}

struct ens_value ens_tf_fill_statuses(struct ens_arena *arena, const struct ens_tf_report *report)
{
    struct ens_value statuses = ens_value_map(arena, report->count);

    for (size_t i = 0; i < report->count; i++) {
        const struct ens_result *result = &report->instances[i].result;
        statuses.map.pairs[i].key = result->target.id;
        statuses.map.pairs[i].value =
            ens_value_string(arena, ens_str_of(ens_status_name(result->status)));
    }
    return statuses;
}

struct ens_value ens_tf_fill_none_refused(struct ens_arena *arena,
                                          const struct ens_tf_report *report)
{
    bool refused = false;

    (void)arena;
    for (size_t i = 0; i < report->count; i++) {
        refused = refused || report->instances[i].result.action == ENS_ACTION_REFUSE;
    }
    return ens_value_bool(!refused);
}

/* ---- findings -------------------------------------------------------------------------------- */

/* Texts of a finding are a cloud's, and valid only while it is shown. */
static struct ens_value copy_text(struct ens_arena *arena, ens_str text)
{
    return ens_value_string(arena, ens_plain_text(arena, ens_arena_dup(arena, text)));
}

#define SHOW_TEXT(name, text)                                                                      \
    struct ens_value ens_tf_show_##name(struct ens_arena *arena,                                   \
                                        const struct ens_finding *finding)                         \
    {                                                                                              \
        return copy_text(arena, text);                                                             \
    }

SHOW_TEXT(target, ens_target_text(arena, &finding->target))
SHOW_TEXT(cloud, finding->target.cloud)
SHOW_TEXT(region, finding->target.region)
SHOW_TEXT(instance_id, finding->target.id)
SHOW_TEXT(name, finding->name)
SHOW_TEXT(status, ens_str_of(ens_status_name(finding->status)))
SHOW_TEXT(settled_status,
          ens_str_of(ens_status_name(finding->status == ENS_STATUS_STARTING ? ENS_STATUS_RUNNING
                                                                            : finding->status)))
SHOW_TEXT(provider_status, finding->provider_status)
SHOW_TEXT(zone, finding->zone)
SHOW_TEXT(instance_type, finding->instance_type)
SHOW_TEXT(charge_type, finding->charge_type)

struct ens_value ens_tf_show_start_request_id(struct ens_arena *arena,
                                              const struct ens_finding *finding)
{
    (void)finding; /* a list knows of no start */
    return ens_value_string(arena, ENS_STR(""));
}

struct ens_value ens_tf_show_tags(struct ens_arena *arena, const struct ens_finding *finding)
{
    struct ens_value tags = ens_value_map(arena, finding->tag_count);

    for (size_t i = 0; i < finding->tag_count; i++) {
        const struct ens_value key = copy_text(arena, finding->tags[i].name);
        tags.map.pairs[i] =
            (struct ens_value_pair){key.text, copy_text(arena, finding->tags[i].value)};
    }
    return tags;
}
