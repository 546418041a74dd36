/* SPDX-License-Identifier: Apache-2.0 */
/* Finds: lists in order, with the retries of all calls, until the last or the deadline. */
#include <string.h>

#include "answers.h"

#define SELECTORS_MAX 4

/* A find and what it told, as lines: "i-1 stopped NAME", "! REGION REASON: MESSAGE", "? WARNING".
 */
struct find {
    struct net net;
    struct ens_selector selectors[SELECTORS_MAX];
    size_t count;
    int64_t timeout_ms;
    struct ens_buf told;
    struct ens_buf calls; /* "REGION MARK FILTER|" */
    size_t total;
    size_t failed;
    unsigned dones;
    ens_job_id id;
    size_t cancel_at; /* instances after which it is cancelled; 0: never */
    size_t found;
    bool full; /* there is no room */
    unsigned asked_for_room;
    const char *(*page)(struct find *find, const struct net_request *request);
    unsigned number; /* of the request, from 1 */
};

static void on_found(void *ud, const struct ens_finding *finding)
{
    struct find *find = ud;

    assert_int_equal(find->dones, 0);
    ens_buf_addf(&find->told, "%.*s %s %.*s", ENS_STR_ARG(finding->target.id),
                 ens_status_name(finding->status), ENS_STR_ARG(finding->name));
    for (size_t i = 0; i < finding->tag_count; i++) {
        ens_buf_addf(&find->told, " %.*s=%.*s", ENS_STR_ARG(finding->tags[i].name),
                     ENS_STR_ARG(finding->tags[i].value));
    }
    ens_buf_add_char(&find->told, '\n');
    if (++find->found == find->cancel_at) {
        ens_engine_cancel(find->net.engine, find->id);
    }
}

static void on_failed(void *ud, const struct ens_find_failure *failure)
{
    struct find *find = ud;

    assert_int_equal(find->dones, 0);
    assert_true(ens_str_is(failure->cloud, "fake"));
    ens_buf_addf(&find->told, "! %.*s %s %.*s %u: %.*s\n", ENS_STR_ARG(failure->region),
                 ens_reason_name(failure->reason), ENS_STR_ARG(failure->provider_code),
                 failure->http_status, ENS_STR_ARG(failure->message));
}

static bool has_room(void *ud)
{
    struct find *find = ud;

    find->asked_for_room++;
    return !find->full;
}

static void on_done(void *ud, const struct ens_find_end *end)
{
    struct find *find = ud;

    find->dones++;
    find->total = end->total;
    find->failed = end->failed;
    for (size_t i = 0; i < end->warning_count; i++) {
        ens_buf_addf(&find->told, "? %.*s\n", ENS_STR_ARG(end->warnings[i]));
    }
}

static void answer(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct find *find = ud;

    assert_int_equal(request->id_count, 0);
    ens_buf_addf(&find->calls, "%.*s%s %.*s %.*s|", ENS_STR_ARG(request->region),
                 request->kind == ENS_CALL_FIND_PROBE ? " probe" : "", ENS_STR_ARG(request->page),
                 ENS_STR_ARG(request->token));
    find->number++;
    const char *text = find->page(find, request);
    if (text == NULL) {
        ret->end = ENS_TRANSPORT_LOST;
    } else if (strncmp(text, "code ", 5) == 0) {
        ens_str code = ens_str_of(text + 5);
        refuse(ret, 400, ens_str_is(code, "Throttled") ? "Throttled" : "Denied");
    } else {
        ens_buf_add(&ret->text, ens_str_of(text));
    }
}

static void begin(struct find *find, const char *(*page)(struct find *, const struct net_request *))
{
    *find = (struct find){.told = ens_buf_new(65536), .calls = ens_buf_new(65536), .page = page};
    net_init(&find->net);
    find->net.answer = answer;
    find->net.ud = find;
    find->net.stepped = true;
}

static void add(struct find *find, const char *region)
{
    find->selectors[find->count++] =
        (struct ens_selector){.cloud = ENS_STR("fake"), .region = ens_str_of(region)};
}

