/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/find_table.h"

#include "cli/text.h"

#define GAP       2  /* blanks between columns, and before the first */
#define WIDTH_MAX 40 /* of a column but the first; longer text is cut */
#define LAST_MIN  12 /* a column for which this is left is shown cut */
#define NAME_MIN  12 /* names are cut to as little as this for the sake of the zone */

#define TEXT_MAX  ((size_t)1024 * 1024) /* bytes of a cell */

enum { ID, STATUS, NAME, ZONE, TYPE, CHARGE, TAGS, COLUMNS };

static const char *const titles[COLUMNS] = {
    [ID] = "INSTANCE", [STATUS] = "STATUS", [NAME] = "NAME", [ZONE] = "ZONE",
    [TYPE] = "TYPE",   [CHARGE] = "PAID",   [TAGS] = "TAGS",
};

struct row {
    ens_str cloud;
    ens_str region;
    enum ens_status status;
    ens_str cells[COLUMNS]; /* clean */
};

/* What of a row has few different values, and its other texts. */
enum { CLOUD, REGION, STATE, SHARED, NUMBERS = SHARED + COLUMNS - ZONE };
#define OWN_TEXTS 2

/* ---- rows ------------------------------------------------------------------------------------ */

static ens_str tags_of(struct ens_arena *arena, const struct ens_finding *finding)
{
    ENS_AUTO_BUF text = ens_buf_new(TEXT_MAX);

    for (size_t i = 0; i < finding->tag_count; i++) {
        ens_buf_addf(&text, "%s%.*s=%.*s", i == 0 ? "" : " ", ENS_STR_ARG(finding->tags[i].name),
                     ENS_STR_ARG(finding->tags[i].value));
    }
    return ens_text_clean(arena, ens_arena_dup(arena, ens_buf_str(&text)));
}

/* Texts are valid as long as the table. */
static struct row row_at(const struct ens_find_table *table, size_t index)
{
    const ens_str *shared = table->texts.items;
    uint64_t numbers[NUMBERS];
    ens_str texts[OWN_TEXTS];

    ens_unpack_record(table->rows[index], numbers, NUMBERS, texts, OWN_TEXTS);
    struct row row = {
        .cloud = shared[numbers[CLOUD]],
        .region = shared[numbers[REGION]],
        .status = (enum ens_status)numbers[STATE],
        .cells = {[ID] = texts[0],
                  [STATUS] = ens_str_of(ens_status_name((enum ens_status)numbers[STATE])),
                  [NAME] = texts[1]},
    };
    for (size_t c = ZONE; c < COLUMNS; c++) {
        row.cells[c] = shared[numbers[SHARED + c - ZONE]];
    }
    return row;
}

void ens_find_table_add(struct ens_find_table *table, const struct ens_finding *finding)
{
    ENS_AUTO_ARENA *scratch = ens_arena_new();
    struct ens_text_set *shared = &table->texts;
    const ens_str texts[OWN_TEXTS] = {ens_text_clean(scratch, finding->target.id),
                                      ens_text_clean(scratch, finding->name)};
    const ens_str cells[COLUMNS] = {[ZONE] = ens_text_clean(scratch, finding->zone),
                                    [TYPE] = ens_text_clean(scratch, finding->instance_type),
                                    [CHARGE] = ens_text_clean(scratch, finding->charge_type),
                                    [TAGS] = tags_of(scratch, finding)};
    uint64_t numbers[NUMBERS] = {[CLOUD] = ens_text_set_add(shared, finding->target.cloud),
                                 [REGION] = ens_text_set_add(shared, finding->target.region),
                                 [STATE] = finding->status};

    for (size_t c = ZONE; c < COLUMNS; c++) {
        numbers[SHARED + c - ZONE] = ens_text_set_add(shared, cells[c]);
    }
    table->rows = ens_arena_grow(shared->arena, table->rows, table->count, sizeof(unsigned char *));
    table->rows[table->count++] =
        ens_pack_record(shared->arena, numbers, NUMBERS, texts, OWN_TEXTS);
}

/* ---- layout ---------------------------------------------------------------------------------- */

