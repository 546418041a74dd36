/* SPDX-License-Identifier: Apache-2.0 */
/* The steps to keys of each cloud: what is asked for, byte for byte, and what is made of what
 * comes. tests/contract/keys_test.c has the ways that lead there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/exact_memory.h"
#include "support/providers.h"

#define NOW           INT64_C(1788249600) /* 2026-09-01T08:00:00Z */
#define VARIABLES_MAX 6
#define EVENTS_MAX    5

struct event {
    enum ens_credentials_got got;
    uint32_t status; /* of a reply */
    const char *text;
    int64_t elapsed_ms;
};

struct row {
    const char *cloud;
    enum ens_source_kind kind;
    const char *variables[VARIABLES_MAX]; /* NAME=VALUE */
    struct ens_role_settings role;
    struct ens_oidc_settings oidc;
    const char *metadata_role;
    const char *profile; /* ENS_SOURCE_PROFILE: the first profile file */
    struct event events[EVENTS_MAX];
    const char *expected; /* the dumps of all steps */
};

#define FILE_(content)                                                                             \
    {                                                                                              \
        ENS_GOT_FILE, 0, content, 0                                                                \
    }
#define NO_FILE                                                                                    \
    {                                                                                              \
        ENS_GOT_NO_FILE, 0, NULL, 0                                                                \
    }
#define REPLY(status, body)                                                                        \
    {                                                                                              \
        ENS_GOT_REPLY, status, body, 0                                                             \
    }
#define OUTPUT(content)                                                                            \
    {                                                                                              \
        ENS_GOT_OUTPUT, 0, content, 0                                                              \
    }
#define SILENCE                                                                                    \
    {                                                                                              \
        ENS_GOT_SILENCE, 0, "no answer from h within 1000 ms", 0                                   \
    }
#define FAILURE(why)                                                                               \
    {                                                                                              \
        ENS_GOT_FAILURE, 0, why, 0                                                                 \
    }
#define STR(literal)                                                                               \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

#define ALIBABA_OIDC                                                                               \
    "ALIBABA_CLOUD_ROLE_ARN=acs:ram::1:role/r", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN=acs:ram::1:p/i"
#define ALIBABA_GIVES(expiration)                                                                  \
    "{\"RequestId\": \"q\", \"Credentials\": {\"AccessKeyId\": \"STS.a\", \"AccessKeySecret\": "   \
    "\"s\", \"SecurityToken\": \"t\", \"Expiration\": \"" expiration "\"}}"
#define VOLCENGINE_GIVES(name, expiry)                                                             \
    "{\"ResponseMetadata\": {\"RequestId\": \"q\"}, \"Result\": {\"Credentials\": {"               \
    "\"AccessKeyId\": \"AKTPa\", \"SecretAccessKey\": \"s\", \"SessionToken\": \"t\", \"" name     \
    "\": \"" expiry "\"}}}"

#define ALIBABA_EXCHANGE(token, host)                                                              \
    "send https://" host "\n"                                                                      \
    "target: /?Action=AssumeRoleWithOIDC&Format=JSON&Timestamp=2026-09-01T08%3A00%3A00Z&"          \
    "Version=2015-04-01\n"                                                                         \
    "POST /\n"                                                                                     \
    "? Action=AssumeRoleWithOIDC\n"                                                                \
    "? Version=2015-04-01\n"                                                                       \
    "? Format=JSON\n"                                                                              \
    "? Timestamp=2026-09-01T08:00:00Z\n"                                                           \
    ": content-type=application/x-www-form-urlencoded\n"                                           \
    "DurationSeconds=3600&OIDCProviderArn=acs%3Aram%3A%3A1%3Ap%2Fi&OIDCToken=" token               \
    "&RoleArn=acs%3Aram%3A%3A1%3Arole%2Fr&RoleSessionName=ensure\n"                                \
    "secret: " token "\n"

#define ALIBABA_PUT(limits)                                                                        \
    "send http://metadata direct" limits "\n"                                                      \
    "target: /latest/api/token\n"                                                                  \
    "PUT /latest/api/token\n"                                                                      \
    ": accept=*/*\n"                                                                               \
    ": x-aliyun-ecs-metadata-token-ttl-seconds=21600\n"
