/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Randomised test of tasks: instances change by themselves, replies are lost, refused and delayed,
 * reads lag behind. The promises of core/task.h must hold in every run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "task_script.h"

#define RUNS      20000
#define STEPS_MAX 2000 /* a job of ten minutes that polls every five seconds needs far fewer */

static const char *const words[] = {"UP",     "BOOTING", "DOWN",    "HALTING", "RESIZING",
                                    "BROKEN", "GOING",   "NEWWORD", "UNPAID"};

struct cloud {
    uint32_t seed;
    const char *word;  /* the true state */
    const char *stale; /* the state in stale reads; NULL: reads are not stale */
    unsigned stale_reads;
    unsigned faults; /* in percent */
};

struct watch {
    bool read_stopped; /* the last event was a read that showed stopped */
    bool accepted;     /* a start was accepted */
    bool lost;         /* the reply to a start was lost */
    bool up_after;     /* a read after that showed the instance running */
    unsigned starts;
    unsigned effects; /* starts that the cloud carried out */
};

/* Counters over all runs, to check that the faults occur. */
static struct {
    unsigned starts;
    unsigned lost;
    unsigned recovered; /* lost, and seen to have taken effect */
    unsigned fell_back;
    unsigned ambiguous;
    unsigned timed_out;
    unsigned cancelled;
    unsigned running; /* started and running */
} met;

static uint32_t chance(struct cloud *cloud, uint32_t below)
{
    cloud->seed = cloud->seed * 1664525u + 1013904223u;
    return (cloud->seed >> 8) % below;
}

static bool is(const char *word, const char *other)
{
    return strcmp(word, other) == 0;
}

/* Changes the state at random between two calls. */
static void drift(struct cloud *cloud)
{
    if (is(cloud->word, "BOOTING") && chance(cloud, 3) == 0) {
        cloud->word = chance(cloud, 6) == 0 ? "DOWN" : "UP";
    } else if (is(cloud->word, "HALTING") && chance(cloud, 3) == 0) {
        cloud->word = "DOWN";
    } else if (is(cloud->word, "RESIZING") && chance(cloud, 3) == 0) {
        cloud->word = chance(cloud, 2) == 0 ? "DOWN" : "UP";
    } else if (chance(cloud, 40) == 0) {
        cloud->word = words[chance(cloud, ENS_COUNT(words))]; /* changed by another client */
    }
}

static void fail_somehow(struct cloud *cloud, struct ens_outcome *outcome)
{
    static const enum ens_reason reasons[] = {
        ENS_REASON_THROTTLED,          ENS_REASON_UNAVAILABLE,      ENS_REASON_INTERNAL,
        ENS_REASON_MALFORMED_RESPONSE, ENS_REASON_IN_PROGRESS,      ENS_REASON_PERMISSION_DENIED,
        ENS_REASON_NO_CAPACITY,        ENS_REASON_CLOCK_SKEW,       ENS_REASON_UNAVAILABLE,
        ENS_REASON_THROTTLED,          ENS_REASON_INVALID_ARGUMENT, ENS_REASON_WRONG_STATE,
    };

    outcome->reason = reasons[chance(cloud, ENS_COUNT(reasons))];
    outcome->flags = chance(cloud, 10) == 0 ? ENS_CODE_FINAL : 0;
    outcome->http_status = chance(cloud, 2) == 0 ? 403 : 500;
    outcome->code = ENS_STR("Code");
    outcome->by_code = chance(cloud, 2) == 0;
    outcome->sent = outcome->reason != ENS_REASON_UNAVAILABLE || chance(cloud, 2) == 0;
}

static void answer_read(struct cloud *cloud, struct ens_observation *seen,
                        struct ens_outcome *outcome)
{
    if (cloud->stale_reads > 0) {
        cloud->stale_reads--;
    } else {
        cloud->stale = NULL;
    }
    seen->word = ens_str_of(cloud->stale != NULL ? cloud->stale : cloud->word);
    outcome->seen = chance(cloud, 60) == 0 ? NULL : seen;
}

/* The cloud accepts a start only if the instance is stopped. */
static void answer_start(struct cloud *cloud, struct watch *watch, struct ens_outcome *outcome)
{
    const bool lost = chance(cloud, 100) < cloud->faults;

    if (!is(cloud->word, "DOWN")) {
        outcome->reason = ENS_REASON_WRONG_STATE;
        outcome->code = ENS_STR("State");
        outcome->by_code = true;
        return;
    }
    if (chance(cloud, 4) == 0) {
        cloud->stale = cloud->word;
        cloud->stale_reads = chance(cloud, 4);
    }
    cloud->word = "BOOTING";
    watch->effects++;
    if (lost) {
        outcome->reason = chance(cloud, 2) == 0 ? ENS_REASON_UNAVAILABLE : ENS_REASON_INTERNAL;
    }
}