static void submit(struct find *find)
{
    const struct ens_find_request request = {
        .selectors = find->selectors,
        .count = find->count,
        .timeout_ms = find->timeout_ms,
        .events = {on_found, on_failed, has_room, on_done, find},
    };

    find->id = ens_engine_find(find->net.engine, &request);
}

static void run_on(struct find *find)
{
    for (int turns = 0; turns < 10000; turns++) {
        const int64_t next = ens_engine_step(find->net.engine);
        if (find->dones > 0) {
            return;
        }
        find->net.transport.wait(find->net.transport.ud, next);
    }
    fail();
}

static void run_find(struct find *find)
{
    net_begin(&find->net);
    submit(find);
    run_on(find);
}

static void end_find(struct find *find)
{
    assert_int_equal(find->dones, 1);
    net_done(&find->net);
    assert_int_equal(find->dones, 1);
    ens_buf_done(&find->told);
    ens_buf_done(&find->calls);
}

/* ---- order ----------------------------------------------------------------------------------- */

static const char *two_pages(struct find *find, const struct net_request *request)
{
    (void)find;
    if (ens_str_is(request->region, "sun")) {
        return "found i-9 UP star\n";
    }
    return request->page.len == 0 ? "found i-1 UP one\nfound i-2 DOWN two\nnext p2\n"
                                  : "found i-2 DOWN two\nfound i-3 UP three\n";
}

/* The order of the selectors, then of the cloud; nothing twice, also by two selectors. */
static void test_order(void **state)
{
    struct find find;

    (void)state;
    begin(&find, two_pages);
    add(&find, "moon");
    add(&find, "sun");
    add(&find, "moon");
    find.selectors[0].statuses = 1u << ENS_STATUS_STOPPED;
    run_find(&find);
    assert_string_equal(ens_buf_text(&find.told), "i-2 stopped two\n"
                                                  "i-9 running star\n"
                                                  "i-1 running one\n"
                                                  "i-3 running three\n");
    assert_string_equal(ens_buf_text(&find.calls), "moon  DOWN FROZEN|moon  |sun  |"
                                                   "moon p2 DOWN FROZEN|moon p2 |");
    assert_int_equal(find.total, 4);
    assert_int_equal(find.failed, 0);
    end_find(&find);
}

static const char *nothing(struct find *find, const struct net_request *request)
{
    (void)find;
    return request->kind == ENS_CALL_FIND_PROBE ? "code Denied" : "";
}

static void test_nothing(void **state)
{
    struct find find;

    (void)state;
    begin(&find, nothing);
    add(&find, "moon");
    add(&find, "sun");
    find.selectors[1].name = ENS_STR("web-*");
    run_find(&find);
    assert_string_equal(ens_buf_text(&find.told),
                        "? no instance was found in fake/moon\n"
                        "? no instance was found in fake/sun (name web-*)\n");
    assert_int_equal(find.failed, 0);
    end_find(&find);
    begin(&find, nothing);
    run_find(&find);
    assert_string_equal(ens_buf_text(&find.told), "");
    end_find(&find);
}

static const char *regions(struct find *find, const struct net_request *request)
{
    (void)find;
    if (ens_str_is(request->region, "sky")) {
        return "code Denied";
    }
    if (ens_str_is(request->region, "moon")) {
        return "found i-1 UP one\n";
    }
    return request->page.len == 0 ? "found i-2 UP two z g sun\ntag k v\nnext p2\n"
                                  : "found i-3 UP three\n";
}

static int64_t slow_moon(void *ud, const struct net_request *request)
{
    (void)ud;
    return ens_str_is(request->region, "moon") ? 300 : 100;
}

