/* SPDX-License-Identifier: Apache-2.0 */
#include "volcengine/credentials.h"

#include "kit/credentials.h"
#include "kit/digest.h"
#include "kit/reply.h"
#include "kit/request.h"
#include "kit/text.h"
#include "volcengine/gateway.h"

#define STS_VERSION KIT_STR("2018-01-01")
#define STS_REGION  "cn-beijing"
#define STS_SERVICE "sts"

/* ---- STS 2018-01-01 -------------------------------------------------------------------------- */

static ens_str sts_endpoint(const struct ens_memory *memory, const struct kit_sts_place *place)
{
    return KIT_CONCAT(memory, KIT_STR("https://"),
                      place->host.len > 0 ? place->host : KIT_STR("sts.volcengineapi.com"));
}

/* The fields that both ways to assume a role have. */
static void add_role(struct kit_pairs *fields, const struct kit_role *role)
{
    kit_pairs_add(fields, "RoleTrn", role->role);
    kit_pairs_add(fields, "RoleSessionName", role->session_name);
    kit_pairs_add(fields, "DurationSeconds",
                  kit_format(fields->memory, "%lld", (long long)role->duration_s));
    kit_pairs_add_set(fields, "Policy", role->policy);
}

static ens_str role_request(const struct ens_memory *memory, const struct kit_role *role,
                            struct ens_http_request *ret)
{
    struct kit_pairs query = volcengine_begin_query(memory, KIT_STR("AssumeRole"), STS_VERSION);

    add_role(&query, role);
    kit_pairs_add_set(&query, "ExternalId", role->external_id);
    volcengine_finish_request(&query, ret);
    return KIT_STR("");
}

/* Not signed: the token identifies the caller. */
static void oidc_request(const struct ens_memory *memory, const struct kit_role *role,
                         ens_str identity_provider, ens_str token, int64_t now_unix_s,
                         struct ens_http_request *ret)
{
    struct kit_pairs query =
        volcengine_begin_query(memory, KIT_STR("AssumeRoleWithOIDC"), STS_VERSION);
    struct kit_pairs fields = kit_pairs_new(memory);
    struct kit_pairs headers = kit_pairs_new(memory);

    (void)identity_provider; /* the role names it */
    (void)now_unix_s;
    add_role(&fields, role);
    kit_pairs_add(&fields, "OIDCToken", token);
    kit_pairs_add(&headers, "accept", KIT_STR("application/json"));
    kit_pairs_add(&headers, "content-type", KIT_STR("application/x-www-form-urlencoded"));
    ret->method = KIT_STR("POST");
    ret->path = KIT_STR("/");
    kit_request_set_query(ret, &query);
    kit_request_set_headers(ret, &headers);
    ret->body = kit_form(&fields);
}

static json_t *read_envelope(const struct ens_memory *memory, const struct ens_http_reply *reply,
                             struct ens_answer *answer)
{
    json_t *root = volcengine_read_envelope(memory, reply, NULL, answer);

    if (root != NULL && !volcengine_is_accepted(reply, answer)) {
        json_decref(root);
        return NULL;
    }
    return root;
}

void volcengine_caller_request(const struct ens_memory *memory, const struct ens_identity *identity,
                               ens_str endpoint, struct ens_credentials_request *ret)
{
    static const struct kit_sts_place anywhere = {0};
    struct ens_http_request *http = memory->alloc(memory->ctx, sizeof(*http));
    const struct kit_pairs query =
        volcengine_begin_query(memory, KIT_STR("GetCallerIdentity"), STS_VERSION);

    http->struct_size = sizeof(*http);
    volcengine_finish_request(&query, http);
    ret->endpoint = endpoint.len > 0 ? endpoint : sts_endpoint(memory, &anywhere);
    ret->http = http;
    ret->identity = identity;
    ret->region = KIT_STR(STS_REGION);
    ret->service = KIT_STR(STS_SERVICE);
}

void volcengine_read_caller(const struct ens_memory *memory, const struct ens_http_reply *reply,
                            struct ens_caller *ret)
{
    KIT_AUTO_JSON *root = read_envelope(memory, reply, &ret->answer);
    const json_t *result = json_object_get(root, "Result");

