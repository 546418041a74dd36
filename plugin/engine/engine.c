/* SPDX-License-Identifier: Apache-2.0 */
/* The engine thread, its mailbox and its event loop. Composes the other files of this folder. */
#include "engine/engine.h"

#include <pthread.h>
#include <signal.h>

#include "base/alloc.h"
#include "base/entropy_stock.h"
#include "engine/checkup.h"
#include "engine/dispatch.h"
#include "engine/find_job.h"
#include "engine/policy_files.h"
#include "engine/target_job.h"
#include "http/http.h"
#include "os/audit.h"
#include "os/os.h"

#define HOST_CONNECTIONS 16

enum message_kind {
    MESSAGE_SUBMIT,
    MESSAGE_CANCEL,
    MESSAGE_CANCEL_ALL,
    MESSAGE_RESUME,
    MESSAGE_STOP,
};

struct message {
    struct message *next;
    enum message_kind kind;
    struct ens_job *job;
    ens_job_id id;
};

struct mailbox {
    pthread_mutex_t mutex; /* guards all of it */
    struct message *first;
    struct message **end;
    ens_job_id last_id;
};

struct ens_engine {
    const struct ens_registry *registry;
    const struct ens_environment *environment;
    const struct ens_log *log;
    const struct ens_transport *transport;
    struct ens_http *http;   /* NULL: the transport is the caller's */
    struct ens_audit *audit; /* NULL: the writer is the caller's, or there is none */
    struct ens_arena *arena; /* of the recorder's actor, and of the receiver of traces */
    struct ens_arena_stock arenas;
    bool stepped;
    pthread_t thread;
    struct ens_diags warnings; /* about the setup; immutable after ens_engine_new */

    struct mailbox mailbox;
    struct ens_configs configs;

    struct ens_entropy_stock entropy;
    struct ens_timers timers;
    struct ens_tracing tracing;
    struct ens_logins logins;
    struct ens_accounts accounts;
    struct ens_routes routes;
    struct ens_calls calls;
    struct ens_jobs jobs;
    struct ens_diags reported; /* warnings that a job has reported; each is reported once */
    bool stopping;
};

/* ---- the mailbox ---------------------------------------------------------------------------- */

static void post_locked(struct mailbox *mailbox, struct message message)
{
    struct message *copy = ens_alloc(sizeof(*copy));

    *copy = message;
    *mailbox->end = copy;
    mailbox->end = &copy->next;
}

static void wake(const struct ens_engine *engine)
{
    engine->transport->wake(engine->transport->ud);
}

static void post(struct ens_engine *engine, enum message_kind kind, ens_job_id id)
{
    (void)pthread_mutex_lock(&engine->mailbox.mutex);
    post_locked(&engine->mailbox, (struct message){.kind = kind, .id = id});
    (void)pthread_mutex_unlock(&engine->mailbox.mutex);
    wake(engine);
}

static struct message *take_messages(struct mailbox *mailbox)
{
    (void)pthread_mutex_lock(&mailbox->mutex);
    struct message *messages = mailbox->first;
    mailbox->first = NULL;
    mailbox->end = &mailbox->first;
    (void)pthread_mutex_unlock(&mailbox->mutex);
    return messages;
}

static bool has_messages(struct mailbox *mailbox)
{
    (void)pthread_mutex_lock(&mailbox->mutex);
    const bool has = mailbox->first != NULL;
    (void)pthread_mutex_unlock(&mailbox->mutex);
    return has;
}

static ens_job_id submit(struct ens_engine *engine, struct ens_job *job)
{
    struct mailbox *mailbox = &engine->mailbox;

    (void)pthread_mutex_lock(&mailbox->mutex);
    const ens_job_id id = ++mailbox->last_id;
    ens_job_set_id(job, id); /* once posted, the job is owned by the engine thread */
    post_locked(mailbox, (struct message){.kind = MESSAGE_SUBMIT, .job = job});
    (void)pthread_mutex_unlock(&mailbox->mutex);
    wake(engine);
    return id;
}

