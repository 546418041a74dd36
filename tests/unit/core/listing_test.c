/* SPDX-License-Identifier: Apache-2.0 */
/* A listing against scripted pages: what is shown, what is called next, and how it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "core/listing.h"
#include "support/fake_provider.h"

#define PAGES_MAX 6

/* ---- scripts --------------------------------------------------------------------------------- */

/* A page in the fake provider's format, and the mark that it is asked for with. NULL: the probe
 * that passed. */
struct script {
    const char *title;
    const char *selector; /* members beside cloud and region */
    uint32_t capabilities;
    uint32_t find_limit;
    const char *pages[PAGES_MAX];
    const char *calls; /* "MARK:FILTER|MARK:FILTER|probe" */
    const char *shown; /* ids */
    enum ens_listing_next end;
    const char *failure; /* reason and detail */
};

static const struct script scripts[] = {
    {.title = "one page",
     .pages = {"found i-1 UP web\nfound i-2 DOWN db\n"},
     .calls = ":|",
     .shown = "i-1 i-2 "},
    {.title = "three pages",
     .pages = {"found i-1 UP\nnext a\n", "found i-2 UP\nnext b\n", "found i-3 UP\n"},
     .calls = ":|a:|b:|",
     .shown = "i-1 i-2 i-3 "},
    {.title = "narrowed by the cloud, and checked again",
     .selector = ", \"status\": [\"stopped\"], \"name\": \"web-*\", \"zone\": \"z\", \"group\": "
                 "\"g\", \"tags\": {\"k\": \"v\"}",
     .pages = {"found i-1 DOWN web-1 z g\ntag k v\nfound i-2 UP web-2 z g\ntag k v\n"
               "found i-3 DOWN db z g\ntag k v\nfound i-4 DOWN web-3 y g\ntag k v\n"
               "found i-5 DOWN web-4 z h\ntag k v\nfound i-6 DOWN web-5 z g\ntag k w\n"
               "found i-7 FROZEN web-6 z g\ntag j x\ntag k v\n"},
     .calls = ":DOWN FROZEN name=web-* zone=z group=g k=v|",
     .shown = "i-1 i-7 "},
    {.title = "a word without a row is unknown",
     .selector = ", \"status\": [\"unknown\"]",
     .pages = {"found i-1 UP\nfound i-2 ODD\n"},
     .calls = ":|",
     .shown = "i-2 "},
    {.title = "the list changed while it was paged",
     .pages = {"found i-1 UP\nfound i-2 UP\nnext a\n", "found i-2 UP\nfound i-3 UP\nnext b\n",
               "found i-1 UP\n"},
     .calls = ":|a:|b:|",
     .shown = "i-1 i-2 i-3 "},
    {.title = "an instance twice in a page",
     .pages = {"found i-1 UP\nfound i-1 DOWN\n"},
     .calls = ":|",
     .shown = "i-1 "},
    {.title = "the limit within a page",
     .selector = ", \"limit\": 2",
     .pages = {"found i-1 UP\nfound i-2 UP\nfound i-3 UP\nnext a\n"},
     .calls = ":|",
     .shown = "i-1 i-2 "},
    {.title = "the limit at the end of a page",
     .selector = ", \"limit\": 2",
     .pages = {"found i-1 UP\nfound i-2 UP\nnext a\n"},
     .calls = ":|",
     .shown = "i-1 i-2 "},
    {.title = "an id that is none of a target",
     .pages = {"found AY-old UP\nfound i-1 UP\n"},
     .calls = ":|",
     .shown = "i-1 "},
    {.title = "a mark that was there before",
     .pages = {"found i-1 UP\nnext a\n", "found i-2 UP\nnext b\n", "found i-3 UP\nnext a\n"},
     .calls = ":|a:|b:|",
     .shown = "i-1 i-2 i-3 ",
     .end = ENS_LISTING_FAILED,
     .failure = "malformed_response: a page of the list names one as next that was read before"},
    {.title = "the mark that was just read",
     .pages = {"found i-1 UP\nnext a\n", "found i-2 UP\nnext a\n"},
     .calls = ":|a:|",
     .shown = "i-1 i-2 ",
     .end = ENS_LISTING_FAILED,
     .failure = "malformed_response: a page of the list names one as next that was read before"},
    {.title = "an empty page with a mark",
     .pages = {"found i-1 UP\nnext a\n", "next b\n"},
     .calls = ":|a:|",
     .shown = "i-1 ",
     .end = ENS_LISTING_FAILED,
     .failure = "malformed_response: an empty page of the list names a next one"},
    {.title = "a page of another region",
     .pages = {"found i-1 UP n z g moon\nfound i-2 UP n z g sun\nfound i-3 UP n z g moon\n"},
     .calls = ":|",
     .shown = "i-1 ",
     .end = ENS_LISTING_FAILED,
     .failure = "malformed_response: the list shows instances of another region"},
    {.title = "a refusal",
     .pages = {"code Denied\n"},
     .calls = ":|",
     .shown = "",
     .end = ENS_LISTING_FAILED,
     .failure = "permission_denied: "},
    {.title = "nothing there", .pages = {""}, .calls = ":|", .shown = ""},
    {.title = "nothing there, where a list may hide it: the permission is there",
     .selector = ", \"zone\": \"z\"",
     .capabilities = ENS_CAP_ABSENCE_PROBE,
     .pages = {"", NULL},
     .calls = ":zone=z|probe:zone=z|",
     .shown = ""},
    {.title = "nothing there, and the permission is missing",
     .capabilities = ENS_CAP_ABSENCE_PROBE,
     .pages = {"", "code Denied\n"},
     .calls = ":|probe:|",
     .shown = "",
     .end = ENS_LISTING_FAILED,
     .failure = "permission_denied: "},
    {.title = "nothing that matches: the list shows that the permission is there",
     .selector = ", \"zone\": \"z\"",
     .capabilities = ENS_CAP_ABSENCE_PROBE,
     .pages = {"found i-1 UP n y\n"},
     .calls = ":zone=z|",
     .shown = ""},
    {.title = "a list that is cut short by the cloud is read again without tags and group",
     .selector = ", \"group\": \"g\", \"tags\": {\"k\": \"v\"}, \"zone\": \"z\"",
     .find_limit = 3,
     .pages = {"found i-1 UP n z g\ntag k v\nfound i-2 UP n z g\ntag k v\nnext a\n",
               "found i-3 UP n z g\ntag k v\n",
               "found i-1 UP n z g\ntag k v\nfound i-2 UP n z g\ntag k v\nnext a\n",
               "found i-3 UP n z g\ntag k v\nfound i-4 UP n z g\ntag k v\nfound i-5 UP n z g\n"},
     .calls = ":zone=z group=g k=v|a:zone=z group=g k=v|:zone=z|a:zone=z|",
     .shown = "i-1 i-2 i-3 i-4 "},
    {.title = "one below the limit is not",
     .selector = ", \"tags\": {\"k\": \"v\"}",
     .find_limit = 3,
     .pages = {"found i-1 UP\ntag k v\nfound i-2 UP\ntag k v\n"},
     .calls = ":k=v|",
     .shown = "i-1 i-2 "},
    {.title = "nor one that was not narrowed by these",
     .selector = ", \"zone\": \"z\"",
     .find_limit = 1,
     .pages = {"found i-1 UP n z\nfound i-2 UP n z\n"},
     .calls = ":zone=z|",
     .shown = "i-1 i-2 "},
};