static void answer(struct cloud *cloud, struct watch *watch, struct script *script)
{
    struct ens_observation seen = {.struct_size = sizeof(seen), .id = ENS_STR("i-1")};
    struct ens_outcome outcome = {.kind = script->step.kind, .sent = true, .http_status = 200};
    const bool faulty = chance(cloud, 100) < cloud->faults;

    drift(cloud);
    switch (script->step.kind) {
    case ENS_CALL_READ:
        if (faulty) {
            fail_somehow(cloud, &outcome);
        } else {
            answer_read(cloud, &seen, &outcome);
        }
        break;
    case ENS_CALL_PROBE:
    case ENS_CALL_DRY_RUN:
        if (faulty || (script->step.kind == ENS_CALL_DRY_RUN && chance(cloud, 20) == 0)) {
            fail_somehow(cloud, &outcome);
        }
        break;
    case ENS_CALL_START:
        if (faulty && chance(cloud, 2) == 0) {
            fail_somehow(cloud, &outcome); /* before it takes effect */
        } else {
            answer_start(cloud, watch, &outcome);
        }
        break;
    case ENS_CALL_FIND:
    case ENS_CALL_FIND_PROBE:
        fail(); /* no task asks for a list */
        break;
    }
    outcome.request_id =
        outcome.kind == ENS_CALL_START ? ENS_STR("of-the-start") : ENS_STR("of-another");
    watch->read_stopped = outcome.kind == ENS_CALL_READ && outcome.reason == ENS_REASON_OK &&
                          outcome.seen != NULL && ens_str_is(outcome.seen->word, "DOWN");
    watch->accepted |= outcome.kind == ENS_CALL_START && outcome.reason == ENS_REASON_OK;
    watch->lost |= ens_outcome_ambiguous(&outcome);
    watch->up_after |=
        watch->lost && outcome.seen != NULL &&
        (ens_str_is(outcome.seen->word, "UP") || ens_str_is(outcome.seen->word, "BOOTING"));
    script->last.random = chance(cloud, UINT32_MAX);
    script_give(script, &outcome);
}

/* Asserts what must hold for every step that requests a call. */
static void check_ask(const struct script *script, struct watch *watch)
{
    const bool apply = script->params.mode == ENS_MODE_APPLY;

    if (script->step.kind == ENS_CALL_START) {
        assert_true(apply);
        assert_true(watch->read_stopped);
        assert_false(watch->accepted);
        assert_false(watch->up_after);
        assert_false(script->task.read_only);
        watch->starts++;
    }
    if (script->step.kind == ENS_CALL_DRY_RUN) {
        assert_int_equal(script->params.mode, ENS_MODE_PLAN);
        assert_true(watch->read_stopped);
        assert_false(script->params.no_dry_run);
        assert_false(script->task.dry_run_known);
    }
}

/* Asserts what must hold for every result. */
static void check_result(const struct script *script, const struct watch *watch)
{
    const struct ens_result *result = &script->step.result;

    assert_true(result->message.len > 0);
    assert_false(result->started && !watch->accepted && !watch->lost);
    assert_false(watch->accepted && !result->started);
    if (script->params.mode != ENS_MODE_APPLY) {
        assert_int_equal(watch->starts, 0);
        assert_false(result->started);
    }
    /* start_sent is set if a start was sent, unless it was refused. */
    const bool cut_off = script->last.kind != ENS_EVENT_OUTCOME && script->last.in_flight &&
                         script->task.awaiting == ENS_CALL_START;
    assert_int_equal(result->start_sent, watch->accepted || watch->lost || cut_off);
    assert_true(result->start_sent || !result->started);
    if (script->params.mode == ENS_MODE_APPLY) {
        assert_int_equal(result->action == ENS_ACTION_START, result->start_sent);
        assert_int_equal(result->start_request_id.len > 0, watch->accepted);
    }
    if (result->action == ENS_ACTION_NONE) {
        assert_int_equal(result->status, ENS_STATUS_RUNNING);
        assert_int_equal(result->reason, ENS_REASON_ALREADY_RUNNING);
    }
    if (script->params.mode == ENS_MODE_WAIT) {
        assert_int_equal(result->client_token.len, 0);
        assert_int_not_equal(result->action, ENS_ACTION_START);
        assert_int_equal(result->status == ENS_STATUS_RUNNING,
                         result->reason == ENS_REASON_OK ||
                             result->reason == ENS_REASON_ALREADY_RUNNING);
    }
    if (script->params.mode == ENS_MODE_APPLY && result->reason == ENS_REASON_OK) {
        assert_int_equal(result->status, ENS_STATUS_RUNNING);
    }
    if (watch->starts == 0) {
        assert_false(script->params.mode == ENS_MODE_APPLY &&
                     result->confidence == ENS_CONFIDENCE_VALIDATED);
    }
}

