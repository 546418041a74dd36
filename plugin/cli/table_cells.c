#include "cli/table_cells.h"

#include "cli/text.h"
#include "core/duration.h"

static struct ens_cell cell_of(const char *text, enum ens_tone tone)
{
    return (struct ens_cell){ens_str_of(text), tone};
}

static struct ens_cell cell_id(struct ens_arena *arena, enum ens_view view,
                               const struct ens_result *result)
{
    (void)view;
    return (struct ens_cell){ens_text_clean(arena, result->target.id), ENS_TONE_PLAIN};
}

static struct ens_cell cell_status(struct ens_arena *arena, enum ens_view view,
                                   const struct ens_result *result)
{
    enum ens_standing standing = ens_standing_of(view, result);

    (void)arena;
    return cell_of(ens_status_name(result->status),
                   view == ENS_VIEW_STATUS ? ens_style_tone(standing) : ENS_TONE_PLAIN);
}

static struct ens_cell cell_word(struct ens_arena *arena, enum ens_view view,
                                 const struct ens_result *result)
{
    (void)view;
    return (struct ens_cell){ens_text_clean(arena, result->provider_status), ENS_TONE_DIM};
}

/* What a plan means to do; what an apply did. */
static struct ens_cell cell_action(struct ens_arena *arena, enum ens_view view,
                                   const struct ens_result *result)
{
    static const char *const done[ENS_ACTION_COUNT] = {
        [ENS_ACTION_NONE] = "none",
        [ENS_ACTION_START] = "start",
        [ENS_ACTION_WAIT] = "waited",
        [ENS_ACTION_REFUSE] = "refused",
    };
    enum ens_tone tone = ens_style_tone(ens_standing_of(view, result));

    (void)arena;
    if (view != ENS_VIEW_APPLY) {
        return cell_of(ens_action_name(result->action), tone);
    }
    return cell_of(result->started ? "started" : done[result->action], tone);
}

static struct ens_cell cell_confidence(struct ens_arena *arena, enum ens_view view,
                                       const struct ens_result *result)
{
    bool unsure = result->confidence == ENS_CONFIDENCE_UNVERIFIED;

    (void)arena;
    (void)view;
    return cell_of(ens_confidence_name(result->confidence), unsure ? ENS_TONE_BUSY : ENS_TONE_DIM);
}

static struct ens_cell cell_elapsed(struct ens_arena *arena, enum ens_view view,
                                    const struct ens_result *result)
{
    (void)view;
    return (struct ens_cell){ens_duration_text(arena, result->elapsed_ms), ENS_TONE_DIM};
}

/* Whether our words for the state say less than the cloud's own. */
static bool is_vague(const struct ens_result *result)
{
    return (result->status == ENS_STATUS_BUSY || result->status == ENS_STATUS_FAILED ||
            result->status == ENS_STATUS_UNKNOWN) &&
           result->provider_status.len > 0 &&
           !ens_str_eq_nocase(result->provider_status, ens_str_of(ens_reason_name(result->reason)));
}

/* Empty where all is well. */
static struct ens_cell cell_reason(struct ens_arena *arena, enum ens_view view,
                                   const struct ens_result *result)
{
    bool well = result->reason == ENS_REASON_OK || result->reason == ENS_REASON_ALREADY_RUNNING ||
                (view == ENS_VIEW_APPLY && !ens_result_failed(result, true)) ||
                (view == ENS_VIEW_STATUS && result->status != ENS_STATUS_UNKNOWN);
    enum ens_tone tone = ens_style_tone(ens_standing_of(view, result));
    const char *reason = ens_reason_name(result->reason);

    if (well || !is_vague(result) || view == ENS_VIEW_STATUS) {
        return cell_of(well ? "" : reason, tone);
    }
    ens_str word = ens_text_clean(arena, result->provider_status);
    return (struct ens_cell){ens_arena_printf(arena, "%s (%.*s)", reason, ENS_STR_ARG(word)), tone};
}

static const struct ens_column plan_columns[] = {
    {"INSTANCE", cell_id},           {"STATUS", cell_status}, {"ACTION", cell_action},
    {"CONFIDENCE", cell_confidence}, {"REASON", cell_reason},
};

static const struct ens_column apply_columns[] = {
    {"INSTANCE", cell_id},  {"STATUS", cell_status}, {"ACTION", cell_action},
    {"TIME", cell_elapsed}, {"REASON", cell_reason},
};

static const struct ens_column status_columns[] = {
    {"INSTANCE", cell_id},
    {"STATUS", cell_status},
    {"CLOUD SAYS", cell_word},
    {"REASON", cell_reason},
};

const struct ens_column *ens_table_columns(enum ens_view view, size_t *ret_count)
{
    static const struct {
        const struct ens_column *columns;
        size_t count;
    } views[] = {
        [ENS_VIEW_PLAN] = {plan_columns, ENS_COUNT(plan_columns)},
        [ENS_VIEW_APPLY] = {apply_columns, ENS_COUNT(apply_columns)},
        [ENS_VIEW_STATUS] = {status_columns, ENS_COUNT(status_columns)},
    };

    *ret_count = views[view].count;
    return views[view].columns;
}
