/* SPDX-License-Identifier: Apache-2.0 */
#include "alibaba/credentials.h"

#include "alibaba/gateway.h"
#include "kit/credentials.h"
#include "kit/instant.h"
#include "kit/reply.h"
#include "kit/request.h"
#include "kit/text.h"

#define STS_VERSION KIT_STR("2015-04-01")

/* ---- STS 2015-04-01 -------------------------------------------------------------------------- */

static ens_str sts_endpoint(const struct ens_memory *memory, const struct kit_sts_place *place)
{
    if (place->host.len > 0) {
        return KIT_CONCAT(memory, KIT_STR("https://"), place->host);
    }
    if (place->region.len == 0) {
        return KIT_STR("https://sts.aliyuncs.com");
    }
    return KIT_CONCAT(memory,
                      place->is_private ? KIT_STR("https://sts-vpc.") : KIT_STR("https://sts."),
                      place->region, KIT_STR(".aliyuncs.com"));
}

/* The fields that both ways to assume a role have. */
static struct kit_pairs role_fields(const struct ens_memory *memory, const struct kit_role *role)
{
    struct kit_pairs fields = kit_pairs_new(memory);

    kit_pairs_add(&fields, "RoleArn", role->role);
    kit_pairs_add(&fields, "RoleSessionName", role->session_name);
    kit_pairs_add(&fields, "DurationSeconds",
                  kit_format(memory, "%lld", (long long)role->duration_s));
    kit_pairs_add_set(&fields, "Policy", role->policy);
    return fields;
}

/* Puts the fields into the body of the request. */
static void set_form(const struct kit_pairs *fields, struct ens_http_request *ret)
{
    struct kit_pairs headers = kit_pairs_new(fields->memory);

    kit_pairs_add_all(&headers, ret->headers, ret->header_count);
    kit_pairs_add(&headers, "content-type", KIT_STR("application/x-www-form-urlencoded"));
    kit_request_set_headers(ret, &headers);
    ret->body = kit_form(fields);
}

static ens_str role_request(const struct ens_memory *memory, const struct kit_role *role,
                            struct ens_http_request *ret)
{
    const struct kit_pairs none = kit_pairs_new(memory);
    struct kit_pairs fields = role_fields(memory, role);

    kit_pairs_add_set(&fields, "ExternalId", role->external_id);
    alibaba_finish_request(&none, KIT_STR("AssumeRole"), STS_VERSION, ret);
    set_form(&fields, ret);
    return KIT_STR("");
}

/* Not signed: the token identifies the caller. */
static void oidc_request(const struct ens_memory *memory, const struct kit_role *role,
                         ens_str identity_provider, ens_str token, int64_t now_unix_s,
                         struct ens_http_request *ret)
{
    struct kit_pairs query = kit_pairs_new(memory);
    struct kit_pairs fields = role_fields(memory, role);

    kit_pairs_add(&fields, "OIDCProviderArn", identity_provider);
    kit_pairs_add(&fields, "OIDCToken", token);
    kit_pairs_add(&query, "Action", KIT_STR("AssumeRoleWithOIDC"));
    kit_pairs_add(&query, "Version", STS_VERSION);
    kit_pairs_add(&query, "Format", KIT_STR("JSON"));
    kit_pairs_add(&query, "Timestamp", kit_instant_extended(memory, now_unix_s));
    ret->method = KIT_STR("POST");
    ret->path = KIT_STR("/");
    kit_request_set_query(ret, &query);
    set_form(&fields, ret);
}

static json_t *read_envelope(const struct ens_memory *memory, const struct ens_http_reply *reply,
                             struct ens_answer *answer)
{
    return alibaba_read_envelope(memory, reply, NULL, "Credentials", answer);
}

