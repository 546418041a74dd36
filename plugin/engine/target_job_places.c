/* SPDX-License-Identifier: Apache-2.0 */
/* The places of a job's window, and the targets that wait without one. */
#include "engine/target_job_private.h"

#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "core/task_pack.h"

/* A target that waits for its next read, and has no place meanwhile. */
struct ens_parked {
    struct ens_time_node due; /* when it is read; of a job that was stopped: its index */
    uint32_t index;           /* of the target in the job */
    uint16_t size;            /* of its packed task */
    bool decided;             /* see struct ens_job_target */
    unsigned char packed[];
};

_Static_assert(ENS_TARGETS_MAX <= UINT32_MAX && ENS_TASK_PACKED_MAX <= UINT16_MAX,
               "a parked target holds its index and its size");

static struct ens_parked *first_parked(const struct target_job *job)
{
    struct ens_time_node *first = ens_time_heap_first(&job->parked);

    return first != NULL ? ENS_CONTAINER_OF(first, struct ens_parked, due) : NULL;
}

/* ---- what is to be done ---------------------------------------------------------------------- */

bool ens_target_job_may_begin(const struct target_job *job)
{
    const size_t new_ones = job->places - job->free_count - job->rereading;

    return job->begun < job->count &&
           (job->stopped || new_ones <= job->places - ENS_WINDOW_STEP(job->places) ||
            (job->begin_by_ms != 0 && job->begin_by_ms <= ens_timers_now(job->base.jobs->timers)));
}

size_t ens_target_job_reread_room(const struct target_job *job)
{
    const bool shared = job->begun < job->count && !job->stopped;
    const size_t most = shared ? ENS_WINDOW_REREADS(job->places) : job->places;
    const size_t room = most > job->rereading ? most - job->rereading : 0;

    return room < job->free_count ? room : job->free_count;
}

bool ens_target_job_is_due(const struct target_job *job)
{
    const struct ens_parked *first = first_parked(job);

    return first != NULL &&
           (job->stopped ||
            first->due.at_ms <= ens_timers_now(job->base.jobs->timers) + 2 * ENS_BATCH_SOON_MS);
}

/* When begin or reread of further targets is next to be tried; ENS_TIME_NEVER: when a place is
 * free. */
static int64_t next_ms(const struct target_job *job)
{
    const struct ens_parked *first = first_parked(job);
    int64_t next = ENS_TIME_NEVER;

    if (job->free_count == 0 || job->paused) {
        return ENS_TIME_NEVER;
    }
    if (ens_target_job_may_begin(job) || (job->stopped && first != NULL)) {
        return ens_timers_now(job->base.jobs->timers);
    }
    if (job->begun < job->count && job->begin_by_ms != 0) {
        next = job->begin_by_ms;
    }
    if (first != NULL && ens_target_job_reread_room(job) > 0 &&
        first->due.at_ms - ENS_BATCH_SOON_MS < next) {
        next = first->due.at_ms - ENS_BATCH_SOON_MS;
    }
    return next;
}

void ens_target_job_want_more(struct target_job *job)
{
    struct ens_timers *timers = job->base.jobs->timers;
    const int64_t next = next_ms(job);

    if (next == ENS_TIME_NEVER) {
        ens_timer_clear(timers, &job->more);
    } else {
        ens_timer_set(timers, &job->more, next);
    }
}

/* ---- places ---------------------------------------------------------------------------------- */

void ens_target_job_make_places(struct target_job *job, size_t places)
{
    job->packed = ens_buf_new(ENS_TASK_PACKED_MAX);
    job->places = places;
    job->free_count = places;
    job->targets = ens_alloc_array(places, sizeof(*job->targets));
    for (size_t i = places; i > 0; i--) {
        struct ens_job_target *target = &job->targets[i - 1];
        target->job = job;
        target->finished = true;
        target->next_free = job->free;
        job->free = target;
    }
}

