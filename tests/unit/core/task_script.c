/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "task_script.h"

#include <stdlib.h>
#include <string.h>

#include "core/task_pack.h"
#include "support/fake_provider.h"

static void fill(void *ud, void *bytes, size_t size)
{
    struct script *script = ud;

    memset(bytes, (int)++script->entropy, size);
}

void script_init(struct script *script, enum ens_mode mode)
{
    static struct ens_entropy entropy;

    *script =
        (struct script){.arena = ens_arena_new(), .provider = fake_provider(), .now_ms = 5000};
    entropy = (struct ens_entropy){.fill = fill, .ud = script};
    script->params = (struct ens_job_params){
        .mode = mode,
        .taken_ms = script->now_ms,
        .deadline_ms = script->now_ms + 600000,
        .entropy = &entropy,
        .arena = script->arena,
    };
    script->task = (struct ens_task){
        .params = &script->params,
        .provider = &script->provider,
        .target = {ENS_STR("fake"), ENS_STR("moon-1"), ENS_STR("i-1")},
    };
}

void script_done(struct script *script)
{
    ens_arena_free(script->arena);
}

void script_begin(struct script *script)
{
    ens_task_begin(&script->task);
    script->step = (struct ens_step){.kind = ENS_CALL_READ, .at_ms = script->now_ms};
}

/* A task that waits for a read may be packed meanwhile, and nothing is different after that. */
static void pack_and_unpack(struct script *script)
{
    ENS_AUTO_BUF packed = ens_buf_new(ENS_TASK_PACKED_MAX);
    ENS_AUTO_BUF again = ens_buf_new(ENS_TASK_PACKED_MAX);
    struct ens_task task = {
        .params = script->task.params,
        .provider = script->task.provider,
        .target = script->task.target,
    };

    ens_task_pack(&script->task, &packed);
    assert_false(ens_buf_failed(&packed));
    ens_task_unpack(ens_buf_str(&packed), &task);
    ens_task_pack(&task, &again);
    assert_true(ens_str_eq(ens_buf_str(&packed), ens_buf_str(&again)));
    script->task = task;
}

static void step(struct script *script)
{
    script->last.now_ms = script->now_ms;
    script->last.unix_s = SCRIPT_EXPIRY + script->now_ms / 1000;
    ens_task_step(&script->task, &script->last, script->arena, &script->step);
    script->reports += script->step.report ? 1 : 0;
    if (!script->step.done && !script->step.asks && script->step.kind == ENS_CALL_READ) {
        pack_and_unpack(script);
    }
}

void script_give(struct script *script, const struct ens_outcome *outcome)
{
    if (script->step.at_ms > script->now_ms) {
        script->now_ms = script->step.at_ms;
    }
    script->last = (struct ens_event){
        .kind = ENS_EVENT_OUTCOME, .outcome = outcome, .random = script->last.random};
    step(script);
}

void script_end(struct script *script, enum ens_event_kind kind, bool in_flight)
{
    script->last = (struct ens_event){.kind = kind, .in_flight = in_flight};
    step(script);
}

const char *script_brief(struct script *script)
{
    const struct ens_result *result = &script->step.result;

    return ens_arena_printf(script->arena, "%s %s %s %s%s%s", ens_action_name(result->action),
                            ens_confidence_name(result->confidence),
                            ens_reason_name(result->reason), ens_status_name(result->status),
                            result->started ? " started" : "",
                            result->start_sent && !result->started ? " sent" : "")
        .ptr;
}

/* ---- lines ---------------------------------------------------------------------------------- */

static bool parse_ask(ens_str name, enum ens_call_kind *ret)
{
    static const char *const names[ENS_CALL_KIND_COUNT] = {"read", "probe", "dry", "start"};

    for (size_t i = 0; i < ENS_CALL_KIND_COUNT; i++) {
        if (ens_str_is(name, names[i])) {
            *ret = (enum ens_call_kind)i;
            return true;
        }
    }
    return false;
}

static void give_good(struct script *script, enum ens_call_kind kind, ens_str what)
{
    struct ens_observation seen = {.struct_size = sizeof(seen), .id = script->task.target.id};
    const bool dry = kind == ENS_CALL_DRY_RUN || kind == ENS_CALL_PROBE;
    struct ens_outcome outcome = {
        .kind = kind,
        .sent = true,
        .http_status = dry ? 412 : 200,
        .code = dry ? ENS_STR("Passed") : ENS_STR(""),
        .request_id = ens_arena_printf(script->arena, "%s-id", ens_call_kind_name(kind)),
    };

    if (kind == ENS_CALL_READ && !ens_str_is(what, "-")) {
        seen.expires_unix_s = ens_str_ends(what, ENS_STR("@")) ? SCRIPT_EXPIRY : 0;
        what.len -= seen.expires_unix_s != 0 ? 1 : 0;
        seen.flags = ens_str_ends(what, ENS_STR("%")) ? ENS_SEEN_CAPACITY_RELEASED : 0;
        what.len -= seen.flags != 0 ? 1 : 0;
        seen.word = ens_str_cut(what, '|', &seen.lock);
        outcome.seen = &seen;
    }
    script_give(script, &outcome);
}

