#include "run/engine.h"

#include <signal.h>

#include "base/alloc.h"
#include "run/engine_private.h"

#define HOST_CONNECTIONS 16

enum letter_kind {
    LETTER_SUBMIT,
    LETTER_CANCEL,
    LETTER_CANCEL_ALL,
    LETTER_STOP,
};

struct ens_letter {
    struct ens_letter *next;
    enum letter_kind kind;
    struct ens_work *work;
    ens_job_id id;
};

int64_t ens_engine_now(const struct ens_engine *engine)
{
    return engine->clock->mono_ms(engine->clock->ud);
}

uint32_t ens_engine_random(const struct ens_engine *engine)
{
    uint32_t random = 0;

    engine->entropy->fill(engine->entropy->ud, &random, sizeof(random));
    return random;
}

void ens_alarm_set(struct ens_engine *engine, struct ens_alarm *alarm, int64_t at_ms)
{
    ens_timers_set(&engine->alarms, &alarm->timer, at_ms);
}

void ens_alarm_clear(struct ens_engine *engine, struct ens_alarm *alarm)
{
    ens_timers_clear(&engine->alarms, &alarm->timer);
}

/* ---- the mailbox ---------------------------------------------------------------------------- */

static void post_locked(struct ens_engine *engine, enum letter_kind kind, struct ens_work *work,
                        ens_job_id id)
{
    struct ens_letter *letter = ens_alloc(sizeof(*letter));

    *letter = (struct ens_letter){.kind = kind, .work = work, .id = id};
    *engine->letters_end = letter;
    engine->letters_end = &letter->next;
}

static void post(struct ens_engine *engine, enum letter_kind kind, ens_job_id id)
{
    (void)pthread_mutex_lock(&engine->mutex);
    post_locked(engine, kind, NULL, id);
    (void)pthread_mutex_unlock(&engine->mutex);
    ens_http_wake(engine->http);
}

static struct ens_letter *take_letters(struct ens_engine *engine)
{
    (void)pthread_mutex_lock(&engine->mutex);
    struct ens_letter *letters = engine->letters;
    engine->letters = NULL;
    engine->letters_end = &engine->letters;
    (void)pthread_mutex_unlock(&engine->mutex);
    return letters;
}

static bool has_letters(struct ens_engine *engine)
{
    (void)pthread_mutex_lock(&engine->mutex);
    const bool has = engine->letters != NULL;
    (void)pthread_mutex_unlock(&engine->mutex);
    return has;
}

ens_job_id ens_engine_submit(struct ens_engine *engine, const struct ens_job *job)
{
    struct ens_work *work = ens_work_new(engine, job);

    (void)pthread_mutex_lock(&engine->mutex);
    const ens_job_id id = ++engine->last_id;
    work->id = id; /* from here on the work is the engine thread's */
    post_locked(engine, LETTER_SUBMIT, work, id);
    (void)pthread_mutex_unlock(&engine->mutex);
    ens_http_wake(engine->http);
    return id;
}

void ens_engine_cancel(struct ens_engine *engine, ens_job_id id)
{
    post(engine, LETTER_CANCEL, id);
}

void ens_engine_cancel_all(struct ens_engine *engine)
{
    post(engine, LETTER_CANCEL_ALL, 0);
}

/* ---- turns ---------------------------------------------------------------------------------- */

static void cancel(struct ens_engine *engine, ens_job_id id)
{
    struct ens_work *next;

    for (struct ens_work *work = engine->works; work != NULL; work = next) {
        next = work->next; /* a work that ends changes lists */
        if (id == 0 || work->id == id) {
            ens_work_cancel(engine, work);
        }
    }
}

static void read_letters(struct ens_engine *engine)
{
    struct ens_letter *letter = take_letters(engine);

    while (letter != NULL) {
        switch (letter->kind) {
        case LETTER_SUBMIT:
            ens_work_begin(engine, letter->work);
            if (engine->stopping) {
                ens_work_cancel(engine, letter->work);
            }
            break;
        case LETTER_CANCEL:
            cancel(engine, letter->id);
            break;
        case LETTER_STOP:
            engine->stopping = true;
            cancel(engine, 0);
            break;
        case LETTER_CANCEL_ALL:
            cancel(engine, 0);
            break;
        }
        struct ens_letter *next = letter->next;
        ens_free(letter);
        letter = next;
    }
}