#define ALIBABA_GET(path, limits)                                                                  \
    "send http://metadata direct" limits "\n"                                                      \
    "target: /latest/meta-data/ram/security-credentials/" path "\n"                                \
    "GET /latest/meta-data/ram/security-credentials/" path "\n"                                    \
    ": accept=*/*\n"                                                                               \
    ": x-aliyun-ecs-metadata-token=tok\n"                                                          \
    "secret: tok\n"
#define ALIBABA_OLD_GET(path, limits)                                                              \
    "send http://metadata direct" limits "\n"                                                      \
    "target: /latest/meta-data/ram/security-credentials/" path "\n"                                \
    "GET /latest/meta-data/ram/security-credentials/" path "\n"                                    \
    ": accept=*/*\n"
#define ALIBABA_DOCUMENT                                                                           \
    "{\"Code\": \"Success\", \"AccessKeyId\": \"STS.a\", \"AccessKeySecret\": \"s\","              \
    " \"SecurityToken\": \"t\", \"Expiration\": \"2026-09-01T09:00:00Z\"}"

static const struct row rows[] = {
    /* OIDC */
    {"alibaba", ENS_SOURCE_OIDC, .expected = "none\ndetail: ALIBABA_CLOUD_ROLE_ARN is not set\n"},
    {"alibaba", ENS_SOURCE_OIDC, .variables = {"ALIBABA_CLOUD_ROLE_ARN=r"},
     .expected = "none\ndetail: ALIBABA_CLOUD_OIDC_PROVIDER_ARN is not set\n"},
    {"alibaba", ENS_SOURCE_OIDC, .variables = {ALIBABA_OIDC},
     .expected = "none\ndetail: ALIBABA_CLOUD_OIDC_TOKEN_FILE is not set\n"},
    {"alibaba", ENS_SOURCE_OIDC,
     .variables = {ALIBABA_OIDC, "ALIBABA_CLOUD_OIDC_TOKEN_FILE=/run/token"},
     .events = {FILE_(" jwt\n"), REPLY(200, ALIBABA_GIVES("2026-09-01T09:00:00Z"))},
     .expected = "read /run/token\n" ALIBABA_EXCHANGE(
         "jwt", "sts.aliyuncs.com") "keys STS.a s t\nexpires: 1788253200\n"
                                    "origin: OIDC token file /run/token, role acs:ram::1:role/r\n"},
    {"alibaba", ENS_SOURCE_OIDC,
     .variables = {ALIBABA_OIDC, "ALIBABA_CLOUD_OIDC_TOKEN=jwt",
                   "ALIBABA_CLOUD_STS_REGION=cn-beijing",
                   "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED=true"},
     .events = {REPLY(403,
                      "{\"Code\": \"NoPermission\", \"Message\": \"no\", \"RequestId\": \"q\"}")},
     .expected = ALIBABA_EXCHANGE(
         "jwt",
         "sts-vpc.cn-beijing.aliyuncs.com") "error\n"
                                            "origin: OIDC token in ALIBABA_CLOUD_OIDC_TOKEN, role "
                                            "acs:ram::1:role/r\n"
                                            "code: NoPermission\nmessage: no\nrequest_id: q\n"},
    {"alibaba", ENS_SOURCE_OIDC, .variables = {ALIBABA_OIDC, "ALIBABA_CLOUD_OIDC_TOKEN=jwt"},
     .events = {REPLY(200, ALIBABA_GIVES("soon"))},
     .expected = ALIBABA_EXCHANGE(
         "jwt", "sts.aliyuncs.com") "error\n"
                                    "origin: OIDC token in ALIBABA_CLOUD_OIDC_TOKEN, role "
                                    "acs:ram::1:role/r\n"
                                    "malformed: Expiration is not a time\nrequest_id: q\n"},
    {"alibaba", ENS_SOURCE_OIDC, .variables = {ALIBABA_OIDC, "ALIBABA_CLOUD_OIDC_TOKEN=jwt"},
     .events = {REPLY(200, "{\"Credentials\": {\"AccessKeyId\": 1}}")},
     .expected = ALIBABA_EXCHANGE(
         "jwt", "sts.aliyuncs.com") "error\n"
                                    "origin: OIDC token in ALIBABA_CLOUD_OIDC_TOKEN, role "
                                    "acs:ram::1:role/r\n"
                                    "malformed: AccessKeySecret is missing or not a text\n"},
    {"alibaba", ENS_SOURCE_OIDC, .variables = {ALIBABA_OIDC, "ALIBABA_CLOUD_OIDC_TOKEN=jwt"},
     .events = {FAILURE("can't connect to h")},
     .expected = ALIBABA_EXCHANGE(
         "jwt", "sts.aliyuncs.com") "error\n"
                                    "origin: OIDC token in ALIBABA_CLOUD_OIDC_TOKEN, role "
                                    "acs:ram::1:role/r\n"
                                    "detail: can't connect to h\n"},
    {"alibaba", ENS_SOURCE_OIDC,
     .variables = {ALIBABA_OIDC, "ALIBABA_CLOUD_OIDC_TOKEN_FILE=/run/token"}, .events = {NO_FILE},
     .expected = "read /run/token\nerror\norigin: OIDC token file /run/token\n"
                 "detail: there is no such file\n"},
    {"alibaba", ENS_SOURCE_OIDC,
     .variables = {ALIBABA_OIDC, "ACTIONS_ID_TOKEN_REQUEST_URL=https://ci.example/t?v=2#x",
                   "ACTIONS_ID_TOKEN_REQUEST_TOKEN=key", "ENSURE_ALIBABA_OIDC_AUDIENCE=a b"},
     .events = {REPLY(200, "{\"count\": 1, \"value\": \"jwt\"}")},
     .expected = "send https://ci.example\n"
                 "target: /t?v=2&audience=a%20b\n"
                 "GET /\n"
                 ": accept=application/json\n"
                 ": authorization=bearer key\n"
                 "secret: key\n" ALIBABA_EXCHANGE("jwt", "sts.aliyuncs.com")},
    {"alibaba", ENS_SOURCE_OIDC,
     .variables = {ALIBABA_OIDC, "ACTIONS_ID_TOKEN_REQUEST_URL=https://ci.example",
                   "ACTIONS_ID_TOKEN_REQUEST_TOKEN=key"},
     .events = {REPLY(401, "{\"message\": \"no\"}")},
     .expected = "send https://ci.example\n"
                 "target: /\n"
                 "GET /\n"
                 ": accept=application/json\n"
                 ": authorization=bearer key\n"
                 "secret: key\n"
                 "error\n"
                 "origin: OIDC token of GitHub\n"
                 "malformed: the address answered with HTTP 401 and without a token\n"},
    {"volcengine", ENS_SOURCE_OIDC,
     .variables = {"VOLCENGINE_OIDC_ROLE_TRN=trn:iam::1:role/r", "VOLCENGINE_OIDC_TOKEN_FILE=f",
                   "VOLCENGINE_OIDC_ROLE_SESSION_NAME=me", "VOLCENGINE_OIDC_ROLE_POLICY={}",
                   "VOLCENGINE_OIDC_STS_ENDPOINT=sts.example"},
     .events = {FILE_("jwt"),
                REPLY(200, VOLCENGINE_GIVES("Expiration", "2026-09-01T17:00:00+08:00"))},
     .expected = "read f\n"
                 "send https://sts.example\n"
                 "target: /?Action=AssumeRoleWithOIDC&Version=2018-01-01\n"
                 "POST /\n"
                 "? Action=AssumeRoleWithOIDC\n"
                 "? Version=2018-01-01\n"
                 ": accept=application/json\n"
                 ": content-type=application/x-www-form-urlencoded\n"
                 "DurationSeconds=3600&OIDCToken=jwt&Policy=%7B%7D&RoleSessionName=me&"
                 "RoleTrn=trn%3Aiam%3A%3A1%3Arole%2Fr\n"
                 "secret: jwt\n"
                 "keys AKTPa s t\nexpires: 1788253200\n"
                 "origin: OIDC token file f, role trn:iam::1:role/r\n"},
    {"volcengine", ENS_SOURCE_OIDC,
     .oidc = {.role = STR("trn"), .token = STR("jwt"), .duration_s = 900},
     .events = {REPLY(200,
                      "{\"ResponseMetadata\": {\"Error\": {\"Code\": \"InvalidOIDCToken\"}}}")},
     .expected = "send https://sts.volcengineapi.com\n"
                 "target: /?Action=AssumeRoleWithOIDC&Version=2018-01-01\n"
                 "POST /\n"
                 "? Action=AssumeRoleWithOIDC\n"
                 "? Version=2018-01-01\n"
                 ": accept=application/json\n"
                 ": content-type=application/x-www-form-urlencoded\n"
                 "DurationSeconds=900&OIDCToken=jwt&RoleSessionName=ensure&RoleTrn=trn\n"
                 "secret: jwt\n"
                 "error\norigin: OIDC token of the settings, role trn\ncode: InvalidOIDCToken\n"},

    /* roles */
    {"alibaba", ENS_SOURCE_ROLE, .expected = "none\ndetail: ENSURE_ALIBABA_ROLE is not set\n"},
    {"alibaba", ENS_SOURCE_ROLE,
     .role = {.role = STR("acs:ram::1:role/r"),
              .session_name = STR("me"),
              .policy = STR("{}"),
              .external_id = STR("x"),
              .duration_s = 900},
     .variables = {"ENSURE_ALIBABA_ROLE=other"},
     .events = {REPLY(200, ALIBABA_GIVES("2026-09-01T08:15:00Z"))},
     .expected =
         "send https://sts.aliyuncs.com as base\n"
         "POST /\n"
         ": accept=application/json\n"
         ": x-acs-action=AssumeRole\n"
         ": x-acs-version=2015-04-01\n"
         ": content-type=application/x-www-form-urlencoded\n"
         "DurationSeconds=900&ExternalId=x&Policy=%7B%7D&RoleArn=acs%3Aram%3A%3A1%3Arole%2Fr&"
         "RoleSessionName=me\n"
         "keys STS.a s t\nexpires: 1788250500\norigin: role acs:ram::1:role/r\n"},
    {"volcengine", ENS_SOURCE_ROLE, .variables = {"VOLCENGINE_ASSUME_ROLE_TRN=trn:iam::1:role/r"},
     .events = {REPLY(200, VOLCENGINE_GIVES("ExpiredTime", "2026-09-01T16:15:00+08:00"))},
     .expected = "send https://sts.volcengineapi.com as base\n"
                 "region: cn-beijing\nservice: sts\n"
                 "GET /\n"
                 "? Action=AssumeRole\n"
                 "? Version=2018-01-01\n"
                 "? RoleTrn=trn:iam::1:role/r\n"
                 "? RoleSessionName=ensure\n"
                 "? DurationSeconds=3600\n"
                 ": accept=application/json\n"
                 "keys AKTPa s t\nexpires: 1788250500\norigin: role trn:iam::1:role/r\n"},
    {"baidu", ENS_SOURCE_ROLE, .role = {.role = STR("account/r"), .duration_s = 43200},
     .events = {REPLY(200, "{\"accessKeyId\": \"a\", \"accessKeySecret\": \"s\", \"sessionToken\": "
                           "\"t\", \"expiration\": \"2026-09-01T10:00:00Z\"}")},
     .expected = "send https://sts.bj.baidubce.com as base\n"
                 "POST /v1/credential\n"
                 "? assumeRole=\n"
                 "? accountId=account\n"
                 "? roleName=r\n"
                 "? durationSeconds=7200\n"
                 ": accept=application/json\n"
                 "keys a s t\nexpires: 1788256800\norigin: role account/r\n"},
    {"baidu", ENS_SOURCE_ROLE, .role = {.role = STR("account/r"), .duration_s = 900},
     .events = {REPLY(403, "{\"code\": \"AccessDenied\", \"message\": \"no\"}")},
     .expected = "send https://sts.bj.baidubce.com as base\n"
                 "POST /v1/credential\n"
                 "? assumeRole=\n"
                 "? accountId=account\n"
                 "? roleName=r\n"
                 "? durationSeconds=900\n"
                 ": accept=application/json\n"
                 "error\norigin: role account/r\n"
                 "code: AccessDenied\n"
                 "message: no [Baidu opens AssumeRole to accounts on a list: if the role trusts "
                 "these keys, ask Baidu whether the account is on it]\n"},
    {"baidu", ENS_SOURCE_ROLE, .role = {.role = STR("account/")},
     .expected = "error\norigin: role account/\n"
                 "detail: the role is not of the form ACCOUNT_ID/ROLE\n"},
    {"baidu", ENS_SOURCE_ROLE, .role = {.role = STR("a/r"), .external_id = STR("x")},
     .expected = "error\norigin: role a/r\n"
                 "detail: external_id is set, but roles of this cloud have none\n"},

    /* metadata: probed */
    {"alibaba", ENS_SOURCE_METADATA,
     .events = {REPLY(200, "tok"), REPLY(200, "r\n"), REPLY(200, ALIBABA_DOCUMENT)},
     .expected = ALIBABA_PUT(" once 1000 ms") ALIBABA_GET("", " 5000 ms") ALIBABA_GET(
         "r",
         " 5000 ms") "keys STS.a s t\nexpires: 1788253200\norigin: metadata service, role r\n"},
    {"alibaba", ENS_SOURCE_METADATA, .events = {SILENCE},
     .expected =
         ALIBABA_PUT(" once 1000 ms") "none\norigin: metadata service\ndetail: no answer\n"},
    {"alibaba", ENS_SOURCE_METADATA, .events = {FAILURE("can't connect")},
     .expected =
         ALIBABA_PUT(" once 1000 ms") "none\norigin: metadata service\ndetail: can't connect\n"},
    {"alibaba", ENS_SOURCE_METADATA, /* an older service, in what is left of the second */
     .events = {{ENS_GOT_REPLY, 404, "<html>", 300},
                {ENS_GOT_REPLY, 200, "r", 400},
                {ENS_GOT_REPLY, 200, ALIBABA_DOCUMENT, 500}},
     .expected = ALIBABA_PUT(" once 1000 ms") ALIBABA_OLD_GET("", " once 700 ms") ALIBABA_OLD_GET(
         "r",
         " once 600 ms") "keys STS.a s t\nexpires: 1788253200\norigin: metadata service, role r\n"},
    {"alibaba", ENS_SOURCE_METADATA, .variables = {"ALIBABA_CLOUD_IMDSV1_DISABLED=true"},
     .events = {REPLY(404, "<html>")},
     .expected = ALIBABA_PUT(
         " once 1000 ms") "none\norigin: metadata service\ndetail: HTTP 404 instead of a token\n"},
    {"alibaba", ENS_SOURCE_METADATA, /* another cloud's */
     .events = {REPLY(200, "tok"), REPLY(200, "{\"computeMetadata\": 1}")},
     .expected = ALIBABA_PUT(" once 1000 ms") ALIBABA_GET(
         "", " 5000 ms") "none\norigin: metadata service\ndetail: HTTP 200 and no role\n"},
    {"alibaba", ENS_SOURCE_METADATA,
     .events = {REPLY(200, "tok"), REPLY(200, "r"), REPLY(200, "{}")},
     .expected = ALIBABA_PUT(" once 1000 ms") ALIBABA_GET("", " 5000 ms")
         ALIBABA_GET("r", " 5000 ms") "none\norigin: metadata service, role r\ndetail: AccessKeyId "
                                      "is missing or not a text\n"},
    {"alibaba", ENS_SOURCE_METADATA, .variables = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED=true"},
     .expected = "none\ndetail: switched off by ALIBABA_CLOUD_ECS_METADATA_DISABLED\n"},
    {"volcengine", ENS_SOURCE_METADATA, .events = {REPLY(200, "tok"), REPLY(200, "[\"a\", \"b\"]")},
     .expected = "send http://metadata direct once 1000 ms\n"
                 "target: /latest/api/token\n"
                 "PUT /latest/api/token\n"
                 ": accept=*/*\n"
                 ": x-volc-ecs-metadata-token-ttl-seconds=21600\n"
                 "send http://metadata direct 5000 ms\n"
                 "target: /volcstack/latest/iam/security_credentials?type=user&format=json\n"
                 "GET /volcstack/latest/iam/security_credentials\n"
                 ": accept=*/*\n"
                 ": x-volc-ecs-metadata-token=tok\n"
                 "secret: tok\n"
                 "send http://metadata direct 5000 ms\n"
                 "target: /volcstack/latest/iam/security_credentials/a\n"
                 "GET /volcstack/latest/iam/security_credentials/a\n"
                 ": accept=*/*\n"
                 ": x-volc-ecs-metadata-token=tok\n"
                 "secret: tok\n"},
    {"volcengine", ENS_SOURCE_METADATA, .events = {REPLY(403, "no")}, /* has no older service */
     .expected = "send http://metadata direct once 1000 ms\n"
                 "target: /latest/api/token\n"
                 "PUT /latest/api/token\n"
                 ": accept=*/*\n"
                 ": x-volc-ecs-metadata-token-ttl-seconds=21600\n"
                 "none\norigin: metadata service\ndetail: HTTP 403 instead of a token\n"},
    {"baidu", ENS_SOURCE_METADATA,
     .events = {REPLY(200, "{\"ak\": \"a\", \"sk\": \"s\", \"token\": \"t\"}")},
     .expected = "send http://metadata direct once 1000 ms\n"
                 "target: /latest/meta-data/sts-credential\n"
                 "GET /latest/meta-data/sts-credential\n"
                 ": accept=*/*\n"
                 "keys a s t\nexpires: 1788249840\norigin: metadata service\n"},
    {"baidu", ENS_SOURCE_METADATA, .events = {REPLY(200, "ami-id\n")},
     .expected = "send http://metadata direct once 1000 ms\n"
                 "target: /latest/meta-data/sts-credential\n"
                 "GET /latest/meta-data/sts-credential\n"
                 ": accept=*/*\n"
                 "none\norigin: metadata service\n"
                 "detail: the body is not JSON (line 1, column 3): '[' or '{' expected\n"},

    {"baidu", ENS_SOURCE_METADATA, .events = {REPLY(200, ALIBABA_DOCUMENT)},
     .expected = "send http://metadata direct once 1000 ms\n"
                 "target: /latest/meta-data/sts-credential\n"
                 "GET /latest/meta-data/sts-credential\n"
                 ": accept=*/*\n"
                 "none\norigin: metadata service\ndetail: it is another cloud's\n"},

    /* metadata: named */
    {"alibaba", ENS_SOURCE_METADATA, .metadata_role = "r", .events = {SILENCE},
     .expected = ALIBABA_PUT(" 5000 ms") "error\norigin: metadata service\n"
                                         "detail: no answer from h within 1000 ms\n"},
    {"alibaba", ENS_SOURCE_METADATA, .variables = {"ALIBABA_CLOUD_ECS_METADATA=../x"},
     .expected = "error\norigin: metadata service\n"
                 "detail: the name of the role has a character that no role has\n"},

    /* URIs */
    {"alibaba", ENS_SOURCE_URI,
     .expected = "none\ndetail: ALIBABA_CLOUD_CREDENTIALS_URI is not set\n"},
    {"alibaba", ENS_SOURCE_URI,
     .variables = {"ALIBABA_CLOUD_CREDENTIALS_URI=http://127.0.0.1:1/c?k=v"},
     .events = {REPLY(200, ALIBABA_DOCUMENT)},
     .expected = "send http://127.0.0.1:1 5000 ms\n"
                 "target: /c?k=v\n"
                 "GET /\n"
                 ": accept=application/json\n"
                 "keys STS.a s t\nexpires: 1788253200\n"
                 "origin: credentials URI at http://127.0.0.1:1\n"},
    {"alibaba", ENS_SOURCE_URI, .variables = {"ALIBABA_CLOUD_CREDENTIALS_URI=http://127.0.0.1:1"},
     .events = {REPLY(200, "{\"Code\": \"Failed\"}")},
     .expected = "send http://127.0.0.1:1 5000 ms\n"
                 "target: /\n"
                 "GET /\n"
                 ": accept=application/json\n"
                 "error\n"
                 "origin: credentials URI at http://127.0.0.1:1\n"
                 "malformed: Code is not Success\n"},

    /* profiles */
    {"alibaba", ENS_SOURCE_PROFILE,
     .profile =
         "{\"profiles\": [{\"name\": \"default\", \"mode\": \"External\", \"process_command\": "
         "\"'/opt/my tool' --as \\\"a b\\\" c\\\\ d ''\"}]}",
     .events = {OUTPUT("{\"mode\": \"StsToken\", \"access_key_id\": \"a\", \"access_key_secret\": "
                       "\"s\", \"sts_token\": \"t\", \"expiration\": \"2026-09-01T08:10:00Z\"}")},
     .expected = "run /opt/my tool|--as|a b|c d|\n"
                 "keys a s t\nexpires: 1788250200\norigin: command /opt/my tool\n"},
    {"alibaba", ENS_SOURCE_PROFILE,
     .profile =
         "{\"profiles\": [{\"name\": \"default\", \"mode\": \"External\", \"process_command\": "
         "\"tool 'x\"}]}",
     .expected = "error\n"
                 "detail: the command is not 1 to 64 words with closed quotation marks\n"},
    {"alibaba", ENS_SOURCE_PROFILE,
     .profile =
         "{\"profiles\": [{\"name\": \"default\", \"mode\": \"CloudSSO\", \"access_key_id\": "
         "\"a\", \"access_key_secret\": \"s\", \"sts_token\": \"t\", \"sts_expiration\": "
         "1788249601}]}",
     .expected = "keys a s t\nexpires: 1788249601\n"},
    {"alibaba", ENS_SOURCE_PROFILE,
     .profile =
         "{\"profiles\": [{\"name\": \"default\", \"mode\": \"CloudSSO\", \"access_key_id\": "
         "\"a\", \"access_key_secret\": \"s\", \"sts_token\": \"t\", \"sts_expiration\": "
         "1788249600}]}",
     .expected =
         "error\ndetail: profile \"default\" holds keys that have expired: log in again with: "
         "aliyun configure --mode CloudSSO\n"},
    {"volcengine", ENS_SOURCE_PROFILE, .variables = {"HOME=/h"},
     .profile = "{\"profiles\": {\"default\": {\"mode\": \"console-login\", \"login-session\": "
                "\"me\"}}}",
     .events = {FILE_("{\"access_token\": {\"access_key_id\": \"a\", \"secret_access_key\": \"s\"},"
                      " \"issued_at\": \"2026-09-01T07:00:00Z\", \"expires_in\": 3601}")},
     .expected = "read /h/.volcengine/login/cache/b1c1d8736f20db3fb6c1c66bb1455ed43909f0d8.json\n"
                 "keys a s -\nexpires: 1788249601\n"
                 "origin: login cache "
                 "/h/.volcengine/login/cache/b1c1d8736f20db3fb6c1c66bb1455ed43909f0d8.json\n"},
    {"volcengine", ENS_SOURCE_PROFILE, .variables = {"VOLCENGINE_LOGIN_CACHE_DIRECTORY=/c"},
     .profile = "{\"profiles\": {\"default\": {\"mode\": \"console-login\", \"login-session\": "
                "\"me\"}}}",
     .events = {FILE_("{\"access_token\": \"jwt\", \"issued_at\": 1, \"expires_in\": 1}")},
     .expected = "read /c/b1c1d8736f20db3fb6c1c66bb1455ed43909f0d8.json\n"
                 "error\n"
                 "origin: login cache /c/b1c1d8736f20db3fb6c1c66bb1455ed43909f0d8.json\n"
                 "detail: access_token holds no keys\n"},
};

