/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the reply to a read of 100 instances, compared with jansson's parse of the same text. */
#include <string.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "bench.h"
#include "support/providers.h"

#define INSTANCES 100
#define TEXT_MAX  ((size_t)1024 * 1024)

/* The members that an emulated instance has. Real ones have some sixty: those that no reader uses
 * are left out before the parser, so that reading takes a smaller part of parsing them. */
static const struct shape {
    const char *cloud;
    const char *before;
    const char *instance; /* with '#' for its number */
    const char *after;
} shapes[] = {
    {"volcengine",
     "{\"ResponseMetadata\": {\"RequestId\": \"202609010809100000000000000000A1\", \"Action\": "
     "\"DescribeInstances\", \"Version\": \"2020-04-01\", \"Service\": \"ecs\", \"Region\": "
     "\"cn-beijing\"}, \"Result\": {\"NextToken\": \"\", \"Instances\": [",
     "{\"InstanceId\": \"i-bench-#\", \"Status\": \"STOPPED\", \"StoppedMode\": "
     "\"KeepCharging\", \"InstanceName\": \"web-#\", \"ZoneId\": \"cn-beijing-a\", "
     "\"ProjectName\": \"default\", \"InstanceChargeType\": \"PostPaid\", \"InstanceTypeId\": "
     "\"ecs.g3i.large\", \"ExpiredAt\": \"\", \"Tags\": [{\"Key\": \"env\", \"Value\": \"prod\"}]}",
     "]}}"},
    {"alibaba",
     "{\"RequestId\": \"473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E\", \"Instances\": {\"Instance\": [",
     "{\"InstanceId\": \"i-bench-#\", \"Status\": \"Stopped\", \"RegionId\": \"cn-hangzhou\", "
     "\"StoppedMode\": \"KeepCharging\", \"ExpiredTime\": \"2099-12-31T15:59Z\", \"Recyclable\": "
     "false, \"OperationLocks\": {\"LockReason\": []}, \"Tags\": {\"Tag\": [{\"TagKey\": \"env\", "
     "\"TagValue\": \"prod\"}]}, \"InstanceName\": \"web-#\", \"ZoneId\": \"cn-hangzhou-k\", "
     "\"ResourceGroupId\": \"rg-bp67acfmxazb4p\", \"InstanceChargeType\": \"PostPaid\", "
     "\"InstanceType\": \"ecs.g7.large\"}",
     "]}, \"NextToken\": \"\", \"TotalCount\": 100}"},
    {"baidu",
     "{\"marker\": \"i-bench-000000\", \"isTruncated\": false, \"maxKeys\": 100, \"instances\": [",
     "{\"id\": \"i-bench-#\", \"name\": \"web-#\", \"status\": \"Stopped\", \"zoneName\": "
     "\"cn-bj-a\", \"spec\": \"bcc.g5.c2m8\", \"paymentTiming\": \"Postpaid\", \"expireTime\": "
     "\"\", \"resGroupInfos\": [{\"groupId\": \"RESG-1\", \"groupName\": \"default\"}], \"tags\": "
     "[{\"tagKey\": \"env\", \"tagValue\": \"prod\"}]}",
     "]}"},
};

struct subject {
    const struct ens_provider *provider;
    ens_str text;
    size_t replies; /* in one run */
    struct ens_arena *arena;
};

static void write_reply(const struct shape *shape, struct ens_buf *text)
{
    ens_buf_add(text, ens_str_of(shape->before));
    for (size_t i = 0; i < INSTANCES; i++) {
        ens_buf_add(text, i == 0 ? ENS_STR("") : ENS_STR(", "));
        for (const char *at = shape->instance; *at != '\0'; at++) {
            if (*at == '#') {
                ens_buf_addf(text, "%06zu", i);
            } else {
                ens_buf_add(text, (ens_str){at, 1});
            }
        }
    }
    ens_buf_add(text, ens_str_of(shape->after));
}

static struct bench_take go_jansson(void *ud)
{
    const struct subject *subject = ud;
    struct bench_watch watch = bench_begin();

    for (size_t i = 0; i < subject->replies; i++) {
        json_t *root = json_loadb(subject->text.ptr, subject->text.len, JSON_ALLOW_NUL, NULL);
        if (root == NULL) {
            bench_fail("jansson can't parse the reply");
        }
        json_decref(root);
    }
    return bench_end(&watch);
}

static struct bench_take go_provider(void *ud)
{
    const struct subject *subject = ud;
    const struct ens_memory memory = ens_arena_memory(subject->arena);
    const struct ens_call_spec call = {.struct_size = sizeof(call), .region = ENS_STR("here")};
    const struct ens_http_reply reply = {
        .struct_size = sizeof(reply), .status = 200, .body = subject->text};
    struct bench_watch watch = bench_begin();

    for (size_t i = 0; i < subject->replies; i++) {
        struct ens_describe_result result = {.struct_size = sizeof(result)};
        subject->provider->read_describe(&memory, &call, &reply, &result);
        if (result.observation_count != INSTANCES || result.answer.malformed) {
            bench_fail("%s reads %zu instances", subject->provider->name, result.observation_count);
        }
        ens_arena_reset(subject->arena);
    }
    return bench_end(&watch);
}

int main(int argc, char **argv)
{
    struct bench_option options[] = {
        {"rounds", "runs of each side", 11},
        {"replies", "in one run", 200},
    };

    bench_options(argc, argv, "Reading replies.", options, ENS_COUNT(options));
    for (size_t i = 0; i < ENS_COUNT(shapes); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_BUF text = ens_buf_new(TEXT_MAX);
        write_reply(&shapes[i], &text);
        struct subject subject = {.provider = test_provider_named(shapes[i].cloud),
                                  .text = ens_buf_str(&text),
                                  .replies = options[1].value,
                                  .arena = ens_arena_new()};
        const struct bench_runner runners[] = {
            {"parsed and freed by jansson", go_jansson, &subject},
            {"read by the provider", go_provider, &subject},
        };
        const ens_str title = ens_arena_printf(arena, "%s, a reply of %d instances (%zu bytes)",
                                               shapes[i].cloud, INSTANCES, subject.text.len);
        bench_race(title.ptr, "reply", subject.replies, runners, ENS_COUNT(runners),
                   options[0].value);
        ens_arena_free(subject.arena);
    }
    return 0;
}