/* ---- running --------------------------------------------------------------------------------- */

struct shown {
    struct ens_buf ids;
    size_t count;
};

static void show(void *ud, const struct ens_finding *finding)
{
    struct shown *shown = ud;

    shown->count++;
    ens_buf_addf(&shown->ids, "%.*s ", ENS_STR_ARG(finding->target.id));
    assert_true(ens_str_is(finding->target.cloud, "fake"));
    assert_true(ens_str_is(finding->target.region, "moon"));
}

static void record_call(const struct ens_listing *listing, struct ens_buf *calls)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_memory memory = ens_arena_memory(arena);
    const struct ens_call_spec spec = {.struct_size = sizeof(spec),
                                       .page = ens_buf_str(&listing->mark)};
    struct ens_http_request request = {.struct_size = sizeof(request)};

    listing->provider->find_request(&memory, &spec, &listing->filter, &request);
    ens_buf_addf(calls, "%s%.*s:%.*s|", listing->probing ? "probe" : "", ENS_STR_ARG(spec.page),
                 ENS_STR_ARG(request.query[2]->value));
}

static struct ens_outcome outcome_of(struct ens_arena *arena, const struct ens_provider *provider,
                                     const char *page)
{
    const struct ens_memory memory = ens_arena_memory(arena);
    const struct ens_call_spec spec = {.struct_size = sizeof(spec)};
    const struct ens_http_reply reply = {
        .struct_size = sizeof(reply), .status = 200, .body = ens_str_of(page)};
    struct ens_find_result *result = ens_arena_alloc(arena, sizeof(*result));

    if (page == NULL) {
        return (struct ens_outcome){.kind = ENS_CALL_FIND_PROBE};
    }
    provider->read_find(&memory, &spec, &reply, result);
    return (struct ens_outcome){
        .kind = ENS_CALL_FIND,
        .reason = result->answer.code.len > 0 ? ENS_REASON_PERMISSION_DENIED : ENS_REASON_OK,
        .page = result,
    };
}

