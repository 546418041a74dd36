/* SPDX-License-Identifier: Apache-2.0 */
#include "ensure_private.h"

#include "base/alloc.h"
#include "base/timestamp.h"
#include "core/document.h"
#include "core/json.h"
#include "core/warnings.h"
#include "engine/wait.h"
#include "ensure_config.h"
#include "os/os.h"

/* Context of a call's event callbacks. */
struct call_state {
    const struct ensure_call *call;
    enum ens_mode mode;
    struct ens_running running;
};

/* ---- the library ----------------------------------------------------------------------------- */

const char *ensure_version(void)
{
    return ENS_VERSION;
}

int ensure_abi_check(uint32_t major, uint32_t minor)
{
    return major == ENSURE_ABI_MAJOR && minor <= ENSURE_ABI_MINOR;
}

void ensure_document_free(char *document)
{
    ens_free(document);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void write_log(void *ud, enum ens_log_level level, const char *module, const char *message,
                      const struct ens_pair *pairs, size_t pair_count)
{
    const struct ensure_session *session = ud;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF line = ens_buf_new(ENS_EVENT_MAX);
    struct ens_json json = ens_json_new(&line, 0);

    ens_json_begin(&json, '{');
    ens_json_name(&json, "level");
    ens_json_text(&json, ens_str_of(ens_log_level_name(level)));
    ens_json_name(&json, "module");
    ens_json_text(&json, ens_str_of(module));
    ens_json_name(&json, "message");
    ens_json_text(&json, ens_str_of(message));
    ens_json_name(&json, "fields");
    ens_json_begin(&json, '{');
    for (size_t i = 0; i < pair_count; i++) {
        ens_json_name(&json, ens_arena_dup(arena, pairs[i].name).ptr);
        ens_json_text(&json, pairs[i].value);
    }
    ens_json_end(&json, '}');
    ens_json_end(&json, '}');
    if (!ens_buf_failed(&line)) {
        session->log_write(session->log_ud, ens_buf_text(&line));
    }
}

char *ensure_session_providers(ensure_session *session, struct ensure_error *error)
{
    ENS_AUTO_DIAGS diags = {0};
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);

    ens_error_clear(error);
    ens_rc rc = ens_argument_require(session, "session", "an open session, got NULL", &diags);
    if (rc != ENS_OK) {
        ens_error_fill(error, rc, &diags);
        return NULL;
    }
    const struct ens_capabilities capabilities = ens_registry_capabilities(
        session->registry, ENS_VERSION, ens_engine_warnings(session->engine), arena);
    ens_capabilities_write(&out, &capabilities);
    return ens_buf_take(&out);
}

/* ---- sessions -------------------------------------------------------------------------------- */

/* The session's log: the host's function, else stderr if ENSURE_LOG is set, else none (NULL). */
static const struct ens_log *session_log(struct ensure_session *session, ensure_log_fn *write,
                                         void *ud, enum ens_log_level level)
{
    session->log_write = write;
    session->log_ud = ud;
    if (write != NULL) {
        session->log = (struct ens_log){write_log, session, level};
        return &session->log;
    }
    if (ens_os_environment.get(ens_os_environment.ud, "ENSURE_LOG") == NULL) {
        return NULL;
    }
    ens_os_log_text(&session->log, level);
    return &session->log;
}

static void session_free(struct ensure_session *session)
{
    ens_engine_free(session->engine);
    ens_registry_free(session->registry);
    pthread_cond_destroy(&session->idle);
    pthread_mutex_destroy(&session->lock);
    ens_free(session);
}

static ens_rc open_engine(struct ensure_session *session, const struct ens_session_config *config,
                          const struct ens_log *log, struct ens_diags *diags)
{
    ens_rc rc = ens_registry_new(NULL, &ens_os_environment, log, &session->registry, diags);
    if (rc != ENS_OK) {
        return rc;
    }
    const struct ens_engine_options options = {
        .registry = session->registry,
        .clock = &ens_os_clock,
        .entropy = &ens_os_entropy,
        .environment = &ens_os_environment,
        .log = log,
        .user_agent = "libensure/" ENS_VERSION,
    };
    rc = ens_engine_new(&options, &session->engine, diags);
    if (rc != ENS_OK) {
        return rc;
    }
    return ens_engine_configure(session->engine, config->clouds, config->cloud_count,
                                &config->policy, diags);
}

ensure_session *ensure_session_open(const char *config_text, ensure_log_fn *log, void *log_ud,
                                    struct ensure_error *error)
{
    ENS_AUTO_DIAGS diags = {0};
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_session_config config = {0};

