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
     "? RegionId=some-region\n"
     "? InstanceId.1=i-1\n"
     "? InstanceId.2=i-2\n"
     "? BatchOptimization=SuccessFirst\n"
     ": accept=application/json\n"
     ": x-acs-action=StartInstances\n"
     ": x-acs-version=2014-05-26\n"},
    {"alibaba", "start", 2, ENS_SPEC_DRY_RUN, NULL, NULL,
     "POST /\n"
     "? RegionId=some-region\n"
     "? InstanceId.1=i-1\n"
     "? InstanceId.2=i-2\n"
     "? DryRun=true\n"
     "? BatchOptimization=AllTogether\n"
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
