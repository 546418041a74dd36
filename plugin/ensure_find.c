/* SPDX-License-Identifier: Apache-2.0 */
/* ensure_find() of libensure. */
#include "base/timestamp.h"
#include "core/document.h"
#include "engine/wait.h"
#include "ensure_private.h"
#include "os/os.h"

#define INDENT 2

/* ---- a find, until its end ------------------------------------------------------------------- */

/* Used by the engine's thread until the find is done. */
struct find_state {
    const struct ens_find_call *find;
    struct ens_running running;
    struct ens_diags *diags; /* gets the failures */
};

static void on_submitted(void *ud, ens_job_id id)
{
    struct find_state *state = ud;

    state->running.id = id;
    if (state->find->call->cancel != NULL) {
        ens_cancel_join(state->find->call->cancel, &state->running);
    }
}

static void on_found(void *ud, const struct ens_finding *finding)
{
    const struct find_state *state = ud;

    state->find->found(state->find->ud, finding);
}

static void on_failed(void *ud, const struct ens_find_failure *failure)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct find_state *state = ud;
    ens_str text = ens_find_failure_text(arena, failure);

    text.len -= ens_str_ends(text, ENS_STR(".")) ? 1 : 0; /* the advice follows in brackets */
    ens_diags_add(state->diags, ENS_ERROR, NULL, ens_arena_dup(arena, failure->advice).ptr, "%.*s",
                  ENS_STR_ARG(text));
}

ens_rc ens_find_run(struct ensure_session *session, struct ens_arena *arena,
                    const struct ens_find_call *find, struct ens_find_end *ret,
                    struct ens_diags *diags)
{
    const struct ensure_call *call = find->call;
    struct find_state state = {
        .find = find, .running = {.engine = session->engine}, .diags = diags};
    const struct ens_find_request request = {
        .selectors = find->selectors,
        .count = find->count,
        .timeout_ms = find->timeout_ms,
        .cancelled = ens_cancel_fired(call->cancel),
        .events = {.found = on_found, .failed = on_failed, .ud = &state},
    };

    ens_session_enter(session);
    ens_engine_find_all(session->engine, &request, on_submitted, arena, ret);
    if (call->cancel != NULL) {
        ens_cancel_leave(call->cancel, &state.running);
    }
    ens_session_leave(session);
    return ret->failed > 0 ? ENS_UNANSWERED : ENS_OK;
}

/* ---- ensure_find() --------------------------------------------------------------------------- */

struct output {
    const struct ensure_call *call;
    struct ens_find_writer writer;
};

static void write_found(void *ud, const struct ens_finding *finding)
{
    struct output *output = ud;
    const struct ensure_call *call = output->call;
    ENS_AUTO_BUF text = ens_buf_new(ENS_EVENT_MAX);
    struct ens_json json = ens_json_new(&text, 0);

    ens_find_add(&output->writer, finding);
    if (call->event != NULL) {
        ens_finding_write(&json, finding);
        if (!ens_buf_failed(&text)) {
            call->event(call->event_ud, ENSURE_EVENT_RESULT, ens_buf_text(&text));
        }
    }
}

static ens_rc run(struct ensure_session *session, struct ens_arena *arena,
                  const struct ens_selector *selector, const struct ensure_call *call,
                  struct ens_buf *out, struct ens_diags *diags)
{
    char created_at[ENS_TIMESTAMP_SIZE];
    struct ens_find_end end = {0};
    struct output output = {.call = call};
    const struct ens_find_call find = {
        .selectors = selector,
        .count = 1,
        .timeout_ms = call->timeout_ms != 0 ? call->timeout_ms : session->defaults.plan_timeout_ms,
        .call = call,
        .found = write_found,
        .ud = &output,
    };

    ens_timestamp_format(ens_os_clock.unix_ms(ens_os_clock.ud) / 1000, created_at);
    output.writer = ens_find_begin(out, ens_str_of(created_at), INDENT);
    ens_rc rc = ens_find_run(session, arena, &find, &end, diags);
    ens_find_end(&output.writer, end.warnings, end.warning_count);
    if (rc == ENS_OK && ens_buf_failed(out)) {
        rc = ens_fail(diags, ENS_LIMIT, NULL, "larger than %zu bytes", out->max);
    }
    return rc;
}

char *ensure_find(ensure_session *session, const char *selector_text,
                  const struct ensure_call *given, struct ensure_error *error)
{
    ENS_AUTO_DIAGS diags = {0};
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);
    struct ensure_call call = {0};
    struct ens_selector selector = {0};

    ens_error_clear(error);
    ens_rc rc = ens_argument_require(session, "session", "an open session, got NULL", &diags);
    if (rc == ENS_OK) {
        rc = ens_argument_require(selector_text, "selector", "a JSON object, got NULL", &diags);
    }
    if (rc == ENS_OK) {
        rc = ens_call_read(given, &call, &diags);
    }
    if (rc == ENS_OK) {
        rc = ens_selector_parse(arena, ens_str_of(selector_text), "selector", &selector, &diags);
    }
    if (rc == ENS_OK) {
        rc = ens_registry_require(session->registry, selector.cloud, "selector.cloud", &diags);
    }
    if (rc == ENS_OK) {
        rc = run(session, arena, &selector, &call, &out, &diags);
    }
    if (rc != ENS_OK) {
        ens_error_fill(error, rc, &diags);
        return NULL;
    }
    return ens_buf_take(&out);
}
