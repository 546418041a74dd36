/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "core/document.h"

/* The members of an instance in a plan, so that a test can replace one of them. */
#define TARGET         "\"target\": \"volcengine/cn-beijing/i-3tiefmkskq3vj0000001\", "
#define STATUS         "\"status\": \"stopped\", \"provider_status\": \"STOPPED\", "
#define ACTION         "\"action\": \"start\", "
#define CONFIDENCE     "\"confidence\": \"validated\", "
#define REASON         "\"reason\": \"ok\", "
#define WORDS          "\"message\": \"It would start.\", \"advice\": \"\", "
#define CODE           "\"provider_code\": \"DryRunOperation\", "
#define HTTP           "\"http_status\": 412, "
#define REQUEST        "\"request_id\": \"R1\", "
#define TOKEN          "\"client_token\": \"t-1\""
#define INSTANCE       "{" TARGET STATUS ACTION CONFIDENCE REASON WORDS CODE HTTP REQUEST TOKEN "}"
#define PLACE          "\"cloud\": \"baidu\", \"region\": \"bj\""
#define BARE           "{\"format\": \"ensure.plan/v1\", \"created_at\": \"2026-09-01T08:09:10Z\", "
#define HEAD           BARE "\"warnings\": [], \"policy\": [], "
#define ONE            "\"summary\": {\"total\": 1, \"none\": 0, \"start\": 1, \"wait\": 0, \"refuse\": 0}, "
#define PLAN(instance) HEAD ONE "\"instances\": [" instance "]}"

static const struct ens_result sample = {
    .target = {ENS_STR_INIT("volcengine"), ENS_STR_INIT("cn-beijing"),
               ENS_STR_INIT("i-3tiefmkskq3vj0000001")},
    .status = ENS_STATUS_STOPPED,
    .provider_status = ENS_STR_INIT("STOPPED"),
    .action = ENS_ACTION_START,
    .confidence = ENS_CONFIDENCE_VALIDATED,
    .reason = ENS_REASON_OK,
    .message = ENS_STR_INIT("It would start."),
    .provider_code = ENS_STR_INIT("DryRunOperation"),
    .http_status = 412,
    .request_id = ENS_STR_INIT("R1"),
    .client_token = ENS_STR_INIT("t-1"),
    .started = true,
    .start_request_id = ENS_STR_INIT("R0"),
    .start_sent = true,
    .elapsed_ms = 1234,
};

static void assert_text(ens_str found, ens_str expected)
{
    assert_int_equal(found.len, expected.len);
    assert_true(ens_str_eq(found, expected));
}

static struct ens_document document_of(enum ens_document_kind kind, struct ens_result *results,
                                       size_t count)
{
    struct ens_document document = {.kind = kind,
                                    .created_at = ENS_STR("2026-09-01T08:09:10Z"),
                                    .results = results,
                                    .count = count};

    for (size_t i = 0; i < count; i++) {
        ens_document_count_result(&document, &results[i]);
    }
    return document;
}

static void test_written_plan_is_exact(void **state)
{
    struct ens_result result = sample;
    struct ens_document document = document_of(ENS_DOCUMENT_PLAN, &result, 1);
    ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);

    (void)state;
    ens_document_write(&out, &document, 0);
    assert_false(ens_buf_failed(&out));
    assert_string_equal(ens_buf_text(&out), PLAN(INSTANCE) "\n");
}

static void test_written_apply_has_four_more(void **state)
{
    struct ens_result result = sample;
    struct ens_document document = document_of(ENS_DOCUMENT_APPLY, &result, 1);
    ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);

    (void)state;
    ens_document_write(&out, &document, 2);
    assert_false(ens_buf_failed(&out));
    assert_non_null(strstr(ens_buf_text(&out), "\"format\": \"ensure.apply/v1\",\n"));
    assert_non_null(strstr(ens_buf_text(&out), "      \"client_token\": \"t-1\",\n"
                                               "      \"started\": true,\n"
                                               "      \"start_request_id\": \"R0\",\n"
                                               "      \"start_sent\": true,\n"
                                               "      \"elapsed_ms\": 1234\n"
                                               "    }\n"
                                               "  ]\n"
                                               "}\n"));
    assert_non_null(strstr(ens_buf_text(&out), "  \"warnings\": [],\n"
                                               "  \"policy\": [],\n"
                                               "  \"summary\": {\n"
                                               "    \"total\": 1,\n"
                                               "    \"running\": 0,\n"
                                               "    \"started\": 1,\n"
                                               "    \"refused\": 0,\n"
                                               "    \"failed\": 1,\n"
                                               "    \"unfinished\": 0\n"
                                               "  },\n"));
}