void alibaba_caller_request(const struct ens_memory *memory, const struct ens_identity *identity,
                            ens_str endpoint, struct ens_credentials_request *ret)
{
    static const struct kit_sts_place anywhere = {0};
    const struct kit_pairs none = kit_pairs_new(memory);
    struct ens_http_request *http = memory->alloc(memory->ctx, sizeof(*http));

    http->struct_size = sizeof(*http);
    alibaba_finish_request(&none, KIT_STR("GetCallerIdentity"), STS_VERSION, http);
    ret->endpoint = endpoint.len > 0 ? endpoint : sts_endpoint(memory, &anywhere);
    ret->http = http;
    ret->identity = identity;
}

void alibaba_read_caller(const struct ens_memory *memory, const struct ens_http_reply *reply,
                         struct ens_caller *ret)
{
    KIT_AUTO_JSON *root = alibaba_read_envelope(memory, reply, NULL, "Arn", &ret->answer);

    ret->identity = kit_json_text(memory, root, "Arn");
    if (ret->identity.len == 0) {
        ret->identity = kit_json_text_or_number(memory, root, "AccountId");
    }
    if (root != NULL && ret->identity.len == 0) {
        kit_malformed(&ret->answer, KIT_STR("neither Arn nor AccountId"));
    }
}

/* ---- keys in replies, output and files ------------------------------------------------------- */

#define STS_KEYS                                                                                   \
    {                                                                                              \
        .path = "Credentials", .access_key = "AccessKeyId", .secret_key = "AccessKeySecret",       \
        .security_token = "SecurityToken", .expiry = "Expiration"                                  \
    }
/* Of the metadata service and of a credentials URI. */
#define DOCUMENT_KEYS                                                                              \
    {                                                                                              \
        .path = "", .access_key = "AccessKeyId", .secret_key = "AccessKeySecret",                  \
        .security_token = "SecurityToken", .expiry = "Expiration", .state = "Code"                 \
    }

static const struct kit_cloud cloud = {
    .sts_endpoint = sts_endpoint,
    .role_request = role_request,
    .role_keys = STS_KEYS,
    .oidc_request = oidc_request,
    .oidc_keys = STS_KEYS,
    .read_envelope = read_envelope,
    .metadata =
        {
            .token_path = "/latest/api/token",
            .token_ttl_header = "x-aliyun-ecs-metadata-token-ttl-seconds",
            .token_header = "x-aliyun-ecs-metadata-token",
            .may_lack_token = true,
            .roles_path = "/latest/meta-data/ram/security-credentials/",
            .keys_path = "/latest/meta-data/ram/security-credentials/",
            .keys = DOCUMENT_KEYS,
        },
    .uri_keys = DOCUMENT_KEYS,
    .command_keys =
        {
            .path = "",
            .access_key = "access_key_id",
            .secret_key = "access_key_secret",
            .security_token = "sts_token",
            .expiry = "expiration",
            .life_s = -1,
        },
};

void alibaba_credentials_step(const struct ens_memory *memory,
                              const struct ens_credentials_input *input,
                              struct ens_credentials_step *ret)
{
    kit_credentials_step(&cloud, memory, input, ret);
}

/* ---- sources --------------------------------------------------------------------------------- */

#define STS_PLACE                                                                                  \
    {"ALIBABA_CLOUD_STS_REGION", KIT_USE_STS_REGION, 0},                                           \
    {                                                                                              \
        "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", KIT_USE_STS_PRIVATE, 0                               \
    }