/* All regions are read at once, one page ahead; what is told stays in order. */
static void test_at_once(void **state)
{
    struct find find;

    (void)state;
    begin(&find, regions);
    find.net.latency = slow_moon;
    add(&find, "moon");
    add(&find, "sky");
    add(&find, "sun");
    run_find(&find);
    assert_string_equal(ens_buf_text(&find.told),
                        "i-1 running one\n"
                        "! sky permission_denied Denied 400: The credentials may not list the "
                        "instances of FakeCloud in sky (fake:List): Denied.\n"
                        "i-2 running two k=v\n"
                        "i-3 running three\n");
    assert_string_equal(ens_buf_text(&find.calls), "sky  |sun  |moon  |sun p2 |");
    assert_int_equal(net_now(), NET_START_MS + 300 + 100);
    end_find(&find);
}

/* A page that waited for its turn is not shown any more. */
static void test_ended_while_pages_wait(void **state)
{
    struct find find;

    (void)state;
    begin(&find, regions);
    find.net.latency = slow_moon;
    add(&find, "moon");
    add(&find, "sun");
    find.timeout_ms = 200;
    run_find(&find);
    assert_string_equal(
        ens_buf_text(&find.told),
        "! moon timed_out  0: Time ran out before all instances of FakeCloud in moon were listed.\n"
        "! sun timed_out  0: Time ran out before all instances of FakeCloud in sun were listed.\n");
    end_find(&find);
}

/* A selector whose instances were all shown before has found them. */
static void test_shown_before(void **state)
{
    struct find find;

    (void)state;
    begin(&find, two_pages);
    add(&find, "sun");
    add(&find, "sun");
    run_find(&find);
    assert_string_equal(ens_buf_text(&find.told), "i-9 running star\n");
    end_find(&find);
}

/* ---- failures -------------------------------------------------------------------------------- */

static const char *denied(struct find *find, const struct net_request *request)
{
    (void)find;
    return ens_str_is(request->region, "moon") ? "code Denied" : "found i-9 UP star\n";
}

static void test_denied(void **state)
{
    struct find find;

    (void)state;
    begin(&find, denied);
    add(&find, "moon");
    add(&find, "sun");
    run_find(&find);
    assert_string_equal(ens_buf_text(&find.told),
                        "! moon permission_denied Denied 400: The credentials may not list the "
                        "instances of FakeCloud in moon (fake:List): Denied.\n"
                        "i-9 running star\n");
    assert_int_equal(find.failed, 1);
    end_find(&find);
}

/* An empty list is not believed where it may hide a missing permission. */
static void test_hidden(void **state)
{
    struct find find;

    (void)state;
    begin(&find, nothing);
    find.net.provider.capabilities |= ENS_CAP_ABSENCE_PROBE;
    add(&find, "moon");
    run_find(&find);
    assert_string_equal(ens_buf_text(&find.told),
                        "! moon permission_denied Denied 400: The credentials may not list the "
                        "instances of FakeCloud in moon (fake:List): Denied.\n");
    assert_string_equal(ens_buf_text(&find.calls), "moon  |moon probe  |");
    end_find(&find);
}

static void test_without_keys(void **state)
{
    struct find find;

    (void)state;
    begin(&find, two_pages);
    find.net.variables[0].name = "UNUSED";
    find.net.variables[1].name = "UNUSED";
    add(&find, "moon");
    run_find(&find);
    assert_non_null(strstr(ens_buf_text(&find.told), "! moon unauthenticated  0: The instances of "
                                                     "FakeCloud in moon could not be listed: "));
    assert_int_equal(find.number, 0);
    end_find(&find);
}

static void test_older_provider(void **state)
{
    struct find find;

    (void)state;
    begin(&find, two_pages);
    find.net.provider.find_request = NULL;
    find.net.provider.read_find = NULL;
    add(&find, "moon");
    run_find(&find);
    assert_string_equal(ens_buf_text(&find.told),
                        "! moon invalid_argument  0: The instances of FakeCloud in moon could not "
                        "be listed: this version of its provider lists no instances.\n");
    end_find(&find);
}

/* Throttled and lost calls are repeated, with the mark and the filter of the page. */
static const char *flaky(struct find *find, const struct net_request *request)
{
    switch (find->number) {
    case 1:
    case 4:
        return "code Throttled";
    case 3:
        return NULL;
    default:
        return two_pages(find, request);
    }
}

