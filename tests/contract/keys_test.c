/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where keys come from, against the emulator's STS, metadata services, credentials URI and GitHub:
 * not only that a job succeeds, but which request reached which service, and whose keys signed.
 */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#define ALIBABA_CI         "acs:ram::1000000000000001:role/ci"
#define ALIBABA_DEPLOY     "acs:ram::1000000000000001:role/deploy"
#define ALIBABA_LAST       "acs:ram::1000000000000001:role/last"
#define ALIBABA_MACHINE    "acs:ram::1000000000000001:role/machine"
#define ALIBABA_SIDECAR    "acs:ram::1000000000000001:role/sidecar"
#define ALIBABA_ISSUER     "acs:ram::1000000000000001:oidc-provider/ci"
#define VOLCENGINE_CI      "trn:iam::2100000001:role/ci"
#define VOLCENGINE_DEPLOY  "trn:iam::2100000001:role/deploy"
#define VOLCENGINE_MACHINE "trn:iam::2100000001:role/machine"
#define BAIDU_DEPLOY       "c0ffee00000000000000000000000001/deploy"
#define BAIDU_CLOSED       "c0ffee00000000000000000000000001/closed"
#define BAIDU_MACHINE      "c0ffee00000000000000000000000001/machine"

#define VARIABLES_MAX      8

enum cloud { VOLCENGINE, ALIBABA, BAIDU };

static const char *const clouds[] = {"volcengine", "alibaba", "baidu"};
static const char *const targets[] = {"volcengine/cn-beijing/i-v", "alibaba/cn-hangzhou/i-a",
                                      "baidu/bj/i-b"};

/* What the user set, and the outcome. */
struct row {
    enum cloud cloud;
    struct ens_cloud_settings settings;
    struct fixture_variable variables[VARIABLES_MAX];
    struct fixture_variable files[2]; /* below HOME */
    const char *requests;             /* as of fixture_requests */
    const char *source;               /* in the audit log; "": no API call */
    const char *message;              /* part of the message of a refusal; NULL: it succeeds */
};

#define METADATA_ON                                                                                \
    {                                                                                              \
        "ENSURE_METADATA", ""                                                                      \
    }
#define ALIBABA_KEYS                                                                               \
    {"ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAIcontract0000001"},                                        \
    {                                                                                              \
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "alibaba-secret-0001"                                   \
    }
#define VOLCENGINE_KEYS                                                                            \
    {"VOLCENGINE_ACCESS_KEY", "AKLTcontract0000001"},                                              \
    {                                                                                              \
        "VOLCENGINE_SECRET_KEY", "volcengine-secret-0001"                                          \
    }