ens_job_id ens_engine_submit(struct ens_engine *engine, const struct ens_job_request *request)
{
    return submit(engine, ens_target_job_new(&engine->jobs, request));
}

ens_job_id ens_engine_check(struct ens_engine *engine, const struct ens_checkup_request *request)
{
    return submit(engine, ens_checkup_new(&engine->jobs, request));
}

ens_job_id ens_engine_find(struct ens_engine *engine, const struct ens_find_request *request)
{
    return submit(engine, ens_find_job_new(&engine->jobs, request));
}

void ens_engine_resume(struct ens_engine *engine, ens_job_id id)
{
    post(engine, MESSAGE_RESUME, id);
}

void ens_engine_cancel(struct ens_engine *engine, ens_job_id id)
{
    if (id != 0) {
        post(engine, MESSAGE_CANCEL, id);
    }
}

void ens_engine_cancel_all(struct ens_engine *engine)
{
    post(engine, MESSAGE_CANCEL_ALL, 0);
}

/* ---- event loop ----------------------------------------------------------------------------- */

static void process_messages(struct ens_engine *engine)
{
    struct message *message = take_messages(&engine->mailbox);

    while (message != NULL) {
        switch (message->kind) {
        case MESSAGE_SUBMIT:
            ens_job_begin(message->job);
            if (engine->stopping) {
                ens_job_cancel(message->job);
            }
            break;
        case MESSAGE_STOP:
            engine->stopping = true;
            ens_jobs_cancel(&engine->jobs, 0);
            break;
        case MESSAGE_CANCEL:
        case MESSAGE_CANCEL_ALL:
            ens_jobs_cancel(&engine->jobs, message->id);
            break;
        case MESSAGE_RESUME:
            ens_jobs_resume(&engine->jobs, message->id);
            break;
        }
        struct message *next = message->next;
        ens_free(message);
        message = next;
    }
}

int64_t ens_engine_step(struct ens_engine *engine)
{
    process_messages(engine);
    ens_logins_poll(&engine->logins);
    ens_timers_fire(&engine->timers);
    ens_dispatch(&engine->calls, &engine->routes.ready);
    ens_jobs_end(&engine->jobs);
    if (engine->jobs.running == NULL) {
        /* Without jobs nothing is cached but keys that had to be asked for: the next job reads the
         * others again, and no key stays in memory longer than needed. */
        ens_routes_clear(&engine->routes);
        ens_accounts_rest(&engine->accounts);
        ens_tracing_flush(&engine->tracing);
    }
    return ens_timers_next(&engine->timers);
}

static void run_until_stopped(struct ens_engine *engine)
{
    for (;;) {
        (void)ens_engine_step(engine);
        if (engine->stopping && engine->jobs.running == NULL && !has_messages(&engine->mailbox) &&
            ens_tracing_end(&engine->tracing)) {
            return;
        }
        engine->transport->wait(engine->transport->ud, ens_timers_next(&engine->timers));
    }
}

static void *run_thread(void *arg)
{
    run_until_stopped(arg);
    return NULL;
}

/* ---- construction and destruction ----------------------------------------------------------- */

