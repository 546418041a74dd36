/* SPDX-License-Identifier: Apache-2.0 */
#include "fate.h"

#include <stdio.h>

/* The engine waits for so long before it believes that a start without a token did not happen; what
 * is later than that is no cloud that it promises anything about. */
#define LAG_MAX_MS   3000
#define LATE_MAX_MS  60000 /* where a token makes a late start harmless */
#define STALE_MAX_MS 20000

/* What a fault may happen to. */
enum { READS = 1, DRY_RUNS = 2, STARTS = 4, LOGINS = 8, CALLS = READS | DRY_RUNS | STARTS };

static const struct {
    const char *name;
    unsigned what;
} faults[SIM_FAULT_COUNT] = {
    [SIM_FAULT_NONE] = {"none", 0},
    [SIM_FAULT_REFUSED] = {"refused", CALLS | LOGINS},
    [SIM_FAULT_REQUEST_LOST] = {"request lost", CALLS | LOGINS},
    [SIM_FAULT_ANSWER_LOST] = {"answer lost", CALLS | LOGINS},
    [SIM_FAULT_LATE] = {"late", STARTS},
    [SIM_FAULT_HANG] = {"hang", CALLS | LOGINS},
    [SIM_FAULT_SLOW] = {"slow", CALLS | LOGINS},
    [SIM_FAULT_THROTTLE] = {"throttle", CALLS | LOGINS},
    [SIM_FAULT_HTTP] = {"http", CALLS | LOGINS},
    [SIM_FAULT_HTML] = {"html", READS | STARTS | LOGINS},
    [SIM_FAULT_GARBAGE] = {"garbage", READS | STARTS | LOGINS},
    [SIM_FAULT_CHOPPED] = {"chopped", CALLS | LOGINS},
    [SIM_FAULT_EMPTY] = {"empty", READS | STARTS | LOGINS},
    [SIM_FAULT_XML] = {"xml", CALLS | LOGINS},
    [SIM_FAULT_REDIRECT] = {"redirect", CALLS | LOGINS},
    [SIM_FAULT_HUGE] = {"huge", READS | STARTS | LOGINS},
    [SIM_FAULT_HIDDEN] = {"hidden", READS},
    [SIM_FAULT_ODD_WORD] = {"odd word", READS},
    [SIM_FAULT_STALE] = {"stale", STARTS},
    [SIM_FAULT_HONOURED] = {"honoured", DRY_RUNS},
    [SIM_FAULT_EXPIRED] = {"expired", CALLS},
    [SIM_FAULT_EXPIRES] = {"another expiry", LOGINS},
};

const char *sim_fault_name(enum sim_fault fault)
{
    return faults[fault].name;
}

static unsigned part_of(enum ens_call_kind kind)
{
    static const unsigned parts[ENS_CALL_KIND_COUNT] = {
        [ENS_CALL_READ] = READS,
        [ENS_CALL_PROBE] = DRY_RUNS,
        [ENS_CALL_DRY_RUN] = DRY_RUNS,
        [ENS_CALL_START] = STARTS,
    };

    return parts[kind];
}

static enum sim_fault draw_fault(struct sim *sim, unsigned part)
{
    for (size_t i = SIM_FAULT_REFUSED; i < SIM_FAULT_COUNT; i++) {
        if (sim->weather.rate[i] > 0 && (faults[i].what & part) != 0 &&
            sim_per_mille(&sim->network, sim->weather.rate[i]) &&
            sim->fault_count < sim->fault_limit) {
            sim->fault_count++;
            return (enum sim_fault)i;
        }
    }
    return SIM_FAULT_NONE;
}

static struct sim_fate draw(struct sim *sim, unsigned part, enum emu_cloud cloud)
{
    const struct sim_weather *weather = &sim->weather;
    struct sim_fate fate = {.fault = draw_fault(sim, part), .cloud = cloud};

    fate.variant = sim_next(&sim->network);
    fate.effect = sim_one_in(&sim->network, 2);
    fate.there_ms = sim_scaled(&sim->network, weather->latency_min_ms, weather->latency_max_ms) / 2;
    fate.back_ms = sim_scaled(&sim->network, weather->latency_min_ms, weather->latency_max_ms);
    if (fate.fault == SIM_FAULT_SLOW) {
        fate.back_ms += sim_scaled(&sim->network, 1, 40000);
    } else if (fate.fault == SIM_FAULT_LATE) {
        fate.lag_ms =
            sim_scaled(&sim->network, 1, cloud == EMU_VOLCENGINE ? LATE_MAX_MS : LAG_MAX_MS);
    } else if (fate.fault == SIM_FAULT_STALE) {
        fate.lag_ms = sim_scaled(&sim->network, 1, STALE_MAX_MS);
    } else if (fate.fault != SIM_FAULT_NONE && sim_one_in(&sim->network, 4)) {
        fate.lag_ms = sim_scaled(&sim->network, 1, LAG_MAX_MS);
    }
    return fate;
}

