/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drives a task with a virtual clock. A script is a line of the cloud's replies:
 *
 *   read=DOWN            the read shows that word        read=-        it is not in the list
 *   read=DOWN|security   ... and that lock               read=DOWN@    ... and it has expired
 *   read=DOWN%           ... and its capacity was released
 *   probe=ok dry=ok start=ok
 *   dry!no_capacity      refused with the code "Code" by a row of the table, HTTP 400
 *   dry!wrong_state,code:Disk,final                     ... with another code
 *   dry!no_capacity,403,unknown,final,nocode,unsent     unknown: no row has the code
 *   start!unavailable,lost                              the reply was lost
 *   +30000               30000 ms later
 *   deadline cancel      the job ends; with ~ while the call is in flight
 *   leave refusal        the answer to a task that asked for leave to start
 *
 * The clock is at the time for which the task requested the call.
 */
#ifndef ENSURE_TESTS_TASK_SCRIPT_H
#define ENSURE_TESTS_TASK_SCRIPT_H

#include "core/task.h"

#define SCRIPT_EXPIRY 1000000 /* unix seconds; before the time of the clock */

struct script {
    struct ens_arena *arena;
    struct ens_job_params params;
    struct ens_provider provider; /* may be modified before script_begin */
    struct ens_task task;
    struct ens_step step;  /* the last one */
    struct ens_event last; /* the event that caused it */
    int64_t now_ms;
    unsigned reports;
    uint32_t entropy; /* counts tokens */
};

void script_init(struct script *script, enum ens_mode mode);
void script_done(struct script *script);
void script_begin(struct script *script);

/* Passes the outcome of the requested call to the task. */
void script_give(struct script *script, const struct ens_outcome *outcome);
void script_end(struct script *script, enum ens_event_kind kind, bool in_flight);

/* Runs the line. Returns NULL, or a text that describes the first deviation from the script. */
const char *script_run(struct script *script, const char *line);

/* The result as "start validated ok stopped", followed by " started" if a start was accepted, or by
 * " sent" if one was sent and is not known to have been accepted. */
const char *script_brief(struct script *script);

/* A line and the expected result. */
struct script_row {
    const char *line;
    const char *brief;
    const char *said; /* part of the message; NULL: not checked */
};

/* set: modifies the script before it begins; may be NULL. The test fails at the first wrong row. */
void script_run_rows(const struct script_row *rows, size_t count, enum ens_mode mode,
                     void (*set)(struct script *script));

/* Variants of the provider, for set. */
void script_without_dry_run(struct script *script);
void script_with_probe(struct script *script);

#endif