static void fire_alarms(struct ens_engine *engine)
{
    const int64_t now = ens_engine_now(engine);
    struct ens_timer *timer;

    while ((timer = ens_timers_first(&engine->alarms)) != NULL && timer->at_ms <= now) {
        struct ens_alarm *alarm = (struct ens_alarm *)timer;
        ens_alarm_clear(engine, alarm);
        alarm->fire(engine, alarm);
    }
}

static void end_works(struct ens_engine *engine)
{
    while (engine->ended != NULL) {
        struct ens_work *work = engine->ended;
        engine->ended = work->next;
        ens_work_end(engine, work);
    }
    if (engine->works == NULL) {
        /* What is known of accounts lasts as long as there is work: the next job reads keys anew,
         * and no key outlives its use. */
        ens_lanes_free(engine);
        ens_config_forget(engine);
    }
}

static int64_t sleep_ms(const struct ens_engine *engine)
{
    const struct ens_timer *first = ens_timers_first(&engine->alarms);
    const int64_t now = ens_engine_now(engine);

    if (first == NULL) {
        return -1;
    }
    return first->at_ms > now ? first->at_ms - now : 0;
}

static void *run(void *arg)
{
    struct ens_engine *engine = arg;

    for (;;) {
        read_letters(engine);
        fire_alarms(engine);
        ens_groups_send(engine);
        end_works(engine);
        if (engine->stopping && engine->works == NULL && !has_letters(engine)) {
            break;
        }
        ens_http_run(engine->http, sleep_ms(engine));
    }
    return NULL;
}

/* ---- life ----------------------------------------------------------------------------------- */

static const char *variable(const struct ens_engine *engine, const char *name)
{
    const char *value = engine->environment->get(engine->environment->ud, name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

static ens_rc open_outside(struct ens_engine *engine, const char *user_agent,
                           struct ens_diags *diags)
{
    const char *audit = variable(engine, "ENSURE_AUDIT_LOG");
    const struct ens_http_options http = {
        .host_connections = HOST_CONNECTIONS,
        .ca_file = variable(engine, "SSL_CERT_FILE"),
        .user_agent = user_agent,
        .log = engine->log,
    };

    if (audit != NULL) {
        ens_rc rc = ens_audit_open(audit, &engine->audit, diags);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return ens_http_new(&http, &engine->http, diags);
}

static void destroy(struct ens_engine *engine)
{
    if (engine->config != NULL) {
        ens_config_unref(engine, engine->config);
    }
    ens_http_free(engine->http);
    ens_audit_close(engine->audit);
    ens_timers_done(&engine->alarms);
    (void)pthread_mutex_destroy(&engine->mutex);
    ens_free(engine);
}

/* The host's signals are the host's: none is handled on our thread. */
static int start_thread(struct ens_engine *engine)
{
    sigset_t all;
    sigset_t before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&engine->thread, NULL, run, engine);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

ens_rc ens_engine_new(const struct ens_engine_options *options, struct ens_engine **ret,
                      struct ens_diags *diags)
{
    struct ens_engine *engine = ens_alloc(sizeof(*engine));

    *engine = (struct ens_engine){
        .registry = options->registry,
        .clock = options->clock,
        .entropy = options->entropy,
        .environment = options->environment,
        .log = options->log,
    };
    engine->letters_end = &engine->letters;
    engine->marked_end = &engine->marked;
    (void)pthread_mutex_init(&engine->mutex, NULL);
    ens_rc rc = open_outside(engine, options->user_agent, diags);
    if (rc == ENS_OK) {
        engine->config = ens_config_new(NULL, 0);
        if (start_thread(engine) != 0) {
            rc = ens_fail(diags, ENS_IO, NULL, "the engine's thread could not be started");
        }
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
    post(engine, LETTER_STOP, 0);
    (void)pthread_join(engine->thread, NULL);
    destroy(engine);
}

const struct ens_registry *ens_engine_registry(const struct ens_engine *engine)
{
    return engine->registry;
}