static void test_retry(void **state)
{
    struct find find;

    (void)state;
    begin(&find, flaky);
    add(&find, "moon");
    run_find(&find);
    assert_string_equal(ens_buf_text(&find.told), "i-1 running one\n"
                                                  "i-2 stopped two\n"
                                                  "i-3 running three\n");
    assert_string_equal(ens_buf_text(&find.calls), "moon  |moon  |moon p2 |moon p2 |moon p2 |");
    end_find(&find);
}

/* ---- early ends ------------------------------------------------------------------------------ */

static int64_t slow_second_page(void *ud, const struct net_request *request)
{
    (void)ud;
    return request->page.len == 0 ? 10 : 10000;
}

/* The lists that were not read are told, too. */
static void test_deadline(void **state)
{
    struct find find;

    (void)state;
    begin(&find, two_pages);
    find.net.latency = slow_second_page;
    add(&find, "moon");
    add(&find, "sky");
    find.timeout_ms = 400;
    run_find(&find);
    assert_int_equal(find.failed, 2);
    assert_string_equal(
        ens_buf_text(&find.told),
        "i-1 running one\n"
        "i-2 stopped two\n"
        "! moon timed_out  0: Time ran out before all instances of FakeCloud in moon were listed.\n"
        "! sky timed_out  0: Time ran out before all instances of FakeCloud in sky were listed.\n");
    assert_int_equal(net_now(), NET_START_MS + 400);
    end_find(&find);
}

static void test_cancel(void **state)
{
    struct find find;

    (void)state;
    begin(&find, two_pages);
    add(&find, "moon");
    add(&find, "sun");
    find.cancel_at = 1;
    run_find(&find);
    assert_string_equal(
        ens_buf_text(&find.told),
        "i-1 running one\n"
        "i-2 stopped two\n"
        "! moon cancelled  0: Cancelled before all instances of FakeCloud in moon were listed.\n"
        "! sun cancelled  0: Cancelled before all instances of FakeCloud in sun were listed.\n");
    end_find(&find);
}

/* The engine is freed while a call is under way. */
static void test_freed(void **state)
{
    struct find find;

    (void)state;
    begin(&find, two_pages);
    add(&find, "moon");
    net_begin(&find.net);
    submit(&find);
    (void)ens_engine_step(find.net.engine);
    assert_int_equal(find.net.flying[ENS_CALL_FIND], 1);
    net_done(&find.net);
    assert_int_equal(find.dones, 1);
    ens_buf_done(&find.told);
    ens_buf_done(&find.calls);
}

/* An owner without room gets no further page until it asks for it; the deadline counts on. */
static void test_room(void **state)
{
    struct find find;

    (void)state;
    for (int resumed = 0; resumed < 2; resumed++) {
        begin(&find, two_pages);
        add(&find, "moon");
        find.full = true;
        net_begin(&find.net);
        submit(&find);
        for (int turns = 0; turns < 5; turns++) {
            (void)ens_engine_step(find.net.engine);
        }
        assert_int_equal(find.number, 0);
        ens_engine_resume(find.net.engine, find.id); /* still none */
        (void)ens_engine_step(find.net.engine);
        assert_int_equal(find.asked_for_room, 2);
        if (resumed) {
            find.full = false;
            ens_engine_resume(find.net.engine, find.id);
        }
        run_on(&find);
        assert_int_equal(find.total, resumed ? 3 : 0);
        assert_int_equal(find.failed, resumed ? 0 : 1);
        end_find(&find);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_shown_before),
        cmocka_unit_test(test_at_once),
        cmocka_unit_test(test_ended_while_pages_wait),
        cmocka_unit_test(test_denied),
        cmocka_unit_test(test_hidden),
        cmocka_unit_test(test_without_keys),
        cmocka_unit_test(test_older_provider),
        cmocka_unit_test(test_retry),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_freed),
        cmocka_unit_test(test_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