/* Checks all keys of a status document, which has none of a plan's. */
#define STATUS_ONE                                                                                 \
    "{\"format\": \"ensure.status/v1\", \"created_at\": \"2026-09-01T08:09:10Z\", "                \
    "\"warnings\": [], "                                                                           \
    "\"summary\": {\"total\": 1, \"running\": 0, \"starting\": 0, \"stopped\": 1, "                \
    "\"stopping\": 0, \"busy\": 0, \"failed\": 0, \"deleting\": 0, \"absent\": 0, "                \
    "\"unknown\": 0}, "                                                                            \
    "\"instances\": [{" TARGET STATUS                                                              \
    "\"reason\": \"ok\", \"message\": \"\", \"advice\": \"\", \"provider_code\": \"\", "           \
    "\"http_status\": 200, \"request_id\": \"R1\"}]}"

static void test_status_document(void **state)
{
    struct ens_result result = sample;
    ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_document read = {0};

    (void)state;
    result.http_status = 200;
    result.provider_code = (ens_str){NULL, 0};
    ens_result_keep_read(&result);
    struct ens_document document = document_of(ENS_DOCUMENT_STATUS, &result, 1);
    ens_document_write(&out, &document, 0);
    assert_string_equal(ens_buf_text(&out), STATUS_ONE "\n");
    assert_int_equal(ens_document_read(arena, ens_buf_str(&out), "s", &read, NULL), ENS_OK);
    assert_int_equal(read.kind, ENS_DOCUMENT_STATUS);
    assert_int_equal(read.summary.by_status[ENS_STATUS_STOPPED], 1);
    assert_int_equal(read.results[0].status, ENS_STATUS_STOPPED);
}

/* The reason and message of a read are kept; those of a planned start are removed. */
static void test_keep_read(void **state)
{
    struct ens_result started = sample;
    struct ens_result refused = sample;

    (void)state;
    refused.action = ENS_ACTION_REFUSE;
    refused.reason = ENS_REASON_NOT_FOUND;
    ens_result_keep_read(&started);
    ens_result_keep_read(&refused);
    assert_int_equal(started.reason, ENS_REASON_OK);
    assert_int_equal(started.message.len, 0);
    assert_int_equal(started.client_token.len, 0);
    assert_int_equal(refused.reason, ENS_REASON_NOT_FOUND);
    assert_true(ens_str_is(refused.message, "It would start."));
}

/* Adds one member to the text; the plan is then read as applied. */
static void test_mark_applied(void **state)
{
    static const struct {
        const char *plan;
        const char *marked;
    } rows[] = {
        {"{\"format\": 1}\n", "{\"applied_at\": \"2026-09-02T00:00:00Z\", \"format\": 1}\n"},
        {"{\n  \"format\": 1\n}\n",
         "{\n  \"applied_at\": \"2026-09-02T00:00:00Z\",\n  \"format\": 1\n}\n"},
        {" \n{\"a\": {}}", " \n{\"applied_at\": \"2026-09-02T00:00:00Z\", \"a\": {}}"},
    };
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF marked = ens_buf_new(ENS_DOCUMENT_MAX);
    ENS_AUTO_BUF again = ens_buf_new(ENS_DOCUMENT_MAX);
    struct ens_document read = {0};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_BUF out = ens_buf_new(1000);
        ens_document_mark_applied(&out, ens_str_of(rows[i].plan), ENS_STR("2026-09-02T00:00:00Z"));
        assert_string_equal(ens_buf_text(&out), rows[i].marked);
    }
    ens_document_mark_applied(&marked, ENS_STR(PLAN(INSTANCE)), ENS_STR("2026-09-02T00:00:00Z"));
    assert_int_equal(ens_document_read(arena, ens_buf_str(&marked), "p", &read, NULL), ENS_OK);
    assert_text(read.applied_at, ENS_STR("2026-09-02T00:00:00Z"));
    ens_document_write(&again, &read, 0);
    assert_non_null(strstr(ens_buf_text(&again), "\"applied_at\": \"2026-09-02T00:00:00Z\", "));
}

