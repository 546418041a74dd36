/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drives a task with a virtual clock. A script is a line of what the cloud answers:
 *
 *   read=DOWN            the read shows that word        read=-        it is not in the list
 *   read=DOWN|security   ... and that lock               read=DOWN@    ... and it has expired
 *   read=DOWN%           ... and its capacity was released
 *   probe=ok dry=ok start=ok
 *   dry!no_capacity      refused with the code "Code" by a row of the table, HTTP 400
 *   dry!wrong_state,code:Disk,final                     ... with another code
 *   dry!no_capacity,403,unknown,final,nocode,unsent     unknown: no row has the code
 *   start!unavailable,lost                              no answer came
 *   +30000               so much later
 *   deadline cancel      the job ends; with ~ while what was asked for is in flight
 *
 * The clock stands at the time for which the task asked.
 */
#ifndef ENSURE_TESTS_TASK_SCRIPT_H
#define ENSURE_TESTS_TASK_SCRIPT_H

#include "core/task.h"

#define SCRIPT_EXPIRY 1000000 /* unix seconds; the clock is beyond */

struct script {
    struct ens_arena *arena;
    struct ens_job_params params;
    struct ens_provider provider; /* may be changed before script_begin */
    struct ens_task task;
    struct ens_step step;  /* the last one */
    struct ens_event last; /* what brought it */
    int64_t now_ms;
    unsigned reports;
    uint32_t entropy; /* counts tokens */
};

void script_init(struct script *script, enum ens_mode mode);
void script_done(struct script *script);
void script_begin(struct script *script);

/* Gives the outcome of what was asked for. */
void script_give(struct script *script, const struct ens_outcome *outcome);
void script_end(struct script *script, enum ens_event_kind kind, bool in_flight);

/* Plays the whole line. NULL, or what went otherwise than the script says. */
const char *script_play(struct script *script, const char *line);

/* "start validated ok stopped", with " started" behind, or " sent": a start was, and is not known
 * to have been accepted. */
const char *script_brief(struct script *script);

/* A line and what it comes to. */
struct script_row {
    const char *line;
    const char *brief;
    const char *said; /* a part of the message; NULL: not looked at */
};

/* set: changes the script before it begins; may be NULL. A row that fails ends the test. */
void script_play_rows(const struct script_row *rows, size_t count, enum ens_mode mode,
                      void (*set)(struct script *script));

/* Kinds of clouds. */
void script_without_dry_run(struct script *script);
void script_with_probe(struct script *script);

#endif
