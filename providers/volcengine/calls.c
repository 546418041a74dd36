/* SPDX-License-Identifier: Apache-2.0 */
#include "volcengine/calls.h"

#include "kit/found.h"
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

/* The names in instance_shape and next_token. */
#define READ_MEMBERS VOLCENGINE_ENVELOPE " Result NextToken Instances InstanceId Status ExpiredAt"

static const struct kit_instance_shape instance_shape = {
    .path = "Result.Instances",
    .id = "InstanceId",
    .status = "Status",
    .expiry = "ExpiredAt",
};

static ens_str next_token(const struct ens_memory *memory, const json_t *root)
{
    return kit_json_text(memory, json_object_get(root, "Result"), "NextToken");
}

void volcengine_read_describe(const struct ens_memory *memory, const struct ens_call_spec *call,
                              const struct ens_http_reply *reply, struct ens_describe_result *ret)
{
    KIT_AUTO_JSON *root = volcengine_read_envelope(memory, reply, READ_MEMBERS, &ret->answer);

    if (volcengine_is_accepted(reply, &ret->answer)) {
        kit_read_instances(memory, root, &instance_shape, ret);
        kit_read_next_page(call, next_token(memory, root), &ret->answer, &ret->next_page);
    }
}

/* ---- DescribeInstances without ids ----------------------------------------------------------- */

#define TAGS_MAX 10 /* in one request */

static void add_tags(struct kit_pairs *query, const struct ens_filter *filter)
{
    for (size_t i = 0; i < filter->tag_count && i < TAGS_MAX; i++) {
        const struct ens_pair *tag = filter->tags[i];
        const ens_str prefix = kit_numbered(query->memory, "TagFilters.", i + 1);
        kit_pairs_add_slice(query, KIT_CONCAT(query->memory, prefix, KIT_STR(".Key")), tag->name);
        if (tag->value.len > 0) {
            kit_pairs_add_slice(query, KIT_CONCAT(query->memory, prefix, KIT_STR(".Values.1")),
                                tag->value);
        }
    }
}

void volcengine_find_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                             const struct ens_filter *filter, struct ens_http_request *ret)
{
    struct kit_pairs query = volcengine_begin_query(memory, KIT_STR("DescribeInstances"), VERSION);

    kit_pairs_add(&query, "MaxResults", KIT_STR("100"));
    kit_pairs_add_set(&query, "NextToken", call->page);
    if (filter->word_count == 1) {
        kit_pairs_add(&query, "Status", filter->words[0]);
    }
    if (!kit_is_pattern(filter->name)) {
        kit_pairs_add_set(&query, "InstanceName", filter->name);
    }
    kit_pairs_add_set(&query, "ZoneId", filter->zone);
    kit_pairs_add_set(&query, "ProjectName", filter->group);
    add_tags(&query, filter);
    volcengine_finish_request(&query, ret);
}

/* The names in found_shape too. */
#define FIND_MEMBERS                                                                               \
    READ_MEMBERS                                                                                   \
    " Region InstanceName ZoneId InstanceTypeId InstanceChargeType ProjectName Tags Key Value"

static const struct kit_found_shape found_shape = {
    .instance = &instance_shape,
    .name = "InstanceName",
    .zone = "ZoneId",
    .instance_type = "InstanceTypeId",
    .charge_type = "InstanceChargeType",
    .group = "ProjectName",
    .tags = "Tags",
    .tag_key = "Key",
    .tag_value = "Value",
};

void volcengine_read_find(const struct ens_memory *memory, const struct ens_call_spec *call,
                          const struct ens_http_reply *reply, struct ens_find_result *ret)
{
    KIT_AUTO_JSON *root = volcengine_read_envelope(memory, reply, FIND_MEMBERS, &ret->answer);

    if (volcengine_is_accepted(reply, &ret->answer)) {
        const json_t *metadata = json_object_get(root, "ResponseMetadata");
        kit_read_found(memory, root, &found_shape, kit_json_text(memory, metadata, "Region"), ret);
        kit_read_next_page(call, next_token(memory, root), &ret->answer, &ret->next_page);
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
    KIT_AUTO_JSON *root =
        volcengine_read_envelope(memory, reply, VOLCENGINE_ENVELOPE, &ret->answer);

    (void)root;
    (void)call;
}