static void test_one_result(void **state)
{
    ENS_AUTO_BUF plan = ens_buf_new(1000);
    ENS_AUTO_BUF apply = ens_buf_new(1000);
    ENS_AUTO_BUF none = ens_buf_new(10);

    (void)state;
    ens_document_write_result(&plan, &sample, false);
    assert_false(ens_buf_failed(&plan));
    assert_string_equal(ens_buf_text(&plan), INSTANCE);
    ens_document_write_result(&apply, &sample, true);
    assert_false(ens_buf_failed(&apply));
    assert_non_null(strstr(ens_buf_text(&apply), "\"started\": true, \"start_request_id\": \"R0\", "
                                                 "\"start_sent\": true, \"elapsed_ms\": 1234}"));
    ens_document_write_result(&none, &sample, true);
    assert_true(ens_buf_failed(&none));
}

static void test_empty_plan(void **state)
{
    struct ens_document document = document_of(ENS_DOCUMENT_PLAN, NULL, 0);
    ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);
    ENS_AUTO_ARENA *arena = ens_arena_new();

    (void)state;
    ens_document_write(&out, &document, 2);
    assert_false(ens_buf_failed(&out));
    assert_non_null(strstr(ens_buf_text(&out), "\"instances\": []"));
    assert_int_equal(ens_document_read(arena, ens_buf_str(&out), "p", &document, NULL), ENS_OK);
    assert_int_equal(document.count, 0);
}

/* The shard of a document of every kind. */
static void test_shard(void **state)
{
    static const enum ens_document_kind kinds[] = {ENS_DOCUMENT_PLAN, ENS_DOCUMENT_APPLY,
                                                   ENS_DOCUMENT_STATUS};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(kinds); i++) {
        struct ens_document document = document_of(kinds[i], NULL, 0);
        ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);
        ENS_AUTO_ARENA *arena = ens_arena_new();
        document.shard = (struct ens_shard){ENS_SHARDS_MAX - 1, ENS_SHARDS_MAX};
        ens_document_write(&out, &document, 0);
        assert_non_null(
            strstr(ens_buf_text(&out), "Z\", \"shard\": {\"index\": 99999, \"count\": 100000}, "));
        document.shard = (struct ens_shard){0};
        assert_int_equal(ens_document_read(arena, ens_buf_str(&out), "p", &document, NULL), ENS_OK);
        assert_int_equal(document.shard.index, ENS_SHARDS_MAX - 1);
        assert_int_equal(document.shard.count, ENS_SHARDS_MAX);
    }
}

static void test_write_limit(void **state)
{
    struct ens_result result = sample;
    struct ens_document document = document_of(ENS_DOCUMENT_PLAN, &result, 1);
    size_t length = strlen(PLAN(INSTANCE) "\n");
    ENS_AUTO_BUF enough = ens_buf_new(length);
    ENS_AUTO_BUF less = ens_buf_new(length - 1);

    (void)state;
    ens_document_write(&enough, &document, 0);
    assert_false(ens_buf_failed(&enough));
    ens_document_write(&less, &document, 0);
    assert_true(ens_buf_failed(&less));
}

static void assert_same(const struct ens_result *found, const struct ens_result *expected)
{
    assert_true(ens_target_eq(&found->target, &expected->target));
    assert_int_equal(found->status, expected->status);
    assert_text(found->provider_status, expected->provider_status);
    assert_int_equal(found->action, expected->action);
    assert_int_equal(found->confidence, expected->confidence);
    assert_int_equal(found->reason, expected->reason);
    assert_text(found->message, expected->message);
    assert_text(found->advice, expected->advice);
    assert_text(found->provider_code, expected->provider_code);
    assert_int_equal(found->http_status, expected->http_status);
    assert_text(found->request_id, expected->request_id);
    assert_text(found->client_token, expected->client_token);
    assert_int_equal(found->started, expected->started);
    assert_text(found->start_request_id, expected->start_request_id);
    assert_int_equal(found->start_sent, expected->start_sent);
    assert_int_equal(found->elapsed_ms, expected->elapsed_ms);
}