static void run(const struct script *script)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF calls = ens_buf_new(4096);
    struct shown shown = {.ids = ens_buf_new(4096)};
    struct ens_provider provider = fake_provider();
    struct ens_findings findings = {0};
    struct ens_selector selector = {0};
    struct ens_listing listing = {0};
    enum ens_listing_next next = ENS_LISTING_CALL;
    const ens_str text = ens_arena_printf(arena, "{\"cloud\": \"fake\", \"region\": \"moon\"%s}",
                                          script->selector != NULL ? script->selector : "");

    provider.capabilities = script->capabilities;
    provider.find_limit = script->find_limit;
    assert_int_equal(ens_selector_parse(arena, text, "", &selector, NULL), ENS_OK);
    ens_listing_begin(&listing, &provider, &selector, &findings, 0);
    for (size_t i = 0; i < PAGES_MAX && next == ENS_LISTING_CALL; i++) {
        record_call(&listing, &calls);
        const struct ens_outcome outcome = outcome_of(arena, &provider, script->pages[i]);
        next = ens_listing_step(&listing, &outcome, show, &shown);
    }
    const enum ens_listing_next end =
        script->end == ENS_LISTING_CALL ? ENS_LISTING_DONE : script->end;
    const ens_str failure =
        ens_arena_printf(arena, "%s: %.*s", ens_reason_name(listing.failure.reason),
                         ENS_STR_ARG(listing.failure.detail));
    if (next != end || !ens_str_is(ens_buf_str(&calls), script->calls) ||
        !ens_str_is(ens_buf_str(&shown.ids), script->shown) ||
        (script->failure != NULL && !ens_str_is(failure, script->failure))) {
        fail_msg("%s: end %d, calls %s, shown %s, %s", script->title, next, ens_buf_text(&calls),
                 ens_buf_text(&shown.ids), failure.ptr);
    }
    assert_int_equal(findings.total, shown.count);
    assert_int_equal(listing.found, shown.count);
    ens_listing_done(&listing);
    ens_target_set_done(&findings.shown);
    ens_buf_done(&shown.ids);
}

static void test_scripts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(scripts); i++) {
        run(&scripts[i]);
    }
}

/* ---- many ------------------------------------------------------------------------------------ */

#define PER_PAGE 1000

static void count(void *ud, const struct ens_finding *finding)
{
    (void)finding;
    ++*(size_t *)ud;
}

/* A page of instances from a number on; more: a next page follows. */
static struct ens_outcome many(struct ens_arena *arena, size_t from, size_t number, bool more)
{
    struct ens_find_result *page = ens_arena_alloc(arena, sizeof(*page));
    struct ens_observation *seen = ens_arena_array(arena, number, sizeof(*seen));
    struct ens_found *found = ens_arena_array(arena, number, sizeof(*found));
    const struct ens_found **list = ens_arena_array(arena, number, sizeof(*list));

    for (size_t i = 0; i < number; i++) {
        seen[i] = (struct ens_observation){.id = ens_arena_printf(arena, "i-%zu", from + i),
                                           .word = ENS_STR("UP")};
        found[i] = (struct ens_found){.seen = &seen[i]};
        list[i] = &found[i];
    }
    page->found = list;
    page->found_count = number;
    page->next_page = more ? ens_arena_printf(arena, "p%zu", from) : ENS_STR("");
    return (struct ens_outcome){.kind = ENS_CALL_FIND, .page = page};
}