static bool give_bad(struct script *script, enum ens_call_kind kind, ens_str what)
{
    struct ens_outcome outcome = {
        .kind = kind,
        .sent = true,
        .by_code = true,
        .http_status = 400,
        .code = ENS_STR("Code"),
        .message = ENS_STR("Words of the cloud."),
        .request_id = ens_arena_printf(script->arena, "%s-id", ens_call_kind_name(kind)),
    };
    ens_str option;

    if (!ens_reason_parse(ens_str_cut(what, ',', &what), &outcome.reason)) {
        return false;
    }
    while (what.len > 0) {
        option = ens_str_cut(what, ',', &what);
        int64_t number = 0;
        if (ens_str_to_i64(option, &number)) {
            outcome.http_status = (uint32_t)number;
        } else if (ens_str_is(option, "unknown")) {
            outcome.by_code = false;
        } else if (ens_str_is(option, "nocode")) {
            outcome.by_code = false;
            outcome.code = ENS_STR("");
        } else if (ens_str_starts(option, ENS_STR("code:"))) {
            outcome.code = (ens_str){option.ptr + 5, option.len - 5};
        } else if (ens_str_is(option, "proxy")) {
            outcome.hint = ENS_HINT_NOT_THE_CLOUD;
        } else if (ens_str_is(option, "final")) {
            outcome.flags |= ENS_CODE_FINAL;
        } else if (ens_str_is(option, "lost")) {
            outcome.http_status = 0;
            outcome.code = ENS_STR("");
            outcome.message = ENS_STR("");
            outcome.detail = ENS_STR("the connection was cut");
        } else if (ens_str_is(option, "unsent")) {
            outcome.sent = false;
            outcome.http_status = 0;
        } else {
            return false;
        }
    }
    script_give(script, &outcome);
    return true;
}

static const char *answer_leave(struct script *script, bool given)
{
    if (!script->step.asks) {
        return "did not ask for leave";
    }
    script->last = (struct ens_event){
        .kind = given ? ENS_EVENT_LEAVE : ENS_EVENT_REFUSED,
        .refusal = ENS_STR("the test: max_starts 1, this apply would start 2"),
    };
    step(script);
    return NULL;
}

static const char *run_token(struct script *script, ens_str token)
{
    enum ens_call_kind kind = ENS_CALL_READ;
    const bool flying = ens_str_ends(token, ENS_STR("~"));
    const size_t name = (size_t)(token.len - (flying ? 1 : 0));
    ens_str rest = {0};
    int64_t later = 0;

    if (script->step.done) {
        return ens_arena_printf(script->arena, "done before %.*s", ENS_STR_ARG(token)).ptr;
    }
    if (token.ptr[0] == '+' && ens_str_to_i64((ens_str){token.ptr + 1, token.len - 1}, &later)) {
        script->now_ms += later;
        return NULL;
    }
    if (ens_str_is((ens_str){token.ptr, name}, "deadline") ||
        ens_str_is((ens_str){token.ptr, name}, "cancel")) {
        script_end(script, token.ptr[0] == 'd' ? ENS_EVENT_DEADLINE : ENS_EVENT_CANCEL, flying);
        return NULL;
    }
    if (ens_str_is(token, "leave") || ens_str_is(token, "refusal")) {
        return answer_leave(script, ens_str_is(token, "leave"));
    }
    if (script->step.asks) {
        return ens_arena_printf(script->arena, "asked for leave, not for %.*s", ENS_STR_ARG(token))
            .ptr;
    }
    const bool good = memchr(token.ptr, '=', token.len) != NULL;
    if (!parse_ask(ens_str_cut(token, good ? '=' : '!', &rest), &kind)) {
        return ens_arena_printf(script->arena, "what is %.*s?", ENS_STR_ARG(token)).ptr;
    }
    if (script->step.kind != kind) {
        return ens_arena_printf(script->arena, "asked for %s, not for %.*s",
                                ens_call_kind_name(script->step.kind), ENS_STR_ARG(token))
            .ptr;
    }
    if (good) {
        give_good(script, kind, rest);
    } else if (!give_bad(script, kind, rest)) {
        return ens_arena_printf(script->arena, "what is %.*s?", ENS_STR_ARG(token)).ptr;
    }
    return NULL;
}

const char *script_run(struct script *script, const char *line)
{
    ens_str rest = ens_str_of(line);

    while (rest.len > 0) {
        ens_str token = ens_str_cut(rest, ' ', &rest);
        const char *wrong = token.len > 0 ? run_token(script, token) : NULL;
        if (wrong != NULL) {
            return wrong;
        }
    }
    return script->step.done ? NULL : "not done";
}

void script_run_rows(const struct script_row *rows, size_t count, enum ens_mode mode,
                     void (*set)(struct script *script))
{
    for (size_t i = 0; i < count; i++) {
        struct script script;
        script_init(&script, mode);
        if (set != NULL) {
            set(&script);
        }
        script_begin(&script);
        const char *wrong = script_run(&script, rows[i].line);
        if (wrong != NULL) {
            fail_msg("\"%s\": %s", rows[i].line, wrong);
        }
        if (strcmp(script_brief(&script), rows[i].brief) != 0) {
            fail_msg("\"%s\": %s, not %s", rows[i].line, script_brief(&script), rows[i].brief);
        }
        if (rows[i].said != NULL && strstr(script.step.result.message.ptr, rows[i].said) == NULL) {
            fail_msg("\"%s\": %s", rows[i].line, script.step.result.message.ptr);
        }
        script_done(&script);
    }
}

void script_without_dry_run(struct script *script)
{
    script->provider.capabilities = 0;
}

void script_with_probe(struct script *script)
{
    script->provider.capabilities |= ENS_CAP_ABSENCE_PROBE;
}