    ret->identity = kit_json_text(memory, result, "Trn");
    if (ret->identity.len == 0) {
        ret->identity = kit_json_text_or_number(memory, result, "AccountId");
    }
    if (root != NULL && ret->identity.len == 0) {
        kit_malformed(&ret->answer, KIT_STR("neither Trn nor AccountId"));
    }
}

/* ---- logins of the command line -------------------------------------------------------------- */

/* The directory of a path; empty: it has none. */
static ens_str directory_of(ens_str path)
{
    while (path.len > 0 && path.ptr[path.len - 1] != '/') {
        path.len--;
    }
    return path;
}

/* "ve login" keeps what it got in a file that is named by the hash of the login. */
static ens_str login_path(const struct ens_memory *memory,
                          const struct ens_credentials_input *input, ens_str login)
{
    const ens_str cache = input->values[KIT_USE_LOGIN_CACHE];
    const ens_str config = input->values[KIT_USE_CONFIG_FILE];
    const ens_str name = KIT_CONCAT(memory, kit_sha1_hex(memory, login), KIT_STR(".json"));

    if (cache.len > 0) {
        return KIT_CONCAT(memory, cache, KIT_STR("/"), name);
    }
    return KIT_CONCAT(
        memory,
        config.len > 0 ? directory_of(config)
                       : KIT_CONCAT(memory, input->values[KIT_USE_HOME], KIT_STR("/.volcengine/")),
        KIT_STR("login/cache/"), name);
}

/* {"access_token": KEYS, "issued_at": TIME, "expires_in": SECONDS}; KEYS is an object, or a text
 * that holds one. */
static ens_str read_login(const struct ens_memory *memory, ens_str text, struct kit_keys *ret)
{
    static const struct kit_keys_shape shape = {
        .path = "",
        .access_key = "access_key_id",
        .secret_key = "secret_access_key",
        .security_token = "session_token",
        .life_s = -1,
    };
    ens_str error = {NULL, 0};

    KIT_SECRET_JSON *file = kit_json_object(memory, text, 0, &error);
    if (file == NULL) {
        return KIT_CONCAT(memory, KIT_STR("it is "), error);
    }
    json_t *token = json_object_get(file, "access_token");
    KIT_SECRET_JSON *keys =
        json_is_object(token)
            ? json_incref(token)
            : kit_json_object(memory, kit_json_text(memory, file, "access_token"), 0, &error);
    if (keys == NULL) {
        return KIT_STR("access_token holds no keys");
    }
    const ens_str wrong = kit_keys_read(memory, keys, &shape, 0, ret);
    const int64_t issued = kit_expiry(kit_json_text_or_number(memory, file, "issued_at"));
    const int64_t life = kit_number(kit_json_text_or_number(memory, file, "expires_in"));
    if (wrong.len == 0 && (issued == 0 || life < 0)) {
        return KIT_STR("issued_at or expires_in is missing");
    }
    ret->expires_unix_s = issued + life;
    return wrong;
}

static const struct kit_cloud cloud = {
    .sts_endpoint = sts_endpoint,
    .sts_region = KIT_STR_INIT(STS_REGION),
    .sts_service = KIT_STR_INIT(STS_SERVICE),
    .role_request = role_request,
    .role_keys =
        {
            .path = "Result.Credentials",
            .access_key = "AccessKeyId",
            .secret_key = "SecretAccessKey",
            .security_token = "SessionToken",
            .expiry = "ExpiredTime|Expiration",
        },
    .oidc_request = oidc_request,
    .oidc_keys =
        {
            .path = "Result.Credentials",
            .access_key = "AccessKeyId",
            .secret_key = "SecretAccessKey",
            .security_token = "SessionToken",
            .expiry = "Expiration|ExpiredTime",
        },
    .read_envelope = read_envelope,
    .metadata =
        {
            .token_path = "/latest/api/token",
            .token_ttl_header = "x-volc-ecs-metadata-token-ttl-seconds",
            .token_header = "x-volc-ecs-metadata-token",
            .roles_path = "/volcstack/latest/iam/security_credentials",
            .roles_query = KIT_STR_INIT("type=user&format=json"),
            .keys_path = "/volcstack/latest/iam/security_credentials/",
            .keys =
                {
                    .path = "",
                    .access_key = "AccessKeyId",
                    .secret_key = "SecretAccessKey",
                    .security_token = "SessionToken",
                    .expiry = "ExpiredTime|Expiration",
                },
        },
    .login_path = login_path,
    .read_login = read_login,
};

