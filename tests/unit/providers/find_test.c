/* SPDX-License-Identifier: Apache-2.0 */
/* The complete requests for lists of instances: what each cloud is asked to narrow, and what is
 * left to the engine because the cloud can't express it. */
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

#define TAGS_MAX 30

struct row {
    const char *cloud;
    const char *words[3];
    const char *tags[3][2];
    const char *name;
    const char *zone;
    const char *group;
    const char *page;
    uint32_t flags;
    const char *query; /* the lines of the query, without those that every list has */
};

#define VOLCENGINE_HEAD                                                                            \
    "GET /\n? Action=DescribeInstances\n? Version=2020-04-01\n? MaxResults=100\n"
#define VOLCENGINE_TAIL ": accept=application/json\n"
#define ALIBABA_HEAD    "POST /\n? RegionId=some-region\n? MaxResults=100\n"
#define ALIBABA_TAIL                                                                               \
    ": accept=application/json\n: x-acs-action=DescribeInstances\n: x-acs-version=2014-05-26\n"
#define BAIDU_HEAD "GET /v2/instance\n? maxKeys=1000\n"
#define BAIDU_TAIL ": accept=application/json\n"

static const struct row rows[] = {
    {.cloud = "volcengine", .query = ""},
    {.cloud = "volcengine",
     .words = {"STOPPED"},
     .tags = {{"team", "a:b,c"}, {"empty", ""}},
     .name = "web",
     .zone = "zone-b",
     .group = "shop",
     .page = "p2",
     .query = "? NextToken=p2\n"
              "? Status=STOPPED\n"
              "? InstanceName=web\n"
              "? ZoneId=zone-b\n"
              "? ProjectName=shop\n"
              "? TagFilters.1.Key=team\n"
              "? TagFilters.1.Values.1=a:b,c\n"
              "? TagFilters.2.Key=empty\n"},
    /* One status at a time, and no '*'. */
    {.cloud = "volcengine", .words = {"STARTING", "CREATING"}, .name = "web-*", .query = ""},

    {.cloud = "alibaba", .query = ""},
    {.cloud = "alibaba",
     .words = {"Stopped"},
     .tags = {{"team", "red"}, {"empty", ""}},
     .name = "web-*",
     .zone = "zone-b",
     .group = "rg-1",
     .page = "p2",
     .flags = ENS_SPEC_DRY_RUN,
     .query = "? NextToken=p2\n"
              "? Status=Stopped\n"
              "? InstanceName=web-*\n"
              "? ZoneId=zone-b\n"
              "? ResourceGroupId=rg-1\n"
              "? Tag.1.Key=team\n"
              "? Tag.1.Value=red\n"
              "? Tag.2.Key=empty\n"
              "? DryRun=true\n"},
    {.cloud = "alibaba", .words = {"Starting", "Pending"}, .query = ""},

    {.cloud = "baidu", .query = ""},
    {.cloud = "baidu",
     .words = {"Stopped"},
     .tags = {{"team", "red"}, {"env", "ci"}},
     .name = "web",
     .zone = "zone-b",
     .group = "RESG-1", /* there is no parameter for it */
     .page = "p2",
     .query = "? marker=p2\n"
              "? status=Stopped\n"
              "? instanceNames=web\n"
              "? zoneName=zone-b\n"
              "? tags=team:red,env:ci\n"},
    {.cloud = "baidu", .name = "web-*-prod", .query = "? fuzzyInstanceName=-prod\n"},
    {.cloud = "baidu", .name = "web,ci", .query = "? fuzzyInstanceName=web,ci\n"},
    {.cloud = "baidu", .name = "*", .words = {"Error", "Expired", "Recycled"}, .query = ""},
    /* A comma and a colon have a meaning in the list of tags. */
    {.cloud = "baidu",
     .tags = {{"a:b", "x"}, {"team", "r,g"}, {"env", "ci"}},
     .query = "? tags=env:ci\n"},
};

