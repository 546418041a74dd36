/* SPDX-License-Identifier: Apache-2.0 */
#include "baidu/credentials.h"

#include <string.h>

#include "baidu/gateway.h"
#include "kit/credentials.h"
#include "kit/request.h"
#include "kit/text.h"

#define DURATION_MAX_S  7200
#define METADATA_LIFE_S 240 /* the service makes new keys every 5 minutes */

/* ---- STS: POST /v1/credential?assumeRole ----------------------------------------------------- */

static ens_str sts_endpoint(const struct ens_memory *memory, const struct kit_sts_place *place)
{
    (void)memory;
    (void)place;
    return KIT_STR("https://sts.bj.baidubce.com");
}

/* A role is written ACCOUNT_ID/ROLE. */
static ens_str role_request(const struct ens_memory *memory, const struct kit_role *role,
                            struct ens_http_request *ret)
{
    struct kit_pairs query = kit_pairs_new(memory);
    const char *slash = memchr(role->role.ptr, '/', role->role.len);
    const size_t account = slash != NULL ? (size_t)(slash - role->role.ptr) : 0;

    if (account == 0 || account + 1 == role->role.len) {
        return KIT_STR("the role is not of the form ACCOUNT_ID/ROLE");
    }
    if (role->external_id.len > 0) {
        return KIT_STR("external_id is set, but roles of this cloud have none");
    }
    kit_pairs_add(&query, "assumeRole", KIT_STR(""));
    kit_pairs_add(&query, "accountId", (ens_str){role->role.ptr, account});
    kit_pairs_add(&query, "roleName", (ens_str){slash + 1, role->role.len - account - 1});
    kit_pairs_add(&query, "durationSeconds",
                  kit_format(memory, "%lld",
                             (long long)(role->duration_s < DURATION_MAX_S ? role->duration_s
                                                                           : DURATION_MAX_S)));
    ret->method = KIT_STR("POST");
    ret->path = KIT_STR("/v1/credential");
    ret->body = role->policy; /* an access control list */
    baidu_finish_request(&query, ret);
    return KIT_STR("");
}

static json_t *read_envelope(const struct ens_memory *memory, const struct ens_http_reply *reply,
                             struct ens_answer *answer)
{
    json_t *root = baidu_read_envelope(memory, reply, NULL, false, answer);

    if (root == NULL && reply->status == 403 && answer->code.len > 0) {
        answer->message =
            KIT_CONCAT(memory, answer->message,
                       KIT_STR(" [Baidu opens AssumeRole to accounts on a list: if the role trusts "
                               "these keys, ask Baidu whether the account is on it]"));
    }
    return root;
}

static const struct kit_cloud cloud = {
    .sts_endpoint = sts_endpoint,
    .role_request = role_request,
    .role_keys =
        {
            .path = "",
            .access_key = "accessKeyId",
            .secret_key = "secretAccessKey|accessKeySecret",
            .security_token = "sessionToken",
            .expiry = "expiration",
        },
    .read_envelope = read_envelope,
    .metadata =
        {
            .keys_path = "/latest/meta-data/sts-credential",
            /* No page has the names. */
            .keys =
                {
                    .path = "",
                    .access_key = "accessKeyId|ak",
                    .secret_key = "secretAccessKey|accessKeySecret|sk",
                    .security_token = "sessionToken|token",
                    .expiry = "expiration",
                    .foreign = "Code|ExpiredTime|LastUpdated",
                    .life_s = METADATA_LIFE_S,
                },
        },
};

void baidu_credentials_step(const struct ens_memory *memory,
                            const struct ens_credentials_input *input,
                            struct ens_credentials_step *ret)
{
    kit_credentials_step(&cloud, memory, input, ret);
}

/* ---- sources --------------------------------------------------------------------------------- */

static const struct ens_source_variable role_variables[] = {
    {"ENSURE_BAIDU_ROLE", KIT_USE_ROLE, 0},
    {NULL, 0, 0},
};

static const struct ens_source environment = {
    .struct_size = sizeof(environment), .kind = ENS_SOURCE_ENVIRONMENT, .title = "the environment"};
static const struct ens_source profile = {
    .struct_size = sizeof(profile), .kind = ENS_SOURCE_PROFILE, .title = "profile files"};
static const struct ens_source metadata = {.struct_size = sizeof(metadata),
                                           .kind = ENS_SOURCE_METADATA,
                                           .title = "metadata service",
                                           .address = "http://169.254.169.254"};
static const struct ens_source role = {.struct_size = sizeof(role),
                                       .kind = ENS_SOURCE_ROLE,
                                       .title = "role",
                                       .variables = role_variables};

const struct ens_source *const baidu_sources[] = {&environment, &profile, &metadata, &role, NULL};