/* Every status, action, confidence and reason, and text that needs escaping: written and read
 * again. */
static void test_round_trip(void **state)
{
    struct ens_result results[ENS_REASON_COUNT];
    char ids[ENS_REASON_COUNT][16];
    ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_document read = {0};

    (void)state;
    for (unsigned i = 0; i < ENS_REASON_COUNT; i++) {
        (void)snprintf(ids[i], sizeof(ids[i]), "i-%u", i);
        results[i] = sample;
        results[i].target.id = ens_str_of(ids[i]);
        results[i].status = (enum ens_status)(i % ENS_STATUS_COUNT);
        results[i].action = (enum ens_action)(i % ENS_ACTION_COUNT);
        results[i].confidence = (enum ens_confidence)(i % ENS_CONFIDENCE_COUNT);
        results[i].reason = (enum ens_reason)i;
        results[i].message = ENS_STR("\"\\\n\t</> \xe4\xbd\x99\xe9\xa2\x9d");
    }
    struct ens_document document = document_of(ENS_DOCUMENT_APPLY, results, ENS_REASON_COUNT);
    const ens_str warnings[] = {ENS_STR("First."), ENS_STR("\"Second\".")};
    document.warnings = warnings;
    document.warning_count = 2;
    ens_document_write(&out, &document, 2);
    assert_false(ens_buf_failed(&out));
    assert_int_equal(ens_document_read(arena, ens_buf_str(&out), "a.json", &read, &diags), ENS_OK);
    assert_int_equal(read.kind, ENS_DOCUMENT_APPLY);
    assert_text(read.created_at, document.created_at);
    assert_memory_equal(&read.summary, &document.summary, sizeof(read.summary));
    assert_int_equal(read.count, ENS_REASON_COUNT);
    assert_int_equal(read.warning_count, 2);
    assert_text(read.warnings[0], warnings[0]);
    assert_text(read.warnings[1], warnings[1]);
    for (size_t i = 0; i < read.count; i++) {
        assert_same(&read.results[i], &results[i]);
    }
}

static void test_fleet(void **state)
{
    static const char text[] = "\n{\"targets\": [\"baidu/bj/i-2\", \"alibaba/cn-hangzhou/i-1\", "
                               "\"baidu/bj/i-2\"]}\n";
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_document read = {0};

    (void)state;
    assert_int_equal(ens_document_read(arena, ens_str_of(text), "f", &read, NULL), ENS_OK);
    assert_int_equal(read.kind, ENS_DOCUMENT_FLEET);
    assert_int_equal(read.count, 2);
    assert_text(ens_target_list_at(&read.targets, 0).id, ENS_STR("i-2"));
    assert_text(ens_target_list_at(&read.targets, 1).cloud, ENS_STR("alibaba"));
    assert_int_equal(ens_document_read(arena, ENS_STR("{\"targets\":[]}"), "f", &read, NULL),
                     ENS_OK);
    assert_int_equal(read.count, 0);
}

/* A fleet with that number of selectors; the first is narrowed. */
static ens_rc read_select(struct ens_arena *arena, size_t count, struct ens_document *ret,
                          struct ens_diags *diags)
{
    ENS_AUTO_BUF text = ens_buf_new(65536);

    ens_buf_addf(&text, "{\"select\": [%s", count > 0 ? "{" PLACE ", \"name\": \"web-*\"}" : "");
    for (size_t i = 1; i < count; i++) {
        ens_buf_add(&text, ENS_STR(", {" PLACE "}"));
    }
    ens_buf_add(&text, ENS_STR("]}"));
    return ens_document_read(arena, ens_buf_str(&text), "f", ret, diags);
}