void volcengine_credentials_step(const struct ens_memory *memory,
                                 const struct ens_credentials_input *input,
                                 struct ens_credentials_step *ret)
{
    kit_credentials_step(&cloud, memory, input, ret);
}

/* ---- sources --------------------------------------------------------------------------------- */

static const struct ens_source_variable oidc_variables[] = {
    {"VOLCENGINE_OIDC_ROLE_TRN", KIT_USE_ROLE, 0},
    {"VOLCENGINE_ASSUME_ROLE_WITH_OIDC_TRN", KIT_USE_ROLE, 0},
    {"VOLCENGINE_OIDC_ROLE_SESSION_NAME", KIT_USE_SESSION_NAME, 0},
    {"VOLCENGINE_ASSUME_ROLE_WITH_OIDC_SESSION_NAME", KIT_USE_SESSION_NAME, 0},
    {"VOLCENGINE_ASSUME_ROLE_WITH_OIDC_DURATION_SECONDS", KIT_USE_DURATION, 0},
    {"VOLCENGINE_OIDC_ROLE_POLICY", KIT_USE_POLICY, 0},
    {"VOLCENGINE_OIDC_STS_ENDPOINT", KIT_USE_STS_HOST, 0},
    {"VOLCENGINE_ASSUME_ROLE_WITH_OIDC_TOKEN", KIT_USE_TOKEN, 0},
    {"TFC_WORKLOAD_IDENTITY_TOKEN_VOLCENGINE", KIT_USE_TOKEN, 0},
    {"TFC_WORKLOAD_IDENTITY_TOKEN", KIT_USE_TOKEN, 0},
    {"VOLCENGINE_OIDC_TOKEN_FILE", KIT_USE_TOKEN_FILE, 0},
    {"ACTIONS_ID_TOKEN_REQUEST_URL", KIT_USE_TOKEN_URL, 0},
    {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", KIT_USE_TOKEN_URL_KEY, 0},
    {"ENSURE_VOLCENGINE_OIDC_AUDIENCE", KIT_USE_AUDIENCE, 0},
    {NULL, 0, 0},
};

static const struct ens_source_variable profile_variables[] = {
    {"HOME", KIT_USE_HOME, 0},
    {"VOLCENGINE_CLI_CONFIG_FILE", KIT_USE_CONFIG_FILE, 0},
    {"VOLCENGINE_LOGIN_CACHE_DIRECTORY", KIT_USE_LOGIN_CACHE, 0},
    {"VOLCENGINE_OIDC_STS_ENDPOINT", KIT_USE_STS_HOST, 0},
    {NULL, 0, 0},
};

static const struct ens_source_variable metadata_variables[] = {
    {"VOLCENGINE_ECS_METADATA", KIT_USE_METADATA_ROLE, 0},
    {"VOLCENGINE_ECS_METADATA_DISABLED", KIT_USE_METADATA_OFF, 0},
    {NULL, 0, 0},
};

static const struct ens_source_variable role_variables[] = {
    {"ENSURE_VOLCENGINE_ROLE", KIT_USE_ROLE, 0},
    {"VOLCENGINE_ASSUME_ROLE_TRN", KIT_USE_ROLE, 0},
    {"VOLCENGINE_ASSUME_ROLE_SESSION_NAME", KIT_USE_SESSION_NAME, 0},
    {"VOLCENGINE_OIDC_ROLE_SESSION_NAME", KIT_USE_SESSION_NAME, 0},
    {"VOLCENGINE_ASSUME_ROLE_DURATION_SECONDS", KIT_USE_DURATION, 0},
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
                                           .address = "http://100.96.0.96"};
static const struct ens_source role = {.struct_size = sizeof(role),
                                       .kind = ENS_SOURCE_ROLE,
                                       .title = "role",
                                       .variables = role_variables};

const struct ens_source *const volcengine_sources[] = {&environment, &oidc, &profile,
                                                       &metadata,    &role, NULL};
