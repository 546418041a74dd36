/* SPDX-License-Identifier: Apache-2.0 */
#include "alibaba/gateway.h"

#include "kit/reply.h"
#include "kit/text.h"

void alibaba_finish_request(const struct kit_pairs *query, ens_str action, ens_str version,
                            struct ens_http_request *ret)
{
    struct kit_pairs headers = kit_pairs_new(query->memory);

    kit_pairs_add(&headers, "accept", KIT_STR("application/json"));
    kit_pairs_add(&headers, "x-acs-action", action);
    kit_pairs_add(&headers, "x-acs-version", version);
    ret->method = KIT_STR("POST");
    ret->path = KIT_STR("/");
    kit_request_set_query(ret, query);
    kit_request_set_headers(ret, &headers);
}

/* Reads a member of an error. Its name is capitalised, but some gateways write it in lower case. */
static ens_str either(const struct ens_memory *memory, const json_t *root, const char *name,
                      const char *lower_name)
{
    ens_str text = kit_json_text_or_number(memory, root, name);

    return text.len > 0 ? text : kit_json_text_or_number(memory, root, lower_name);
}

static void read_error(const struct ens_memory *memory, const json_t *root,
                       struct ens_answer *answer)
{
    answer->code = either(memory, root, "Code", "code");
    answer->message = either(memory, root, "Message", "message");
    if (answer->code.len == 0) {
        kit_malformed(answer, KIT_STR("a refusal without a Code"));
    }
}

json_t *alibaba_read_envelope(const struct ens_memory *memory, const struct ens_http_reply *reply,
                              const char *names, const char *expected, struct ens_answer *answer)
{
    int64_t retry_after = kit_number(kit_reply_header(reply, "x-acs-retry-after"));

    answer->retry_after_ms = retry_after > 0 ? retry_after : 0;
    answer->request_id = kit_reply_header(reply, "x-acs-request-id");
    json_t *root = kit_reply_object(memory, reply, names, false, answer);
    if (root == NULL) {
        return NULL;
    }
    ens_str id = either(memory, root, "RequestId", "requestId");
    answer->request_id = id.len > 0 ? id : answer->request_id;
    if (kit_reply_is_success(reply) && (json_object_get(root, expected) != NULL ||
                                        either(memory, root, "Code", "code").len == 0)) {
        return root;
    }
    read_error(memory, root, answer);
    json_decref(root);
    return NULL;
}
