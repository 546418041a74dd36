/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/completion.h"

#include "cli/options.h"

/* The fields of a template line. option is NULL in lines of verbs, verb too in plain lines. */
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

/* Escapes a summary for single quotes; '\\'' is valid in all three shells. */
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

/* bash case patterns of verb and option in one word: "plan-o|plan--format". */
static void put_names(struct ens_buf *out, const struct row *row)
{
    if (row->option->letter != 0) {
        ens_buf_addf(out, "%s-%c|", row->verb->name, row->option->letter);
    }
    ens_buf_addf(out, "%s--%s", row->verb->name, row->option->name);
}

/* An exclusion list of zsh's _arguments: "(-o --format)". */
static void put_both(struct ens_buf *out, const struct ens_option_row *option)
{
    ens_buf_add_char(out, '(');
    if (option->letter != 0) {
        ens_buf_addf(out, "-%c ", option->letter);
    }
    ens_buf_addf(out, "--%s)", option->name);
}

/* Option forms of zsh's _arguments: "{-o+,--format=}". */
static void put_forms(struct ens_buf *out, const struct ens_option_row *option)
{
    const bool value = option->argument != NULL;

    if (option->letter != 0) {
        ens_buf_addf(out, "{-%c%s,--%s%s}", option->letter, value ? "+" : "", option->name,
                     value ? "=" : "");
    } else {
        ens_buf_addf(out, "--%s%s", option->name, value ? "=" : "");
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
        ens_buf_addf(out, "%s", option != NULL ? option->argument : row->verb->arguments);
    } else if (ens_str_is(name, "choices")) {
        ens_buf_addf(out, "%s", option->choices);
    } else if (ens_str_is(name, "words")) {
        ens_buf_addf(out, "%s", row->verb->choices);
    } else if (ens_str_is(name, "names")) {
        put_names(out, row);
    } else if (ens_str_is(name, "both")) {
        put_both(out, option);
    } else if (ens_str_is(name, "forms")) {
        put_forms(out, option);
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

static bool is_verb_kind(const struct ens_verb_row *verb, ens_str kind)
{
    if (ens_str_is(kind, "words")) {
        return verb->choices != NULL;
    }
    return ens_str_is(kind, "verb") ||
           (ens_str_is(kind, "files") && verb->choices == NULL && verb->arguments[0] != '\0');
}

/* Writes one line per row of the kind; line has no "%KIND " prefix. */
static void put_rows(struct ens_buf *out, ens_str kind, ens_str line)
{
    for (size_t verb = 0; verb < ENS_VERB_COUNT; verb++) {
        struct row row = {.verb = &ens_verbs[verb]};
        if (is_verb_kind(row.verb, kind)) {
            put_line(out, line, &row);
        }
        for (size_t i = 0; i < ens_option_count; i++) {
            row.option = &ens_option_rows[i];
            if (takes(verb, row.option) && is_of_kind(row.option, kind)) {
                put_line(out, line, &row);
            }
        }
    }
}

void ens_completion_write(struct ens_buf *out, const char *shell)
{
    static const struct {
        const char *shell;
        const char *template;
    } templates[] = {
        {"bash", ens_completion_bash},
        {"zsh", ens_completion_zsh},
        {"fish", ens_completion_fish},
    };
    ens_str rest = {0};

    for (size_t i = 0; i < ENS_COUNT(templates); i++) {
        if (ens_str_is(ens_str_of(shell), templates[i].shell)) {
            rest = ens_str_of(templates[i].template);
        }
    }
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