static const char *variable(const struct ens_engine *engine, const char *name)
{
    const char *value = engine->environment->get(engine->environment->ud, name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

static void open_audit(struct ens_engine *engine, const struct ens_engine_options *options)
{
    const char *path = variable(engine, "ENSURE_AUDIT_LOG");
    struct ens_recorder *recorder = &engine->calls.recorder;

    recorder->audit = options->audit;
    if (options->audit == NULL && path != NULL) {
        engine->audit = ens_audit_new(path);
        recorder->audit = ens_audit_writer(engine->audit);
    }
    if (recorder->audit != NULL) {
        recorder->actor = ens_record_actor(engine->arena,
                                           options->user != NULL ? ens_str_of(options->user)
                                                                 : ens_os_user(engine->arena),
                                           engine->environment);
    }
}

static ens_rc open_transport(struct ens_engine *engine, const struct ens_engine_options *options,
                             struct ens_diags *diags)
{
    const struct ens_http_options http = {
        .clock = options->clock,
        .host_connections = HOST_CONNECTIONS,
        .ca_file = variable(engine, "SSL_CERT_FILE"),
        .ca_path = variable(engine, "SSL_CERT_DIR"),
        .environment = engine->environment,
        .user_agent = options->user_agent,
        .log = options->log,
    };

    engine->transport = options->transport;
    if (options->transport != NULL) {
        return ENS_OK;
    }
    ens_rc rc = ens_http_new(&http, &engine->http, diags);
    if (rc == ENS_OK) {
        engine->transport = ens_http_transport(engine->http);
    }
    return rc;
}

/* Blocks all signals on the thread, so that they are handled on threads of the host program. */
static ens_rc start_thread(struct ens_engine *engine, struct ens_diags *diags)
{
    sigset_t all;
    sigset_t before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = pthread_create(&engine->thread, NULL, run_thread, engine);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0 ? ENS_OK
                      : ens_fail(diags, ENS_IO, NULL, "the engine's thread could not be started");
}

static void compose(struct ens_engine *engine, const struct ens_engine_options *options)
{
    *engine = (struct ens_engine){
        .registry = options->registry,
        .environment = options->environment,
        .log = options->log,
        .stepped = options->stepped,
        .timers = {.clock = options->clock, .entropy = &engine->entropy.entropy},
        .tracing = {.timers = &engine->timers, .log = options->log},
        .logins = {.timers = &engine->timers, .sender = &engine->calls.sender, .log = options->log},
        .accounts = {.environment = options->environment, .logins = &engine->logins},
        .calls = {.timers = &engine->timers,
                  .sender = {.timers = &engine->timers, .arenas = &engine->arenas},
                  .recorder = {.log = options->log, .tracing = &engine->tracing}},
        .jobs = {.registry = options->registry,
                 .window = options->window > 0 ? options->window : ENS_WINDOW,
                 .timers = &engine->timers,
                 .calls = &engine->calls,
                 .tracing = &engine->tracing,
                 .configs = &engine->configs,
                 .accounts = &engine->accounts,
                 .routes = &engine->routes,
                 .notices = &engine->warnings,
                 .reported = &engine->reported,
                 .environment = options->environment},
    };
    ens_entropy_stock_init(&engine->entropy, options->entropy);
    engine->arena = ens_arena_new();
    engine->mailbox.end = &engine->mailbox.first;
    (void)pthread_mutex_init(&engine->mailbox.mutex, NULL);
    ens_configs_init(&engine->configs);
    ens_routes_init(&engine->routes, &engine->timers);
}

static void destroy(struct ens_engine *engine)
{
    ens_accounts_done(&engine->accounts);
    ens_configs_done(&engine->configs);
    ens_tracing_done(&engine->tracing);
    ens_http_free(engine->http);
    ens_audit_free(engine->audit);
    ens_recorder_done(&engine->calls.recorder);
    ens_arena_stock_done(&engine->arenas);
    ens_arena_free(engine->arena);
    ens_jobs_done(&engine->jobs);
    ens_diags_done(&engine->reported);
    ens_diags_done(&engine->warnings);
    ens_timers_done(&engine->timers);
    (void)pthread_mutex_destroy(&engine->mailbox.mutex);
    ens_free(engine);
}

ens_rc ens_engine_new(const struct ens_engine_options *options, struct ens_engine **ret,
                      struct ens_diags *diags)
{
    struct ens_engine *engine = ens_alloc(sizeof(*engine));

    compose(engine, options);
    ens_diags_append(&engine->warnings, ens_registry_warnings(options->registry));
    ens_os_log_check(options->environment, &engine->warnings);
    ens_accounts_check(options->environment, &engine->warnings);
    ens_tracing_open(&engine->tracing, engine->arena, options->environment,
                     ens_str_of(options->user_agent), &engine->warnings);
    open_audit(engine, options);
    ens_rc rc = open_transport(engine, options, diags);
    engine->calls.sender.transport = engine->transport;
    engine->tracing.transport = engine->transport;
    if (rc == ENS_OK && !engine->stepped) {
        rc = start_thread(engine, diags);
    }
    if (rc != ENS_OK) {
        destroy(engine);
        return rc;
    }
    *ret = engine;
    return ENS_OK;
}

void ens_engine_free(struct ens_engine *engine)
{
    if (engine == NULL) {
        return;
    }
    post(engine, MESSAGE_STOP, 0);
    if (engine->stepped) {
        run_until_stopped(engine);
    } else {
        (void)pthread_join(engine->thread, NULL);
    }
    destroy(engine);
}

/* ---- configuration and queries -------------------------------------------------------------- */

ens_rc ens_engine_ready(const struct ens_engine *engine, struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_policy policy = {0};

    return ens_policy_files_read(engine->environment, arena, &policy, diags) == ENS_OK
               ? ENS_OK
               : ENS_INVALID;
}

ens_rc ens_engine_configure(struct ens_engine *engine, const struct ens_cloud_settings *settings,
                            size_t count, const struct ens_policy *policy, struct ens_diags *diags)
{
    ens_rc rc = ens_engine_ready(engine, diags);

    if (rc == ENS_OK) {
        rc = ens_settings_check(engine->registry, engine->environment, settings, count, diags);
    }
    if (rc == ENS_OK) {
        ens_configs_set(&engine->configs, settings, count, policy);
    }
    return rc;
}

struct ens_policy ens_engine_policy(struct ens_engine *engine, struct ens_arena *arena)
{
    struct ens_config *config = ens_config_ref(&engine->configs);
    struct ens_policy policy = {0};
    ENS_AUTO_DIAGS unusable = {0}; /* told by ens_engine_ready and by each job */

    (void)!ens_policy_files_read(engine->environment, arena, &policy, &unusable);
    ens_policy_add_all(arena, &policy, &config->policy);
    ens_config_unref(&engine->configs, config);
    return policy;
}

ens_rc ens_engine_check_count(struct ens_engine *engine, const struct ens_job_request *job,
                              struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const size_t count = job->list != NULL ? job->list->count : job->count;

    if (job->mode == ENS_MODE_WAIT || job->states_only || job->part_of_run ||
        count <= ENS_RESULTS_MAX) {
        return ENS_OK;
    }
    struct ens_policy policy = ens_engine_policy(engine, arena);
    if (job->policy != NULL) {
        ens_policy_add_all(arena, &policy, job->policy);
    }
    const struct ens_guard *limit = ens_policy_limit(&policy);
    return ens_guard_is_exceeded_by(limit, count)
               ? ens_fail(diags, ENS_LIMIT, NULL, "%.*s",
                          ENS_STR_ARG(ens_guard_refuse_targets(limit, arena, count)))
               : ENS_OK;
}

ens_str ens_engine_region(struct ens_engine *engine, struct ens_arena *arena, ens_str cloud)
{
    struct ens_config *config = ens_config_ref(&engine->configs);
    const struct ens_cloud_settings *settings = ens_config_find(config, cloud);
    const ens_str region = settings != NULL ? ens_arena_dup(arena, settings->region) : ENS_STR("");

    ens_config_unref(&engine->configs, config);
    return region;
}

const struct ens_diags *ens_engine_warnings(const struct ens_engine *engine)
{
    return &engine->warnings;
}

const struct ens_registry *ens_engine_registry(const struct ens_engine *engine)
{
    return engine->registry;
}