static const char *value_of(const void *ud, const char *name)
{
    const struct row *row = ud;
    const size_t len = strlen(name);

    for (size_t i = 0; i < VARIABLES_MAX && row->variables[i] != NULL; i++) {
        if (strncmp(row->variables[i], name, len) == 0 && row->variables[i][len] == '=') {
            return row->variables[i] + len + 1;
        }
    }
    return NULL;
}

static const void *read_profile(const struct ens_memory *memory, const struct row *row)
{
    const struct ens_provider *provider = test_provider_named(row->cloud);
    struct ens_profile profile = {.struct_size = sizeof(profile)};

    if (row->profile == NULL) {
        return NULL;
    }
    provider->profile_files[0]->read(memory, test_str(row->profile), test_str(""), &profile);
    assert_non_null(profile.state);
    return profile.state;
}

/* The dumps of all steps; the caller frees them. */
static char *run_row(const struct row *row, const struct ens_memory *memory)
{
    const struct ens_provider *provider = test_provider_named(row->cloud);
    const struct ens_source *source = test_source(provider, row->kind);
    const struct test_values values = test_values(source, value_of, row);
    const struct ens_identity base = {
        .struct_size = sizeof(base), .access_key = STR("base"), .secret_key = STR("secret")};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    struct ens_credentials_input input = {
        .struct_size = sizeof(input),
        .source = source,
        .state = read_profile(memory, row),
        .values = values.values,
        .names = values.names,
        .role = row->kind == ENS_SOURCE_ROLE ? &row->role : NULL,
        .oidc = row->oidc.role.len > 0 ? &row->oidc : NULL,
        .metadata_role = test_str(row->metadata_role),
        .identity = row->kind == ENS_SOURCE_ROLE ? &base : NULL,
        .metadata_endpoint = STR("http://metadata"),
        .now_unix_s = NOW,
    };
    for (size_t i = 0;; i++) {
        struct ens_credentials_step step = {.struct_size = sizeof(step)};
        provider->credentials_step(memory, &input, &step);
        char *dump = test_dump_step(&step);
        (void)fputs(dump, out);
        free(dump);
        const bool asks = step.end == ENS_CREDENTIALS_READ || step.end == ENS_CREDENTIALS_SEND ||
                          step.end == ENS_CREDENTIALS_RUN;
        if (!asks || i == EVENTS_MAX || row->events[i].got == ENS_GOT_NOTHING) {
            break;
        }
        const struct event *event = &row->events[i];
        const struct ens_http_reply reply = {
            .struct_size = sizeof(reply), .status = event->status, .body = test_str(event->text)};
        static struct ens_http_reply kept;
        kept = reply;
        input.got = event->got;
        input.state = step.state;
        input.reply = event->got == ENS_GOT_REPLY ? &kept : NULL;
        input.text = test_str(event->got == ENS_GOT_REPLY ? NULL : event->text);
        input.error = input.text;
        input.elapsed_ms = event->elapsed_ms;
    }
    (void)fclose(out);
    return text;
}