struct ens_job_target *ens_target_job_take_place(struct target_job *job)
{
    struct ens_job_target *target = job->free;

    job->free = target->next_free;
    job->free_count--;
    return target;
}

void ens_job_target_leave_place(struct ens_job_target *target)
{
    struct target_job *job = target->job;

    target->finished = true;
    target->next_free = job->free;
    job->free = target;
    job->free_count++;
    job->rereading -= target->rereads ? 1 : 0;
    if (job->begin_by_ms == 0) {
        job->begin_by_ms = ens_timers_now(job->base.jobs->timers) + ENS_WINDOW_WAIT_MS;
    }
    ens_cohort_leave(job, target->cohort);
    ens_target_job_want_more(job);
}

/* ---- cohorts --------------------------------------------------------------------------------- */

struct cohort *ens_cohort_new(const struct target_job *job)
{
    struct ens_arena *arena = ens_arena_new();
    struct cohort *cohort = ens_arena_alloc(arena, sizeof(*cohort));

    cohort->params = job->params;
    cohort->params.arena = arena;
    cohort->left = 1;
    return cohort;
}

/* Callers may still use what it holds. */
void ens_cohort_leave(struct target_job *job, struct cohort *cohort)
{
    if (--cohort->left == 0) {
        cohort->next_ended = job->ended;
        job->ended = cohort;
    }
}

void ens_target_job_free_ended(struct target_job *job)
{
    while (job->ended != NULL) {
        struct cohort *cohort = job->ended;
        job->ended = cohort->next_ended;
        ens_arena_free(cohort->params.arena); /* which it is in */
    }
}

/* ---- targets without a place ----------------------------------------------------------------- */

bool ens_job_target_may_park(const struct ens_job_target *target, const struct ens_step *next)
{
    const struct target_job *job = target->job;

    return job->places < job->count && !job->stopped && next->kind == ENS_CALL_READ &&
           !next->alone && next->at_ms > ens_timers_now(job->base.jobs->timers) + ENS_BATCH_SOON_MS;
}

void ens_job_target_park(struct ens_job_target *target, int64_t at_ms)
{
    struct target_job *job = target->job;

    ens_buf_reset(&job->packed);
    ens_task_pack(&target->task, &job->packed);
    ENS_ASSERT(!ens_buf_failed(&job->packed));
    const ens_str packed = ens_buf_str(&job->packed);
    struct ens_parked *parked = ens_alloc(sizeof(*parked) + packed.len);
    parked->index = (uint32_t)target->index;
    parked->size = (uint16_t)packed.len;
    parked->decided = target->decided;
    memcpy(parked->packed, packed.ptr, packed.len);
    ens_time_heap_set(&job->parked, &parked->due, at_ms);
    ens_job_target_leave_place(target);
}

size_t ens_target_job_next_parked(const struct target_job *job)
{
    return first_parked(job)->index;
}

int64_t ens_job_target_unpark(struct ens_job_target *target)
{
    struct target_job *job = target->job;
    struct ens_parked *parked = first_parked(job);
    const int64_t at_ms = parked->due.at_ms;

    ens_time_heap_clear(&job->parked, &parked->due);
    ens_task_unpack((ens_str){(const char *)parked->packed, parked->size}, &target->task);
    target->decided = parked->decided;
    target->rereads = true;
    job->rereading++;
    ens_free(parked);
    return at_ms;
}

static int64_t index_of(struct ens_time_node *node)
{
    return ENS_CONTAINER_OF(node, struct ens_parked, due)->index;
}

void ens_target_job_sort_parked(struct target_job *job)
{
    ens_time_heap_set_all(&job->parked, index_of);
}

void ens_target_job_free_places(struct target_job *job)
{
    ENS_ASSERT(first_parked(job) == NULL);
    ens_target_job_free_ended(job);
    ens_time_heap_done(&job->parked);
    ens_buf_done(&job->packed);
    ens_free(job->targets);
}