struct layout {
    struct ens_buf *out;
    const struct ens_style *style;
    size_t widths[COLUMNS]; /* 0: the column is not shown */
    size_t last;            /* the last column that is shown */
    size_t indent;
    bool stacked; /* not even id and status fit beside each other */
};

static void measure(struct layout *layout, const struct ens_find_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct row row = row_at(table, i);
        for (size_t c = 0; c < COLUMNS; c++) {
            const size_t width = ens_text_width(row.cells[c]);
            layout->widths[c] = width > layout->widths[c] ? width : layout->widths[c];
        }
    }
    for (size_t c = 0; c < COLUMNS; c++) {
        const size_t title = ens_text_width(ens_str_of(titles[c]));
        const size_t most = c == ID ? SIZE_MAX : WIDTH_MAX;
        size_t *width = &layout->widths[c];
        *width = *width > 0 && *width < title ? title : *width;
        *width = layout->style->width > 0 && *width > most ? most : *width;
    }
}

/* Cuts names where that makes room for the zone: one long name must not hide all zones. */
static void share_with_zone(struct layout *layout)
{
    size_t *widths = layout->widths;
    const size_t others = layout->indent + widths[ID] + GAP + widths[STATUS] + GAP + widths[ZONE];
    const size_t room = layout->style->width;

    if (room >= others + NAME_MIN + GAP && others + widths[NAME] + GAP > room && widths[ZONE] > 0) {
        widths[NAME] = room - others - GAP;
    }
}

/* Drops columns from the right until the others fit. */
static void fit(struct layout *layout)
{
    const size_t room = layout->style->width;
    size_t used = layout->indent;
    bool full = false;

    for (size_t c = 0; c < COLUMNS; c++) {
        size_t *width = &layout->widths[c];
        if (full) {
            *width = 0;
        } else if (*width > 0 && room > 0 && used + *width > room) {
            full = true;
            layout->stacked = c <= STATUS;
            *width = c > STATUS && used + LAST_MIN <= room ? room - used : 0;
        }
        layout->last = *width > 0 ? c : layout->last;
        used += *width > 0 ? *width + GAP : 0;
    }
}

static struct layout layout_of(struct ens_buf *out, const struct ens_find_table *table,
                               const struct ens_style *style)
{
    struct layout layout = {.out = out, .style = style, .indent = GAP + (style->symbols ? 2 : 0)};

    measure(&layout, table);
    share_with_zone(&layout);
    fit(&layout);
    return layout;
}

/* ---- writing --------------------------------------------------------------------------------- */

static enum ens_standing standing_of(enum ens_status status)
{
    const struct ens_result result = {.status = status};

    return ens_standing_of(ENS_VIEW_STATUS, &result);
}

static void begin_line(const struct layout *layout, const char *symbol, enum ens_tone tone)
{
    ens_buf_addf(layout->out, "%*s", GAP, "");
    if (layout->style->symbols) {
        ens_style_put(layout->out, layout->style, tone, ens_str_of(symbol));
        ens_buf_add_char(layout->out, ' ');
    }
}

static enum ens_tone tone_of(size_t column, enum ens_status status)
{
    if (column == STATUS) {
        return ens_style_tone(standing_of(status));
    }
    return column <= NAME ? ENS_TONE_PLAIN : ENS_TONE_DIM;
}

static void write_cell(const struct layout *layout, size_t column, ens_str text, enum ens_tone tone,
                       bool last)
{
    ENS_AUTO_BUF shown = ens_buf_new(TEXT_MAX);
    const size_t width = layout->widths[column];

    if (layout->style->width > 0) {
        ens_text_cut(&shown, text, width);
    } else {
        ens_buf_add(&shown, text);
    }
    ens_style_put(layout->out, layout->style, tone, ens_buf_str(&shown));
    if (!last) { /* what was cut is a column short where a wide character did not fit */
        const size_t used = ens_text_width(ens_buf_str(&shown));
        ens_buf_addf(layout->out, "%*s", (int)(width - used + GAP), "");
    }
}

