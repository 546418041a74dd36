/* SPDX-License-Identifier: Apache-2.0 */
#include "watch.h"

#include <stdio.h>

#include "engine/call.h"
#include "login.h"

#define LAG_MS 4000 /* design: no start without a token earlier than this after a lost answer */

static bool has_tokens(const struct sim_instance *instance)
{
    return instance->cloud == EMU_VOLCENGINE;
}

/* ---- before a start ------------------------------------------------------------------------- */

static void check_token(const struct ens_transfer *transfer, struct sim_watch *watch)
{
    const struct sim *sim = transfer->sim;
    const ens_str token = transfer->exchange.call.token;

    if (!has_tokens(watch->instance)) {
        return;
    }
    if (token.len == 0 || token.len > 64) {
        sim_fail(sim, "a start of %s without a fitting token", watch->instance->id);
    }
    if (watch->token.len == 0) {
        watch->token = ens_arena_dup(watch->job->arena, token);
    } else if (!ens_str_eq(watch->token, token)) {
        sim_fail(sim, "a start of %s with another token than before", watch->instance->id);
    }
}

static void check_start(const struct ens_transfer *transfer, struct sim_watch *watch)
{
    const struct sim *sim = transfer->sim;
    const char *id = watch->instance->id;

    if (watch->job->mode != ENS_MODE_APPLY) {
        sim_fail(sim, "a plan starts %s", id);
    }
    if (watch->read_only) {
        sim_fail(sim, "%s is started, and the plan did not say so", id);
    }
    if (!watch->was_read || watch->seen != ENS_STATUS_STOPPED) {
        sim_fail(sim, "%s is started, and the last read did not show it stopped", id);
    }
    if (watch->flying > 0) {
        sim_fail(sim, "%s is started while a start is not answered", id);
    }
    if (watch->accepted) {
        sim_fail(sim, "%s is started again after a start was accepted", id);
    }
    if (watch->seen_up) {
        sim_fail(sim, "%s is started again after it was seen on its way", id);
    }
    if (watch->loss_ms >= 0 && watch->read_sent_ms < watch->loss_ms) {
        sim_fail(sim, "%s is started after an ambiguous answer without a read", id);
    }
    if (watch->loss_ms >= 0 && !has_tokens(watch->instance) &&
        sim->now_ms < watch->loss_ms + LAG_MS) {
        sim_fail(sim, "%s is started %lld ms after a lost answer", id,
                 (long long)(sim->now_ms - watch->loss_ms));
    }
    check_token(transfer, watch);
}

static void count_start(const struct ens_transfer *transfer, size_t i)
{
    struct sim_process *process = transfer->process;
    const size_t index = transfer->instances[i]->index;

    if (++process->starts[index] > process->sent_lines[index]) {
        sim_fail(transfer->sim, "a start of %s is not in the audit log before it is sent",
                 transfer->instances[i]->id);
    }
}

/* ---- any request ---------------------------------------------------------------------------- */

/* Until when the cloud wants no call of this kind; it counts by account and region. */
static int64_t *quiet_until(const struct ens_transfer *transfer)
{
    const struct sim_instance *first = transfer->instances[0];

    return &transfer->process->quiet_until_ms[first->cloud][first->region_index][transfer->kind];
}

static void check_limits(const struct ens_transfer *transfer)
{
    const struct sim *sim = transfer->sim;
    const enum emu_cloud cloud = transfer->exchange.request.cloud;
    const bool single = cloud == EMU_VOLCENGINE &&
                        (transfer->kind == ENS_CALL_START || transfer->kind == ENS_CALL_DRY_RUN);
    unsigned alike = 0;

    for (const struct ens_transfer *at = sim->transfers; at != NULL; at = at->next) {
        alike += !at->login && at->process == transfer->process && at->kind == transfer->kind &&
                 at->instances[0]->cloud == cloud &&
                 ens_str_is(ens_str_of(at->instances[0]->region), transfer->instances[0]->region);
    }
    if (transfer->count > (single ? 1 : 100)) {
        sim_fail(sim, "a call with %zu ids", transfer->count);
    }
    if (alike > ENS_BATCH_CALLS || transfer->process->in_flight > ENS_CALLS_MAX) {
        sim_fail(sim, "%u calls of a kind, and %u in all, are in flight", alike,
                 transfer->process->in_flight);
    }
    if (sim->now_ms < *quiet_until(transfer)) {
        sim_fail(sim, "%s of %zu, first %s, %lld ms before the cloud allows any",
                 ens_call_kind_name(transfer->kind), transfer->count, transfer->instances[0]->id,
                 (long long)(*quiet_until(transfer) - sim->now_ms));
    }
    if (transfer->kind == ENS_CALL_DRY_RUN && transfer->exchange.call.token.len > 0) {
        sim_fail(sim, "a dry run carries a token");
    }
}

