/* SPDX-License-Identifier: Apache-2.0 */
#include "baidu/gateway.h"

#include "kit/reply.h"
#include "kit/text.h"

void baidu_finish_request(const struct kit_pairs *query, struct ens_http_request *ret)
{
    struct kit_pairs headers = kit_pairs_new(query->memory);

    kit_pairs_add(&headers, "accept", KIT_STR("application/json"));
    if (ret->body.len > 0) {
        kit_pairs_add(&headers, "content-type", KIT_STR("application/json"));
    }
    kit_request_set_query(ret, query);
    kit_request_set_headers(ret, &headers);
}

json_t *baidu_read_envelope(const struct ens_memory *memory, const struct ens_http_reply *reply,
                            const char *names, bool may_be_empty, struct ens_answer *answer)
{
    answer->request_id = kit_reply_header(reply, "x-bce-request-id");
    json_t *root = kit_reply_object(memory, reply, names, may_be_empty, answer);
    if (root == NULL) {
        return NULL;
    }
    ens_str id = kit_json_text(memory, root, "requestId");
    answer->request_id = id.len > 0 ? id : answer->request_id;
    answer->code = kit_json_text(memory, root, "code");
    answer->message = kit_json_text(memory, root, "message");
    if (kit_reply_is_success(reply) && answer->code.len == 0) {
        return root;
    }
    if (answer->code.len == 0) {
        kit_malformed(answer, KIT_STR("a refusal without a code"));
    }
    json_decref(root);
    return NULL;
}
