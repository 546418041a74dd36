/* SPDX-License-Identifier: Apache-2.0 */
/* The oracles on what jobs tell. */
#include "base/arena.h"
#include "login.h"
#include "watch.h"

/* A result against what its target's watch knows. */
struct verdict {
    const struct sim *sim;
    const struct sim_job *job;
    const struct sim_watch *watch;
    const struct ens_result *result;
};

static void expect(const struct verdict *verdict, bool holds, const char *what)
{
    const struct ens_result *result = verdict->result;
    const struct sim_watch *watch = verdict->watch;

    if (holds) {
        return;
    }
    sim_fail(verdict->sim,
             "%s of %s: %s; the result is %s %s %s %s%s%s%s%.*s, the clouds showed %s, %u negative "
             "answers, %u starts, %u effects%s%s",
             verdict->job->mode == ENS_MODE_PLAN ? "plan" : "apply",
             sim_target_text(verdict->sim, watch->instance), what, ens_action_name(result->action),
             ens_confidence_name(result->confidence), ens_reason_name(result->reason),
             ens_status_name(result->status), result->started ? " started" : "",
             result->start_sent ? " sent" : "", result->provider_code.len > 0 ? " " : "",
             ENS_STR_ARG(result->provider_code),
             watch->was_read ? ens_status_name(watch->seen) : "nothing", watch->negatives,
             watch->starts, watch->effects, watch->accepted ? ", accepted" : "",
             watch->ambiguous ? ", ambiguous" : "");
}

/* ---- what was seen -------------------------------------------------------------------------- */

static void check_status(const struct verdict *verdict)
{
    const struct ens_result *result = verdict->result;
    const struct sim_watch *watch = verdict->watch;
    const bool denied = watch->dry_refused || watch->starts > 0;

    if (result->status == ENS_STATUS_ABSENT) {
        expect(verdict, watch->negatives >= 2, "absent, and the cloud did not say so twice");
    } else if (result->status != ENS_STATUS_UNKNOWN) {
        expect(verdict, watch->was_read && watch->seen == result->status,
               "not the status that was read last");
    }
    if (result->reason == ENS_REASON_NOT_FOUND && result->status != ENS_STATUS_DELETING) {
        expect(verdict, watch->negatives >= 2 || denied, "not found on one answer");
    }
    expect(verdict,
           result->provider_code.len == 0 || (verdict->job->process->codes[watch->instance->cloud] &
                                              sim_code_bit(result->provider_code)) != 0,
           "a code that the cloud did not tell");
    if (result->reason == ENS_REASON_ALREADY_RUNNING) {
        expect(verdict, result->status == ENS_STATUS_RUNNING && !result->start_sent,
               "already running, and it was not");
    }
}

static void check_end(const struct verdict *verdict)
{
    const struct sim_job *job = verdict->job;
    const int64_t now = verdict->sim->now_ms;

    if (verdict->result->reason == ENS_REASON_CANCELLED) {
        expect(verdict, job->cancelled_ms >= 0, "cancelled without a cancel");
    }
    if (verdict->result->reason == ENS_REASON_TIMED_OUT) {
        /* In apply a wait that would pass the deadline ends at once. */
        expect(verdict, now == job->deadline_ms || job->mode == ENS_MODE_APPLY,
               "timed out before the deadline");
    }
    expect(verdict, now <= job->deadline_ms, "after the deadline");
}

/* ---- plan ----------------------------------------------------------------------------------- */

static void check_planned_start(const struct verdict *verdict)
{
    const struct ens_result *result = verdict->result;
    const struct sim_watch *watch = verdict->watch;

    expect(verdict,
           watch->was_read &&
               (watch->seen == ENS_STATUS_STOPPED || watch->seen == ENS_STATUS_STOPPING ||
                watch->seen == ENS_STATUS_BUSY),
           "to be started, and it is not stopped or about to");
    expect(verdict, (result->client_token.len > 0) == (watch->instance->cloud == EMU_VOLCENGINE),
           "a token where there are none, or none where there are");
    switch (result->confidence) {
    case ENS_CONFIDENCE_VALIDATED:
        expect(verdict, watch->dry_passed, "validated, and no dry run passed");
        break;
    case ENS_CONFIDENCE_SIMULATED:
        expect(verdict, watch->instance->cloud == EMU_BAIDU, "simulated where there is a dry run");
        break;
    case ENS_CONFIDENCE_UNVERIFIED:
        break;
    case ENS_CONFIDENCE_OBSERVED:
        expect(verdict, false, "a start that rests on the read alone");
        break;
    }
}