static void write_titles(const struct layout *layout)
{
    begin_line(layout, " ", ENS_TONE_PLAIN);
    for (size_t c = 0; c <= layout->last; c++) {
        if (layout->widths[c] > 0) {
            write_cell(layout, c, ens_str_of(titles[c]), ENS_TONE_DIM, c == layout->last);
        }
    }
    ens_buf_add_char(layout->out, '\n');
}

/* The id on lines of its own, and the status below it. */
static void write_stacked(const struct layout *layout, const struct row *row)
{
    ens_str rest = row->cells[ID];
    size_t width = 0;

    while (rest.len > 0) {
        const ens_str line = ens_text_fit(rest, layout->style->width - layout->indent, &width);
        ens_buf_add(layout->out, line);
        ens_buf_addf(layout->out, "\n%*s", (int)layout->indent, "");
        rest = (ens_str){rest.ptr + line.len, rest.len - line.len};
    }
    ens_style_put(layout->out, layout->style, tone_of(STATUS, row->status), row->cells[STATUS]);
}

static void write_row(const struct layout *layout, const struct row *row)
{
    const enum ens_standing standing = standing_of(row->status);
    size_t last = layout->last;

    while (last > ID && (layout->widths[last] == 0 || row->cells[last].len == 0)) {
        last--; /* no blanks at the end of a line */
    }
    begin_line(layout, ens_style_symbol(layout->style, standing), ens_style_tone(standing));
    if (layout->stacked) {
        write_stacked(layout, row);
    }
    for (size_t c = 0; !layout->stacked && c <= last; c++) {
        if (layout->widths[c] > 0) {
            write_cell(layout, c, row->cells[c], tone_of(c, row->status), c == last);
        }
    }
    ens_buf_add_char(layout->out, '\n');
}

static void write_place(const struct layout *layout, const struct row *row)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF lines = ens_buf_new(TEXT_MAX);
    const ens_str text =
        ens_arena_printf(arena, "%.*s/%.*s", ENS_STR_ARG(row->cloud), ENS_STR_ARG(row->region));

    ens_text_wrap(&lines, text, 0, layout->style->width);
    ens_style_put(layout->out, layout->style, ENS_TONE_TITLE, ens_str_trim(ens_buf_str(&lines)));
    ens_buf_add_char(layout->out, '\n');
}

static void write_summary(const struct layout *layout, const struct ens_find_table *table,
                          const size_t counts[ENS_STATUS_COUNT])
{
    ENS_AUTO_BUF text = ens_buf_new(TEXT_MAX);
    const char *before = ": ";

    ens_buf_addf(&text, "%zu found", table->count);
    for (unsigned status = 0; status < ENS_STATUS_COUNT; status++) {
        if (counts[status] > 0) {
            ens_buf_addf(&text, "%s%zu %s", before, counts[status],
                         ens_status_name((enum ens_status)status));
            before = ", ";
        }
    }
    if (table->failed > 0) {
        ens_buf_addf(&text, "; %zu region%s could not be listed", table->failed,
                     ens_plural(table->failed));
    }
    ens_text_wrap(layout->out, ens_buf_str(&text), 0, layout->style->width);
}

void ens_find_table_write(struct ens_buf *out, const struct ens_find_table *table,
                          const struct ens_style *style)
{
    const struct layout layout = layout_of(out, table, style);
    size_t counts[ENS_STATUS_COUNT] = {0};
    ens_str cloud = {NULL, 0}; /* of the row before */
    ens_str region = {NULL, 0};

    for (size_t i = 0; i < table->count; i++) {
        const struct row row = row_at(table, i);
        counts[row.status]++;
        if (i == 0 && !layout.stacked) {
            write_titles(&layout);
        }
        if (!ens_str_eq(row.cloud, cloud) || !ens_str_eq(row.region, region)) {
            ens_buf_add(out, i == 0 ? ENS_STR("") : ENS_STR("\n"));
            write_place(&layout, &row);
            cloud = row.cloud;
            region = row.region;
        }
        write_row(&layout, &row);
    }
    if (table->count > 0) {
        ens_buf_add_char(out, '\n');
    }
    write_summary(&layout, table, counts);
}