static void test_steps(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct exact_memory exact;
        exact_memory_init(&exact);
        char *text = run_row(&rows[i], &exact.memory);
        exact_memory_done(&exact);
        assert_string_equal(text, rows[i].expected);
        free(text);
    }
}

/* The order in which the sources are asked, and where the metadata services are. */
static void test_sources(void **state)
{
    static const struct {
        const char *cloud;
        const char *kinds; /* enum ens_source_kind */
        const char *address;
    } sources[] = {
        {"volcengine", "13246", "http://100.96.0.96"},
        {"alibaba", "132456", "http://100.100.100.200"},
        {"baidu", "1246", "http://169.254.169.254"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        const struct ens_provider *provider = test_provider_named(sources[i].cloud);
        char kinds[16] = {0};
        for (size_t j = 0; provider->sources[j] != NULL; j++) {
            kinds[j] = (char)('0' + provider->sources[j]->kind);
        }
        assert_string_equal(kinds, sources[i].kinds);
        assert_string_equal(test_source(provider, ENS_SOURCE_METADATA)->address,
                            sources[i].address);
    }
}

/* An identity token of the largest size is sent, a larger one is not. */
static void test_token_limit(void **state)
{
    static char token[16 * 1024 + 2];
    struct row row = {"volcengine", ENS_SOURCE_OIDC,
                      .oidc = {.role = STR("r"), .token_file = STR("f")}};

    (void)state;
    for (size_t extra = 0; extra < 2; extra++) {
        struct exact_memory exact;
        exact_memory_init(&exact);
        memset(token, 'x', sizeof(token));
        token[16 * 1024 + extra] = '\0';
        row.events[0] = (struct event){ENS_GOT_FILE, 0, token, 0};
        char *text = run_row(&row, &exact.memory);
        exact_memory_done(&exact);
        assert_int_equal(strstr(text, "the token is longer than 16384 bytes") != NULL, extra == 1);
        assert_int_equal(strstr(text, "OIDCToken=xxx") != NULL, extra == 0);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_token_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
