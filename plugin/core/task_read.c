/* What a task makes of the state that a read showed: the status table of a plan and of an apply. */
#include "core/classify.h"
#include "core/turn.h"

static void on_gone(const struct ens_turn *turn, enum ens_sentence sentence)
{
    if (turn->task->started) {
        ens_turn_finish_started(turn, ENS_REASON_NOT_FOUND, ENS_SAY_STARTED_GONE);
    } else {
        ens_turn_refuse(turn, ENS_REASON_NOT_FOUND, sentence);
    }
}

void ens_turn_absent(const struct ens_turn *turn)
{
    turn->task->status = ENS_STATUS_ABSENT;
    turn->task->word = NULL;
    on_gone(turn, ENS_SAY_ABSENT);
}

static void on_unstartable(const struct ens_turn *turn, enum ens_reason reason)
{
    if (turn->task->started) {
        ens_turn_finish_started(turn, reason, ENS_SAY_STARTED_FAILED);
    } else {
        ens_turn_refuse(turn, reason, ENS_SAY_FAILED);
    }
}

/* Seen starting or running: if a start of ours went missing, this is what became of it. */
static void note_up(const struct ens_turn *turn)
{
    struct ens_task *task = turn->task;

    if (task->maybe_started && !task->started) {
        task->started = true;
        task->started_ms = turn->event->now_ms;
        task->poll_ms = 0;
    }
}

static void on_running(const struct ens_turn *turn)
{
    struct ens_task *task = turn->task;

    if (task->started) {
        ens_turn_finish_started(turn, ENS_REASON_OK, ENS_SAY_STARTED);
    } else if (task->seen_up) {
        ens_turn_finish(turn, ENS_ACTION_WAIT, ENS_CONFIDENCE_OBSERVED, ENS_REASON_OK,
                        ENS_SAY_CAME_UP);
    } else {
        ens_turn_finish(turn, ENS_ACTION_NONE, ENS_CONFIDENCE_OBSERVED, ENS_REASON_ALREADY_RUNNING,
                        ENS_SAY_RUNNING);
    }
}

static void on_starting(const struct ens_turn *turn)
{
    turn->task->seen_up = true;
    if (ens_turn_planning(turn)) {
        ens_turn_finish(turn, ENS_ACTION_WAIT, ENS_CONFIDENCE_OBSERVED, ENS_REASON_IN_PROGRESS,
                        ENS_SAY_COMING_UP);
        return;
    }
    if (turn->task->started) {
        ens_turn_report(turn, ENS_ACTION_START, ENS_REASON_IN_PROGRESS, ENS_SAY_STARTING);
    } else {
        ens_turn_report(turn, ENS_ACTION_WAIT, ENS_REASON_IN_PROGRESS, ENS_SAY_COMING_UP);
    }
    ens_turn_poll(turn);
}

/* What the read holds against a start. */
static bool blocked(const struct ens_turn *turn, const struct ens_status_row *row)
{
    const struct ens_observation *seen = turn->seen;

    if (row->reason != ENS_REASON_OK) {
        ens_turn_refuse(turn, (enum ens_reason)row->reason, ENS_SAY_FAILED);
    } else if (seen->lock.len > 0) {
        ens_turn_refuse(turn, ens_classify_lock(turn->task->provider, seen->lock), ENS_SAY_LOCKED);
    } else if (turn->task->status == ENS_STATUS_STOPPED && seen->expires_unix_s != 0 &&
               seen->expires_unix_s <= turn->event->unix_s) {
        ens_turn_refuse(turn, ENS_REASON_EXPIRED, ENS_SAY_EXPIRED);
    } else {
        return false;
    }
    return true;
}

static void on_settling(const struct ens_turn *turn)
{
    const struct ens_task *task = turn->task;

    if (ens_turn_planning(turn)) {
        const bool simulated = !ens_turn_has(turn, ENS_CAP_DRY_RUN) && !task->mission->no_dry_run;
        ens_turn_plan_start(turn, simulated ? ENS_CONFIDENCE_SIMULATED : ENS_CONFIDENCE_UNVERIFIED,
                            ENS_REASON_IN_PROGRESS, ENS_SAY_SETTLING);
        return;
    }
    if (task->started) {
        ens_turn_report(turn, ENS_ACTION_START, ENS_REASON_IN_PROGRESS, ENS_SAY_STARTING);
    } else {
        ens_turn_report(turn, ENS_ACTION_WAIT, ENS_REASON_IN_PROGRESS, ENS_SAY_SETTLING);
    }
    ens_turn_poll(turn);
}

