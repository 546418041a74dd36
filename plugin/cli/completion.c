/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/completion.h"

#include "cli/options.h"

/* What a template line is filled from. option is NULL in lines of verbs, and verb too in others. */
struct row {
    const struct ens_verb_row *verb;
    const struct ens_option_row *option;
};

static bool takes(size_t verb, const struct ens_option_row *option)
{
    return (option->verbs & (1u << verb)) != 0;
}

static bool is_of_kind(const struct ens_option_row *option, ens_str kind)
{
    if (option->argument == NULL) {
        return ens_str_is(kind, "flag");
    }
    if (option->choices != NULL) {
        return ens_str_is(kind, "choice");
    }
    return ens_str_is(kind, ens_str_is(ens_str_of(option->argument), "FILE") ? "file" : "text");
}

/* Summaries stand in single quotes, which all three shells leave in the same way. */
static void put_quoted(struct ens_buf *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        ens_buf_add(out, *c == '\'' ? ENS_STR("'\\''") : (ens_str){c, 1});
    }
}

static void put_verbs(struct ens_buf *out)
{
    for (size_t verb = 0; verb < ENS_VERB_COUNT; verb++) {
        ens_buf_addf(out, "%s%s", verb == 0 ? "" : " ", ens_verbs[verb].name);
    }
}

static void put_options(struct ens_buf *out, const struct ens_verb_row *verb)
{
    const char *before = "";

    for (size_t i = 0; i < ens_option_count; i++) {
        if (takes((size_t)(verb - ens_verbs), &ens_option_rows[i])) {
            ens_buf_addf(out, "%s--%s", before, ens_option_rows[i].name);
            before = " ";
        }
    }
}

static void put_value(struct ens_buf *out, ens_str name, const struct row *row)
{
    const struct ens_option_row *option = row->option;

    if (ens_str_is(name, "verbs")) {
        put_verbs(out);
    } else if (ens_str_is(name, "verb")) {
        ens_buf_addf(out, "%s", row->verb->name);
    } else if (ens_str_is(name, "options")) {
        put_options(out, row->verb);
    } else if (ens_str_is(name, "summary")) {
        put_quoted(out, option != NULL ? option->summary : row->verb->summary);
    } else if (ens_str_is(name, "option")) {
        ens_buf_addf(out, "%s", option->name);
    } else if (ens_str_is(name, "argument")) {
        ens_buf_addf(out, "%s", option->argument);
    } else if (ens_str_is(name, "choices")) {
        ens_buf_addf(out, "%s", option->choices);
    } else {
        ENS_ASSERT(ens_str_is(name, "short"));
        if (option->letter != 0) {
            ens_buf_addf(out, " -s %c", option->letter);
        }
    }
}

static void put_line(struct ens_buf *out, ens_str line, const struct row *row)
{
    while (line.len > 0) {
        ens_buf_add(out, ens_str_cut(line, '@', &line));
        if (line.len > 0) {
            put_value(out, ens_str_cut(line, '@', &line), row);
        }
    }
    ens_buf_add_char(out, '\n');
}

/* line without "%KIND " */
static void put_rows(struct ens_buf *out, ens_str kind, ens_str line)
{
    for (size_t verb = 0; verb < ENS_VERB_COUNT; verb++) {
        struct row row = {.verb = &ens_verbs[verb]};
        if (ens_str_is(kind, "verb")) {
            put_line(out, line, &row);
            continue;
        }
        for (size_t i = 0; i < ens_option_count; i++) {
            row.option = &ens_option_rows[i];
            if (takes(verb, row.option) && is_of_kind(row.option, kind)) {
                put_line(out, line, &row);
            }
        }
    }
}

void ens_completion_write(struct ens_buf *out, const char *template)
{
    ens_str rest = ens_str_of(template);

    while (rest.len > 0) {
        ens_str line = ens_str_cut(rest, '\n', &rest);
        if (line.len > 0 && line.ptr[0] == '%') {
            ens_str kind = ens_str_cut((ens_str){line.ptr + 1, line.len - 1}, ' ', &line);
            put_rows(out, kind, line);
        } else {
            put_line(out, line, &(struct row){0});
        }
    }
}
