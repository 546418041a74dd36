/* SPDX-License-Identifier: Apache-2.0 */
#include "volcengine/gateway.h"

#include "kit/reply.h"
#include "kit/text.h"

struct kit_pairs volcengine_begin_query(const struct ens_memory *memory, ens_str action,
                                        ens_str version)
{
    struct kit_pairs query = kit_pairs_new(memory);

    kit_pairs_add(&query, "Action", action);
    kit_pairs_add(&query, "Version", version);
    return query;
}

void volcengine_finish_request(const struct kit_pairs *query, struct ens_http_request *ret)
{
    struct kit_pairs headers = kit_pairs_new(query->memory);

    kit_pairs_add(&headers, "accept", KIT_STR("application/json"));
    ret->method = KIT_STR("GET");
    ret->path = KIT_STR("/");
    kit_request_set_query(ret, query);
    kit_request_set_headers(ret, &headers);
}

/* The gateway's older error format: {"HTTPCode": 401, "errorcode": "...", "message": "..."} */
static bool read_old_error(const struct ens_memory *memory, const json_t *root,
                           struct ens_answer *answer)
{
    answer->code = kit_json_text_or_number(memory, root, "errorcode");
    answer->message = kit_json_text(memory, root, "message");
    return answer->code.len > 0;
}

/* Reads ResponseMetadata.Error, which may be present with any HTTP status. Without a Code (absent,
 * null, {}) there is no error, unless the HTTP status is one. */
static void read_error(const struct ens_memory *memory, const json_t *error,
                       struct ens_answer *answer)
{
    if (error != NULL && !json_is_object(error) && !json_is_null(error)) {
        kit_malformed(answer, KIT_STR("ResponseMetadata.Error is not an object"));
        return;
    }
    answer->code = kit_json_text(memory, error, "Code");
    answer->message = kit_json_text(memory, error, "Message");
}

json_t *volcengine_read_envelope(const struct ens_memory *memory,
                                 const struct ens_http_reply *reply, const char *names,
                                 struct ens_answer *answer)
{
    answer->request_id = kit_reply_header(reply, "x-tt-logid");
    json_t *root = kit_reply_object(memory, reply, names, false, answer);
    if (root == NULL) {
        return NULL;
    }
    const json_t *metadata = json_object_get(root, "ResponseMetadata");
    if (!json_is_object(metadata)) {
        if (!read_old_error(memory, root, answer)) {
            kit_malformed(answer, KIT_STR("ResponseMetadata is missing or not an object"));
        }
        return root;
    }
    ens_str id = kit_json_text(memory, metadata, "RequestId");
    answer->request_id = id.len > 0 ? id : answer->request_id;
    read_error(memory, json_object_get(metadata, "Error"), answer);
    return root;
}

bool volcengine_is_accepted(const struct ens_http_reply *reply, const struct ens_answer *answer)
{
    return kit_reply_is_success(reply) && !answer->malformed && answer->code.len == 0;
}