/* At the limit of a run, over two selectors, and one beyond. */
static void test_most(void **state)
{
    const struct ens_provider provider = fake_provider();
    const struct ens_selector selector = {.cloud = ENS_STR("fake"), .region = ENS_STR("moon")};
    struct ens_findings findings = {0};
    struct ens_listing listing = {0};
    size_t shown = 0;

    (void)state;
    ens_listing_begin(&listing, &provider, &selector, &findings, 0);
    for (size_t from = 0; from < ENS_FOUND_MAX; from += PER_PAGE) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const bool more = from + PER_PAGE < ENS_FOUND_MAX;
        const struct ens_outcome outcome = many(arena, from, PER_PAGE, more);
        assert_int_equal(ens_listing_step(&listing, &outcome, count, &shown),
                         more ? ENS_LISTING_CALL : ENS_LISTING_DONE);
    }
    assert_int_equal(shown, ENS_FOUND_MAX);
    ens_listing_done(&listing);
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ens_listing_begin(&listing, &provider, &selector, &findings, 0);
    const struct ens_outcome known = many(arena, 0, 1, true); /* the same place: shown before */
    assert_int_equal(ens_listing_step(&listing, &known, count, &shown), ENS_LISTING_CALL);
    const struct ens_outcome more = many(arena, ENS_FOUND_MAX, 1, false);
    assert_int_equal(ens_listing_step(&listing, &more, count, &shown), ENS_LISTING_FAILED);
    assert_int_equal(listing.failure.reason, ENS_REASON_INVALID_ARGUMENT);
    assert_true(ens_str_is(listing.failure.detail, "more than 100000 instances match"));
    assert_int_equal(listing.failure.hint, ENS_HINT_TOO_MANY);
    assert_int_equal(shown, ENS_FOUND_MAX);
    ens_listing_done(&listing);
    ens_target_set_done(&findings.shown);
}

/* The advice of these reasons names an instance id, which a list has not. */
static void test_the_advice_of_a_refused_list(void **state)
{
    static const struct {
        enum ens_reason reason;
        enum ens_hint hint;
        enum ens_hint expected;
    } rows[] = {
        {ENS_REASON_INVALID_ARGUMENT, ENS_HINT_NONE, ENS_HINT_SELECTOR},
        {ENS_REASON_NOT_FOUND, ENS_HINT_NONE, ENS_HINT_SELECTOR},
        {ENS_REASON_INVALID_ARGUMENT, ENS_HINT_KEYS_MISSING, ENS_HINT_KEYS_MISSING},
        {ENS_REASON_UNAVAILABLE, ENS_HINT_PROXY, ENS_HINT_PROXY},
        {ENS_REASON_INTERNAL, ENS_HINT_NONE, ENS_HINT_NONE},
    };
    const struct ens_provider provider = fake_provider();
    const struct ens_selector selector = {.cloud = ENS_STR("fake"), .region = ENS_STR("moon")};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        const struct ens_outcome outcome = {.reason = rows[i].reason, .hint = rows[i].hint};
        struct ens_findings findings = {0};
        struct ens_listing listing = {0};
        ens_listing_begin(&listing, &provider, &selector, &findings, 0);
        assert_int_equal(ens_listing_step(&listing, &outcome, count, NULL), ENS_LISTING_FAILED);
        assert_int_equal(listing.failure.hint, rows[i].expected);
        assert_null(strstr(ens_hint_advice(rows[i].expected), "instance id"));
        ens_listing_done(&listing);
    }
}

/* The named limits of pages and of a mark. */
static void test_page_limits(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_provider provider = fake_provider();
    const struct ens_selector selector = {.cloud = ENS_STR("fake"), .region = ENS_STR("moon")};
    struct ens_findings findings = {0};
    struct ens_listing listing = {0};
    size_t shown = 0;
    char *mark = ens_arena_alloc(arena, ENS_LIST_MARK_MAX + 1);

    (void)state;
    ens_listing_begin(&listing, &provider, &selector, &findings, 0);
    for (unsigned i = 1; i < ENS_LIST_PAGES_MAX; i++) {
        ENS_AUTO_ARENA *scratch = ens_arena_new();
        const struct ens_outcome outcome = many(scratch, i, 1, true);
        assert_int_equal(ens_listing_step(&listing, &outcome, count, &shown), ENS_LISTING_CALL);
    }
    const struct ens_outcome beyond = many(arena, ENS_LIST_PAGES_MAX, 1, true);
    assert_int_equal(ens_listing_step(&listing, &beyond, count, &shown), ENS_LISTING_FAILED);
    ens_listing_done(&listing);
    for (size_t i = 0; i < ENS_LIST_MARK_MAX + 1; i++) {
        mark[i] = 'm';
    }
    for (size_t over = 0; over < 2; over++) {
        struct ens_find_result page = *beyond.page;
        const struct ens_outcome outcome = {.kind = ENS_CALL_FIND, .page = &page};
        page.next_page = (ens_str){mark, ENS_LIST_MARK_MAX - 1 + 2 * over};
        ens_listing_begin(&listing, &provider, &selector, &findings, 0);
        assert_int_equal(ens_listing_step(&listing, &outcome, count, &shown),
                         over ? ENS_LISTING_FAILED : ENS_LISTING_CALL);
        ens_listing_done(&listing);
    }
    ens_target_set_done(&findings.shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_most),
        cmocka_unit_test(test_the_advice_of_a_refused_list),
        cmocka_unit_test(test_page_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
