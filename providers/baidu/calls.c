/* SPDX-License-Identifier: Apache-2.0 */
#include "baidu/calls.h"

#include "baidu/gateway.h"
#include "kit/reply.h"
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

static const struct kit_instance_shape instance_shape = {
    .path = "instances",
    .id = "id",
    .status = "status",
    .expiry = "expireTime",
};

void baidu_read_describe(const struct ens_memory *memory, const struct ens_call_spec *call,
                         const struct ens_http_reply *reply, struct ens_describe_result *ret)
{
    KIT_AUTO_JSON *root = baidu_read_envelope(memory, reply, false, &ret->answer);

    if (root == NULL) {
        return;
    }
    kit_read_instances(memory, root, &instance_shape, ret);
    if (json_is_true(json_object_get(root, "isTruncated"))) {
        ens_str mark = kit_json_text(memory, root, "nextMarker");
        if (mark.len == 0) {
            kit_malformed(&ret->answer, KIT_STR("isTruncated is true, but nextMarker is missing"));
        }
        kit_read_next_page(call, mark, ret);
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

/* Reads {"failedInstanceIdList": ["i-..."]}; the list may be missing or null. */
static void read_failed(const struct ens_memory *memory, const json_t *root,
                        struct ens_start_result *ret)
{
    static const char path[] = "failedInstanceIdList";
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
    KIT_AUTO_JSON *root = baidu_read_envelope(memory, reply, true, &ret->answer);

    (void)call;
    if (root != NULL) {
        read_failed(memory, root, ret);
    }
}
