/* SPDX-License-Identifier: Apache-2.0 */
#include "alibaba/calls.h"

#include "alibaba/gateway.h"
#include "kit/found.h"
#include "kit/text.h"

#define VERSION KIT_STR("2014-05-26")

const struct ens_lock_row alibaba_locks[] = {
    {"security", ENS_REASON_LOCKED},
    {"Recycling", ENS_REASON_LOCKED}, /* a spot instance that is being reclaimed */
    {"refunded", ENS_REASON_LOCKED},
    {"financial", ENS_REASON_INSUFFICIENT_BALANCE},
    {"dedicatedhostfinancial", ENS_REASON_INSUFFICIENT_BALANCE},
    {NULL, 0},
};

/* ---- DescribeInstances ----------------------------------------------------------------------- */

void alibaba_describe_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                              struct ens_http_request *ret)
{
    struct kit_pairs query = kit_pairs_new(memory);

    kit_pairs_add(&query, "RegionId", call->region);
    kit_pairs_add(&query, "InstanceIds", kit_json_array(memory, call->ids, call->id_count));
    kit_pairs_add(&query, "MaxResults", KIT_STR("100")); /* the default is 10 */
    if (call->page.len > 0) {
        kit_pairs_add(&query, "NextToken", call->page);
    }
    if ((call->flags & ENS_SPEC_DRY_RUN) != 0) {
        kit_pairs_add(&query, "DryRun", KIT_STR("true"));
    }
    alibaba_finish_request(&query, KIT_STR("DescribeInstances"), VERSION, ret);
}

/* As a dry run: without the right to read, the list would be empty. */
void alibaba_right_request(const struct ens_memory *memory, ens_str region,
                           struct ens_http_request *ret)
{
    struct kit_pairs query = kit_pairs_new(memory);

    kit_pairs_add(&query, "RegionId", region);
    kit_pairs_add(&query, "MaxResults", KIT_STR("10")); /* the least */
    kit_pairs_add(&query, "DryRun", KIT_STR("true"));
    alibaba_finish_request(&query, KIT_STR("DescribeInstances"), VERSION, ret);
}

#define LOCK_DEPTH_MAX 4

/* Finds the lock in value, which has one of these forms:
 *   {"LockReason": [{"LockReason": "security"}]}   in replies of the API
 *   {"LockReason": {"LockReason": "security"}}     on the API page
 *   {"LockReason": "security"}, "security"
 * NULL: no lock of the table. *ret_valid becomes false if value has another form. */
static const struct ens_lock_row *find_lock(const json_t *value, unsigned depth, bool *ret_valid)
{
    const struct ens_lock_row *best = NULL;

    if (value == NULL || json_is_null(value)) {
        return NULL; /* some gateways omit empty lists */
    }
    if (json_is_object(value) && depth < LOCK_DEPTH_MAX) {
        return find_lock(json_object_get(value, "LockReason"), depth + 1, ret_valid);
    }
    if (json_is_array(value) && depth < LOCK_DEPTH_MAX && json_array_size(value) <= KIT_LIST_MAX) {
        for (size_t i = 0; i < json_array_size(value); i++) {
            const struct ens_lock_row *row =
                find_lock(json_array_get(value, i), depth + 1, ret_valid);
            best = row != NULL && (best == NULL || row < best) ? row : best;
        }
        return best;
    }
    *ret_valid = *ret_valid && json_is_string(value);
    for (const struct ens_lock_row *row = alibaba_locks; json_is_string(value); row++) {
        if (row->word == NULL) {
            break;
        }
        if (kit_is((ens_str){json_string_value(value), json_string_length(value)}, row->word)) {
            return row;
        }
    }
    return NULL;
}

static bool read_more(const struct ens_memory *memory, const json_t *item,
                      struct ens_answer *answer, struct ens_observation *ret)
{
    bool valid = true;
    const struct ens_lock_row *row = find_lock(json_object_get(item, "OperationLocks"), 0, &valid);

    if (kit_is(kit_json_text(memory, item, "StoppedMode"), "StopCharging")) {
        ret->flags |= ENS_SEEN_CAPACITY_RELEASED; /* "economical mode" */
    }
    if (!valid) {
        kit_malformed(answer, KIT_STR("OperationLocks is neither a list nor a word"));
        return false;
    }
    ret->lock = row != NULL ? kit_str(row->word) : (ens_str){NULL, 0};
    return true;
}

/* The names in instance_shape and read_more. */
#define READ_MEMBERS                                                                               \
    ALIBABA_ENVELOPE                                                                               \
    " NextToken Instances Instance InstanceId Status ExpiredTime StoppedMode OperationLocks? "     \
    "LockReason"

static const struct kit_instance_shape instance_shape = {
    .path = "Instances.Instance",
    .id = "InstanceId",
    .status = "Status",
    .expiry = "ExpiredTime",
    .read_more = read_more,
};

void alibaba_read_describe(const struct ens_memory *memory, const struct ens_call_spec *call,
                           const struct ens_http_reply *reply, struct ens_describe_result *ret)
{
    KIT_AUTO_JSON *root =
        alibaba_read_envelope(memory, reply, READ_MEMBERS, "Instances", &ret->answer);

    if (root != NULL) {
        kit_read_instances(memory, root, &instance_shape, ret);
        kit_read_next_page(call, kit_json_text(memory, root, "NextToken"), &ret->answer,
                           &ret->next_page);
    }
}

/* ---- DescribeInstances without ids ----------------------------------------------------------- */

#define TAGS_MAX 20 /* in one request */

