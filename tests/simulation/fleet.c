/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "keys.h"

/* ---- instances ------------------------------------------------------------------------------ */

static void draw_region(struct sim *sim, struct sim_instance *instance)
{
    static const char *const regions[EMU_CLOUDS][2] = {
        {"cn-beijing", "cn-shanghai"}, {"cn-hangzhou", "cn-beijing"}, {"bj", "gz"}};

    instance->region_index = sim_one_in(&sim->chance, 4) ? 1 : 0;
    (void)snprintf(instance->region, sizeof(instance->region), "%s",
                   regions[instance->cloud][instance->region_index]);
}

/* A state of the instance's cloud: mostly stopped, since that is where the decisions are. */
static const char *draw_status(struct sim *sim, enum emu_cloud cloud)
{
    static const char *const words[EMU_CLOUDS][20] = {
        {"CREATING", "RUNNING", "STARTING", "STOPPING", "REBOOTING", "REBUILDING", "RESIZING",
         "ERROR", "DELETING"},
        {"Pending", "Running", "Starting", "Stopping"},
        {"Running", "Starting", "Stopping", "Scaling", "VolumeResizing", "BillingChanging",
         "ChangeSubnet", "ChangeVpc", "AttachingPort", "DetachingPort", "Moving",
         "SnapshotProcessing", "ImageProcessing", "Recharging", "Expired", "Recycled", "Deleted",
         "Error"},
    };
    size_t count = 0;

    if (!sim_one_in(&sim->chance, 3)) {
        return emu_cloud_word(cloud, EMU_STOPPED);
    }
    while (words[cloud][count] != NULL) {
        count++;
    }
    if (sim_one_in(&sim->chance, 2)) {
        return emu_cloud_word(cloud, EMU_RUNNING);
    }
    return emu_cloud_status(cloud, ens_str_of(words[cloud][sim_below(&sim->chance, count)]));
}

static void draw_flag(struct sim *sim, struct sim_instance *instance, struct emu_instance *draft)
{
    static const char *const flags[] = {
        "balance",
        "arrears",
        "stock",
        "spot_price",
        "expired",
        "creating_image",
        "resource_locked",
        "disk_error",
        "host_repairing",
        "not_ready*3",
        "in_progress*2",
        "conflict*2",
        "last_token*2",
        "token_mismatch",
        "wrong_state*2",
        "vanished*1",
        "vanished*2",
        "permission",
        "internal*2",
        "internal",
        "locked_security",
        "locked_financial",
        "stock@real",
        "permission@dry_run",
        "wrong_state@real",
        "vanished@real*1",
        "batch_fails",
        "code:409:Instance.TaskRunning",
        "code:403:Odd.Refusal",
        "in_progress",
    };
    const char *text = flags[sim_below(&sim->chance, ENS_COUNT(flags))];

    if (emu_flag_read(draft->cloud, ens_str_of(text), &draft->flags[draft->flag_count])) {
        draft->flag_count++;
        instance->plain = false;
    }
}

/* What it becomes by itself: where it is on its way, it arrives some day. */
static void draw_future(struct sim *sim, struct emu_instance *draft)
{
    const enum emu_state end = sim_one_in(&sim->chance, 2) ? EMU_STOPPED : EMU_RUNNING;
    const bool stays = draft->status == emu_cloud_word(draft->cloud, EMU_STOPPED) ||
                       draft->status == emu_cloud_word(draft->cloud, EMU_RUNNING);

    if (stays ? sim_one_in(&sim->chance, 30) : !sim_one_in(&sim->chance, 6)) {
        draft->steps[draft->step_count++] = (struct emu_step){
            .status = emu_cloud_word(draft->cloud, end),
            .after = sim_scaled(&sim->chance, 1, 120000),
        };
    }
}

static void draw_habits(struct sim *sim, struct sim_instance *instance, struct emu_instance *draft)
{
    if (sim->weather.calm) {
        return;
    }
    draw_future(sim, draft);
    if (sim_one_in(&sim->chance, 4)) {
        draw_flag(sim, instance, draft);
    }
    if (sim_one_in(&sim->chance, 5)) {
        draft->on_start = (enum emu_on_start)sim_below(&sim->chance, EMU_IGNORES + 1);
        if (draft->on_start == EMU_FAILS && draft->cloud == EMU_ALIBABA) {
            draft->on_start = EMU_FALLS_BACK;
        }
        instance->plain &= draft->on_start == EMU_RUNS;
    }
    draft->boot_ms = sim_one_in(&sim->chance, 8) ? sim_scaled(&sim->chance, 1, 90000) : -1;
}