void sim_watch_sent(struct ens_transfer *transfer)
{
    const struct sim *sim = transfer->sim;

    transfer->process->in_flight++;
    check_limits(transfer);
    for (size_t i = 0; i < transfer->count; i++) {
        struct sim_watch *watch = transfer->watches[i];
        if (watch == NULL) {
            sim_fail(sim, "a call for %s, which no job is about", transfer->instances[i]->id);
        }
        if (transfer->kind == ENS_CALL_START) {
            count_start(transfer, i);
        }
        if (watch->shared) {
            continue;
        }
        if (watch->decided) {
            sim_fail(sim, "a call for %s after its result", watch->instance->id);
        }
        if (sim->now_ms < watch->quiet_until_ms[transfer->kind]) {
            sim_fail(sim, "%s for %s %lld ms before the cloud allows it",
                     ens_call_kind_name(transfer->kind), watch->instance->id,
                     (long long)(watch->quiet_until_ms[transfer->kind] - sim->now_ms));
        }
        if (transfer->kind == ENS_CALL_START) {
            check_start(transfer, watch);
            watch->starts++;
            watch->flying++;
        }
    }
}

/* ---- answers -------------------------------------------------------------------------------- */

static void note_read(const struct ens_transfer *transfer, struct sim_watch *watch, size_t i)
{
    const enum ens_status status = transfer->shown[i];

    watch->was_read = true;
    watch->seen = status;
    watch->read_sent_ms = transfer->sent_ms;
    if (watch->starts > 0 && (watch->ambiguous || watch->accepted_empty) &&
        (status == ENS_STATUS_STARTING || status == ENS_STATUS_RUNNING)) {
        watch->seen_up = true;
    }
}

static void note_meaning(const struct ens_transfer *transfer, struct sim_watch *watch, size_t i)
{
    const bool start = transfer->kind == ENS_CALL_START;
    const bool dry = transfer->kind == ENS_CALL_DRY_RUN;

    switch (transfer->meanings[i]) {
    case SIM_MEANS_SHOWN:
        note_read(transfer, watch, i);
        break;
    case SIM_MEANS_MISSING:
        watch->negatives++;
        watch->dry_refused |= dry;
        break;
    case SIM_MEANS_ODD:
        watch->odd++;
        break;
    case SIM_MEANS_ACCEPTED:
        watch->accepted |= start;
        watch->dry_honoured |= dry;
        break;
    case SIM_MEANS_EMPTY: /* the engine may take it for a yes, or for no answer */
        watch->accepted_empty = true;
        watch->loss_ms = transfer->sim->now_ms;
        break;
    case SIM_MEANS_PASSED:
        watch->dry_passed |= dry;
        break;
    case SIM_MEANS_THROTTLED:
        watch->quiet_until_ms[transfer->kind] = transfer->sim->now_ms + transfer->retry_after_ms;
        break;
    case SIM_MEANS_REFUSED:
        watch->dry_refused |= dry;
        break;
    case SIM_MEANS_AMBIGUOUS:
        if (start) {
            watch->ambiguous = true;
            watch->loss_ms = transfer->sim->now_ms;
        }
        break;
    case SIM_MEANS_NOTHING:
        break;
    }
}