static void run_one(uint32_t seed)
{
    struct script script;
    struct cloud cloud = {.seed = seed};
    struct watch watch = {0};
    unsigned steps = 0;

    cloud.faults = chance(&cloud, 60);
    cloud.word = words[chance(&cloud, ENS_COUNT(words))];
    if (chance(&cloud, 2) == 0) {
        cloud.word = "DOWN";
    }
    static const enum ens_mode modes[] = {ENS_MODE_PLAN, ENS_MODE_APPLY, ENS_MODE_APPLY,
                                          ENS_MODE_WAIT};
    script_init(&script, modes[chance(&cloud, ENS_COUNT(modes))]);
    script.provider.capabilities = chance(&cloud, 8);
    script.params.no_dry_run = chance(&cloud, 5) == 0;
    script.task.read_only = chance(&cloud, 5) == 0;
    script.task.dry_run_known = chance(&cloud, 5) == 0;
    script.task.dry_run_reason = (enum ens_reason)chance(&cloud, ENS_REASON_COUNT);
    if (chance(&cloud, 3) == 0) {
        script.params.deadline_ms = script.now_ms + chance(&cloud, 20000);
    }
    script_begin(&script);
    const unsigned cancel_at = chance(&cloud, 4) == 0 ? chance(&cloud, 12) : UINT32_MAX;
    while (!script.step.done) {
        check_ask(&script, &watch);
        assert_true(steps < STEPS_MAX);
        if (script.step.at_ms >= script.params.deadline_ms) {
            script.now_ms = script.params.deadline_ms;
            script_end(&script, ENS_EVENT_DEADLINE, chance(&cloud, 2) == 0);
            assert_true(script.step.done);
        } else if (steps == cancel_at) {
            script_end(&script, ENS_EVENT_CANCEL, chance(&cloud, 2) == 0);
            assert_true(script.step.done);
        } else {
            answer(&cloud, &watch, &script);
        }
        steps++;
    }
    check_result(&script, &watch);
    const enum ens_reason reason = script.step.result.reason;
    met.starts += watch.starts;
    met.lost += watch.lost ? 1 : 0;
    met.recovered += watch.up_after ? 1 : 0;
    met.fell_back += reason == ENS_REASON_FELL_BACK ? 1 : 0;
    met.ambiguous += reason == ENS_REASON_AMBIGUOUS ? 1 : 0;
    met.timed_out += reason == ENS_REASON_TIMED_OUT ? 1 : 0;
    met.cancelled += reason == ENS_REASON_CANCELLED ? 1 : 0;
    met.running += script.step.result.started && reason == ENS_REASON_OK ? 1 : 0;
    script_done(&script);
}

/* ---- a lost reply to a start, and every possible read after it ------------------------------- */

