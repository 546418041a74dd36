/*
 * What the parts of the engine share. Inside run/ only.
 *
 *   engine.c    the thread, its mailbox and its turns
 *   config.c    explicit settings and the accounts that come of them
 *   lane.c      who travels together: one lane per (account, region), one group per kind of call
 *   call.c      one call on its way: build, sign, send, try again
 *   answer.c    what a reply means for each of the call's targets
 *   job.c       targets from their first read to their result
 *
 * Everything but the mailbox and the reference counts of configurations belongs to the engine's
 * thread.
 */
#ifndef ENSURE_RUN_ENGINE_PRIVATE_H
#define ENSURE_RUN_ENGINE_PRIVATE_H

#include <pthread.h>

#include "core/batch.h"
#include "core/task.h"
#include "run/audit.h"
#include "run/engine.h"
#include "run/http.h"

#define ENS_ATTEMPT_MS  ((int64_t)30 * 1000) /* for one attempt of a call, connecting included */
#define ENS_CALLS_MAX   128u                 /* in flight, over all groups */
#define ENS_PAGES_MAX   50u                  /* of one read */
#define ENS_GRACE_MS    800                  /* for starts in flight when a job is cancelled */
#define ENS_LANE_CHAINS 256u

struct ens_engine;
struct ens_group;
struct ens_lane;
struct ens_call_flight;
struct ens_work;

/* A timer of the engine, and what happens then. */
struct ens_alarm {
    struct ens_timer timer; /* first */
    void (*fire)(struct ens_engine *engine, struct ens_alarm *alarm);
};

/* ---- config.c ---- */

/* One distinct way of speaking to a cloud. */
struct ens_login {
    struct ens_account account;
    struct ens_login *next;
};

/* A cloud in a configuration. */
struct ens_cloud_login {
    struct ens_cloud_login *next;
    const struct ens_provider *provider;
    struct ens_login *login; /* NULL: there is none, and reason and error say why */
    enum ens_reason reason;
    char *error;
};

/* What ens_engine_configure set; immutable but for the engine thread's logins. */
struct ens_config {
    size_t refs; /* guarded by the engine's mutex */
    struct ens_arena *arena;
    struct ens_cloud_settings *settings;
    size_t count;
    struct ens_cloud_login *logins;
};

struct ens_config *ens_config_new(const struct ens_cloud_settings *settings, size_t count);
void ens_config_ref(struct ens_engine *engine, struct ens_config **ret); /* the one of now */
void ens_config_unref(struct ens_engine *engine, struct ens_config *config);

/* There is no work: drops the accounts, and what is known of them. */
void ens_config_forget(struct ens_engine *engine);

/* Resolved when first asked for. */
const struct ens_cloud_login *ens_config_login(struct ens_engine *engine, struct ens_config *config,
                                               const struct ens_provider *provider);

/* ---- lane.c ---- */

/* What waits for one kind of call to one region of one account. */
struct ens_group {
    struct ens_batch batch;
    struct ens_lane *lane;
    enum ens_ask ask;
    struct ens_alarm alarm; /* when the batch should be looked at again */
    struct ens_group *next; /* of those to be looked at in this turn */
    bool marked;
};

struct ens_lane {
    struct ens_lane *next; /* in its hash chain */
    struct ens_login *login;
    ens_str region;
    ens_str base;            /* scheme://host[:port] */
    ens_str host;            /* as it is signed */
    int64_t clock_offset_s;  /* of the cloud's clock, as a reply showed it */
    struct ens_arena *arena; /* of the texts */
    struct ens_group groups[ENS_ASK_COUNT];
};

struct ens_lane *ens_lane_get(struct ens_engine *engine, struct ens_login *login, ens_str region);
void ens_lanes_free(struct ens_engine *engine);

/* To be looked at before the engine sleeps. */
void ens_group_mark(struct ens_engine *engine, struct ens_group *group);
void ens_groups_send(struct ens_engine *engine);

/* ---- job.c ---- */

