/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_LEDGER_H
#define EMU_LEDGER_H

/* What was asked, what was answered and what was done: the effects that tests read back. */

#include "world.h"

enum { EMU_MAX_RECORDS = 200000, EMU_MAX_VIOLATIONS = 1000 };

/* One request. The ledger owns the texts of a record that it was given. */
struct emu_record {
    enum emu_cloud cloud;
    char action[48];
    char access_key[64];
    bool dry_run;
    const char *optimization; /* static: AllTogether, SuccessFirst or NULL */
    char *ids;                /* "a,b", or NULL */
    char *statuses;           /* of a start: the states when it came in, "" for an unknown id */
    char *token;              /* or NULL */
    char *fault;              /* the specification of the fault that hit it, or NULL */
    char *canonical;          /* what we signed, of a signature that did not match, or NULL */
    int status;               /* HTTP, 0 when there was no reply */
    char code[96];
    int64_t at_ms; /* since the emulator began */
};

struct emu_ledger {
    struct emu_record *records;
    size_t count;
    size_t dropped;     /* those after EMU_MAX_RECORDS */
    json_t *tally;      /* {CLOUD: {ACTION: {"calls": n, "dry_runs": n, "errors": n}}}, or NULL */
    json_t *violations; /* [SENTENCE], or NULL */
    size_t violations_dropped;
    unsigned long connections[EMU_CLOUDS];
};

void emu_ledger_add(struct emu_ledger *ledger, struct emu_record *record);
/* Notes that the caller did what a caller must not do. */
void emu_ledger_violation(struct emu_ledger *ledger, ens_str sentence);
/* The document of GET /ledger; the single requests only when asked for. */
json_t *emu_ledger_json(const struct emu_ledger *ledger, const struct emu_world *world,
                        bool with_requests);
/* Forgets everything, the counts of starts in the world too. */
void emu_ledger_reset(struct emu_ledger *ledger, struct emu_world *world);
void emu_ledger_done(struct emu_ledger *ledger);

#endif
