/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/reply.h"

#include <string.h>

#include "kit/instant.h"
#include "kit/json_pick.h"
#include "kit/json_repair.h"
#include "kit/text.h"
#include "kit/xml.h"

bool kit_reply_is_success(const struct ens_http_reply *reply)
{
    return reply->status >= 200 && reply->status <= 299;
}

void kit_malformed(struct ens_answer *answer, ens_str detail)
{
    answer->malformed = 1;
    answer->detail = detail;
}

/* Reads an error in the cloud's XML format. */
static bool read_xml(const struct ens_memory *memory, const struct ens_http_reply *reply,
                     struct ens_answer *answer)
{
    struct kit_xml_error error = {0};

    if (kit_reply_is_success(reply) || !kit_xml_read_error(memory, reply->body, &error)) {
        return false;
    }
    answer->code = error.code;
    answer->message = error.message;
    answer->request_id = error.request_id.len > 0 ? error.request_id : answer->request_id;
    return true;
}

json_t *kit_reply_object(const struct ens_memory *memory, const struct ens_http_reply *reply,
                         const char *names, bool may_be_empty, struct ens_answer *answer)
{
    ens_str body = kit_trim(kit_skip_mark(reply->body));
    ens_str error = {0};

    if (body.len == 0) {
        if (kit_reply_is_success(reply) && !may_be_empty) {
            kit_malformed(answer, KIT_STR("the body is empty"));
        }
        return NULL;
    }
    if (body.ptr[0] == '<') {
        if (!read_xml(memory, reply, answer)) {
            kit_malformed(answer, kit_is_html(body) ? KIT_STR("the body is HTML, not JSON")
                                                    : KIT_STR("the body is XML, not JSON"));
        }
        return NULL;
    }
    const ens_str text = names == NULL ? reply->body : kit_json_pick(memory, reply->body, names);
    json_t *object = kit_json_object(memory, text, KIT_REPAIR_CONTROLS, &error);
    if (object == NULL) {
        kit_malformed(answer, KIT_CONCAT(memory, KIT_STR("the body is "), error));
    }
    return object;
}

const json_t *kit_json_at(const json_t *object, const char *path)
{
    while (object != NULL && *path != '\0') {
        size_t len = strcspn(path, ".");
        object = json_object_getn(object, path, len);
        path += len + (path[len] == '.');
    }
    return object;
}

const json_t *kit_reply_list(const struct ens_memory *memory, const json_t *object,
                             const char *path, struct ens_answer *answer)
{
    const json_t *list = kit_json_at(object, path);

    if (!json_is_array(list)) {
        kit_malformed(
            answer, kit_format(memory, "%s is %s", path, list == NULL ? "missing" : "not a list"));
        return NULL;
    }
    if (json_array_size(list) > KIT_LIST_MAX) {
        kit_malformed(answer,
                      kit_format(memory, "%s has more than %zu elements", path, KIT_LIST_MAX));
        return NULL;
    }
    return list;
}

bool kit_item_text(const struct ens_memory *memory, const json_t *item, const char *name,
                   struct ens_answer *answer, ens_str *ret)
{
    const json_t *value = json_object_get(item, name);

    if (!json_is_string(value)) {
        kit_malformed(answer,
                      kit_format(memory, "%s is %s", name, value == NULL ? "missing" : "not text"));
        return false;
    }
    *ret = kit_json_text(memory, item, name);
    return true;
}

bool kit_item_id(const struct ens_memory *memory, const json_t *item, const char *name,
                 struct ens_answer *answer, ens_str *ret)
{
    if (!kit_item_text(memory, item, name, answer, ret)) {
        return false;
    }
    if (ret->len == 0) {
        kit_malformed(answer, kit_format(memory, "%s is empty", name));
    }
    return ret->len > 0;
}

void kit_malformed_at(const struct ens_memory *memory, const char *path, size_t index,
                      struct ens_answer *answer)
{
    answer->detail =
        KIT_CONCAT(memory, kit_format(memory, "%s[%zu]: ", path, index), answer->detail);
}

bool kit_read_instance(const struct ens_memory *memory, const json_t *item,
                       const struct kit_instance_shape *shape, struct ens_answer *answer,
                       struct ens_observation *ret)
{
    ret->struct_size = sizeof(*ret);
    if (!kit_item_id(memory, item, shape->id, answer, &ret->id) ||
        !kit_item_text(memory, item, shape->status, answer, &ret->word)) {
        return false;
    }
    ret->expires_unix_s = kit_instant_parse(kit_json_text(memory, item, shape->expiry));
    return shape->read_more == NULL || shape->read_more(memory, item, answer, ret);
}

void kit_read_instances(const struct ens_memory *memory, const json_t *root,
                        const struct kit_instance_shape *shape, struct ens_describe_result *ret)
{
    const json_t *list = kit_reply_list(memory, root, shape->path, &ret->answer);
    size_t count = json_array_size(list);
    struct ens_observation *rows = memory->alloc(memory->ctx, count * sizeof(*rows));
    const struct ens_observation **pointers =
        memory->alloc(memory->ctx, count * sizeof(pointers[0]));

    for (size_t i = 0; i < count; i++) {
        pointers[i] = &rows[i];
        if (!kit_read_instance(memory, json_array_get(list, i), shape, &ret->answer, &rows[i])) {
            kit_malformed_at(memory, shape->path, i, &ret->answer);
            return;
        }
    }
    ret->observations = pointers;
    ret->observation_count = count;
}

void kit_read_next_page(const struct ens_call_spec *call, ens_str mark, struct ens_answer *answer,
                        ens_str *ret)
{
    if (mark.len > 0 && kit_compare(mark, call->page) == 0) {
        kit_malformed(answer, KIT_STR("the next page is the page just read"));
        return;
    }
    *ret = mark;
}

struct ens_start_item *const *kit_start_items_new(const struct ens_memory *memory, size_t count)
{
    struct ens_start_item *rows = memory->alloc(memory->ctx, count * sizeof(*rows));
    struct ens_start_item **pointers = memory->alloc(memory->ctx, count * sizeof(pointers[0]));

    for (size_t i = 0; i < count; i++) {
        rows[i].struct_size = sizeof(rows[i]);
        pointers[i] = &rows[i];
    }
    return pointers;
}
