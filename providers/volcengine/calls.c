/* SPDX-License-Identifier: Apache-2.0 */
#include "volcengine/calls.h"

#include "kit/reply.h"
#include "kit/request.h"
#include "kit/text.h"

/* ---- common to all calls --------------------------------------------------------------------- */

/* All parameters are in the query of a GET; the region is only in the scope of the signature. */
static struct kit_pairs begin_query(const struct ens_memory *memory, ens_str action)
{
    struct kit_pairs query = kit_pairs_new(memory);

    kit_pairs_add(&query, "Action", action);
    kit_pairs_add(&query, "Version", KIT_STR("2020-04-01"));
    return query;
}

static void finish_request(const struct kit_pairs *query, struct ens_http_request *ret)
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

/* Reads the members that all replies have. Returns the document; NULL: there is none. */
static json_t *read_envelope(const struct ens_memory *memory, const struct ens_http_reply *reply,
                             struct ens_answer *answer)
{
    answer->request_id = kit_reply_header(reply, "x-tt-logid");
    json_t *root = kit_reply_object(memory, reply, false, answer);
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

static bool is_accepted(const struct ens_http_reply *reply, const struct ens_answer *answer)
{
    return kit_reply_is_success(reply) && !answer->malformed && answer->code.len == 0;
}

/* ---- DescribeInstances ----------------------------------------------------------------------- */

void volcengine_describe_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                                 struct ens_http_request *ret)
{
    struct kit_pairs query = begin_query(memory, KIT_STR("DescribeInstances"));

    kit_pairs_add_numbered(&query, "InstanceIds.", call->ids, call->id_count);
    kit_pairs_add(&query, "MaxResults", KIT_STR("100")); /* the default is 10 */
    if (call->page.len > 0) {
        kit_pairs_add(&query, "NextToken", call->page);
    }
    finish_request(&query, ret);
}

static const struct kit_instance_shape instance_shape = {
    .path = "Result.Instances",
    .id = "InstanceId",
    .status = "Status",
    .expiry = "ExpiredAt",
};

void volcengine_read_describe(const struct ens_memory *memory, const struct ens_call_spec *call,
                              const struct ens_http_reply *reply, struct ens_describe_result *ret)
{
    KIT_AUTO_JSON *root = read_envelope(memory, reply, &ret->answer);

    if (is_accepted(reply, &ret->answer)) {
        kit_read_instances(memory, root, &instance_shape, ret);
        kit_read_next_page(
            call, kit_json_text(memory, json_object_get(root, "Result"), "NextToken"), ret);
    }
}

/* ---- StartInstance --------------------------------------------------------------------------- */

void volcengine_start_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                              struct ens_http_request *ret)
{
    struct kit_pairs query = begin_query(memory, KIT_STR("StartInstance"));

    kit_pairs_add(&query, "InstanceId", call->ids[0]);
    if ((call->flags & ENS_SPEC_DRY_RUN) != 0) {
        /* Without the client token: the dry run is another request and would use up the token. */
        kit_pairs_add(&query, "DryRun", KIT_STR("true"));
    } else if (call->client_token.len > 0) {
        kit_pairs_add(&query, "ClientToken", call->client_token);
    }
    finish_request(&query, ret);
}

void volcengine_read_start(const struct ens_memory *memory, const struct ens_call_spec *call,
                           const struct ens_http_reply *reply, struct ens_start_result *ret)
{
    KIT_AUTO_JSON *root = read_envelope(memory, reply, &ret->answer);

    (void)root;
    (void)call;
}
