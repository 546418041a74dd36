/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_FAULT_H
#define EMU_FAULT_H

/* Fault injection: kinds of faults, and the requests that they apply to. README.md documents the
 * grammar KIND[:VALUE][,SELECTOR=VALUE]... */

#include "api.h"

enum { EMU_MAX_FAULTS = 64 };

enum emu_fault_kind {
    EMU_FAULT_THROTTLE,
    EMU_FAULT_ERROR,
    EMU_FAULT_HTTP,
    EMU_FAULT_CUT,
    EMU_FAULT_HANG,
    EMU_FAULT_HTML,
    EMU_FAULT_GARBAGE,
    EMU_FAULT_XML,
    EMU_FAULT_EMPTY,
    EMU_FAULT_HUGE,
    EMU_FAULT_REDIRECT,
    EMU_FAULT_JSON,
    EMU_FAULT_OTHER_CLOUD,
    EMU_FAULT_TRUNCATE,
    EMU_FAULT_CONTENT_TYPE,
    EMU_FAULT_TRICKLE,
    EMU_FAULT_DELAY,
    EMU_FAULT_STALE_MS,
    EMU_FAULT_STALE_READS,
    EMU_FAULT_START_ANYWAY,
    EMU_FAULT_NUMBER_CODES,
    EMU_FAULT_EXPIRES,
};

struct emu_fault {
    ens_str spec;
    enum emu_fault_kind kind;
    int64_t number; /* of the value; -1 when it has none */
    ens_str text;   /* of the value; empty when it has none */
    bool effect;    /* the request is carried out before its reply is replaced or modified */
    enum emu_service service;
    int cloud;      /* enum emu_cloud, -1 for all */
    ens_str action; /* empty for all */
    ens_str id;
    int dry_run;   /* 0 or 1, -1 for both */
    int64_t nth;   /* only this matching request, 0 for all */
    int64_t first; /* only this many matching requests, 0 for all */
    double probability;
    int64_t rate;      /* only what is beyond so many a second; 0 for all */
    int64_t allowance; /* thousandths of requests that may pass */
    int64_t filled_ms; /* when the allowance was computed; 0: it is full */
    unsigned long matched, fired;
};

/* A zeroed one is empty. */
struct emu_faults {
    struct ens_arena *arena; /* holds the texts of the faults */
    struct emu_fault items[EMU_MAX_FAULTS];
    size_t count;
    uint64_t random; /* state of the generator for p= */
};

/* Reads one specification to the end of the list. */
bool emu_faults_add(struct emu_faults *faults, const char *spec, struct ens_diags *diags);
void emu_faults_clear(struct emu_faults *faults);
/* [{"spec": ..., "matched": n, "fired": n}] */
json_t *emu_faults_json(const struct emu_faults *faults);

/* The combined effect of the faults on one request. */
struct emu_fault_effects {
    const struct emu_fault
        *fault; /* the first that fires of those that change the reply, or NULL */
    int64_t delay_ms;
    int64_t hold_back_ms, hold_back_reads;
    bool start_anyway;
    bool number_codes;
    struct emu_grant_fault grant_fault;
    ens_str specs; /* specifications of all that fired, for the ledger; in the request's arena */
};
void emu_faults_pick(struct emu_faults *faults, const struct emu_request *request,
                     const struct emu_call *call, struct emu_fault_effects *ret_effects);
/* Replaces or modifies the reply as the fault says. */
void emu_fault_apply(const struct emu_fault *fault, const struct emu_request *request,
                     const struct emu_call *call, struct emu_reply *reply);

#endif