static void test_select(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_document read = {0};

    (void)state;
    assert_int_equal(read_select(arena, 0, &read, NULL), ENS_OK);
    assert_int_equal(read.kind, ENS_DOCUMENT_FLEET);
    assert_int_equal(read.select_count, 0);
    assert_int_equal(read_select(arena, ENS_SELECTORS_MAX, &read, NULL), ENS_OK);
    assert_int_equal(read.count, 0);
    assert_int_equal(read.select_count, ENS_SELECTORS_MAX);
    assert_text(read.select[0].name, ENS_STR("web-*"));
    assert_text(read.select[ENS_SELECTORS_MAX - 1].region, ENS_STR("bj"));
    assert_int_equal(read_select(arena, ENS_SELECTORS_MAX + 1, &read, &diags), ENS_LIMIT);
    assert_string_equal(diags.items[0].where, "f: select");
    assert_string_equal(diags.items[0].summary, "101 selectors: expected at most 100");
}

static const struct refusal {
    const char *text;
    const char *where;
    const char *said;
} refusals[] = {
    {"", "p", "not JSON (line 1"},
    {"x", "p", "not JSON (line 1"},
    {"\xff\xfe{", "p", "in UTF-16: expected UTF-8"},
    {"\xef\xbb\xbf", "p", "not JSON (line 1"},
    {"{\"targets\": []} x", "p", "not JSON"},
    {"{\"targets\": [], \"targets\": []}", "p", "duplicate object key"},
    {"{\"targets\": [\"baidu/bj/i-1\",]}", "p", "not JSON"},
    {"[]", "p", "neither a fleet"},
    {"3", "p", "not JSON"},
    {"{}", "p", "neither a fleet"},
    {"{\"targets\": {}}", "p: targets", "wrong type: expected a list of targets"},
    {"{\"targets\": [], \"more\": 1}", "p", "unknown key \"more\""},
    {"{\"select\": [], \"more\": 1}", "p", "unknown key \"more\""},
    {"{\"select\": {}}", "p: select", "wrong type: expected a list of selectors"},
    {"{\"select\": [{" PLACE "}, 1]}", "p: select[1]", "wrong type: expected a selector"},
    {"{\"select\": [{" PLACE ", \"nme\": \"x\"}]}", "p: select[0]", "unknown key \"nme\""},
    {"{\"select\": [{\"cloud\": \"baidu\"}]}", "p: select[0].region", "missing"},
    {"{\"targets\": [\"baidu/bj/i-1\", 3]}", "p: targets[1]", "wrong type: expected a target"},
    {"{\"targets\": [\"baidu/bj/x\"]}", "p: targets[0]", "instance id \"x\" is malformed"},
    {"{\"targets\": [\"baidu/bj/i-\\u0000\"]}", "p", "not JSON"},
    {"{\"format\": \"ensure.plan/v2\"}", "p: format", "\"ensure.plan/v2\" is not a format"},
    {"{\"format\": 1}", "p: format", "wrong type"},
    {"{\"format\": \"ensure.plan/v1\"}", "p: created_at", "missing: expected a time"},
    {"{\"format\": \"ensure.plan/v1\", \"created_at\": \"yesterday\"}", "p: created_at",
     "\"yesterday\" is not a time"},
    {BARE "\"applied_at\": \"x\"}", "p: applied_at", "\"x\" is not a time"},
    {BARE "\"shard\": \"1/8\"}", "p: shard", "is not an object"},
    {BARE "\"shard\": {\"index\": 8, \"count\": 8}}", "p: shard", "expected \"count\" from 1"},
    {BARE "\"shard\": {\"index\": -1, \"count\": 8}}", "p: shard", "expected \"count\" from 1"},
    {BARE "\"shard\": {\"index\": 0, \"count\": 100001}}", "p: shard", "from 1 to 100000"},
    {BARE "\"shard\": {\"index\": 0}}", "p: shard", "expected \"count\" from 1"},
    {BARE "\"shard\": {\"index\": 0, \"count\": 1, \"x\": 1}}", "p: shard", "unknown key \"x\""},
    {BARE "\"policy\": []}", "p: warnings", "missing: expected a list of sentences"},
    {BARE "\"warnings\": [\"a\", 1]}", "p: warnings[1]", "wrong type: expected a sentence"},
    {BARE "\"warnings\": []}", "p: policy", "expected a list of guards"},
    {HEAD ONE "\"instances\": {}}", "p: instances", "wrong type: expected a list"},
    {HEAD ONE "\"none\": 1}", "p: instances", "missing: expected a list"},
    {PLAN("7"), "p: instances[0]", "wrong type: expected an object"},
    {PLAN("{}"), "p: instances[0].target", "missing: expected a target"},
    {PLAN("{\"target\": \"a/b\"}"), "p: instances[0].target", "\"a/b\" is not a target"},
    {PLAN("{" TARGET "\"status\": \"Stopped\"}"), "p: instances[0].status",
     "\"Stopped\" is not a status"},
    {PLAN("{" TARGET STATUS "\"action\": \"stop\"}"), "p: instances[0].action",
     "\"stop\" is not an action (none, start, wait or refuse)"},
    {PLAN("{" TARGET STATUS ACTION "\"confidence\": 1}"), "p: instances[0].confidence",
     "wrong type"},
    {PLAN("{" TARGET STATUS ACTION CONFIDENCE "\"reason\": \"why\"}"), "p: instances[0].reason",
     "\"why\" is not a reason"},
    {PLAN("{" TARGET STATUS ACTION CONFIDENCE REASON "\"message\": null}"),
     "p: instances[0].message", "wrong type: expected text"},
    {PLAN("{" TARGET STATUS ACTION CONFIDENCE REASON WORDS CODE "\"http_status\": \"412\"}"),
     "p: instances[0].http_status", "is not an HTTP status"},
    {PLAN("{" TARGET STATUS ACTION CONFIDENCE REASON WORDS CODE "\"http_status\": 412.0}"),
     "p: instances[0].http_status", "wrong type"},
    {PLAN("{" TARGET STATUS ACTION CONFIDENCE REASON WORDS CODE "\"http_status\": -1}"),
     "p: instances[0].http_status", "wrong type: expected an HTTP status"},
    {PLAN("{" TARGET STATUS ACTION CONFIDENCE REASON WORDS CODE HTTP REQUEST
          "\"client_token\": \"a b\"}"),
     "p: instances[0].client_token", "is not a client token"},
    {PLAN("{" TARGET STATUS ACTION CONFIDENCE REASON WORDS CODE HTTP REQUEST TOKEN
          ", \"started\": true}"),
     "p: instances[0]", "unknown key \"started\""},
    {PLAN(INSTANCE ", " INSTANCE), "p: instances[1].target", "the same target as instances[0]"},
    {HEAD "\"instances\": []}", "p: summary", "missing"},
    {HEAD ONE "\"instances\": []}", "p: summary", "\"total\" is 1, but the instances add up to 0"},
    {HEAD "\"summary\": {\"total\": 0, \"none\": 0, \"start\": 0, \"wait\": 0}, \"instances\": []}",
     "p: summary", "missing: expected a number as \"refuse\""},
    {HEAD "\"summary\": {\"total\": 0, \"none\": 0, \"start\": 0, \"wait\": 0, \"refuse\": 0, "
          "\"x\": 0}, \"instances\": []}",
     "p: summary", "unknown key \"x\""},
    {"{\"format\": \"ensure.apply/v1\", \"created_at\": \"2026-09-01T08:09:10Z\", "
     "\"applied_at\": \"2026-09-01T08:09:10Z\", \"warnings\": [], \"policy\": [], \"summary\": "
     "{\"total\": 0, \"running\": 0, \"started\": 0, \"refused\": 0, \"failed\": 0, "
     "\"unfinished\": 0}, \"instances\": []}",
     "p", "unknown key \"applied_at\""},
    {HEAD "\"extra\": 1, " ONE "\"instances\": [" INSTANCE "]}", "p", "unknown key \"extra\""},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(refusals); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_document read = {.count = 77};
        ens_rc rc = ens_document_read(arena, ens_str_of(refusals[i].text), "p", &read, &diags);
        if (rc != ENS_MALFORMED || diags.count != 1) {
            fail_msg("rc %d, %zu diagnostics for: %s", (int)rc, diags.count, refusals[i].text);
        }
        assert_string_equal(diags.items[0].where, refusals[i].where);
        if (strstr(diags.items[0].summary, refusals[i].said) == NULL) {
            fail_msg("\"%s\" is not in: %s", refusals[i].said, diags.items[0].summary);
        }
        assert_int_equal(read.count, 77);
    }
}

