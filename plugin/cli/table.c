/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/table.h"

#include "cli/notes.h"
#include "cli/summary.h"
#include "cli/text.h"
#include "core/duration.h"

#define GAP      2  /* blanks between columns, and before the first */
#define LAST_MIN 12 /* minimum width of the last cell of a row */

/* ---- columns --------------------------------------------------------------------------------- */

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

/* The action of a plan, or what an apply did. */
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

/* Whether the unified status is less specific than the cloud's own. */
static bool is_unspecific(const struct ens_result *result)
{
    return (result->status == ENS_STATUS_BUSY || result->status == ENS_STATUS_FAILED ||
            result->status == ENS_STATUS_UNKNOWN) &&
           result->provider_status.len > 0 &&
           !ens_str_eq_nocase(result->provider_status, ens_str_of(ens_reason_name(result->reason)));
}

/* Empty for reason ok. */
static struct ens_cell cell_reason(struct ens_arena *arena, enum ens_view view,
                                   const struct ens_result *result)
{
    bool well = result->reason == ENS_REASON_OK || result->reason == ENS_REASON_ALREADY_RUNNING ||
                (view == ENS_VIEW_APPLY && !ens_result_failed(result, true)) ||
                (view == ENS_VIEW_STATUS && result->status != ENS_STATUS_UNKNOWN &&
                 !ens_result_wait_ended(result));
    enum ens_tone tone = ens_style_tone(ens_standing_of(view, result));
    const char *reason = ens_reason_name(result->reason);

    if (well || !is_unspecific(result) || view == ENS_VIEW_STATUS) {
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

/* ---- rows ------------------------------------------------------------------------------------ */

struct layout {
    struct ens_buf *out;
    const struct ens_report *report;
    const struct ens_style *style;
    const struct ens_column *columns;
    size_t count;
    size_t widths[ENS_COLUMNS_MAX]; /* 0: the column is empty and is omitted */
    size_t indent;                  /* columns before the first cell */
    bool stacked;                   /* too narrow for columns: cells go below the first one */
};

static void measure(struct layout *layout, const struct ens_result *result, struct ens_arena *arena)
{
    for (size_t c = 0; c < layout->count; c++) {
        struct ens_cell cell = layout->columns[c].cell(arena, layout->report->view, result);
        size_t width = ens_text_width(cell.text);
        layout->widths[c] = width > layout->widths[c] ? width : layout->widths[c];
    }
}

static struct layout layout_of(struct ens_buf *out, const struct ens_report *report,
                               const struct ens_style *style)
{
    struct layout layout = {
        .out = out, .report = report, .style = style, .indent = style->symbols ? GAP + 2 : GAP};
    size_t needed = layout.indent + LAST_MIN;
    ENS_AUTO_ARENA *arena = ens_arena_new();

    layout.columns = ens_table_columns(report->view, &layout.count);
    for (size_t i = 0; i < report->document->count; i++) {
        const struct ens_result result = ens_document_result(report->document, i);
        if (ens_report_shows(report, &result)) {
            measure(&layout, &result, arena);
            ens_arena_reset(arena);
        }
    }
    for (size_t c = 0; c < layout.count; c++) {
        size_t title = ens_text_width(ens_str_of(layout.columns[c].title));
        if (layout.widths[c] > 0 && layout.widths[c] < title) {
            layout.widths[c] = title;
        }
        if (c + 1 < layout.count && layout.widths[c] > 0) {
            needed += layout.widths[c] + GAP;
        }
    }
    layout.stacked = style->width > 0 && needed > style->width;
    return layout;
}

/* Writes the cells up to the last that is not empty; it is not padded, and cut at the width of the
 * terminal. */
static void write_cells(const struct layout *layout, const struct ens_cell *cells)
{
    size_t at = layout->indent;
    size_t last = 0;

    for (size_t c = 0; c < layout->count; c++) {
        last = cells[c].text.len > 0 && layout->widths[c] > 0 ? c : last;
    }
    for (size_t c = 0; c <= last; c++) {
        size_t room = layout->style->width;
        if (layout->widths[c] == 0) {
            continue;
        }
        ens_style_on(layout->out, layout->style, cells[c].tone);
        if (c < last) {
            ens_text_pad(layout->out, cells[c].text, layout->widths[c]);
        } else if (room == 0) {
            ens_buf_add(layout->out, cells[c].text);
        } else {
            ens_text_cut(layout->out, cells[c].text, room > at + LAST_MIN ? room - at : LAST_MIN);
        }
        ens_style_off(layout->out, layout->style, cells[c].tone);
        ens_buf_addf(layout->out, "%*s", c < last ? GAP : 0, "");
        at += layout->widths[c] + GAP;
    }
}

/* Writes a cell as several lines of the same indent. */
static void write_wrapped(const struct layout *layout, const struct ens_cell *cell)
{
    ens_str rest = cell->text;
    size_t width = 0;

    for (;;) {
        ens_str line = ens_text_fit(rest, layout->style->width - layout->indent, &width);
        ens_style_put(layout->out, layout->style, cell->tone, line);
        ens_buf_add_char(layout->out, '\n');
        rest = (ens_str){rest.ptr + line.len, rest.len - line.len};
        if (rest.len == 0 || line.len == 0) {
            return;
        }
        ens_buf_addf(layout->out, "%*s", (int)layout->indent, "");
    }
}

/* Writes the first cell on lines of its own and the others below it, wrapped. */
static void write_stacked(const struct layout *layout, const struct ens_cell *cells)
{
    const size_t indent = layout->indent + GAP;
    size_t at = 0; /* the line is empty */

    write_wrapped(layout, &cells[0]);
    for (size_t c = 1; c < layout->count; c++) {
        size_t width = ens_text_width(cells[c].text);
        if (width == 0) {
            continue;
        }
        if (at > 0 && at + GAP + width > layout->style->width) {
            ens_buf_add_char(layout->out, '\n');
            at = 0;
        }
        size_t gap = at == 0 ? indent : GAP;
        ens_buf_addf(layout->out, "%*s", (int)gap, "");
        ens_style_on(layout->out, layout->style, cells[c].tone);
        ens_text_cut(layout->out, cells[c].text, layout->style->width - indent);
        ens_style_off(layout->out, layout->style, cells[c].tone);
        at += gap + width;
    }
}

static void write_row(const struct layout *layout, const char *symbol, enum ens_tone tone,
                      const struct ens_cell *cells)
{
    ens_buf_addf(layout->out, "%*s", GAP, "");
    if (layout->style->symbols) {
        ens_style_put(layout->out, layout->style, tone, ens_str_of(symbol));
        ens_buf_add_char(layout->out, ' ');
    }
    if (layout->stacked) {
        write_stacked(layout, cells);
    } else {
        write_cells(layout, cells);
    }
    ens_buf_add_char(layout->out, '\n');
}

static void write_titles(const struct layout *layout)
{
    struct ens_cell cells[ENS_COLUMNS_MAX] = {0};

    for (size_t c = 0; c < layout->count; c++) {
        cells[c] = (struct ens_cell){ens_str_of(layout->columns[c].title), ENS_TONE_DIM};
    }
    write_row(layout, " ", ENS_TONE_PLAIN, cells);
}

static void write_instance(const struct layout *layout, const struct ens_result *result,
                           struct ens_arena *arena)
{
    enum ens_standing standing = ens_standing_of(layout->report->view, result);
    struct ens_cell cells[ENS_COLUMNS_MAX] = {0};

    for (size_t c = 0; c < layout->count; c++) {
        cells[c] = layout->columns[c].cell(arena, layout->report->view, result);
    }
    write_row(layout, ens_style_symbol(layout->style, standing), ens_style_tone(standing), cells);
}

/* ---- groups: one for each cloud and region, in the order in which they appear ---------------- */

struct groups {
    struct ens_target_list places; /* targets without an id */
    uint32_t *group;               /* per result: its group */
    uint32_t *order;               /* indexes of results, group by group */
};

static struct groups groups_of(struct ens_arena *arena, const struct ens_document *document)
{
    struct groups groups = {.places = {.arena = arena}};
    size_t *next = NULL; /* per group: position of its next result in order */

    groups.group = ens_arena_array(arena, document->count, sizeof(uint32_t));
    groups.order = ens_arena_array(arena, document->count, sizeof(uint32_t));
    for (size_t i = 0; i < document->count; i++) {
        struct ens_target place = ens_document_result(document, i).target;
        size_t group = 0;
        place.id = (ens_str){NULL, 0};
        ens_rc rc = ens_target_list_add(&groups.places, &place, &group, NULL);
        ENS_ASSERT(rc == ENS_OK); /* there are at most as many places as targets */
        groups.group[i] = (uint32_t)group;
    }
    next = ens_arena_array(arena, groups.places.count + 1, sizeof(size_t));
    for (size_t i = 0; i < document->count; i++) {
        next[groups.group[i] + 1]++;
    }
    for (size_t g = 1; g < groups.places.count; g++) {
        next[g] += next[g - 1];
    }
    for (size_t i = 0; i < document->count; i++) {
        groups.order[next[groups.group[i]]++] = (uint32_t)i;
    }
    return groups;
}

static void write_place(const struct layout *layout, const struct ens_target *place)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF lines = ens_buf_new(4096);
    ens_str text =
        ens_arena_printf(arena, "%.*s/%.*s", ENS_STR_ARG(place->cloud), ENS_STR_ARG(place->region));

    ens_text_wrap(&lines, ens_text_clean(arena, text), 0, layout->style->width);
    ens_style_put(layout->out, layout->style, ENS_TONE_TITLE, ens_str_trim(ens_buf_str(&lines)));
    ens_buf_add_char(layout->out, '\n');
}

/* ---- the table ------------------------------------------------------------------------------- */

#define NO_GROUP   UINT32_MAX
#define PIECE_ROWS 100

struct ens_table {
    struct layout layout;
    struct groups groups;
    size_t at;       /* the next result, in the order of the groups */
    uint32_t before; /* the group of the last that was written */
    bool ended;
};

struct ens_table *ens_table_begin(struct ens_arena *arena, struct ens_buf *out,
                                  const struct ens_report *report, const struct ens_style *style)
{
    struct ens_table *table = ens_arena_alloc(arena, sizeof(*table));

    *table = (struct ens_table){
        .layout = layout_of(out, report, style),
        .groups = groups_of(arena, report->document),
        .before = NO_GROUP,
    };
    if (report->document->count > 0 && !table->layout.stacked) {
        write_titles(&table->layout);
    }
    return table;
}

static void write_group(struct ens_table *table, uint32_t group)
{
    const struct ens_target place = ens_target_list_at(&table->groups.places, group);

    ens_buf_add(table->layout.out, table->before == NO_GROUP ? ENS_STR("") : ENS_STR("\n"));
    write_place(&table->layout, &place);
    table->before = group;
}

static void write_rows(struct ens_table *table)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_report *report = table->layout.report;

    for (size_t i = 0; i < PIECE_ROWS && table->at < report->document->count; i++, table->at++) {
        const uint32_t index = table->groups.order[table->at];
        const struct ens_result result = ens_document_result(report->document, index);
        if (!ens_report_shows(report, &result)) {
            continue;
        }
        if (table->groups.group[index] != table->before) {
            write_group(table, table->groups.group[index]);
        }
        write_instance(&table->layout, &result, arena);
        ens_arena_reset(arena);
    }
}

static void write_end(const struct layout *layout)
{
    if (layout->report->document->count > 0) {
        ens_notes_write(layout->out, layout->report, layout->style);
        ens_buf_add_char(layout->out, '\n');
    }
    ens_summary_line(layout->out, layout->report, layout->style);
    ens_buf_add_char(layout->out, '\n');
}

bool ens_table_next(struct ens_table *table)
{
    if (table->ended) {
        return false;
    }
    write_rows(table);
    if (table->at == table->layout.report->document->count) {
        write_end(&table->layout);
        table->ended = true;
    }
    return true;
}