    ens_error_clear(error);
    ens_str text = config_text == NULL ? ENS_STR("{}") : ens_str_of(config_text);
    ens_rc rc = ens_session_config_read(arena, text, &config, &diags);
    if (rc != ENS_OK) {
        ens_error_fill(error, rc, &diags);
        return NULL;
    }
    struct ensure_session *session = ens_alloc(sizeof(*session));
    pthread_mutex_init(&session->lock, NULL);
    pthread_cond_init(&session->idle, NULL);
    session->defaults = config.defaults;
    rc = open_engine(session, &config, session_log(session, log, log_ud, config.log_level), &diags);
    if (rc != ENS_OK) {
        ens_error_fill(error, rc, &diags);
        session_free(session);
        return NULL;
    }
    return session;
}

void ensure_session_close(ensure_session *session)
{
    if (session == NULL) {
        return;
    }
    ens_engine_cancel_all(session->engine);
    pthread_mutex_lock(&session->lock);
    while (session->calls > 0) {
        pthread_cond_wait(&session->idle, &session->lock);
    }
    pthread_mutex_unlock(&session->lock);
    session_free(session);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static void on_submitted(void *ud, ens_job_id id)
{
    struct call_state *state = ud;

    state->running.id = id;
    if (state->call->cancel != NULL) {
        ens_cancel_join(state->call->cancel, &state->running);
    }
}

static void send_event(const struct call_state *state, int32_t kind,
                       const struct ens_result *result)
{
    ENS_AUTO_BUF text = ens_buf_new(ENS_EVENT_MAX);

    if (state->call->event == NULL) {
        return;
    }
    ens_document_write_result(&text, result, state->mode == ENS_MODE_APPLY);
    if (!ens_buf_failed(&text)) {
        state->call->event(state->call->event_ud, kind, ens_buf_text(&text));
    }
}

static void on_progress(void *ud, size_t index, const struct ens_result *so_far)
{
    (void)index;
    send_event(ud, ENSURE_EVENT_PROGRESS, so_far);
}

static void on_result(void *ud, size_t index, const struct ens_result *result)
{
    (void)index;
    send_event(ud, ENSURE_EVENT_RESULT, result);
}

static const char *article_of(enum ens_document_kind kind)
{
    static const char *const texts[] = {[ENS_DOCUMENT_FLEET] = "a fleet",
                                        [ENS_DOCUMENT_PLAN] = "a plan",
                                        [ENS_DOCUMENT_APPLY] = "an apply",
                                        [ENS_DOCUMENT_STATUS] = "a status"};

    return texts[kind];
}

/* Reads the request, resolves its selectors, and fills in the job. */
static ens_rc read_targets(struct ensure_session *session, struct ens_arena *arena,
                           const char *request, const struct ensure_call *call,
                           struct ens_job_request *job, struct ens_warnings *warnings,
                           struct ens_diags *diags)
{
    struct ens_document document = {0};

    ens_rc rc = ens_document_read(arena, ens_str_of(request), "request", &document, diags);
    if (rc != ENS_OK) {
        return rc;
    }
    bool planned = document.kind == ENS_DOCUMENT_PLAN && job->mode == ENS_MODE_APPLY;
    if (document.kind != ENS_DOCUMENT_FLEET && !planned) {
        return ens_fail(diags, ENS_INVALID, "request", "expected a fleet%s, got %s document",
                        job->mode == ENS_MODE_APPLY ? " or a plan" : "", article_of(document.kind));
    }
    rc = ens_fleet_complete(session, arena, call, &document, &job->timeout_ms, diags);
    if (rc != ENS_OK) {
        return rc;
    }
    for (size_t i = 0; document.select_count > 0 && i < document.warning_count; i++) {
        ens_warn(warnings, document.warnings[i]);
    }
    if (document.count > ENS_RESULTS_MAX) {
        return ens_fail(diags, ENS_LIMIT, "request", "%zu targets: expected at most %d",
                        document.count, ENS_RESULTS_MAX);
    }
    struct ens_target_request *targets = ens_arena_array(arena, document.count, sizeof(*targets));
    for (size_t i = 0; i < document.count; i++) {
        targets[i].target =
            planned ? document.results[i].target : ens_target_list_at(&document.targets, i);
        rc = ens_registry_require(session->registry, targets[i].target.cloud, "request", diags);
        if (rc != ENS_OK) {
            return rc;
        }
        if (planned) {
            const struct ens_result *result = &document.results[i];
            targets[i].client_token = result->client_token;
            targets[i].read_only = !ens_result_allows_start(result);
            targets[i].confidence_known = result->action == ENS_ACTION_START;
            targets[i].confidence = result->confidence;
        }
    }
    struct ens_policy *policy = ens_arena_alloc(arena, sizeof(*policy));
    *policy = document.policy;
    if (planned) {
        ens_policy_name_plan(arena, policy, "the plan");
    }
    job->planned = planned;
    job->policy = policy;
    job->targets = targets;
    job->count = document.count;
    return ENS_OK;
}

/* warnings: those that come first in the document. */
static ens_rc run_job(struct ensure_session *session, struct ens_arena *arena,
                      struct ens_job_request *job, const struct ensure_call *call,
                      struct ens_warnings *warnings, struct ens_buf *out)
{
    char created_at[ENS_TIMESTAMP_SIZE];
    struct ens_collected collected = {0};
    struct call_state state = {
        .call = call, .mode = job->mode, .running = {.engine = session->engine}};

    ens_timestamp_format(ens_os_clock.unix_ms(ens_os_clock.ud) / 1000, created_at);
    job->events = (struct ens_job_events){
        .result = on_result,
        .progress = call->event != NULL ? on_progress : NULL,
        .ud = &state,
    };
    job->cancelled = ens_cancel_fired(call->cancel);
    ens_session_enter(session);
    ens_engine_run(session->engine, job, on_submitted, arena, &collected);
    if (call->cancel != NULL) {
        ens_cancel_leave(call->cancel, &state.running);
    }
    ens_session_leave(session);
    for (size_t i = 0; i < collected.end.warning_count; i++) {
        ens_warn(warnings, collected.end.warnings[i]);
    }
    const struct ens_document document = {
        .kind = job->mode == ENS_MODE_APPLY ? ENS_DOCUMENT_APPLY : ENS_DOCUMENT_PLAN,
        .created_at = ens_str_of(created_at),
        .warnings = warnings->items,
        .warning_count = warnings->count,
        .policy = collected.end.policy,
        .summary = collected.end.summary,
        .results = collected.results,
        .count = collected.count,
    };
    ens_document_write(out, &document, 2);
    return ens_buf_failed(out) ? ENS_LIMIT : ENS_OK;
}

static int64_t timeout_of(const struct ensure_session *session, enum ens_mode mode,
                          const struct ensure_call *call)
{
    const bool apply = mode == ENS_MODE_APPLY;
    const int64_t set_ms =
        apply ? session->defaults.apply_timeout_ms : session->defaults.plan_timeout_ms;

    if (call->timeout_ms != 0 || set_ms != 0) {
        return call->timeout_ms != 0 ? call->timeout_ms : set_ms;
    }
    return apply ? ENS_APPLY_TIMEOUT_MS : ENS_PLAN_TIMEOUT_MS;
}

static char *run_call(struct ensure_session *session, enum ens_mode mode, const char *request,
                      const struct ensure_call *given, struct ensure_error *error)
{
    ENS_AUTO_DIAGS diags = {0};
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);
    struct ensure_call call = {0};
    struct ens_job_request job = {.mode = mode};
    struct ens_warnings warnings = {.arena = arena};

    ens_error_clear(error);
    ens_rc rc = ens_argument_require(session, "session", "an open session, got NULL", &diags);
    if (rc == ENS_OK) {
        rc = ens_argument_require(request, "request", "a JSON document, got NULL", &diags);
    }
    if (rc == ENS_OK) {
        rc = ens_call_read(given, &call, &diags);
    }
    if (rc == ENS_OK) {
        job.timeout_ms = timeout_of(session, mode, &call);
        rc = read_targets(session, arena, request, &call, &job, &warnings, &diags);
    }
    if (rc == ENS_OK) {
        job.no_dry_run = session->defaults.no_dry_run || (call.flags & ENSURE_NO_DRY_RUN) != 0;
        rc = run_job(session, arena, &job, &call, &warnings, &out);
    }
    if (rc != ENS_OK) {
        ens_error_fill(error, rc, &diags);
        return NULL;
    }
    return ens_buf_take(&out);
}

char *ensure_plan(ensure_session *session, const char *request, const struct ensure_call *call,
                  struct ensure_error *error)
{
    return run_call(session, ENS_MODE_PLAN, request, call, error);
}

char *ensure_apply(ensure_session *session, const char *request, const struct ensure_call *call,
                   struct ensure_error *error)
{
    return run_call(session, ENS_MODE_APPLY, request, call, error);
}
