/* SPDX-License-Identifier: Apache-2.0 */
/* sign() as a whole: the headers that it adds and signs, and the target that is sent. The stages
 * are compared with the vectors in tests/golden, after which rows here are named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/exact_memory.h"
#include "support/providers.h"

#define NOW   1788250150 /* 2026-09-01T08:09:10Z */
#define NONCE "5f2c8e6d1a4b4c3f9e0d7b6a59483726"
#define ABC   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct sign_row {
    const char *cloud;
    const char *region;
    const char *host;
    const char *access_key;
    const char *secret_key;
    const char *token;
    const char *call;
    uint32_t flags;
    const char *ids[3];
    const char *expected;
};

#define VOLCENGINE_KEYS                                                                            \
    "AKLTexampleExampleExample00000001", "VGhpc0lzTm90QVJlYWxTZWNyZXRLZXkwMDAwMDAwMQ=="
#define ALIBABA_KEYS "LTAI5tExampleExampleExam", "ExampleSecretExampleSecretEx01"
#define BAIDU_KEYS   "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
#define VOLCENGINE_START                                                                           \
    "/?Action=StartInstance&InstanceId=i-3tiefmkskq3vj0000001&Version=2020-04-01\n"                \
    ": x-date=20260901T080910Z\n"                                                                  \
    ": authorization=HMAC-SHA256 Credential=AKLTexampleExampleExample00000001/20260901/cn-beijing" \
    "/ecs/request, SignedHeaders=host;x-date, Signature="                                          \
    "bcddffba6e312f60a69f3d5bae78644f092c570a4b263b1c0c4a413980d0523b\n"

static const struct sign_row rows[] = {
    /* start-instance */
    {"volcengine",
     "cn-beijing",
     "open.volcengineapi.com",
     VOLCENGINE_KEYS,
     NULL,
     "start",
     0,
     {"i-3tiefmkskq3vj0000001"},
     VOLCENGINE_START},
    /* the port of the scheme is not signed */
    {"volcengine",
     "cn-beijing",
     "open.volcengineapi.com:443",
     VOLCENGINE_KEYS,
     NULL,
     "start",
     0,
     {"i-3tiefmkskq3vj0000001"},
     VOLCENGINE_START},
    /* start-instance-sts */
    {"volcengine",
     "cn-beijing",
     "open.volcengineapi.com",
     VOLCENGINE_KEYS,
     "STSeyJ0IjoiZXhhbXBsZSJ9.Ab+Cd/Ef==~x_y-z",
     "start",
     ENS_SPEC_DRY_RUN,
     {"i-3tiefmkskq3vj0000001"},
     "/?Action=StartInstance&DryRun=true&InstanceId=i-3tiefmkskq3vj0000001&Version=2020-04-01\n"
     ": x-date=20260901T080910Z\n"
     ": x-security-token=STSeyJ0IjoiZXhhbXBsZSJ9.Ab+Cd/Ef==~x_y-z\n"
     ": authorization=HMAC-SHA256 Credential=AKLTexampleExampleExample00000001/20260901/cn-beijing"
     "/ecs/request, SignedHeaders=host;x-date;x-security-token, Signature="
     "bac80658d6c6d63eda84615cb5a944694c6f3074f437202ebfada5de19308021\n"},
    /* describe-instances-3 */
    {"volcengine",
     "cn-beijing",
     "open.volcengineapi.com",
     VOLCENGINE_KEYS,
     NULL,
     "describe",
     0,
     {"i-3tiefmkskq3vj00001", "i-3tiefmkskq3vj00002", "i-3tiefmkskq3vj00003"},
     "/?Action=DescribeInstances&InstanceIds.1=i-3tiefmkskq3vj00001"
     "&InstanceIds.2=i-3tiefmkskq3vj00002&InstanceIds.3=i-3tiefmkskq3vj00003"
     "&MaxResults=100&Version=2020-04-01\n"
     ": x-date=20260901T080910Z\n"
     ": authorization=HMAC-SHA256 Credential=AKLTexampleExampleExample00000001/20260901/cn-beijing"
     "/ecs/request, SignedHeaders=host;x-date, Signature="
     "f5e5ac1cc03f744dbf857ebe3428127a3f3195b0c4cf790d37d4326cac6564dd\n"},

    /* minimal-headers-start */
    {"alibaba",
     "cn-beijing",
     "ecs.cn-beijing.aliyuncs.com",
     ALIBABA_KEYS,
     NULL,
     "start",
     ENS_SPEC_DRY_RUN,
     {"i-bp67acfmxazb4p0001"},
     "/?BatchOptimization=AllTogether&DryRun=true&InstanceId.1=i-bp67acfmxazb4p0001"
     "&RegionId=cn-beijing\n"
     ": x-acs-date=2026-09-01T08:09:10Z\n"
     ": x-acs-signature-nonce=" NONCE "\n"
     ": x-acs-content-sha256=" EMPTY "\n"
     ": authorization=ACS3-HMAC-SHA256 Credential=LTAI5tExampleExampleExam,SignedHeaders=host;"
     "x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
     "Signature=51f395568d0b4ae8dcd5f0a0a38c667ecb73b1a87ccc985d120b6094d9b39bb3\n"},

    /* start-minimal */
    {"baidu",
     "bj",
     "bcc.bj.baidubce.com",
     BAIDU_KEYS,
     NULL,
     "start",
     0,
     {"i-3mtkTk01"},
     "/v2/instance/i-3mtkTk01?start=\n"
     ": x-bce-date=2026-09-01T08:09:10Z\n"
     ": authorization=bce-auth-v1/0123456789abcdef0123456789abcdef/2026-09-01T08:09:10Z/1800/"
     "host;x-bce-date/840a23607a8ed9ab2c71ae325bd564c8ba3b987a105eb633abbde3feecdda63e\n"},
};

