/* SPDX-License-Identifier: Apache-2.0 */
#include "baidu/calls.h"

#include <string.h>

#include "baidu/gateway.h"
#include "kit/found.h"
#include "kit/text.h"

static void set_ids(const struct ens_memory *memory, const struct ens_call_spec *call,
                    struct ens_http_request *ret)
{
    ret->body = KIT_CONCAT(memory, KIT_STR("{\"instanceIds\":"),
                           kit_json_array(memory, call->ids, call->id_count), KIT_STR("}"));
}

/* ---- POST /v2/instance/listByInstanceId ------------------------------------------------------ */

void baidu_describe_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                            struct ens_http_request *ret)
{
    struct kit_pairs query = kit_pairs_new(memory);

    ret->method = KIT_STR("POST");
    ret->path = KIT_STR("/v2/instance/listByInstanceId");
    if (call->page.len > 0) {
        kit_pairs_add(&query, "marker", call->page);
    }
    kit_pairs_add(&query, "maxKeys", KIT_STR("100"));
    set_ids(memory, call, ret);
    baidu_finish_request(&query, ret);
}

/* GET /v2/instance, which needs no ids */
void baidu_right_request(const struct ens_memory *memory, ens_str region,
                         struct ens_http_request *ret)
{
    struct kit_pairs query = kit_pairs_new(memory);

    (void)region; /* the host names it */
    ret->method = KIT_STR("GET");
    ret->path = KIT_STR("/v2/instance");
    kit_pairs_add(&query, "maxKeys", KIT_STR("1"));
    baidu_finish_request(&query, ret);
}

/* The names in instance_shape and read_next_page. */
#define READ_MEMBERS BAIDU_ENVELOPE " isTruncated nextMarker instances id status expireTime"

static const struct kit_instance_shape instance_shape = {
    .path = "instances",
    .id = "id",
    .status = "status",
    .expiry = "expireTime",
};

static void read_next_page(const struct ens_memory *memory, const json_t *root,
                           const struct ens_call_spec *call, struct ens_answer *answer,
                           ens_str *ret)
{
    if (!json_is_true(json_object_get(root, "isTruncated"))) {
        return;
    }
    const ens_str mark = kit_json_text(memory, root, "nextMarker");
    if (mark.len == 0) {
        kit_malformed(answer, KIT_STR("isTruncated is true, but nextMarker is missing"));
    }
    kit_read_next_page(call, mark, answer, ret);
}

void baidu_read_describe(const struct ens_memory *memory, const struct ens_call_spec *call,
                         const struct ens_http_reply *reply, struct ens_describe_result *ret)
{
    KIT_AUTO_JSON *root = baidu_read_envelope(memory, reply, READ_MEMBERS, false, &ret->answer);

    if (root == NULL) {
        return;
    }
    kit_read_instances(memory, root, &instance_shape, ret);
    read_next_page(memory, root, call, &ret->answer, &ret->next_page);
}

/* ---- GET /v2/instance ------------------------------------------------------------------------ */

static bool has(ens_str text, char c)
{
    return text.len > 0 && memchr(text.ptr, c, text.len) != NULL;
}

/* "key:value,key:value". A tag that this form can't express is left out. */
static ens_str join_tags(const struct ens_memory *memory, const struct ens_filter *filter)
{
    struct kit_text text = kit_text_new(memory);

    for (size_t i = 0; i < filter->tag_count; i++) {
        const struct ens_pair *tag = filter->tags[i];
        const bool plain = tag->value.len > 0 && !has(tag->name, ',') && !has(tag->name, ':') &&
                           !has(tag->value, ',') && !has(tag->value, ':');
        if (plain) {
            kit_text_add(&text, text.len > 0 ? KIT_STR(",") : KIT_STR(""));
            kit_text_add(&text, tag->name);
            kit_text_add(&text, KIT_STR(":"));
            kit_text_add(&text, tag->value);
        }
    }
    return kit_text_done(&text);
}