static const struct ens_source_variable oidc_variables[] = {
    {"ALIBABA_CLOUD_ROLE_ARN", KIT_USE_ROLE, 0},
    {"ALIBABA_CLOUD_ROLE_SESSION_NAME", KIT_USE_SESSION_NAME, 0},
    {"ALIBABA_CLOUD_OIDC_PROVIDER_ARN", KIT_USE_IDENTITY_PROVIDER, 0},
    {"ALIBABA_CLOUD_OIDC_TOKEN", KIT_USE_TOKEN, 0},
    {"TFC_WORKLOAD_IDENTITY_TOKEN_ALIBABA", KIT_USE_TOKEN, 0},
    {"TFC_WORKLOAD_IDENTITY_TOKEN", KIT_USE_TOKEN, 0},
    {"ALIBABA_CLOUD_OIDC_TOKEN_FILE", KIT_USE_TOKEN_FILE, 0},
    {"ACTIONS_ID_TOKEN_REQUEST_URL", KIT_USE_TOKEN_URL, 0},
    {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", KIT_USE_TOKEN_URL_KEY, 0},
    {"ENSURE_ALIBABA_OIDC_AUDIENCE", KIT_USE_AUDIENCE, 0},
    STS_PLACE,
    {NULL, 0, 0},
};

static const struct ens_source_variable profile_variables[] = {
    {"ALIBABA_CLOUD_ROLE_SESSION_NAME", KIT_USE_SESSION_NAME, 0},
    {"ALIBABA_CLOUD_IMDSV1_DISABLED", KIT_USE_METADATA_V1_OFF, 0},
    {"ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS", KIT_USE_EXTERNAL_OFF, 0},
    STS_PLACE,
    {NULL, 0, 0},
};

static const struct ens_source_variable metadata_variables[] = {
    {"ALIBABA_CLOUD_ECS_METADATA", KIT_USE_METADATA_ROLE, 0},
    {"ALICLOUD_ECS_ROLE_NAME", KIT_USE_METADATA_ROLE, 0},
    {"ALIBABA_CLOUD_ECS_METADATA_DISABLED", KIT_USE_METADATA_OFF, 0},
    {"ALIBABA_CLOUD_IMDSV1_DISABLED", KIT_USE_METADATA_V1_OFF, 0},
    {NULL, 0, 0},
};

static const struct ens_source_variable uri_variables[] = {
    {"ALIBABA_CLOUD_CREDENTIALS_URI", KIT_USE_URI, 0},
    {"ALICLOUD_CREDENTIALS_URI", KIT_USE_URI, 0},
    {"ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS", KIT_USE_EXTERNAL_OFF, 0},
    {NULL, 0, 0},
};

static const struct ens_source_variable role_variables[] = {
    {"ENSURE_ALIBABA_ROLE", KIT_USE_ROLE, 0},
    {"ALICLOUD_ASSUME_ROLE_ARN", KIT_USE_ROLE, 0},
    {"ALICLOUD_ASSUME_ROLE_SESSION_NAME", KIT_USE_SESSION_NAME, 0},
    {"ALIBABA_CLOUD_ROLE_SESSION_NAME", KIT_USE_SESSION_NAME, 0},
    {"ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION", KIT_USE_DURATION, 0},
    STS_PLACE,
    {NULL, 0, 0},
};

static const struct ens_source environment = {
    .struct_size = sizeof(environment), .kind = ENS_SOURCE_ENVIRONMENT, .title = "the environment"};
static const struct ens_source oidc = {.struct_size = sizeof(oidc),
                                       .kind = ENS_SOURCE_OIDC,
                                       .title = "OIDC",
                                       .variables = oidc_variables};
static const struct ens_source profile = {.struct_size = sizeof(profile),
                                          .kind = ENS_SOURCE_PROFILE,
                                          .title = "profile files",
                                          .variables = profile_variables};
static const struct ens_source metadata = {.struct_size = sizeof(metadata),
                                           .kind = ENS_SOURCE_METADATA,
                                           .title = "metadata service",
                                           .variables = metadata_variables,
                                           .address = "http://100.100.100.200"};
static const struct ens_source uri = {.struct_size = sizeof(uri),
                                      .kind = ENS_SOURCE_URI,
                                      .title = "credentials URI",
                                      .variables = uri_variables};
static const struct ens_source role = {.struct_size = sizeof(role),
                                       .kind = ENS_SOURCE_ROLE,
                                       .title = "role",
                                       .variables = role_variables};

const struct ens_source *const alibaba_sources[] = {&environment, &oidc, &profile, &metadata,
                                                    &uri,         &role, NULL};