struct sim_fate sim_fate_draw(struct sim *sim, enum ens_call_kind kind, enum emu_cloud cloud)
{
    return draw(sim, part_of(kind), cloud);
}

struct sim_fate sim_fate_draw_login(struct sim *sim, enum emu_cloud cloud)
{
    return draw(sim, LOGINS, cloud);
}

const char *sim_fate_spec(const struct sim_fate *fate, char ret[64])
{
    static const unsigned http[] = {500, 502, 503, 504};
    static const unsigned html[] = {200, 403, 404, 502, 500};
    static const char *const expired[EMU_CLOUDS] = {
        "401:InvalidSecretToken", "400:InvalidSecurityToken.Expired", "403:InvalidAccessKeyId"};
    const char *effect = fate->effect ? "yes" : "no";
    const unsigned variant = (unsigned)(fate->variant >> 8);

    ret[0] = '\0';
    switch (fate->fault) {
    case SIM_FAULT_THROTTLE:
        if (variant % 3 == 0) {
            snprintf(ret, 64, "throttle");
        } else {
            snprintf(ret, 64, "throttle:%u", variant % 12000);
        }
        break;
    case SIM_FAULT_HTTP:
        snprintf(ret, 64, "http:%u,effect=%s", http[variant % ENS_COUNT(http)], effect);
        break;
    case SIM_FAULT_HTML:
        snprintf(ret, 64, "html:%u,effect=%s", html[variant % ENS_COUNT(html)], effect);
        break;
    case SIM_FAULT_GARBAGE:
        snprintf(ret, 64, "garbage,effect=%s", effect);
        break;
    case SIM_FAULT_EMPTY:
        snprintf(ret, 64, "empty,effect=%s", effect);
        break;
    case SIM_FAULT_XML: /* a refusal, so nothing has happened */
        snprintf(ret, 64, "xml");
        break;
    case SIM_FAULT_REDIRECT:
        snprintf(ret, 64, "redirect");
        break;
    case SIM_FAULT_HUGE:
        snprintf(ret, 64, "huge,effect=%s", effect);
        break;
    case SIM_FAULT_HONOURED:
        snprintf(ret, 64, "start-anyway");
        break;
    case SIM_FAULT_EXPIRED:
        snprintf(ret, 64, "error:%s", expired[fate->cloud]);
        break;
    case SIM_FAULT_EXPIRES:
        snprintf(ret, 64, "expires:%lld", (long long)(variant % 240000) - 60000);
        break;
    case SIM_FAULT_NONE:
    case SIM_FAULT_REFUSED:
    case SIM_FAULT_REQUEST_LOST:
    case SIM_FAULT_ANSWER_LOST:
    case SIM_FAULT_LATE:
    case SIM_FAULT_HANG:
    case SIM_FAULT_SLOW:
    case SIM_FAULT_CHOPPED:
    case SIM_FAULT_HIDDEN:
    case SIM_FAULT_ODD_WORD:
    case SIM_FAULT_STALE:
    case SIM_FAULT_COUNT:
        break;
    }
    return ret;
}

bool sim_fate_is_ambiguous(const struct sim_fate *fate)
{
    switch (fate->fault) {
    case SIM_FAULT_REQUEST_LOST:
    case SIM_FAULT_ANSWER_LOST:
    case SIM_FAULT_LATE:
    case SIM_FAULT_HANG:
    case SIM_FAULT_HTTP:
    case SIM_FAULT_HTML:
    case SIM_FAULT_GARBAGE:
    case SIM_FAULT_CHOPPED:
    case SIM_FAULT_REDIRECT:
    case SIM_FAULT_HUGE:
        return true;
    case SIM_FAULT_NONE:
    case SIM_FAULT_REFUSED:
    case SIM_FAULT_SLOW:
    case SIM_FAULT_THROTTLE:
    case SIM_FAULT_EMPTY:
    case SIM_FAULT_XML:
    case SIM_FAULT_HIDDEN:
    case SIM_FAULT_ODD_WORD:
    case SIM_FAULT_STALE:
    case SIM_FAULT_HONOURED:
    case SIM_FAULT_EXPIRED:
    case SIM_FAULT_EXPIRES:
    case SIM_FAULT_COUNT:
        break;
    }
    return false;
}
