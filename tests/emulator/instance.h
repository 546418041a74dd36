/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_INSTANCE_H
#define EMU_INSTANCE_H

/* One instance: its state over time, and what it answers to a start. Nothing runs by itself:
 * every function is told the monotonic time and catches up first. */

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
    EMU_IGNORES, /* accepted, and nothing happens */
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
    char *shows;        /* what reads show instead of the status, or NULL */
    bool prepaid;
    char *name;   /* NULL: the id */
    char *zone;   /* NULL: the first one of the region */
    char *type;   /* NULL: one of the cloud's types */
    char *group;  /* project or resource group, NULL: the default one */
    json_t *tags; /* {KEY: VALUE}, or NULL; never changed, replaced as a whole */
    bool gone;    /* deleted; kept for its count of starts */
    struct emu_flag flags[EMU_MAX_FLAGS];
    size_t flag_count;
    enum emu_on_start on_start;
    int64_t boot_ms;    /* -1: as the emulator's */
    int64_t boot_reads; /* -1: a boot takes its time, else this many reads */
    struct emu_step steps[EMU_MAX_STEPS];
    size_t step_count;
    size_t step_next;
    int64_t since_ms;         /* of the current step, -1 before the first request */
    int64_t reads;            /* in the current step */
    const char *stale_status; /* what reads show while a change has not reached them, or NULL */
    int64_t stale_until_ms;
    int64_t stale_reads;
    unsigned long starts; /* how often it was really started */
};

/* The word that a read would show; not a read. */
const char *emu_instance_shown(struct emu_instance *instance, int64_t now_ms);
/* The word that a read shows, and counts as one read. */
const char *emu_instance_read(struct emu_instance *instance, int64_t now_ms);
/* The true state; not a read. */
const char *emu_instance_status(struct emu_instance *instance, int64_t now_ms);
bool emu_instance_is(struct emu_instance *instance, enum emu_role role, int64_t now_ms);

/* Whether the cloud would refuse to start it; ret_refusal is set when it does, and lives as long as
 * the instance does not change. A flag with a count is used up once per call. */
bool emu_instance_refuses(struct emu_instance *instance, bool dry_run, int64_t now_ms,
                          struct emu_refusal *ret_refusal);
/* The start itself. */
void emu_instance_start(struct emu_instance *instance, int64_t boot_ms, int64_t now_ms);
/* Lets reads show the present state until the time, or for that many reads, whatever happens. */
void emu_instance_hold_back(struct emu_instance *instance, int64_t now_ms, int64_t for_ms,
                            int64_t for_reads);

bool emu_instance_is_prepaid(const struct emu_instance *instance); /* or expired */
bool emu_instance_has_flag(const struct emu_instance *instance, const char *name);
void emu_instance_done(struct emu_instance *instance);

#endif