static void draw_instance(struct sim *sim, struct emu_world *world, struct sim_instance *instance)
{
    instance->cloud = (enum emu_cloud)sim_below(&sim->chance, EMU_CLOUDS);
    const size_t account = sim_one_in(&sim->chance, 6) ? 1 : 0;

    instance->plain = true;
    draw_region(sim, instance);
    snprintf(instance->id, sizeof(instance->id), "i-sim%05zu", instance->index);
    snprintf(instance->account, sizeof(instance->account), "%s", sim_account_name(account));
    if (sim_one_in(&sim->chance, 15)) {
        return; /* no cloud has it */
    }
    struct emu_instance draft = {
        .cloud = instance->cloud,
        .region = ens_strdup(instance->region),
        .id = ens_strdup(instance->id),
        .account = ens_strdup(instance->account),
        .status = draw_status(sim, instance->cloud),
        .boot_ms = -1,
        .boot_reads = -1,
        .since_ms = -1,
        .prepaid = sim_one_in(&sim->chance, 4),
    };
    draw_habits(sim, instance, &draft);
    emu_world_set(world, &draft);
    instance->model = emu_world_get(world, instance->cloud, ens_str_of(instance->id));
}

/* From one to 500; most are small, so that there is time for many. */
static size_t draw_fleet_size(struct sim *sim)
{
    const uint64_t size = sim_below(&sim->chance, 200);
    const size_t drawn = (size_t)(size == 0   ? sim_between(&sim->chance, 100, SIM_FLEET_MAX)
                                  : size < 8  ? sim_between(&sim->chance, 21, 120)
                                  : size < 60 ? sim_between(&sim->chance, 5, 20)
                                              : sim_between(&sim->chance, 1, 4));

    return drawn < sim->fleet_limit ? drawn : sim->fleet_limit;
}

static void draw_world(struct sim *sim, struct emu_world *world)
{
    static const char *const more[] = {"cn-beijing", "cn-hangzhou"};

    sim->fleet_count = draw_fleet_size(sim);
    sim_keys_draw(sim, world);
    for (size_t i = 0; i < ENS_COUNT(more); i++) {
        emu_world_add_region(world, EMU_ALIBABA, more[i]);
    }
    for (size_t i = 0; i < sim->fleet_count; i++) {
        sim->fleet[i] = (struct sim_instance){.index = i};
        draw_instance(sim, world, &sim->fleet[i]);
    }
}

/* ---- faults --------------------------------------------------------------------------------- */

static void draw_weather(struct sim *sim)
{
    static const unsigned rates[] = {5, 20, 60, 150, 400};
    struct sim_weather *weather = &sim->weather;

    *weather = (struct sim_weather){.calm = sim_one_in(&sim->chance, 12)};
    weather->latency_min_ms = sim_scaled(&sim->chance, 0, 50);
    weather->latency_max_ms = weather->latency_min_ms + sim_scaled(&sim->chance, 1, 500);
    if (weather->calm) {
        return;
    }
    for (size_t i = SIM_FAULT_REFUSED; i < SIM_FAULT_COUNT; i++) {
        if (sim_one_in(&sim->chance, 4)) {
            weather->rate[i] = rates[sim_below(&sim->chance, ENS_COUNT(rates))];
        }
    }
    if (weather->rate[SIM_FAULT_HUGE] > 20) {
        weather->rate[SIM_FAULT_HUGE] = 20;
    }
    weather->quota = sim_one_in(&sim->chance, 8) ? sim_between(&sim->chance, 1, 20) : 0;
}

/* ---- operators ------------------------------------------------------------------------------ */

/* All of the fleet, or a part of it. */
static void draw_targets(struct sim *sim, struct sim_operator *owner)
{
    const uint64_t share = sim_one_in(&sim->chance, 2) ? 4 : sim_below(&sim->chance, 4) + 1;

    owner->targets = ens_arena_array(sim->arena, sim->fleet_count, sizeof(*owner->targets));
    for (size_t i = 0; i < sim->fleet_count; i++) {
        if (sim_below(&sim->chance, 4) < share) {
            owner->targets[owner->count++] = i;
        }
    }
}

static int64_t draw_timeout(struct sim *sim)
{
    return sim_one_in(&sim->chance, 3) ? 0 : sim_scaled(&sim->chance, 1, 180000);
}

static void draw_operator(struct sim *sim, struct sim_operator *owner)
{
    const uint64_t what = sim_below(&sim->chance, 5);
    const bool calm = sim->weather.calm;

    *owner = (struct sim_operator){.sim = sim, .partner = -1};
    draw_targets(sim, owner);
    owner->plans = what != 1;
    owner->applies = what != 0;
    owner->same_process = sim_one_in(&sim->chance, 2);
    owner->no_dry_run = sim_one_in(&sim->chance, 10);
    for (size_t cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        const uint64_t keys = sim_below(&sim->chance, 20);
        owner->account[cloud] = calm || keys > 2 ? 0 : keys == 0 ? SIM_ACCOUNTS : 1;
    }
    if (calm) {
        return;
    }
    owner->plan_timeout_ms = draw_timeout(sim);
    owner->apply_timeout_ms = draw_timeout(sim);
    owner->deaths = sim_one_in(&sim->chance, 3) ? (unsigned)sim_between(&sim->chance, 1, 3) : 0;
    owner->audit_failures = sim_one_in(&sim->chance, 12) ? 200 : 0;
    owner->cancel_rate = sim_one_in(&sim->chance, 4) ? 300 : 0;
    if (owner != sim->operators && sim_one_in(&sim->chance, 3)) {
        owner->partner = 0;
        memcpy(owner->account, sim->operators[0].account, sizeof(owner->account));
    }
}