static const char *const frames[][3] = {{"volcengine", VOLCENGINE_HEAD, VOLCENGINE_TAIL},
                                        {"alibaba", ALIBABA_HEAD, ALIBABA_TAIL},
                                        {"baidu", BAIDU_HEAD, BAIDU_TAIL}};

static char *build(const struct ens_provider *provider, const struct ens_filter *filter,
                   const char *page, uint32_t flags)
{
    struct exact_memory exact;
    struct ens_http_request request = {.struct_size = sizeof(request)};
    const struct ens_call_spec call = {
        .struct_size = sizeof(call),
        .flags = flags,
        .region = test_str("some-region"),
        .page = test_str(page),
    };

    exact_memory_init(&exact);
    provider->find_request(&exact.memory, &call, filter, &request);
    char *text = test_dump_request(&request);
    exact_memory_done(&exact);
    return text;
}

static char *build_row(const struct row *row)
{
    ens_str words[3] = {0};
    struct ens_pair pairs[3] = {0};
    const struct ens_pair *const tags[] = {&pairs[0], &pairs[1], &pairs[2]};
    struct ens_filter filter = {
        .struct_size = sizeof(filter),
        .words = words,
        .tags = tags,
        .name = test_str(row->name),
        .zone = test_str(row->zone),
        .group = test_str(row->group),
    };

    for (; filter.word_count < 3 && row->words[filter.word_count] != NULL; filter.word_count++) {
        words[filter.word_count] = test_str(row->words[filter.word_count]);
    }
    for (; filter.tag_count < 3 && row->tags[filter.tag_count][0] != NULL; filter.tag_count++) {
        pairs[filter.tag_count] = (struct ens_pair){test_str(row->tags[filter.tag_count][0]),
                                                    test_str(row->tags[filter.tag_count][1])};
    }
    return build(test_provider_named(row->cloud), &filter, row->page, row->flags);
}

static void test_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t j = 0; j < 3; j++) {
            if (strcmp(frames[j][0], rows[i].cloud) != 0) {
                continue;
            }
            char expected[2048];
            (void)snprintf(expected, sizeof(expected), "%s%s%s", frames[j][1], rows[i].query,
                           frames[j][2]);
            char *text = build_row(&rows[i]);
            assert_string_equal(text, expected);
            free(text);
        }
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

/* Beyond what a cloud takes in one request, tags are left to the engine. */
static void test_many_tags(void **state)
{
    static const struct {
        const char *cloud;
        const char *part;
        size_t count;
    } limits[] = {{"volcengine", ".Key=", 10}, {"alibaba", ".Key=", 20}, {"baidu", ":", TAGS_MAX}};
    char keys[TAGS_MAX][8];
    struct ens_pair pairs[TAGS_MAX];
    const struct ens_pair *tags[TAGS_MAX];
    const struct ens_filter filter = {
        .struct_size = sizeof(filter), .tags = tags, .tag_count = TAGS_MAX};

    (void)state;
    for (size_t i = 0; i < TAGS_MAX; i++) {
        (void)snprintf(keys[i], sizeof(keys[i]), "k%zu", i);
        pairs[i] = (struct ens_pair){test_str(keys[i]), test_str("v")};
        tags[i] = &pairs[i];
    }
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        char *text = build(test_provider_named(limits[i].cloud), &filter, NULL, 0);
        const char *query = strchr(text, '?'); /* headers have colons too */
        char *end = strstr(query, "\n: ");
        *end = '\0';
        assert_int_equal(count_of(query, limits[i].part), limits[i].count);
        free(text);
    }
}

static void test_descriptors(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
        const struct ens_provider *provider = test_provider(i);
        assert_non_null(provider->find_action);
        /* What the vendors' pages say about lists that are narrowed by tags. */
        assert_non_null(provider->trace_names);
        assert_int_equal(provider->find_limit, strcmp(provider->name, "baidu") == 0 ? 0 : 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_many_tags),
        cmocka_unit_test(test_descriptors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