/* A call has other keys once, when the first have expired. */
static void note_expiry(const struct ens_transfer *transfer, struct sim_watch *watch)
{
    unsigned *expired = &watch->expired[transfer->kind];

    if (watch->shared) {
        return;
    }
    if (sim_login_says_expired(transfer)) {
        if (++*expired > 2) {
            sim_fail(transfer->sim, "%s for %s has been refused for its keys %u times",
                     ens_call_kind_name(transfer->kind), watch->instance->id, *expired);
        }
    } else {
        *expired = 0;
    }
}

static void set_all(struct ens_transfer *transfer, enum sim_meaning meaning)
{
    for (size_t i = 0; i < transfer->count; i++) {
        transfer->meanings[i] = meaning;
    }
}

static void note_throttled(struct ens_transfer *transfer)
{
    const int64_t until = transfer->sim->now_ms + transfer->retry_after_ms;
    int64_t *quiet = quiet_until(transfer);

    *quiet = until > *quiet ? until : *quiet;
}

void sim_watch_answered(struct ens_transfer *transfer)
{
    if (transfer->end == ENS_TRANSPORT_LOST) {
        set_all(transfer, SIM_MEANS_AMBIGUOUS);
    } else if (transfer->end == ENS_TRANSPORT_NOT_SENT) {
        set_all(transfer, SIM_MEANS_NOTHING);
    }
    transfer->process->in_flight--;
    sim_note(transfer->sim, "process %zu: %s of %zu, first %s, ends %d", transfer->process->number,
             ens_call_kind_name(transfer->kind), transfer->count, transfer->instances[0]->id,
             transfer->end);
    if (transfer->meanings[0] == SIM_MEANS_THROTTLED) {
        note_throttled(transfer);
    }
    if (sim_login_says_expired(transfer)) {
        sim_login_refused(transfer);
    }
    for (size_t i = 0; i < transfer->count; i++) {
        struct sim_watch *watch = transfer->watches[i];
        if (transfer->end == ENS_TRANSPORT_REPLY) {
            transfer->process->codes[watch->instance->cloud] |= transfer->codes[i];
        }
        if (transfer->kind == ENS_CALL_START) {
            watch->flying -= watch->flying > 0 ? 1 : 0;
        }
        if (!watch->decided) {
            note_meaning(transfer, watch, i);
            note_expiry(transfer, watch);
        }
    }
}

/* No job waits for it any more: its job ended. A start in it may have happened. */
void sim_watch_left(struct ens_transfer *transfer)
{
    transfer->process->in_flight--;
    for (size_t i = 0; i < transfer->count; i++) {
        struct sim_watch *watch = transfer->watches[i];
        if (transfer->kind == ENS_CALL_START) {
            watch->flying -= watch->flying > 0 ? 1 : 0;
            watch->ambiguous = true;
        }
    }
}

/* ---- effects -------------------------------------------------------------------------------- */

void sim_watch_effect(struct ens_transfer *transfer, size_t index)
{
    struct sim_watch *watch = transfer->watches[index];

    transfer->sim->effect_count++;
    sim_note(transfer->sim, "%s is started by process %zu", watch->instance->id,
             watch->job->process->number);
    if (transfer->kind == ENS_CALL_DRY_RUN) {
        watch->hidden_effects++;
        return;
    }
    watch->effects++;
    if (watch->effects > 1 && has_tokens(watch->instance) && !watch->shared) {
        sim_fail(transfer->sim, "%s was started %u times by one run", watch->instance->id,
                 watch->effects);
    }
}

/* ---- time ----------------------------------------------------------------------------------- */

void sim_watch_step(const struct sim *sim)
{
    for (size_t i = 0; i < sim->job_count; i++) {
        const struct sim_job *job = sim->jobs[i];
        if (job->done || job->abandoned) {
            continue;
        }
        if (sim->now_ms > job->deadline_ms) {
            sim_fail(sim, "job %zu goes on after its deadline", i);
        }
        if (job->cancelled_ms >= 0 && sim->now_ms > job->cancelled_ms + 1000) {
            sim_fail(sim, "job %zu goes on a second after its cancel", i);
        }
    }
}
