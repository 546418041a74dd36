/* SPDX-License-Identifier: Apache-2.0 */
#include "volcengine/calls.h"

#include "kit/reply.h"
#include "kit/text.h"
#include "volcengine/gateway.h"

#define VERSION KIT_STR("2020-04-01")

/* ---- DescribeInstances ----------------------------------------------------------------------- */

void volcengine_describe_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                                 struct ens_http_request *ret)
{
    struct kit_pairs query = volcengine_begin_query(memory, KIT_STR("DescribeInstances"), VERSION);

    kit_pairs_add_numbered(&query, "InstanceIds.", call->ids, call->id_count);
    kit_pairs_add(&query, "MaxResults", KIT_STR("100")); /* the default is 10 */
    if (call->page.len > 0) {
        kit_pairs_add(&query, "NextToken", call->page);
    }
    volcengine_finish_request(&query, ret);
}

void volcengine_right_request(const struct ens_memory *memory, ens_str region,
                              struct ens_http_request *ret)
{
    struct kit_pairs query = volcengine_begin_query(memory, KIT_STR("DescribeInstances"), VERSION);

    (void)region; /* the signature names it */
    kit_pairs_add(&query, "MaxResults", KIT_STR("1"));
    volcengine_finish_request(&query, ret);
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
    KIT_AUTO_JSON *root = volcengine_read_envelope(memory, reply, &ret->answer);

    if (volcengine_is_accepted(reply, &ret->answer)) {
        kit_read_instances(memory, root, &instance_shape, ret);
        kit_read_next_page(
            call, kit_json_text(memory, json_object_get(root, "Result"), "NextToken"), ret);
    }
}

/* ---- StartInstance --------------------------------------------------------------------------- */

void volcengine_start_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                              struct ens_http_request *ret)
{
    struct kit_pairs query = volcengine_begin_query(memory, KIT_STR("StartInstance"), VERSION);

    kit_pairs_add(&query, "InstanceId", call->ids[0]);
    if ((call->flags & ENS_SPEC_DRY_RUN) != 0) {
        /* Without the client token: the dry run is another request and would use up the token. */
        kit_pairs_add(&query, "DryRun", KIT_STR("true"));
    } else if (call->client_token.len > 0) {
        kit_pairs_add(&query, "ClientToken", call->client_token);
    }
    volcengine_finish_request(&query, ret);
}

void volcengine_read_start(const struct ens_memory *memory, const struct ens_call_spec *call,
                           const struct ens_http_reply *reply, struct ens_start_result *ret)
{
    KIT_AUTO_JSON *root = volcengine_read_envelope(memory, reply, &ret->answer);

    (void)root;
    (void)call;
}
