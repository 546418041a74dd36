/* SPDX-License-Identifier: Apache-2.0 */
/* The complete requests of each cloud: method, path, query, headers, body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/exact_memory.h"
#include "support/providers.h"

#define IDS_MAX 100

struct request_row {
    const char *cloud;
    const char *call; /* "describe" or "start" */
    size_t id_count;  /* i-1, i-2, ... */
    uint32_t flags;
    const char *token;
    const char *page;
    const char *expected;
};

static const struct request_row rows[] = {
    {"volcengine", "describe", 2, 0, NULL, NULL,
     "GET /\n"
     "? Action=DescribeInstances\n"
     "? Version=2020-04-01\n"
     "? InstanceIds.1=i-1\n"
     "? InstanceIds.2=i-2\n"
     "? MaxResults=100\n"
     ": accept=application/json\n"},
    {"volcengine", "describe", 1, 0, NULL, "a+/=",
     "GET /\n"
     "? Action=DescribeInstances\n"
     "? Version=2020-04-01\n"
     "? InstanceIds.1=i-1\n"
     "? MaxResults=100\n"
     "? NextToken=a+/=\n"
     ": accept=application/json\n"},
    {"volcengine", "start", 1, 0, "token-1", NULL,
     "GET /\n"
     "? Action=StartInstance\n"
     "? Version=2020-04-01\n"
     "? InstanceId=i-1\n"
     "? ClientToken=token-1\n"
     ": accept=application/json\n"},
    {"volcengine", "start", 1, 0, NULL, NULL,
     "GET /\n"
     "? Action=StartInstance\n"
     "? Version=2020-04-01\n"
     "? InstanceId=i-1\n"
     ": accept=application/json\n"},
    {"volcengine", "start", 1, ENS_SPEC_DRY_RUN, "token-1", NULL, /* the token is not for it */
     "GET /\n"
     "? Action=StartInstance\n"
     "? Version=2020-04-01\n"
     "? InstanceId=i-1\n"
     "? DryRun=true\n"
     ": accept=application/json\n"},

    {"alibaba", "describe", 2, 0, NULL, NULL,
     "POST /\n"
     "? RegionId=some-region\n"
     "? InstanceIds=[\"i-1\",\"i-2\"]\n"
     "? MaxResults=100\n"
     ": accept=application/json\n"
     ": x-acs-action=DescribeInstances\n"
     ": x-acs-version=2014-05-26\n"},
    {"alibaba", "describe", 1, ENS_SPEC_DRY_RUN, NULL, "p2",
     "POST /\n"
     "? RegionId=some-region\n"
     "? InstanceIds=[\"i-1\"]\n"
     "? MaxResults=100\n"
     "? NextToken=p2\n"
     "? DryRun=true\n"
     ": accept=application/json\n"
     ": x-acs-action=DescribeInstances\n"
     ": x-acs-version=2014-05-26\n"},
    {"alibaba", "start", 2, 0, "token-1", NULL, /* the cloud knows no tokens */
     "POST /\n"
     "? BatchOptimization=SuccessFirst\n"
     "? InstanceId.1=i-1\n"
     "? InstanceId.2=i-2\n"
     "? RegionId=some-region\n"
     ": accept=application/json\n"
     ": x-acs-action=StartInstances\n"
     ": x-acs-version=2014-05-26\n"},
    {"alibaba", "start", 2, ENS_SPEC_DRY_RUN, NULL, NULL,
     "POST /\n"
     "? BatchOptimization=AllTogether\n"
     "? DryRun=true\n"
     "? InstanceId.1=i-1\n"
     "? InstanceId.2=i-2\n"
     "? RegionId=some-region\n"
     ": accept=application/json\n"
     ": x-acs-action=StartInstances\n"
     ": x-acs-version=2014-05-26\n"},

    {"baidu", "describe", 2, 0, NULL, NULL,
     "POST /v2/instance/listByInstanceId\n"
     "? maxKeys=100\n"
     ": accept=application/json\n"
     ": content-type=application/json\n"
     "{\"instanceIds\":[\"i-1\",\"i-2\"]}\n"},
    {"baidu", "describe", 1, 0, NULL, "i-9",
     "POST /v2/instance/listByInstanceId\n"
     "? marker=i-9\n"
     "? maxKeys=100\n"
     ": accept=application/json\n"
     ": content-type=application/json\n"
     "{\"instanceIds\":[\"i-1\"]}\n"},
    {"baidu", "start", 1, 0, "token-1", NULL,
     "PUT /v2/instance/i-1\n"
     "? start=\n"
     ": accept=application/json\n"},
    {"baidu", "start", 2, 0, NULL, NULL,
     "PUT /v2/instance/batchAction\n"
     "? start=\n"
     ": accept=application/json\n"
     ": content-type=application/json\n"
     "{\"instanceIds\":[\"i-1\",\"i-2\"]}\n"},
};