static void check_plan(const struct verdict *verdict)
{
    const struct ens_result *result = verdict->result;
    const struct sim_watch *watch = verdict->watch;

    expect(verdict, !result->started && !result->start_sent && watch->starts == 0,
           "a plan that starts");
    expect(verdict, !watch->dry_honoured || result->reason == ENS_REASON_DRY_RUN_NOT_HONOURED,
           "a dry run that was answered as a start is not told");
    switch (result->action) {
    case ENS_ACTION_NONE:
        expect(verdict, watch->was_read && watch->seen == ENS_STATUS_RUNNING, "none, not running");
        break;
    case ENS_ACTION_WAIT:
        expect(verdict, watch->was_read && watch->seen == ENS_STATUS_STARTING,
               "wait, not starting");
        break;
    case ENS_ACTION_START:
        check_planned_start(verdict);
        break;
    case ENS_ACTION_REFUSE:
        expect(verdict, result->confidence != ENS_CONFIDENCE_VALIDATED || watch->dry_refused,
               "refused by a dry run that no cloud refused");
        break;
    }
}

/* ---- apply ---------------------------------------------------------------------------------- */

static void check_started(const struct verdict *verdict)
{
    const struct ens_result *result = verdict->result;
    const struct sim_watch *watch = verdict->watch;
    const bool repeated = result->reason == ENS_REASON_WRONG_STATE && verdict->job->from_plan &&
                          watch->instance->cloud == EMU_VOLCENGINE;

    expect(verdict, !result->started || result->start_sent, "started and not sent");
    expect(verdict, result->start_sent || watch->effects == 0, "an effective start is not told");
    expect(verdict, result->start_sent || !watch->accepted, "an accepted start is not told");
    expect(verdict, result->start_sent || !watch->ambiguous, "an unanswered start is not told");
    expect(verdict,
           !result->start_sent || watch->accepted || watch->accepted_empty || watch->ambiguous ||
               watch->flying > 0,
           "a start is told that was refused, or not sent");
    expect(verdict, result->started || !watch->accepted || repeated,
           "an accepted start does not count as started");
    expect(verdict,
           !result->started || watch->accepted || watch->accepted_empty ||
               (watch->ambiguous && watch->seen_up),
           "started, and no reply and no read said so");
    expect(verdict, result->start_sent == (result->action == ENS_ACTION_START),
           "the action and the start disagree");
}

static void check_apply(const struct verdict *verdict)
{
    const struct ens_result *result = verdict->result;

    const bool runs = result->status == ENS_STATUS_RUNNING;

    check_started(verdict);
    expect(verdict, result->reason != ENS_REASON_OK || runs, "ok, and it does not run");
    expect(verdict,
           !runs || result->reason == ENS_REASON_OK || result->reason == ENS_REASON_ALREADY_RUNNING,
           "it runs, and the reason speaks against it");
    expect(verdict,
           result->reason != ENS_REASON_FELL_BACK ||
               (result->start_sent && result->status == ENS_STATUS_STOPPED),
           "fell back, and was not started or is not stopped");
    expect(verdict, result->reason != ENS_REASON_AMBIGUOUS || result->start_sent,
           "ambiguous, and nothing was sent");
    expect(verdict, result->elapsed_ms == verdict->sim->now_ms - verdict->job->submitted_ms,
           "the elapsed time is wrong");
}

/* ---- what a job tells ----------------------------------------------------------------------- */

/* In fair weather each instance that can run does. */
static void check_calm(const struct verdict *verdict)
{
    const struct ens_result *result = verdict->result;
    const struct sim_watch *watch = verdict->watch;

    if (!verdict->sim->weather.calm || !watch->instance->plain || !watch->was_read) {
        return;
    }
    if (verdict->job->mode == ENS_MODE_APPLY && watch->starts > 0) {
        expect(verdict, result->status == ENS_STATUS_RUNNING && result->started,
               "it was started in fair weather and does not run");
    } else if (watch->seen == ENS_STATUS_STOPPED) {
        expect(verdict,
               result->action == ENS_ACTION_START ||
                   (verdict->job->mode == ENS_MODE_APPLY && watch->read_only),
               "it is stopped in fair weather and not started");
    }
}

void sim_watch_result(struct sim_job *job, size_t index, const struct ens_result *result)
{
    struct sim_watch *watch = &job->watches[index];
    const struct verdict verdict = {
        .sim = job->process->sim, .job = job, .watch = watch, .result = result};

    sim_note(verdict.sim, "%s: %s %s %s %s%s%s", watch->instance->id,
             ens_action_name(result->action), ens_confidence_name(result->confidence),
             ens_reason_name(result->reason), ens_status_name(result->status),
             result->started ? " started" : "", result->start_sent ? " sent" : "");
    expect(&verdict, !watch->decided && !job->done, "a second result");
    expect(&verdict,
           ens_str_is(result->target.id, watch->instance->id) &&
               ens_str_is(result->target.region, watch->instance->region) &&
               ens_str_is(result->target.cloud, emu_cloud_name(watch->instance->cloud)),
           "the result is about another target");
    watch->decided = true;
    job->results[index] = ens_result_copy(job->arena, result);
    if (watch->shared) {
        return;
    }
    sim_login_result(job, watch->instance, result);
    check_status(&verdict);
    check_end(&verdict);
    if (job->mode == ENS_MODE_PLAN) {
        check_plan(&verdict);
    } else {
        check_apply(&verdict);
    }
    check_calm(&verdict);
}