static const struct lost_row {
    const char *later;
    const char *brief;
} lost_rows[] = {
    {"read=UP", "start validated ok running started"},
    {"read=BOOTING read=UP", "start validated ok running started"},
    {"read=BOOTING read=DOWN", "start validated fell_back stopped started"},
    {"read=BOOTING read=BROKEN", "start validated wrong_state failed started"},
    {"read=BOOTING deadline", "start validated timed_out starting started"},
    {"read=HALTING read=UP", "start validated ok running started"},
    {"read=HALTING deadline", "start observed timed_out stopping sent"},
    {"read=HALTING|security", "start observed locked stopping sent"},
    {"read=RESIZING cancel", "start observed cancelled busy sent"},
    {"read=BROKEN", "start observed wrong_state failed sent"},
    {"read=UNPAID", "start observed expired failed sent"},
    {"read=GOING", "start observed not_found deleting sent"},
    {"read=- read=- +5000 read=- probe=ok", "start observed not_found absent sent"},
    {"read=- read=UP", "start validated ok running started"},
    {"read=NEWWORD read=NEWWORD +5000 read=NEWWORD", "start observed wrong_state unknown sent"},
    {"read=NEWWORD read=UP", "start validated ok running started"},
    {"read!permission_denied,403", "start unverified ambiguous unknown sent"},
    {"read!unavailable read!unavailable read!internal read!throttled read!unavailable",
     "start unverified ambiguous unknown sent"},
    {"+4000 read=DOWN start=ok read=UP", "start validated ok running started"},
    {"+4000 read=DOWN start=ok read=BROKEN", "start validated wrong_state failed started"},
    {"+4000 read=DOWN start!no_capacity,500", "start validated no_capacity stopped sent"},
    {"+4000 read=DOWN start!wrong_state,final", "start validated wrong_state stopped sent"},
    {"+4000 read=DOWN start!unavailable,unsent,final", "start observed unavailable stopped sent"},
    {"+4000 read=DOWN start!policy,unsent", "start observed policy stopped sent"},
    {"+4000 read=DOWN|security", "start observed locked stopped sent"},
    {"+4000 read=DOWN@", "start observed expired stopped sent"},
    {"deadline", "start observed timed_out stopped sent"},
    {"deadline~", "start observed timed_out stopped sent"},
    {"cancel", "start observed cancelled stopped sent"},
};

static const struct {
    const char *name;
    uint32_t capabilities;
} cloud_kinds[] = {
    {"with tokens", ENS_CAP_DRY_RUN | ENS_CAP_CLIENT_TOKEN},
    {"with a probe", ENS_CAP_DRY_RUN | ENS_CAP_ABSENCE_PROBE},
    {"without anything", 0},
};

static void run_lost(const struct lost_row *row, size_t kind, const char *loss)
{
    struct script script;

    script_init(&script, ENS_MODE_APPLY);
    script.provider.capabilities = cloud_kinds[kind].capabilities;
    script_begin(&script);
    const bool probes = (script.provider.capabilities & ENS_CAP_ABSENCE_PROBE) != 0;
    ens_str later = ens_str_of(row->later);
    if (!probes && ens_str_ends(later, ENS_STR(" probe=ok"))) {
        later.len -= strlen(" probe=ok");
    }
    const char *line =
        ens_arena_printf(script.arena, "read=DOWN start!%s %.*s", loss, ENS_STR_ARG(later)).ptr;
    const char *wrong = script_run(&script, line);
    if (wrong != NULL || strcmp(script_brief(&script), row->brief) != 0) {
        fail_msg("%s, \"%s\": %s", cloud_kinds[kind].name, line,
                 wrong != NULL ? wrong : script_brief(&script));
    }
    const struct ens_result *result = &script.step.result;
    assert_true(result->start_sent);
    assert_int_equal(result->action, ENS_ACTION_START);
    if (strstr(result->message.ptr, "start was sent") == NULL &&
        strstr(result->message.ptr, "start was accepted") == NULL &&
        strstr(result->message.ptr, "was started") == NULL) {
        fail_msg("%s hides the start: %s", line, result->message.ptr);
    }
    script_done(&script);
}

static void test_a_lost_start_is_never_hidden(void **state)
{
    static const char *const losses[] = {"unavailable,lost", "unavailable,503", "internal,500",
                                         "malformed_response,200"};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(lost_rows); i++) {
        for (size_t kind = 0; kind < ENS_COUNT(cloud_kinds); kind++) {
            for (size_t j = 0; j < ENS_COUNT(losses); j++) {
                run_lost(&lost_rows[i], kind, losses[j]);
            }
        }
    }
}

static void test_promises_hold(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < RUNS; i++) {
        run_one(i * 2654435761u + 1);
    }
    print_message("starts %u, lost %u, recovered %u, fell back %u, ambiguous %u, timed out %u, "
                  "cancelled %u, running %u\n",
                  met.starts, met.lost, met.recovered, met.fell_back, met.ambiguous, met.timed_out,
                  met.cancelled, met.running);
    assert_true(met.starts > RUNS / 10 && met.lost > RUNS / 50 && met.recovered > RUNS / 100);
    assert_true(met.fell_back > 20 && met.ambiguous > 20 && met.timed_out > 20);
    assert_true(met.cancelled > 100 && met.running > RUNS / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_lost_start_is_never_hidden),
        cmocka_unit_test(test_promises_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