/* There is no parameter for the resource group. */
void baidu_find_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                        const struct ens_filter *filter, struct ens_http_request *ret)
{
    const bool whole = !kit_is_pattern(filter->name) && !has(filter->name, ',');
    struct kit_pairs query = kit_pairs_new(memory);

    ret->method = KIT_STR("GET");
    ret->path = KIT_STR("/v2/instance");
    kit_pairs_add(&query, "maxKeys", KIT_STR("1000"));
    kit_pairs_add_set(&query, "marker", call->page);
    if (filter->word_count == 1) {
        kit_pairs_add(&query, "status", filter->words[0]);
    }
    if (whole) {
        kit_pairs_add_set(&query, "instanceNames", filter->name);
    } else {
        kit_pairs_add_set(&query, "fuzzyInstanceName", kit_longest_part(filter->name));
    }
    kit_pairs_add_set(&query, "zoneName", filter->zone);
    kit_pairs_add_set(&query, "tags", join_tags(memory, filter));
    baidu_finish_request(&query, ret);
}

/* The names in found_shape too. */
#define FIND_MEMBERS                                                                               \
    READ_MEMBERS                                                                                   \
    " name zoneName spec paymentTiming resGroupInfos groupId groupName tags tagKey tagValue"

static const struct kit_found_shape found_shape = {
    .instance = &instance_shape,
    .name = "name",
    .zone = "zoneName",
    .instance_type = "spec",
    .charge_type = "paymentTiming",
    .groups = "resGroupInfos",
    .group_id = "groupId",
    .group_name = "groupName",
    .tags = "tags",
    .tag_key = "tagKey",
    .tag_value = "tagValue",
};

void baidu_read_find(const struct ens_memory *memory, const struct ens_call_spec *call,
                     const struct ens_http_reply *reply, struct ens_find_result *ret)
{
    KIT_AUTO_JSON *root = baidu_read_envelope(memory, reply, FIND_MEMBERS, false, &ret->answer);

    if (root != NULL) {
        kit_read_found(memory, root, &found_shape, (ens_str){NULL, 0}, ret);
        read_next_page(memory, root, call, &ret->answer, &ret->next_page);
    }
}

/* ---- PUT /v2/instance/{id}?start, PUT /v2/instance/batchAction?start ------------------------- */

void baidu_start_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                         struct ens_http_request *ret)
{
    struct kit_pairs query = kit_pairs_new(memory);

    ret->method = KIT_STR("PUT");
    if (call->id_count == 1) {
        ret->path = KIT_CONCAT(memory, KIT_STR("/v2/instance/"), call->ids[0]);
    } else {
        ret->path = KIT_STR("/v2/instance/batchAction");
        set_ids(memory, call, ret);
    }
    kit_pairs_add(&query, "start", KIT_STR(""));
    baidu_finish_request(&query, ret);
}

#define FAILED "failedInstanceIdList"

/* Reads {"failedInstanceIdList": ["i-..."]}; the list may be missing or null. */
static void read_failed(const struct ens_memory *memory, const json_t *root,
                        struct ens_start_result *ret)
{
    static const char path[] = FAILED;
    const json_t *member = json_object_get(root, path);

    if (member == NULL || json_is_null(member)) {
        return;
    }
    const json_t *list = kit_reply_list(memory, root, path, &ret->answer);
    size_t count = json_array_size(list);
    struct ens_start_item *const *items = kit_start_items_new(memory, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *id = json_array_get(list, i);
        if (json_string_length(id) == 0) {
            kit_malformed(&ret->answer, KIT_STR("it is not an id"));
            kit_malformed_at(memory, path, i, &ret->answer);
            return;
        }
        items[i]->id = kit_copy(memory, (ens_str){json_string_value(id), json_string_length(id)});
        items[i]->code = KIT_STR(BAIDU_CODE_FAILED_IN_BATCH);
        items[i]->message = KIT_STR("the batch could not start this instance");
    }
    ret->items = (const struct ens_start_item *const *)items;
    ret->item_count = count;
}

void baidu_read_start(const struct ens_memory *memory, const struct ens_call_spec *call,
                      const struct ens_http_reply *reply, struct ens_start_result *ret)
{
    KIT_AUTO_JSON *root =
        baidu_read_envelope(memory, reply, BAIDU_ENVELOPE " " FAILED, true, &ret->answer);

    (void)call;
    if (root != NULL) {
        read_failed(memory, root, ret);
    }
}