static void add_tags(struct kit_pairs *query, const struct ens_filter *filter)
{
    for (size_t i = 0; i < filter->tag_count && i < TAGS_MAX; i++) {
        const struct ens_pair *tag = filter->tags[i];
        const ens_str prefix = kit_numbered(query->memory, "Tag.", i + 1);
        kit_pairs_add_slice(query, KIT_CONCAT(query->memory, prefix, KIT_STR(".Key")), tag->name);
        if (tag->value.len > 0) {
            kit_pairs_add_slice(query, KIT_CONCAT(query->memory, prefix, KIT_STR(".Value")),
                                tag->value);
        }
    }
}

void alibaba_find_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                          const struct ens_filter *filter, struct ens_http_request *ret)
{
    struct kit_pairs query = kit_pairs_new(memory);

    kit_pairs_add(&query, "RegionId", call->region);
    kit_pairs_add(&query, "MaxResults", KIT_STR("100"));
    kit_pairs_add_set(&query, "NextToken", call->page);
    if (filter->word_count == 1) {
        kit_pairs_add(&query, "Status", filter->words[0]);
    }
    kit_pairs_add_set(&query, "InstanceName", filter->name); /* '*' is the cloud's wildcard too */
    kit_pairs_add_set(&query, "ZoneId", filter->zone);
    kit_pairs_add_set(&query, "ResourceGroupId", filter->group);
    add_tags(&query, filter);
    if ((call->flags & ENS_SPEC_DRY_RUN) != 0) {
        kit_pairs_add(&query, "DryRun", KIT_STR("true"));
    }
    alibaba_finish_request(&query, KIT_STR("DescribeInstances"), VERSION, ret);
}

/* The names in found_shape too. */
#define FIND_MEMBERS                                                                               \
    READ_MEMBERS                                                                                   \
    " RegionId InstanceName ZoneId InstanceType InstanceChargeType ResourceGroupId Tags Tag "      \
    "TagKey "                                                                                      \
    "TagValue"

static const struct kit_found_shape found_shape = {
    .instance = &instance_shape,
    .region = "RegionId",
    .name = "InstanceName",
    .zone = "ZoneId",
    .instance_type = "InstanceType",
    .charge_type = "InstanceChargeType",
    .group = "ResourceGroupId",
    .tags = "Tags.Tag",
    .tag_key = "TagKey",
    .tag_value = "TagValue",
};

void alibaba_read_find(const struct ens_memory *memory, const struct ens_call_spec *call,
                       const struct ens_http_reply *reply, struct ens_find_result *ret)
{
    KIT_AUTO_JSON *root =
        alibaba_read_envelope(memory, reply, FIND_MEMBERS, "Instances", &ret->answer);

    if (root != NULL) {
        kit_read_found(memory, root, &found_shape, (ens_str){NULL, 0}, ret);
        kit_read_next_page(call, kit_json_text(memory, root, "NextToken"), &ret->answer,
                           &ret->next_page);
    }
}

/* ---- StartInstances -------------------------------------------------------------------------- */

void alibaba_start_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                           struct ens_http_request *ret)
{
    struct kit_pairs query = kit_pairs_new(memory);

    /* In the order in which they are signed. */
    if ((call->flags & ENS_SPEC_DRY_RUN) != 0) {
        /* With SuccessFirst a dry run always passes. */
        kit_pairs_add(&query, "BatchOptimization", KIT_STR("AllTogether"));
        kit_pairs_add(&query, "DryRun", KIT_STR("true"));
    } else {
        kit_pairs_add(&query, "BatchOptimization", KIT_STR("SuccessFirst"));
    }
    kit_pairs_add_numbered(&query, "InstanceId.", call->ids, call->id_count);
    kit_pairs_add(&query, "RegionId", call->region);
    alibaba_finish_request(&query, KIT_STR("StartInstances"), VERSION, ret);
}

/* Reads the outcome of one id. Code is "200" or 200 if its start was accepted. */
static bool read_item(const struct ens_memory *memory, const json_t *item,
                      struct ens_answer *answer, struct ens_start_item *ret)
{
    if (!kit_item_id(memory, item, "InstanceId", answer, &ret->id)) {
        return false;
    }
    ret->code = kit_json_text_or_number(memory, item, "Code");
    if (ret->code.len == 0) {
        kit_malformed(answer, KIT_STR("Code is missing"));
        return false;
    }
    if (kit_is(ret->code, "200")) {
        ret->code = (ens_str){NULL, 0};
    } else {
        ret->message = kit_json_text(memory, item, "Message");
    }
    return true;
}

void alibaba_read_start(const struct ens_memory *memory, const struct ens_call_spec *call,
                        const struct ens_http_reply *reply, struct ens_start_result *ret)
{
    static const char path[] = "InstanceResponses.InstanceResponse";
    static const char names[] = ALIBABA_ENVELOPE " InstanceResponses InstanceResponse InstanceId";
    KIT_AUTO_JSON *root =
        alibaba_read_envelope(memory, reply, names, "InstanceResponses", &ret->answer);

    (void)call;
    const json_t *list = root == NULL ? NULL : kit_reply_list(memory, root, path, &ret->answer);
    size_t count = json_array_size(list);
    struct ens_start_item *const *items = kit_start_items_new(memory, count);
    for (size_t i = 0; i < count; i++) {
        if (!read_item(memory, json_array_get(list, i), &ret->answer, items[i])) {
            kit_malformed_at(memory, path, i, &ret->answer);
            return;
        }
    }
    ret->items = (const struct ens_start_item *const *)items;
    ret->item_count = count;
}