/* Every proper prefix of a document is refused. */
static void test_every_prefix_is_refused(void **state)
{
    ens_str whole = ENS_STR(PLAN(INSTANCE));

    (void)state;
    for (size_t length = 0; length < whole.len; length++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_document read = {0};
        char *copy = ens_alloc(length + 1); /* so that AddressSanitizer detects reads beyond it */
        memcpy(copy, whole.ptr, length);
        assert_int_equal(ens_document_read(arena, (ens_str){copy, length}, "p", &read, NULL),
                         ENS_MALFORMED);
        ens_free(copy);
    }
}

static void test_token_limit(void **state)
{
    char text[sizeof(PLAN(INSTANCE)) + 100];
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_document read = {0};

    (void)state;
    for (int length = 64; length <= 65; length++) {
        (void)snprintf(text, sizeof(text),
                       PLAN("{" TARGET STATUS ACTION CONFIDENCE REASON WORDS CODE HTTP REQUEST
                            "\"client_token\": \"%0*d\"}"),
                       length, 0);
        assert_int_equal(ens_document_read(arena, ens_str_of(text), "p", &read, NULL),
                         length == 64 ? ENS_OK : ENS_MALFORMED);
    }
}

/* Zero bytes, which need no physical memory. Text of the maximum size is parsed and is not JSON. */
static void test_size_limit(void **state)
{
    char *zeros = mmap(NULL, ENS_DOCUMENT_MAX + 1, PROT_READ,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_document read = {0};

    (void)state;
    assert_ptr_not_equal(zeros, MAP_FAILED);
    assert_int_equal(ens_document_read(arena, (ens_str){zeros, ENS_DOCUMENT_MAX}, "p", &read, NULL),
                     ENS_MALFORMED);
    assert_int_equal(
        ens_document_read(arena, (ens_str){zeros, ENS_DOCUMENT_MAX + 1}, "p", &read, NULL),
        ENS_LIMIT);
    assert_int_equal(munmap(zeros, ENS_DOCUMENT_MAX + 1), 0);
}

static ens_rc read_fleet_of(int count)
{
    ENS_AUTO_BUF text = ens_buf_new(ENS_DOCUMENT_MAX);
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_document read = {0};

    ens_buf_add(&text, ENS_STR("{\"targets\": ["));
    for (int i = 0; i < count; i++) {
        ens_buf_addf(&text, "%s\"baidu/bj/i-%d\"", i == 0 ? "" : ",", i);
    }
    ens_buf_add(&text, ENS_STR("]}"));
    return ens_document_read(arena, ens_buf_str(&text), "f", &read, NULL);
}

static void test_fleet_limit(void **state)
{
    (void)state;
    assert_int_equal(read_fleet_of(ENS_TARGETS_MAX), ENS_OK);
    assert_int_equal(read_fleet_of(ENS_TARGETS_MAX + 1), ENS_LIMIT);
}

static void test_plan_limit(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    (void)state;
    for (size_t count = ENS_RESULTS_MAX; count <= ENS_RESULTS_MAX + 1; count++) {
        struct ens_result *results = ens_arena_array(arena, count, sizeof(*results));
        for (size_t i = 0; i < count; i++) {
            results[i] = sample;
            results[i].target.id = ens_arena_printf(arena, "i-%zu", i);
        }
        struct ens_document document = document_of(ENS_DOCUMENT_PLAN, results, count);
        ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);
        ens_document_write(&out, &document, 0);
        assert_false(ens_buf_failed(&out));
        assert_int_equal(ens_document_read(arena, ens_buf_str(&out), "p", &document, NULL),
                         count == ENS_RESULTS_MAX ? ENS_OK : ENS_LIMIT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_plan_is_exact),
        cmocka_unit_test(test_written_apply_has_four_more),
        cmocka_unit_test(test_status_document),
        cmocka_unit_test(test_keep_read),
        cmocka_unit_test(test_mark_applied),
        cmocka_unit_test(test_one_result),
        cmocka_unit_test(test_empty_plan),
        cmocka_unit_test(test_shard),
        cmocka_unit_test(test_write_limit),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_fleet),
        cmocka_unit_test(test_select),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_every_prefix_is_refused),
        cmocka_unit_test(test_token_limit),
        cmocka_unit_test(test_size_limit),
        cmocka_unit_test(test_fleet_limit),
        cmocka_unit_test(test_plan_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