static void add_errand(struct sim *sim, struct sim_errand errand)
{
    if (sim->errand_count < SIM_ERRANDS_MAX) {
        sim->errands[sim->errand_count++] = errand;
    }
}

/* Some of a kind, within some minutes. */
static void add_errands(struct sim *sim, enum sim_errand_kind kind, int64_t most)
{
    for (int64_t left = sim_scaled(&sim->chance, 1, most); left > 0; left--) {
        const int64_t at = sim->now_ms + sim_scaled(&sim->chance, 0, 120000);
        add_errand(sim, (struct sim_errand){.at_ms = at, .kind = kind});
    }
}

static void draw_errands(struct sim *sim)
{
    for (size_t i = 0; i < sim->operator_count; i++) {
        const int64_t pause = i == 0 ? 0 : sim_scaled(&sim->chance, 0, 30000);
        add_errand(sim, (struct sim_errand){.at_ms = sim->now_ms + pause,
                                            .kind = SIM_ERRAND_JOB,
                                            .owner = &sim->operators[i]});
    }
    if (sim->weather.calm) {
        return;
    }
    if (sim_one_in(&sim->chance, 3)) {
        add_errands(sim, SIM_ERRAND_OTHER, 20);
    }
    if (sim_one_in(&sim->chance, 6)) {
        const int64_t at = sim->now_ms + sim_scaled(&sim->chance, 0, 60000);
        add_errand(sim, (struct sim_errand){.at_ms = at, .kind = SIM_ERRAND_OUTAGE});
    }
    if (sim->temporary && sim_one_in(&sim->chance, 2)) {
        add_errands(sim, SIM_ERRAND_STS, 4);
    }
    if (sim->temporary && sim_one_in(&sim->chance, 3)) {
        add_errands(sim, SIM_ERRAND_REVOKE, 4);
    }
}

void sim_draw(struct sim *sim)
{
    const struct ens_clock *clock = &sim->emulator.clock;
    const struct ens_clock kept = *clock;
    struct emu_world world;

    emu_world_init(&world);
    draw_weather(sim);
    draw_world(sim, &world);
    emu_emulator_init(&sim->emulator, &world, &kept, sim->seed);
    for (size_t i = 0; i < sim->fleet_count; i++) {
        struct sim_instance *one = &sim->fleet[i];
        one->model = emu_world_get(&sim->emulator.world, one->cloud, ens_str_of(one->id));
    }
    sim->emulator.boot_ms = sim_scaled(&sim->chance, 1, 20000);
    sim->emulator.issuer.live_ms = sim->keys_live_ms;
    if (!sim->weather.calm && sim_one_in(&sim->chance, 10)) {
        sim->emulator.clock_offset_ms = sim_between(&sim->chance, -3600, 3600) * 1000;
    }
    sim->operator_count =
        sim->weather.calm ? 1 : (size_t)sim_scaled(&sim->chance, 1, SIM_OPERATORS_MAX);
    for (size_t i = 0; i < sim->operator_count; i++) {
        draw_operator(sim, &sim->operators[i]);
    }
    draw_errands(sim);
}

/* ---- another user --------------------------------------------------------------------------- */

static void begin_change(struct emu_instance *model, const char *through, const char *end,
                         int64_t now_ms, int64_t after_ms)
{
    model->status = through;
    model->since_ms = now_ms;
    model->reads = 0;
    model->step_next = 0;
    model->step_count = 1;
    model->steps[0] = (struct emu_step){.status = end, .after = after_ms};
}

void sim_others_act(struct sim *sim)
{
    struct sim_instance *one = &sim->fleet[sim_below(&sim->others, sim->fleet_count)];
    struct emu_instance *model = one->model;
    const int64_t after = sim_scaled(&sim->others, 1, 30000);
    const bool lags = sim_one_in(&sim->others, 3);

    if (model == NULL || model->gone) {
        return;
    }
    if (sim_one_in(&sim->others, 20)) {
        model->gone = true;
        sim_note(sim, "another user deletes %s", one->id);
        return;
    }
    const char *stopped = emu_cloud_word(one->cloud, EMU_STOPPED);
    const char *running = emu_cloud_word(one->cloud, EMU_RUNNING);
    const bool is_stopped = emu_instance_is(model, EMU_STOPPED, sim->now_ms);
    if (!is_stopped && !emu_instance_is(model, EMU_RUNNING, sim->now_ms)) {
        return;
    }
    if (lags) {
        emu_instance_hold_back(model, sim->now_ms, sim_scaled(&sim->others, 1, 3000), 0);
    }
    sim_note(sim, "another user %s %s", is_stopped ? "starts" : "stops", one->id);
    if (is_stopped) {
        begin_change(model, emu_cloud_word(one->cloud, EMU_STARTING), running, sim->now_ms, after);
    } else {
        const char *stopping = one->cloud == EMU_VOLCENGINE ? "STOPPING" : "Stopping";
        begin_change(model, emu_cloud_status(one->cloud, ens_str_of(stopping)), stopped,
                     sim->now_ms, after);
    }
}