#define ALIBABA_OIDC                                                                               \
    {"ALIBABA_CLOUD_ROLE_ARN", ALIBABA_CI}, {"ALIBABA_CLOUD_OIDC_PROVIDER_ARN", ALIBABA_ISSUER},   \
    {                                                                                              \
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE", "{HOME}/token"                                            \
    }
#define ALIBABA_TOKEN                                                                              \
    {                                                                                              \
        "token", "alibaba-oidc-token\n"                                                            \
    }
#define ALIBABA_PROFILE(text)                                                                      \
    {                                                                                              \
        ".aliyun/config.json", "{\"current\": \"p\", \"profiles\": [" text "]}"                    \
    }
#define SETTING(member, text) .settings.member = ENS_STR_INIT(text)

static const struct row rows[] = {
    /* the order of the sources */
    {ALIBABA, .variables = {ALIBABA_KEYS, ALIBABA_OIDC, METADATA_ON}, .files = {ALIBABA_TOKEN},
     .requests = "api as LTAIcontract0000001",
     .source = "environment (ALIBABA_CLOUD_ACCESS_KEY_ID)"},
    {ALIBABA, .variables = {ALIBABA_OIDC, METADATA_ON},
     .files = {ALIBABA_TOKEN, ALIBABA_PROFILE("{\"name\": \"p\", \"access_key_id\": \"x\"}")},
     .requests = "sts AssumeRoleWithOIDC, api as " ALIBABA_CI,
     .source = "OIDC token file {HOME}/token, role " ALIBABA_CI},
    {ALIBABA, .variables = {METADATA_ON},
     .files = {ALIBABA_PROFILE("{\"name\": \"p\", \"access_key_id\": \"LTAIcontract0000001\","
                               " \"access_key_secret\": \"alibaba-secret-0001\"}")},
     .requests = "api as LTAIcontract0000001", .source = "profile ({HOME}/.aliyun/config.json)"},
    {ALIBABA, .variables = {METADATA_ON, {"ALIBABA_CLOUD_CREDENTIALS_URI", "{credentials_uri}"}},
     .requests = "metadata PutToken, metadata ListRoles, metadata GetCredentials, "
                 "api as " ALIBABA_MACHINE,
     .source = "metadata service, role machine"},
    {ALIBABA, .variables = {{"ALIBABA_CLOUD_CREDENTIALS_URI", "{credentials_uri}"}},
     .requests = "credentials_uri GetCredentials, api as " ALIBABA_SIDECAR,
     .source = "credentials URI at {uri}"},
    {ALIBABA, .requests = "", .source = "",
     .message = "looked at: the environment, OIDC (ALIBABA_CLOUD_ROLE_ARN is not set), "
                "{HOME}/.aliyun/config.json (no such file), "
                "{HOME}/.alibabacloud/credentials (no such file), "
                "metadata service (ENSURE_METADATA=off), "
                "credentials URI (ALIBABA_CLOUD_CREDENTIALS_URI is not set)"},

    {ALIBABA, .variables = {{"ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true"}},
     .files = {ALIBABA_PROFILE("{\"name\": \"p\", \"access_key_id\": \"LTAIcontract0000001\","
                               " \"access_key_secret\": \"alibaba-secret-0001\"}")},
     .requests = "", .source = "",
     .message = "{HOME}/.aliyun/config.json (switched off by ALIBABA_CLOUD_CLI_PROFILE_DISABLED), "
                "{HOME}/.alibabacloud/credentials (no such file)"},

    /* settings choose a source by themselves */
    {ALIBABA, SETTING(assume_role_with_oidc.role, ALIBABA_CI),
     SETTING(assume_role_with_oidc.provider, ALIBABA_ISSUER),
     SETTING(assume_role_with_oidc.token, "alibaba-oidc-token"), .variables = {ALIBABA_KEYS},
     .requests = "sts AssumeRoleWithOIDC, api as " ALIBABA_CI,
     .source = "OIDC token of the settings, role " ALIBABA_CI},
    {ALIBABA, SETTING(assume_role_with_oidc.role, ALIBABA_CI), .variables = {ALIBABA_KEYS},
     .requests = "", .source = "", .message = "OIDC: assume_role_with_oidc has no provider"},
    {ALIBABA, SETTING(metadata_role, "machine"), .variables = {ALIBABA_KEYS, METADATA_ON},
     .requests = "metadata PutToken, metadata GetCredentials, api as " ALIBABA_MACHINE,
     .source = "metadata service, role machine"},
    {ALIBABA, SETTING(metadata_role, "absent"), .variables = {ALIBABA_KEYS, METADATA_ON},
     .requests = "metadata PutToken, metadata GetCredentials", .source = "",
     .message = "metadata service, role absent: HTTP 404"},
    {ALIBABA, SETTING(metadata_role, "machine"), .variables = {ALIBABA_KEYS}, .requests = "",
     .source = "", .message = "metadata service: ENSURE_METADATA=off"},
    {ALIBABA, SETTING(profile, "q"), .variables = {ALIBABA_KEYS},
     .files = {ALIBABA_PROFILE("{\"name\": \"q\", \"mode\": \"EcsRamRole\"}")}, .requests = "",
     .source = "",
     .message = "profile ({HOME}/.aliyun/config.json), metadata service: ENSURE_METADATA=off"},

    /* roles on top of whichever keys there are */
    {ALIBABA, SETTING(assume_role.role, ALIBABA_DEPLOY), SETTING(assume_role.external_id, "x"),
     .variables = {ALIBABA_KEYS}, .requests = "sts AssumeRole, api as " ALIBABA_DEPLOY,
     .source = "environment (ALIBABA_CLOUD_ACCESS_KEY_ID), role " ALIBABA_DEPLOY},
    {ALIBABA, SETTING(assume_role.role, ALIBABA_DEPLOY), .variables = {ALIBABA_KEYS},
     .requests = "sts AssumeRole", .source = "",
     .message = "environment (ALIBABA_CLOUD_ACCESS_KEY_ID), role " ALIBABA_DEPLOY ": NoPermission"},
    {ALIBABA, SETTING(access_key, "LTAIcontract0000001"),
     SETTING(secret_key, "alibaba-secret-0001"),
     .variables = {{"ALICLOUD_ASSUME_ROLE_ARN", ALIBABA_LAST}},
     .requests = "sts AssumeRole, api as " ALIBABA_LAST,
     .source = "settings (alibaba), role " ALIBABA_LAST},
    {ALIBABA,
     .variables = {ALIBABA_OIDC,
                   {"ALICLOUD_ASSUME_ROLE_ARN", ALIBABA_DEPLOY},
                   {"ENSURE_ALIBABA_ROLE", ALIBABA_LAST}},
     .files = {ALIBABA_TOKEN},
     .requests = "sts AssumeRoleWithOIDC, sts AssumeRole, api as " ALIBABA_LAST,
     .source = "OIDC token file {HOME}/token, role " ALIBABA_CI ", role " ALIBABA_LAST},
    {ALIBABA, .variables = {METADATA_ON, {"ENSURE_ALIBABA_ROLE", ALIBABA_LAST}},
     .requests = "metadata PutToken, metadata ListRoles, metadata GetCredentials, sts AssumeRole, "
                 "api as " ALIBABA_LAST,
     .source = "metadata service, role machine, role " ALIBABA_LAST},

    /* tokens of CI systems */
    {ALIBABA, .variables = {ALIBABA_OIDC, {"ALIBABA_CLOUD_OIDC_TOKEN", "alibaba-oidc-token"}},
     .requests = "sts AssumeRoleWithOIDC, api as " ALIBABA_CI,
     .source = "OIDC token in ALIBABA_CLOUD_OIDC_TOKEN, role " ALIBABA_CI},
    {ALIBABA,
     .variables = {{"ALIBABA_CLOUD_ROLE_ARN", ALIBABA_CI},
                   {"ALIBABA_CLOUD_OIDC_PROVIDER_ARN", ALIBABA_ISSUER},
                   {"TFC_WORKLOAD_IDENTITY_TOKEN", "alibaba-oidc-token"}},
     .requests = "sts AssumeRoleWithOIDC, api as " ALIBABA_CI,
     .source = "OIDC token in TFC_WORKLOAD_IDENTITY_TOKEN, role " ALIBABA_CI},
    {ALIBABA,
     .variables = {{"ALIBABA_CLOUD_ROLE_ARN", ALIBABA_CI},
                   {"ALIBABA_CLOUD_OIDC_PROVIDER_ARN", ALIBABA_ISSUER},
                   {"ENSURE_ALIBABA_OIDC_AUDIENCE", "sts.aliyuncs.com"},
                   {"ACTIONS_ID_TOKEN_REQUEST_URL", "{github}"},
                   {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "github-request-token"}},
     .requests = "github GetToken, sts AssumeRoleWithOIDC, api as " ALIBABA_CI,
     .source = "OIDC token of GitHub, role " ALIBABA_CI},
    {ALIBABA,
     .variables = {{"ALIBABA_CLOUD_ROLE_ARN", ALIBABA_CI},
                   {"ALIBABA_CLOUD_OIDC_PROVIDER_ARN", ALIBABA_ISSUER},
                   {"ENSURE_ALIBABA_OIDC_AUDIENCE", "another"},
                   {"ACTIONS_ID_TOKEN_REQUEST_URL", "{github}"},
                   {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "github-request-token"}},
     .requests = "github GetToken, sts AssumeRoleWithOIDC", .source = "",
     .message = "OIDC token of GitHub, role " ALIBABA_CI ": AuthenticationFail.OIDCToken.Invalid"},
    {ALIBABA, .variables = {ALIBABA_OIDC}, .requests = "", .source = "",
     .message = "OIDC token file {HOME}/token: there is no such file"},
    {ALIBABA, .variables = {ALIBABA_OIDC}, .files = {{"token", " \n"}}, .requests = "",
     .source = "", .message = ": the token is empty"},
    {ALIBABA, .variables = {ALIBABA_OIDC}, .files = {{"token", "oidc-token of another"}},
     .requests = "sts AssumeRoleWithOIDC", .source = "",
     .message = "AuthenticationFail.OIDCToken.Invalid"},

    /* profiles */
    {ALIBABA,
     .files = {ALIBABA_PROFILE(
         "{\"name\": \"p\", \"mode\": \"RamRoleArn\", \"access_key_id\": \"LTAIcontract0000001\","
         " \"access_key_secret\": \"alibaba-secret-0001\", \"ram_role_arn\": \"" ALIBABA_LAST
         "\", \"expired_seconds\": 900}")},
     .requests = "sts AssumeRole, api as " ALIBABA_LAST,
     .source = "profile ({HOME}/.aliyun/config.json), role " ALIBABA_LAST},
    {ALIBABA,
     .files = {ALIBABA_PROFILE(
                   "{\"name\": \"base\", \"mode\": \"OIDC\", \"oidc_token_file\": \"{HOME}/token\","
                   " \"oidc_provider_arn\": \"" ALIBABA_ISSUER "\", \"ram_role_arn\": \"" ALIBABA_CI
                   "\"}, {\"name\": \"p\", \"mode\": \"ChainableRamRoleArn\", \"source_profile\": "
                   "\"base\", \"ram_role_arn\": \"" ALIBABA_DEPLOY "\", \"external_id\": \"x\"}"),
               ALIBABA_TOKEN},
     .requests = "sts AssumeRoleWithOIDC, sts AssumeRole, api as " ALIBABA_DEPLOY,
     .source =
         "profile ({HOME}/.aliyun/config.json), OIDC token file {HOME}/token, role " ALIBABA_CI
         ", role " ALIBABA_DEPLOY},
    {ALIBABA, .variables = {METADATA_ON},
     .files = {ALIBABA_PROFILE("{\"name\": \"p\", \"mode\": \"RamRoleArnWithRoleName\","
                               " \"ram_role_arn\": \"" ALIBABA_LAST "\"}")},
     .requests = "metadata PutToken, metadata ListRoles, metadata GetCredentials, sts AssumeRole, "
                 "api as " ALIBABA_LAST,
     .source = "profile ({HOME}/.aliyun/config.json), metadata service, role machine, "
               "role " ALIBABA_LAST},
    {ALIBABA,
     .files = {ALIBABA_PROFILE("{\"name\": \"p\", \"mode\": \"CredentialsURI\","
                               " \"credentials_uri\": \"{credentials_uri}\"}")},
     .requests = "credentials_uri GetCredentials, api as " ALIBABA_SIDECAR,
     .source = "profile ({HOME}/.aliyun/config.json), credentials URI at {uri}"},
    {ALIBABA,
     .files = {ALIBABA_PROFILE("{\"name\": \"p\", \"mode\": \"External\","
                               " \"process_command\": \"cat '{HOME}/a file'\"}"),
               {"a file", "{\"mode\": \"AK\", \"access_key_id\": \"LTAIcontract0000001\","
                          " \"access_key_secret\": \"alibaba-secret-0001\"}"}},
     .variables = {{"PATH", "/usr/bin:/bin"}}, .requests = "api as LTAIcontract0000001",
     .source = "profile ({HOME}/.aliyun/config.json), command cat"},
    {ALIBABA,
     .files = {ALIBABA_PROFILE("{\"name\": \"p\", \"mode\": \"External\","
                               " \"process_command\": \"cat /nowhere\"}")},
     .variables = {{"PATH", "/usr/bin:/bin"}}, .requests = "", .source = "",
     .message =
         "command cat: the command failed with exit status 1: cat: /nowhere: No such file or "
         "directory"},
    {ALIBABA,
     .files = {ALIBABA_PROFILE("{\"name\": \"p\", \"mode\": \"External\","
                               " \"process_command\": \"echo alibaba-secret\"}")},
     .variables = {{"PATH", "/usr/bin:/bin"}}, .requests = "", .source = "",
     .message = "command echo: its output has no keys: it is not JSON (line 1, column 7)"},
    {ALIBABA,
     .files = {ALIBABA_PROFILE("{\"name\": \"p\", \"mode\": \"External\","
                               " \"process_command\": \"cat x\"}")},
     .variables = {{"ENSURE_EXTERNAL_CREDENTIALS", "off"}}, .requests = "", .source = "",
     .message = "command cat: ENSURE_EXTERNAL_CREDENTIALS forbids the command"},
    {ALIBABA,
     .files = {ALIBABA_PROFILE("{\"name\": \"p\", \"mode\": \"External\","
                               " \"process_command\": \"cat x\"}")},
     .variables = {{"ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS", "true"}}, .requests = "",
     .source = "",
     .message = "command cat: it is forbidden by ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS"},
    {ALIBABA, .variables = {{"ALIBABA_CLOUD_CREDENTIALS_URI", "http://192.0.2.1/x"}},
     .requests = "", .source = "",
     .message = "credentials URI at http://192.0.2.1: keys can't be asked for at http://192.0.2.1: "
                "it is neither https nor on this machine"},

    /* metadata */
    {ALIBABA, .variables = {METADATA_ON, {"ALIBABA_CLOUD_ECS_METADATA", "machine"}},
     .requests = "metadata PutToken, metadata GetCredentials, api as " ALIBABA_MACHINE,
     .source = "metadata service, role machine"},
    {ALIBABA, .variables = {METADATA_ON, {"ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true"}},
     .requests = "", .source = "",
     .message = "{metadata} (switched off by ALIBABA_CLOUD_ECS_METADATA_DISABLED)"},

    {VOLCENGINE, .variables = {VOLCENGINE_KEYS, {"VOLCENGINE_ASSUME_ROLE_TRN", VOLCENGINE_DEPLOY}},
     .requests = "sts AssumeRole, api as " VOLCENGINE_DEPLOY,
     .source = "environment (VOLCENGINE_ACCESS_KEY), role " VOLCENGINE_DEPLOY},
    {VOLCENGINE,
     .variables = {{"VOLCENGINE_OIDC_ROLE_TRN", VOLCENGINE_CI},
                   {"VOLCENGINE_OIDC_TOKEN_FILE", "{HOME}/token"},
                   {"ENSURE_VOLCENGINE_ROLE", VOLCENGINE_DEPLOY}},
     .files = {{"token", "volcengine-oidc-token"}},
     .requests = "sts AssumeRoleWithOIDC, sts AssumeRole, api as " VOLCENGINE_DEPLOY,
     .source = "OIDC token file {HOME}/token, role " VOLCENGINE_CI ", role " VOLCENGINE_DEPLOY},
    {VOLCENGINE,
     .variables = {{"VOLCENGINE_ASSUME_ROLE_WITH_OIDC_TRN", VOLCENGINE_CI},
                   {"VOLCENGINE_ASSUME_ROLE_WITH_OIDC_TOKEN", "volcengine-oidc-token"}},
     .requests = "sts AssumeRoleWithOIDC, api as " VOLCENGINE_CI,
     .source = "OIDC token in VOLCENGINE_ASSUME_ROLE_WITH_OIDC_TOKEN, role " VOLCENGINE_CI},
    {VOLCENGINE, .variables = {METADATA_ON},
     .requests = "metadata PutToken, metadata ListRoles, metadata GetCredentials, "
                 "api as " VOLCENGINE_MACHINE,
     .source = "metadata service, role machine"},
    {VOLCENGINE,
     .files =
         {{".volcengine/config.json",
           "{\"current\": \"p\", \"profiles\": {\"p\": {\"mode\": \"RamRoleArn\","
           " \"access-key\": \"AKLTcontract0000001\", \"secret-key\": \"volcengine-secret-0001\","
           " \"account-id\": \"2100000001\", \"role-name\": \"deploy\"}}}"}},
     .requests = "sts AssumeRole, api as " VOLCENGINE_DEPLOY,
     .source = "profile ({HOME}/.volcengine/config.json), role " VOLCENGINE_DEPLOY},
    {VOLCENGINE,
     .files = {{".volcengine/config.json",
                "{\"current\": \"p\", \"profiles\": {\"p\": {\"mode\": \"oidc\","
                " \"oidc-token-file\": \"{HOME}/token\", \"role-trn\": \"" VOLCENGINE_CI "\"}}}"},
               {"token", "volcengine-oidc-token"}},
     .requests = "sts AssumeRoleWithOIDC, api as " VOLCENGINE_CI,
     .source = "profile ({HOME}/.volcengine/config.json), OIDC token file {HOME}/token, "
               "role " VOLCENGINE_CI},
    {VOLCENGINE, .variables = {METADATA_ON},
     .files = {{".volcengine/config.json",
                "{\"current\": \"p\", \"profiles\": {\"p\": {\"mode\": \"ecsrole\","
                " \"role-name\": \"machine\"}}}"}},
     .requests = "metadata PutToken, metadata GetCredentials, api as " VOLCENGINE_MACHINE,
     .source = "profile ({HOME}/.volcengine/config.json), metadata service, role machine"},
    {VOLCENGINE,
     .files =
         {{".volcengine/config.json",
           "{\"current\": \"p\", \"profiles\": {\"p\": {\"mode\": \"sso\","
           " \"access-key\": \"AKLTcontract0000001\", \"secret-key\": \"volcengine-secret-0001\","
           " \"sts-expiration\": 4070908800}}}"}},
     .requests = "api as AKLTcontract0000001",
     .source = "profile ({HOME}/.volcengine/config.json)"},
    {VOLCENGINE,
     .files =
         {{".volcengine/config.json",
           "{\"current\": \"p\", \"profiles\": {\"p\": {\"mode\": \"sso\","
           " \"access-key\": \"AKLTcontract0000001\", \"secret-key\": \"volcengine-secret-0001\","
           " \"sts-expiration\": 1700000000000}}}"}},
     .requests = "", .source = "",
     .message = "profile \"p\" holds keys that have expired: log in again with: ve sso login"},
    {VOLCENGINE,
     .files = {{".volcengine/config.json",
                "{\"current\": \"p\", \"profiles\": {\"p\": {\"mode\": \"console-login\","
                " \"login-session\": \"me\"}}}"},
               /* the SHA-1 of "me" */
               {".volcengine/login/cache/b1c1d8736f20db3fb6c1c66bb1455ed43909f0d8.json",
                "{\"access_token\": \"{\\\"access_key_id\\\": \\\"AKLTcontract0000001\\\","
                " \\\"secret_access_key\\\": \\\"volcengine-secret-0001\\\"}\","
                " \"issued_at\": 1700000000, \"expires_in\": 2000000000}"}},
     .requests = "api as AKLTcontract0000001",
     .source =
         "profile ({HOME}/.volcengine/config.json), login cache {HOME}/.volcengine/login/cache/"
         "b1c1d8736f20db3fb6c1c66bb1455ed43909f0d8.json"},
    {VOLCENGINE,
     .files = {{".volcengine/config.json",
                "{\"current\": \"p\", \"profiles\": {\"p\": {\"mode\": \"console-login\","
                " \"login-session\": \"absent\"}}}"}},
     .requests = "", .source = "", .message = "log in again with: ve login"},

    {BAIDU, SETTING(access_key, "baiducontract0000001"), SETTING(secret_key, "baidu-secret-0001"),
     SETTING(assume_role.role, BAIDU_DEPLOY), .requests = "sts AssumeRole, api as " BAIDU_DEPLOY,
     .source = "settings (baidu), role " BAIDU_DEPLOY},
    {BAIDU, SETTING(access_key, "baiducontract0000001"), SETTING(secret_key, "baidu-secret-0001"),
     SETTING(assume_role.role, BAIDU_CLOSED), .requests = "sts AssumeRole", .source = "",
     .message = "Baidu opens AssumeRole to accounts on a list"},
    {BAIDU, SETTING(access_key, "baiducontract0000001"), SETTING(secret_key, "baidu-secret-0001"),
     .variables = {{"ENSURE_BAIDU_ROLE", "deploy"}}, .requests = "", .source = "",
     .message = "role deploy: the role is not of the form ACCOUNT_ID/ROLE"},
    {BAIDU, .variables = {METADATA_ON},
     .requests = "metadata GetCredentials, api as " BAIDU_MACHINE, .source = "metadata service"},
};

/* The source in the last line of the audit log; "": it has none. */
static const char *audited_source(struct fixture *fixture)
{
    FILE *file = fopen(fixture->audit, "r");
    char line[8192];
    const char *source = "";

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        json_t *json = json_loads(line, 0, NULL);
        source = ens_arena_dup(fixture->arena,
                               ens_str_of(json_string_value(json_object_get(json, "source"))))
                     .ptr;
        json_decref(json);
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return source;
}

/* The text of a row, in which {uri} and {metadata} stand for endpoints without a path. */
static const char *expand(struct fixture *fixture, const struct row *row, const char *text)
{
    char key[64];
    const char *uri = json_string_value(json_object_get(fixture->services, "credentials_uri"));

    (void)snprintf(key, sizeof(key), "%s_metadata", clouds[row->cloud]);
    const ens_str endpoint = {uri, strlen(uri) - strlen("/credentials")};
    (void)json_object_set_new(fixture->services, "uri", json_stringn(endpoint.ptr, endpoint.len));
    (void)json_object_set(fixture->services, "metadata", json_object_get(fixture->services, key));
    return fixture_expand(fixture, text);
}

/* Says what differs; NULL: nothing. */
static const char *difference(struct fixture *fixture, const struct row *row,
                              const struct ens_result *result)
{
    const char *requests = fixture_requests(fixture);
    const char *source = audited_source(fixture);

    if (strcmp(requests, row->requests) != 0) {
        return ens_arena_printf(fixture->arena, "requests: %s (%.*s)", requests,
                                ENS_STR_ARG(result->message))
            .ptr;
    }
    if (strcmp(source, expand(fixture, row, row->source)) != 0) {
        return ens_arena_printf(fixture->arena, "source: %s", source).ptr;
    }
    if (row->message != NULL && strstr(ens_arena_dup(fixture->arena, result->message).ptr,
                                       expand(fixture, row, row->message)) == NULL) {
        return ens_arena_printf(fixture->arena, "message: %.*s", ENS_STR_ARG(result->message)).ptr;
    }
    const enum ens_reason reason =
        row->message == NULL ? ENS_REASON_ALREADY_RUNNING : ENS_REASON_UNAUTHENTICATED;
    return result->reason == reason ? NULL : fixture_brief(fixture, result);
}

/* True: as expected. */
static bool run_row(size_t index)
{
    const struct row *row = &rows[index];
    const char *target[] = {targets[row->cloud], NULL};
    struct fixture_variable variables[VARIABLES_MAX + 2] = {{0}};
    struct ens_cloud_settings settings = row->settings;
    char endpoint[64];

    struct fixture *fixture = fixture_new("keys", NULL);
    (void)snprintf(endpoint, sizeof(endpoint), "{%s}", clouds[row->cloud]);
    memcpy(variables, row->variables, sizeof(row->variables));
    fixture_environment(fixture, variables);
    for (size_t i = 0; i < ENS_COUNT(row->files) && row->files[i].name != NULL; i++) {
        fixture_write(fixture, row->files[i].name, row->files[i].value);
    }
    settings.cloud = ens_str_of(clouds[row->cloud]);
    settings.endpoint = ens_str_of(fixture_expand(fixture, endpoint));
    assert_int_equal(ens_engine_configure(fixture->engine, &settings, 1, NULL, NULL), ENS_OK);
    struct ens_collected plan = fixture_plan(fixture, target);
    const char *wrong = difference(fixture, row, &plan.results[0]);
    if (wrong != NULL) {
        print_message("row %zu: %s\n", index, wrong);
    }
    fixture_check_clean(fixture);
    fixture_free(fixture);
    return wrong == NULL;
}

static void test_sources(void **state)
{
    size_t failed = 0;

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        failed += run_row(i) ? 0 : 1;
    }
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sources),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
