/* SPDX-License-Identifier: Apache-2.0 */
#include "instance.h"

#include "base/alloc.h"

#include <string.h>

static void settle(struct emu_instance *instance, int64_t now_ms)
{
    if (instance->since_ms < 0) {
        instance->since_ms = now_ms;
    }
    while (instance->step_next < instance->step_count) {
        const struct emu_step *step = &instance->steps[instance->step_next];
        if (step->by_reads ? instance->reads < step->after
                           : now_ms - instance->since_ms < step->after) {
            return;
        }
        instance->since_ms = step->by_reads ? now_ms : instance->since_ms + step->after;
        instance->reads = 0;
        instance->status = step->status;
        instance->step_next++;
    }
}

const char *emu_instance_status(struct emu_instance *instance, int64_t now_ms)
{
    settle(instance, now_ms);
    return instance->status;
}

const char *emu_instance_shown(struct emu_instance *instance, int64_t now_ms)
{
    settle(instance, now_ms);
    bool stale = instance->stale_reads > 0 || now_ms < instance->stale_until_ms;
    if (instance->stale_status != NULL && stale) {
        return instance->stale_status;
    }
    instance->stale_status = NULL;
    return instance->shows != NULL ? instance->shows : instance->status;
}

const char *emu_instance_read(struct emu_instance *instance, int64_t now_ms)
{
    const char *shown = emu_instance_shown(instance, now_ms);
    instance->reads++;
    if (instance->stale_status != NULL && instance->stale_reads > 0) {
        instance->stale_reads--;
    }
    return shown;
}

bool emu_instance_is(struct emu_instance *instance, enum emu_state state, int64_t now_ms)
{
    const char *word = emu_cloud_word(instance->cloud, state);
    return word != NULL && strcmp(emu_instance_status(instance, now_ms), word) == 0;
}

bool emu_instance_refuses(struct emu_instance *instance, bool dry_run, int64_t now_ms,
                          struct emu_refusal *ret_refusal)
{
    if (!emu_instance_is(instance, EMU_STOPPED, now_ms)) {
        bool expired = strcmp(instance->status, "Expired") == 0;
        *ret_refusal = emu_refusal_find(instance->cloud, expired ? "expired" : "wrong_state");
        return true;
    }
    for (size_t i = 0; i < instance->flag_count; i++) {
        struct emu_flag *flag = &instance->flags[i];
        bool batch_only = strcmp(flag->name, "batch_fails") == 0;
        if (flag->left == 0 || batch_only || !emu_phase_holds(flag->phase, dry_run)) {
            continue;
        }
        flag->left -= flag->left > 0 ? 1 : 0;
        *ret_refusal = (struct emu_refusal){flag->status, flag->code, flag->message};
        return true;
    }
    return false;
}

static void add_step(struct emu_instance *instance, enum emu_state state, int64_t boot_ms)
{
    bool by_reads = instance->boot_reads >= 0;
    instance->steps[instance->step_count++] = (struct emu_step){
        .status = emu_cloud_word(instance->cloud, state),
        .by_reads = by_reads,
        .after = by_reads ? instance->boot_reads : boot_ms,
    };
}

void emu_instance_start(struct emu_instance *instance, int64_t boot_ms, int64_t now_ms)
{
    settle(instance, now_ms);
    instance->starts++;
    if (instance->on_start == EMU_IGNORES) {
        return;
    }
    int64_t boot = instance->boot_ms >= 0 ? instance->boot_ms : boot_ms;
    instance->status = emu_cloud_word(instance->cloud, EMU_STARTING);
    instance->since_ms = now_ms;
    instance->reads = 0;
    instance->step_next = 0;
    instance->step_count = 0;
    switch (instance->on_start) {
    case EMU_RUNS:
        add_step(instance, EMU_RUNNING, boot);
        break;
    case EMU_FALLS_BACK:
        add_step(instance, EMU_STOPPED, boot);
        break;
    case EMU_FALLS_BACK_LATER:
        add_step(instance, EMU_RUNNING, boot);
        add_step(instance, EMU_STOPPED, boot);
        break;
    case EMU_FAILS:
        add_step(instance, EMU_FAILED, boot);
        break;
    case EMU_STAYS_STARTING:
    case EMU_IGNORES:
        break;
    }
}

void emu_instance_hold_back(struct emu_instance *instance, int64_t now_ms, int64_t for_ms,
                            int64_t for_reads)
{
    instance->stale_status = emu_instance_status(instance, now_ms);
    instance->stale_until_ms = now_ms + for_ms;
    instance->stale_reads = for_reads;
}

bool emu_instance_has_flag(const struct emu_instance *instance, const char *name)
{
    for (size_t i = 0; i < instance->flag_count; i++) {
        if (strcmp(instance->flags[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

bool emu_instance_is_prepaid(const struct emu_instance *instance)
{
    return instance->prepaid || emu_instance_has_flag(instance, "expired");
}

void emu_instance_done(struct emu_instance *instance)
{
    ens_free(instance->region);
    ens_free(instance->id);
    ens_free(instance->account);
    ens_free(instance->shows);
    ens_free(instance->name);
    ens_free(instance->zone);
    ens_free(instance->type);
    ens_free(instance->group);
    json_decref(instance->tags);
    *instance = (struct emu_instance){0};
}