/* Fills ids with i-1, i-2, ...; texts holds them. */
static void make_ids(size_t count, char texts[][24], ens_str *ids)
{
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(texts[i], sizeof(texts[i]), "i-%zu", i + 1);
        ids[i] = test_str(texts[i]);
    }
}

static char *build(const struct request_row *row, const struct ens_provider *provider)
{
    char texts[IDS_MAX][24];
    ens_str ids[IDS_MAX];
    struct exact_memory exact;
    struct ens_http_request request = {.struct_size = sizeof(request)};
    const struct ens_call_spec call = {
        .struct_size = sizeof(call),
        .flags = row->flags,
        .region = test_str("some-region"),
        .ids = ids,
        .id_count = row->id_count,
        .client_token = test_str(row->token),
        .page = test_str(row->page),
    };

    make_ids(row->id_count, texts, ids);
    exact_memory_init(&exact);
    (strcmp(row->call, "describe") == 0 ? provider->describe_request
                                        : provider->start_request)(&exact.memory, &call, &request);
    char *text = test_dump_request(&request);
    exact_memory_done(&exact);
    return text;
}

static void test_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *text = build(&rows[i], test_provider_named(rows[i].cloud));
        assert_string_equal(text, rows[i].expected);
        free(text);
    }
}

/* ---- the caller and its rights ---- */

static const struct {
    const char *cloud;
    const char *region; /* by default */
    const char *right;
    const char *endpoint; /* of STS; NULL: the cloud documents no request for the caller */
    const char *signing;  /* region and service of the signature */
    const char *caller;
} callers[] = {
    {"volcengine", "cn-beijing",
     "GET /\n"
     "? Action=DescribeInstances\n"
     "? Version=2020-04-01\n"
     "? MaxResults=1\n"
     ": accept=application/json\n",
     "https://sts.volcengineapi.com", "cn-beijing sts",
     "GET /\n"
     "? Action=GetCallerIdentity\n"
     "? Version=2018-01-01\n"
     ": accept=application/json\n"},
    {"alibaba", "cn-hangzhou",
     "POST /\n"
     "? RegionId=some-region\n"
     "? MaxResults=10\n"
     "? DryRun=true\n"
     ": accept=application/json\n"
     ": x-acs-action=DescribeInstances\n"
     ": x-acs-version=2014-05-26\n",
     "https://sts.aliyuncs.com", " ",
     "POST /\n"
     ": accept=application/json\n"
     ": x-acs-action=GetCallerIdentity\n"
     ": x-acs-version=2015-04-01\n"},
    {"baidu", "bj",
     "GET /v2/instance\n"
     "? maxKeys=1\n"
     ": accept=application/json\n",
     NULL, NULL, NULL},
};

static void check_caller_request(const struct ens_provider *provider, ens_str endpoint,
                                 const char *expected_endpoint, const char *signing,
                                 const char *expected)
{
    struct exact_memory exact;
    const struct ens_identity identity = {.struct_size = sizeof(identity)};
    struct ens_credentials_request request = {.struct_size = sizeof(request)};
    char place[64];

    exact_memory_init(&exact);
    provider->caller_request(&exact.memory, &identity, endpoint, &request);
    (void)snprintf(place, sizeof(place), "%.*s %.*s", (int)request.region.len,
                   request.region.len > 0 ? request.region.ptr : "", (int)request.service.len,
                   request.service.len > 0 ? request.service.ptr : "");
    assert_ptr_equal(request.identity, &identity);
    assert_int_equal(request.endpoint.len, strlen(expected_endpoint));
    assert_memory_equal(request.endpoint.ptr, expected_endpoint, request.endpoint.len);
    assert_string_equal(place, signing);
    char *text = test_dump_request(request.http);
    assert_string_equal(text, expected);
    free(text);
    exact_memory_done(&exact);
}

