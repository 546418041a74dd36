/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_LEDGER_H
#define EMU_LEDGER_H

/* The ledger: a record of requests, replies and effects, which tests read through the control
 * listener. */

#include "world.h"

enum { EMU_MAX_RECORDS = 200000, EMU_MAX_VIOLATIONS = 1000 };

/* One request. emu_ledger_add() takes ownership of its texts. */
struct emu_record {
    enum emu_service service;
    enum emu_cloud cloud; /* any for a service of no cloud */
    char action[48];
    char access_key[64];
    bool dry_run;
    const char *optimization; /* static: AllTogether, SuccessFirst or NULL */
    char *ids;                /* "a,b", or NULL */
    char *statuses;           /* of a start: the states on arrival, "" for an unknown id */
    char *token;              /* or NULL */
    char *fault;              /* the specifications of the faults that fired, or NULL */
    char *canonical; /* the expected canonical request, if the signature did not match, or NULL */
    int status;      /* HTTP, 0 when there was no reply */
    char code[96];
    json_t *granted; /* the keys or token that were handed out, or NULL */
    int64_t at_ms;   /* since the emulator started */
};

struct emu_ledger {
    struct emu_record *records;
    size_t count;
    size_t dropped; /* number of records beyond EMU_MAX_RECORDS */
    json_t
        *tally; /* {CLOUD: {ACTION: {"calls": n, "dry_runs": n, "errors": n}}} of APIs, or NULL */
    json_t *violations; /* [SENTENCE], or NULL */
    size_t violations_dropped;
    unsigned long connections[EMU_SERVICES][EMU_CLOUDS];
};

void emu_ledger_add(struct emu_ledger *ledger, struct emu_record *record);
/* Records a violation of the rules for clients. */
void emu_ledger_violation(struct emu_ledger *ledger, ens_str sentence);
/* The document of GET /ledger, optionally with the single requests. */
json_t *emu_ledger_json(const struct emu_ledger *ledger, const struct emu_world *world,
                        bool with_requests);
/* Clears the ledger, and the counts of starts in the world. */
void emu_ledger_reset(struct emu_ledger *ledger, struct emu_world *world);
void emu_ledger_done(struct emu_ledger *ledger);

#endif