static char *sign(const struct sign_row *row, const struct ens_memory *memory)
{
    const struct ens_provider *provider = test_provider_named(row->cloud);
    struct ens_http_request request = {.struct_size = sizeof(request)};
    struct ens_signature signature = {.struct_size = sizeof(signature)};
    const struct ens_identity identity = {
        .struct_size = sizeof(identity),
        .access_key = test_str(row->access_key),
        .secret_key = test_str(row->secret_key),
        .security_token = test_str(row->token),
    };
    const struct ens_signing_context context = {
        .struct_size = sizeof(context),
        .region = test_str(row->region),
        .host = test_str(row->host),
        .now_unix_s = NOW,
        .nonce = test_str(NONCE),
    };
    ens_str ids[3];
    struct ens_call_spec call = {
        .struct_size = sizeof(call), .flags = row->flags, .region = context.region, .ids = ids};

    for (; call.id_count < 3 && row->ids[call.id_count] != NULL; call.id_count++) {
        ids[call.id_count] = test_str(row->ids[call.id_count]);
    }
    (strcmp(row->call, "describe") == 0 ? provider->describe_request
                                        : provider->start_request)(memory, &call, &request);
    provider->sign(memory, &request, &identity, &context, &signature);
    return test_dump_signature(&signature);
}

static void test_signatures(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct exact_memory exact;
        exact_memory_init(&exact);
        char *text = sign(&rows[i], &exact.memory);
        exact_memory_done(&exact);
        assert_string_equal(text, rows[i].expected);
        free(text);
    }
}

/* Temporary keys: the token is sent and its header is among the signed ones. */
static void test_tokens(void **state)
{
    static const struct {
        struct sign_row row;
        const char *header;
        const char *signed_names;
    } tokens[] = {
        {{"alibaba", "r", "h", ALIBABA_KEYS, "TOKEN", "describe", 0, {"i-1"}, NULL},
         "\n: x-acs-accesskey-id=LTAI5tExampleExampleExam\n: x-acs-security-token=TOKEN\n",
         "=host;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;x-acs-date;"
         "x-acs-security-token;x-acs-signature-nonce;x-acs-version,"},
        {{"baidu", "r", "h", BAIDU_KEYS, "TO/KEN", "describe", 0, {"i-1"}, NULL},
         "\n: x-bce-security-token=TO/KEN\n",
         "/host;x-bce-date;x-bce-security-token/"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        struct exact_memory exact;
        exact_memory_init(&exact);
        char *text = sign(&tokens[i].row, &exact.memory);
        exact_memory_done(&exact);
        assert_non_null(strstr(text, tokens[i].header));
        assert_non_null(strstr(text, tokens[i].signed_names));
        free(text);
    }
}

/* The body is part of the signature if the algorithm hashes it. */
static void test_bodies(void **state)
{
    static const struct {
        const char *cloud;
        const char *hash_header; /* NULL: the body is not signed */
        const char *signed_names;
    } bodies[] = {
        {"volcengine", "x-content-sha256", "=host;x-content-sha256;x-date,"},
        {"alibaba", "x-acs-content-sha256",
         "=content-type;host;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce,"},
        {"baidu", NULL, "/host;x-bce-date/"},
    };
    const struct ens_pair type = {test_str("content-type"), test_str("text/plain")};
    const struct ens_pair *const headers[] = {&type};
    const struct ens_http_request request = {.struct_size = sizeof(request),
                                             .method = test_str("POST"),
                                             .path = test_str("/"),
                                             .headers = headers,
                                             .header_count = 1,
                                             .body = test_str("abc")};
    const struct ens_identity identity = {.struct_size = sizeof(identity),
                                          .access_key = test_str("AK"),
                                          .secret_key = test_str("SK")};
    const struct ens_signing_context context = {.struct_size = sizeof(context),
                                                .region = test_str("r"),
                                                .host = test_str("h"),
                                                .now_unix_s = NOW,
                                                .nonce = test_str(NONCE)};

    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct ens_signature signature = {.struct_size = sizeof(signature)};
        struct exact_memory exact;
        exact_memory_init(&exact);
        test_provider_named(bodies[i].cloud)
            ->sign(&exact.memory, &request, &identity, &context, &signature);
        char *text = test_dump_signature(&signature);
        exact_memory_done(&exact);
        assert_non_null(strstr(text, bodies[i].signed_names));
        const char *hash = strstr(text, "sha256=");
        assert_int_equal(hash != NULL, bodies[i].hash_header != NULL);
        if (hash != NULL) {
            assert_non_null(strstr(text, bodies[i].hash_header));
            assert_memory_equal(hash + 7, ABC, sizeof(ABC) - 1);
        }
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_bodies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