/* Stopped in a plan: what would become of a start? */
static void foresee(const struct ens_turn *turn)
{
    if (turn->task->mission->no_dry_run) {
        ens_turn_plan_start(turn, ENS_CONFIDENCE_UNVERIFIED, ENS_REASON_OK, ENS_SAY_NOT_ASKED);
    } else if (!ens_turn_has(turn, ENS_CAP_DRY_RUN)) {
        ens_turn_plan_start(turn, ENS_CONFIDENCE_SIMULATED, ENS_REASON_OK, ENS_SAY_SIMULATED);
    } else {
        ens_turn_ask(turn, ENS_ASK_DRY_RUN, turn->event->now_ms);
    }
}

/* Stopped in an apply that already started it: has it fallen back, or not begun yet? */
static void on_stopped_again(const struct ens_turn *turn)
{
    const struct ens_task *task = turn->task;

    if (task->seen_up) {
        ens_turn_finish(turn, task->started ? ENS_ACTION_START : ENS_ACTION_WAIT,
                        task->started ? ENS_CONFIDENCE_VALIDATED : ENS_CONFIDENCE_OBSERVED,
                        ENS_REASON_FELL_BACK, ENS_SAY_FELL_BACK);
    } else if (turn->event->now_ms - task->started_ms >= ENS_STAY_STOPPED_MS) {
        ens_turn_finish_started(turn, ENS_REASON_FELL_BACK, ENS_SAY_STAYED_STOPPED);
    } else {
        ens_turn_report(turn, ENS_ACTION_START, ENS_REASON_IN_PROGRESS, ENS_SAY_STARTING);
        ens_turn_poll(turn);
    }
}

static void on_stopped(const struct ens_turn *turn, const struct ens_status_row *row)
{
    struct ens_task *task = turn->task;

    if (!ens_turn_planning(turn) && (task->started || task->seen_up)) {
        on_stopped_again(turn);
    } else if (blocked(turn, row)) {
        return;
    } else if (ens_turn_planning(turn)) {
        foresee(turn);
    } else if (task->forbidden) {
        ens_turn_refuse(turn, ENS_REASON_WRONG_STATE, ENS_SAY_CHANGED);
    } else if (task->last != NULL) {
        ens_turn_refuse(turn, task->last->reason, ENS_SAY_START_FAILED);
    } else {
        ens_turn_ask_start(turn);
    }
}

void ens_turn_seen(const struct ens_turn *turn)
{
    struct ens_task *task = turn->task;
    const struct ens_status_row *row = ens_classify_status(task->provider, turn->seen->word);

    task->status = row != NULL ? (enum ens_status)row->status : ENS_STATUS_UNKNOWN;
    task->word = row != NULL ? row->word : NULL;
    task->failed_reads = 0;
    if (task->alarmed) {
        ens_turn_refuse(turn, ENS_REASON_DRY_RUN_NOT_HONOURED, ENS_SAY_NOT_HONOURED);
        return;
    }
    switch (task->status) {
    case ENS_STATUS_RUNNING:
        note_up(turn);
        on_running(turn);
        return;
    case ENS_STATUS_STARTING:
        note_up(turn);
        on_starting(turn);
        return;
    case ENS_STATUS_STOPPED:
        on_stopped(turn, row);
        return;
    case ENS_STATUS_STOPPING:
    case ENS_STATUS_BUSY:
        if (task->started || !blocked(turn, row)) {
            on_settling(turn);
        }
        return;
    case ENS_STATUS_FAILED:
        on_unstartable(turn, row->reason != ENS_REASON_OK ? (enum ens_reason)row->reason
                                                          : ENS_REASON_WRONG_STATE);
        return;
    case ENS_STATUS_DELETING:
        on_gone(turn, ENS_SAY_DELETING);
        return;
    case ENS_STATUS_ABSENT:
        ens_turn_absent(turn);
        return;
    case ENS_STATUS_UNKNOWN:
        break;
    }
    if (task->started) {
        ens_turn_finish_started(turn, ENS_REASON_WRONG_STATE, ENS_SAY_UNKNOWN_STATE);
    } else {
        ens_turn_refuse(turn, ENS_REASON_WRONG_STATE, ENS_SAY_UNKNOWN_STATE);
    }
}