static void test_caller(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(callers) / sizeof(callers[0]); i++) {
        const struct ens_provider *provider = test_provider_named(callers[i].cloud);
        struct exact_memory exact;
        struct ens_http_request request = {.struct_size = sizeof(request)};
        assert_string_equal(provider->default_region, callers[i].region);
        exact_memory_init(&exact);
        provider->right_request(&exact.memory, test_str("some-region"), &request);
        char *text = test_dump_request(&request);
        assert_string_equal(text, callers[i].right);
        free(text);
        exact_memory_done(&exact);
        assert_int_equal(provider->caller_request != NULL, callers[i].caller != NULL);
        if (callers[i].caller != NULL) {
            check_caller_request(provider, test_str(""), callers[i].endpoint, callers[i].signing,
                                 callers[i].caller);
            check_caller_request(provider, test_str("http://127.0.0.1:9"), "http://127.0.0.1:9",
                                 callers[i].signing, callers[i].caller);
        }
    }
}

static const struct {
    const char *cloud;
    uint32_t status;
    const char *body;
    const char *identity;
    const char *code;
    const char *detail; /* NULL: well-formed */
} caller_replies[] = {
    {"volcengine", 200,
     "{\"ResponseMetadata\":{\"RequestId\":\"r\"},\"Result\":{\"AccountId\":2100000001,"
     "\"Trn\":\"trn:iam::2100000001:user/alice\",\"IdentityType\":\"User\",\"IdentityId\":\"1\"}}",
     "trn:iam::2100000001:user/alice", "", NULL},
    {"volcengine", 200,
     "{\"ResponseMetadata\":{\"RequestId\":\"r\"},\"Result\":{\"AccountId\":2100000001}}",
     "2100000001", "", NULL},
    {"volcengine", 200, "{\"ResponseMetadata\":{\"RequestId\":\"r\"},\"Result\":[]}", "", "",
     "neither Trn nor AccountId"},
    {"volcengine", 403,
     "{\"ResponseMetadata\":{\"RequestId\":\"r\",\"Error\":{\"Code\":\"AccessDenied\"}}}", "",
     "AccessDenied", NULL},
    {"alibaba", 200,
     "{\"IdentityType\":\"RAMUser\",\"AccountId\":\"1234\",\"UserId\":\"2\","
     "\"Arn\":\"acs:ram::1234:user/alice\",\"PrincipalId\":\"2\",\"RequestId\":\"r\"}",
     "acs:ram::1234:user/alice", "", NULL},
    {"alibaba", 200, "{\"AccountId\":\"1234\",\"RequestId\":\"r\"}", "1234", "", NULL},
    {"alibaba", 200, "{\"Arn\":7,\"RequestId\":\"r\"}", "", "", "neither Arn nor AccountId"},
    {"alibaba", 400, "{\"Code\":\"Throttling.User\",\"RequestId\":\"r\"}", "", "Throttling.User",
     NULL},
};

static void test_caller_replies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(caller_replies) / sizeof(caller_replies[0]); i++) {
        const struct ens_provider *provider = test_provider_named(caller_replies[i].cloud);
        struct exact_memory exact;
        struct ens_caller caller = {.struct_size = sizeof(caller)};
        const struct ens_http_reply reply = {.struct_size = sizeof(reply),
                                             .status = caller_replies[i].status,
                                             .body = test_str(caller_replies[i].body)};
        exact_memory_init(&exact);
        provider->read_caller(&exact.memory, &reply, &caller);
        assert_int_equal(caller.identity.len, strlen(caller_replies[i].identity));
        assert_memory_equal(caller.identity.ptr != NULL ? caller.identity.ptr : "",
                            caller_replies[i].identity, caller.identity.len);
        assert_int_equal(caller.answer.code.len, strlen(caller_replies[i].code));
        assert_int_equal(caller.answer.malformed, caller_replies[i].detail != NULL);
        exact_memory_done(&exact);
    }
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

/* A batch of the maximum size contains every id once. */
static void test_full_batches(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
        const struct ens_provider *provider = test_provider(i);
        const struct request_row describe = {
            provider->name, "describe", provider->describe_limit, 0, NULL, NULL, NULL};
        const struct request_row start = {provider->name, "start", provider->start_limit, 0, NULL,
                                          NULL,           NULL};
        char *text = build(&describe, provider);
        assert_int_equal(count_of(text, "i-"), provider->describe_limit);
        free(text);
        text = build(&start, provider);
        assert_int_equal(count_of(text, "i-"), provider->start_limit);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_full_batches),
        cmocka_unit_test(test_caller),
        cmocka_unit_test(test_caller_replies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