struct ens_target_work {
    struct ens_batch_item item; /* first */
    struct ens_task task;
    struct ens_work *work;
    struct ens_lane *lane;
    struct ens_call_flight *call; /* it is in; NULL: none */
    uint32_t slot;                /* in the call */
    bool finished;
};

/* A job being done. */
struct ens_work {
    struct ens_work *prev;
    struct ens_work *next;
    ens_job_id id;
    struct ens_arena *arena;
    struct ens_mission mission;
    struct ens_job_events events;
    struct ens_config *config;
    struct ens_target_work *targets;
    size_t count;
    size_t left;
    struct ens_summary summary;
    struct ens_alarm deadline;
    struct ens_alarm grace;
    bool cancelled;
};

struct ens_work *ens_work_new(struct ens_engine *engine, const struct ens_job *job);
void ens_work_begin(struct ens_engine *engine, struct ens_work *work);
void ens_work_cancel(struct ens_engine *engine, struct ens_work *work);
void ens_work_end(struct ens_engine *engine, struct ens_work *work); /* tells done, frees */

/* What came of the call that the target asked for; it is in none any more. */
void ens_target_outcome(struct ens_engine *engine, struct ens_target_work *target,
                        const struct ens_outcome *outcome);

/* ---- call.c and answer.c ---- */

struct ens_call_flight {
    struct ens_engine *engine;
    struct ens_group *group;
    struct ens_arena *arena; /* ids and pages: the call may outlive a job that is part of it */
    ens_str *ids;            /* in byte order, each once */
    struct ens_target_work **targets; /* NULL: has its outcome, or left */
    size_t count;
    size_t live; /* targets that are not NULL */
    size_t sent; /* ids in the request: all, or 1 while the first goes ahead alone */
    enum ens_part part;
    unsigned attempt; /* from 1 */
    unsigned before;  /* starts that were sent earlier, with a read in between */
    unsigned pages;   /* read before this one */
    ens_str page;     /* empty: the first */
    ens_str client_token;
    int64_t begun_ms;              /* the attempt */
    struct ens_transfer *transfer; /* NULL: waiting for another attempt */
    struct ens_arena *scratch;     /* of the attempt */
    struct ens_alarm again;
};

/* Takes over the items that a batch handed out. */
void ens_call_begin(struct ens_engine *engine, struct ens_group *group,
                    struct ens_batch_item **items, size_t count);
void ens_call_send(struct ens_call_flight *call);
void ens_call_end(struct ens_call_flight *call);
void ens_call_leave(struct ens_target_work *target); /* the target wants to know no more */
bool ens_call_in_flight(const struct ens_target_work *target);

struct ens_call ens_call_shape(const struct ens_call_flight *call); /* as providers see it */

/* Hands a target its outcome, if it still wants it. */
void ens_call_deliver(struct ens_call_flight *call, size_t slot, const struct ens_outcome *outcome);

/* The reply, or what came instead. Ends the call, sends it again, or sets its alarm. */
void ens_call_answered(struct ens_call_flight *call, const struct ens_http_outcome *http);

/* ---- engine.c ---- */

struct ens_engine {
    const struct ens_registry *registry;
    const struct ens_clock *clock;
    const struct ens_entropy *entropy;
    const struct ens_environment *environment;
    const struct ens_log *log;
    struct ens_http *http;
    struct ens_audit *audit;
    pthread_t thread;

    pthread_mutex_t mutex; /* guards these */
    struct ens_letter *letters;
    struct ens_letter **letters_end;
    ens_job_id last_id;
    struct ens_config *config;

    struct ens_timers alarms;
    struct ens_work *works;
    struct ens_work *ended; /* to be told done at the end of the turn */
    struct ens_login *logins;
    struct ens_lane *lanes[ENS_LANE_CHAINS];
    struct ens_group *marked;
    struct ens_group **marked_end;
    unsigned calls;
    bool stopping;
};

int64_t ens_engine_now(const struct ens_engine *engine);
uint32_t ens_engine_random(const struct ens_engine *engine);
void ens_alarm_set(struct ens_engine *engine, struct ens_alarm *alarm, int64_t at_ms);
void ens_alarm_clear(struct ens_engine *engine, struct ens_alarm *alarm);

#endif
