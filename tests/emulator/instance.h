/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_INSTANCE_H
#define EMU_INSTANCE_H

/* One instance: its states over time, and its reactions to a start. There is no timer: every
 * function gets the monotonic time and first performs the transitions that are due. */

#include "cloud.h"
#include "refusal.h"

#include <jansson.h>

enum { EMU_MAX_FLAGS = 8, EMU_MAX_STEPS = 8 };

/* The outcome of an accepted start. */
enum emu_on_start {
    EMU_RUNS,
    EMU_FALLS_BACK,       /* Starting, then Stopped */
    EMU_FALLS_BACK_LATER, /* Starting, Running, then Stopped */
    EMU_STAYS_STARTING,
    EMU_FAILS,   /* Starting, then the cloud's word for a failure */
    EMU_IGNORES, /* accepted, without an effect */
};

/* A change of state that is due after a time or after a number of reads, counted from the change
 * before it (for the first one from the first request that concerns the instance). */
struct emu_step {
    const char *status; /* the cloud's constant */
    bool by_reads;
    int64_t after; /* ms or reads */
};

struct emu_instance {
    enum emu_cloud cloud;
    char *region;
    char *id;
    char *account;
    const char *status; /* the cloud's constant */
    char *shows;        /* shown by reads instead of the status, or NULL */
    bool prepaid;
    char *name;   /* NULL: the id */
    char *zone;   /* NULL: the first one of the region */
    char *type;   /* NULL: one of the cloud's types */
    char *group;  /* project or resource group, NULL: the default one */
    json_t *tags; /* {KEY: VALUE}, or NULL; never changed, replaced as a whole */
    bool gone;    /* deleted; the entry keeps its count of starts */
    struct emu_flag flags[EMU_MAX_FLAGS];
    size_t flag_count;
    enum emu_on_start on_start;
    int64_t boot_ms;    /* -1: as the emulator's */
    int64_t boot_reads; /* number of reads that a boot takes; -1: it takes boot_ms */
    struct emu_step steps[EMU_MAX_STEPS];
    size_t step_count;
    size_t step_next;
    int64_t since_ms;         /* of the current step, -1 before the first request */
    int64_t reads;            /* in the current step */
    const char *stale_status; /* shown by stale reads, or NULL */
    int64_t stale_until_ms;
    int64_t stale_reads;
    unsigned long starts; /* number of accepted real starts */
};

/* The status that a read would show; does not count as a read. */
const char *emu_instance_shown(struct emu_instance *instance, int64_t now_ms);
/* The status that a read shows; counts as a read. */
const char *emu_instance_read(struct emu_instance *instance, int64_t now_ms);
/* The actual status; does not count as a read. */
const char *emu_instance_status(struct emu_instance *instance, int64_t now_ms);
bool emu_instance_is(struct emu_instance *instance, enum emu_state state, int64_t now_ms);

/* Whether the cloud refuses to start it; then ret_refusal is set, and valid until the instance
 * changes. Decrements the count of the flag that applies. */
bool emu_instance_refuses(struct emu_instance *instance, bool dry_run, int64_t now_ms,
                          struct emu_refusal *ret_refusal);
/* Starts the instance. */
void emu_instance_start(struct emu_instance *instance, int64_t boot_ms, int64_t now_ms);
/* Makes reads stale: they show the current status for this time, or for that many reads. */
void emu_instance_hold_back(struct emu_instance *instance, int64_t now_ms, int64_t for_ms,
                            int64_t for_reads);

bool emu_instance_is_prepaid(const struct emu_instance *instance); /* or expired */
bool emu_instance_has_flag(const struct emu_instance *instance, const char *name);
void emu_instance_done(struct emu_instance *instance);

#endif