void sim_watch_progress(struct sim_job *job, size_t index, const struct ens_result *result)
{
    struct sim_watch *watch = &job->watches[index];
    const struct verdict verdict = {
        .sim = job->process->sim, .job = job, .watch = watch, .result = result};

    expect(&verdict, job->mode == ENS_MODE_APPLY, "progress of a plan");
    expect(&verdict, !watch->decided && !job->done, "progress after the result");
    expect(&verdict, watch->shared || !watch->accepted || result->start_sent,
           "an accepted start is not told on the way");
}

/* ---- counts --------------------------------------------------------------------------------- */

static void count_plan(const struct ens_result *result, struct ens_summary *ret)
{
    ret->none += result->action == ENS_ACTION_NONE;
    ret->start += result->action == ENS_ACTION_START;
    ret->wait += result->action == ENS_ACTION_WAIT;
    ret->refuse += result->action == ENS_ACTION_REFUSE;
}

/* The classes of the design page, written down a second time. */
static void count_apply(const struct ens_result *result, struct ens_summary *ret)
{
    const bool timed_out = result->reason == ENS_REASON_TIMED_OUT;
    const bool moving = result->status == ENS_STATUS_STARTING ||
                        result->status == ENS_STATUS_STOPPING || result->status == ENS_STATUS_BUSY;

    ret->started += result->started;
    if (result->status == ENS_STATUS_RUNNING) {
        ret->running++;
    } else if (result->reason == ENS_REASON_CANCELLED ||
               (timed_out && (result->start_sent || moving))) {
        ret->unfinished++;
    } else if (result->action == ENS_ACTION_REFUSE && !timed_out) {
        ret->refused++;
    } else {
        ret->failed++;
    }
}

void sim_watch_done(struct sim_job *job)
{
    const struct sim *sim = job->process->sim;
    const struct ens_summary *told = &job->end.summary;
    struct ens_summary own = {.total = job->count};

    for (size_t i = 0; i < job->count; i++) {
        if (!job->watches[i].decided) {
            sim_fail(sim, "a job is done without a result for %s", job->watches[i].instance->id);
        }
        if (job->mode == ENS_MODE_PLAN) {
            count_plan(&job->results[i], &own);
        } else {
            count_apply(&job->results[i], &own);
        }
    }
    if (own.total != told->total || own.none != told->none || own.start != told->start ||
        own.wait != told->wait || own.refuse != told->refuse || own.running != told->running ||
        own.started != told->started || own.refused != told->refused ||
        own.failed != told->failed || own.unfinished != told->unfinished) {
        sim_fail(sim, "the counts of a job do not add up");
    }
}

/* ---- when all is over ----------------------------------------------------------------------- */

static void check_effects(const struct sim *sim, const struct sim_job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        const struct sim_watch *watch = &job->watches[i];
        const size_t index = watch->instance->index;
        if (watch->effects > 0 && job->process->sent_lines[index] == 0) {
            sim_fail(sim, "a start of %s is in no audit log", watch->instance->id);
        }
        if (!job->abandoned && !watch->shared && watch->effects > 0 &&
            !job->results[i].start_sent) {
            sim_fail(sim, "a late start of %s is in no result", watch->instance->id);
        }
    }
}

static void check_audit(const struct sim *sim, const struct sim_process *process)
{
    for (size_t i = 0; i < sim->fleet_count; i++) {
        if (!process->dead && process->audit_failures == 0 &&
            process->done_lines[i] != process->starts[i]) {
            sim_fail(sim, "%u starts of %s, and %u in the audit log when they were over",
                     process->starts[i], sim->fleet[i].id, process->done_lines[i]);
        }
    }
}

void sim_watch_end(const struct sim *sim)
{
    for (size_t i = 0; i < sim->job_count; i++) {
        if (!sim->jobs[i]->done && !sim->jobs[i]->abandoned) {
            sim_fail(sim, "job %zu has not ended", i);
        }
        check_effects(sim, sim->jobs[i]);
    }
    for (size_t i = 0; i < sim->process_count; i++) {
        check_audit(sim, sim->processes[i]);
    }
    if (sim->emulator.ledger.violations != NULL) {
        sim_fail(sim, "the emulator notes: %s",
                 json_string_value(json_array_get(sim->emulator.ledger.violations, 0)));
    }
}
