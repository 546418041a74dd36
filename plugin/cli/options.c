/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <string.h>

#include "core/duration.h"
#include "core/nearest.h"
#include "core/quote.h"
#include "core/vocabulary.h"

#define FOR(verb) (1u << (verb))
#define FOR_WORK                                                                                   \
    (FOR(ENS_VERB_PLAN) | FOR(ENS_VERB_APPLY) | FOR(ENS_VERB_STATUS) | FOR(ENS_VERB_WAIT))
#define FOR_ALL (FOR(ENS_VERB_COUNT) - 1u)

/* All names of reasons, for completions. */
#define REASONS                                                                                    \
    "ok "                                                                                          \
    "already_running "                                                                             \
    "not_found "                                                                                   \
    "invalid_argument "                                                                            \
    "wrong_state "                                                                                 \
    "locked "                                                                                      \
    "expired "                                                                                     \
    "insufficient_balance "                                                                        \
    "no_capacity "                                                                                 \
    "spot_price "                                                                                  \
    "key_disabled "                                                                                \
    "permission_denied "                                                                           \
    "unauthenticated "                                                                             \
    "clock_skew "                                                                                  \
    "throttled "                                                                                   \
    "token_mismatch "                                                                              \
    "in_progress "                                                                                 \
    "fell_back "                                                                                   \
    "timed_out "                                                                                   \
    "ambiguous "                                                                                   \
    "dry_run_not_honoured "                                                                        \
    "unavailable "                                                                                 \
    "internal "                                                                                    \
    "malformed_response "                                                                          \
    "cancelled "                                                                                   \
    "policy"

const struct ens_verb_row ens_verbs[ENS_VERB_COUNT] = {
    [ENS_VERB_PLAN] =
        {"plan", "[TARGET|FILE]...", NULL, "say what an apply would do, and start nothing",
         "Reads the instances, asks the clouds by a dry run whether the start of each "
         "stopped one would be accepted, and says how sure that is.\n"
         "A plan that was saved with --out can be given to apply; it then starts only "
         "what the plan said."},
    [ENS_VERB_APPLY] =
        {"apply", "[TARGET|FILE|PLAN]...", NULL, "start what is stopped, until it runs",
         "Shows the plan and asks before anything is started; --yes skips both and "
         "is required without a terminal. A saved plan was approved by saving it; it "
         "is applied once, and can be applied again while it is unfinished.\n"
         "Nothing is ever stopped or restarted, and an instance that is running or "
         "on its way is left alone."},
    [ENS_VERB_STATUS] = {"status", "[TARGET|FILE]...", NULL, "show the state of each instance",
                         "Reads the instances and nothing else."},
    [ENS_VERB_FIND] =
        {"find", "CLOUD/REGION...", NULL, "list the instances of regions",
         "Lists instances, such as those of alibaba/cn-hangzhou that are stopped and have a tag. "
         "All conditions that are given must hold. Sends reads and nothing else.\n"
         "With --format targets there is one target a line, which plan, apply and status read: "
         "ensure find alibaba/cn-hangzhou --tag env=ci -o targets > fleet.txt"},
    [ENS_VERB_DOCTOR] =
        {"doctor", "[CLOUD[/REGION]]...", "volcengine alibaba baidu",
         "check the keys of the clouds, without any target",
         "Says for each cloud which source gave the keys, whom they belong to, when they expire, "
         "how far this machine's clock is off, and whether the keys may read instances; without "
         "keys, where they were looked for. It asks for the keys, then sends one read, and one "
         "request for the caller where the cloud has it.\n"
         "Exits with 0 when every cloud that is named may be read (without names: every cloud "
         "that has keys), with 1 when none has keys, else with 3."},
    [ENS_VERB_WAIT] = {"wait", "[TARGET|FILE]...", NULL, "wait until each instance is running",
                       "Reads the instances until all are running, or the time is up. It ends "
                       "sooner when the others can't come up: absent, failed or being "
                       "deleted.\n"
                       "Nothing is started: this waits for what another program or user starts."},
    [ENS_VERB_MERGE] =
        {"merge", "FILE...", NULL, "put the documents of shards together",
         "Prints one document of all instances, and exits as plan, apply or status would "
         "with it. The files are plans, results or states, all of one kind; each "
         "target is in one of them. Shards that are missing are a warning. No cloud is "
         "asked."},
    [ENS_VERB_SHOW] = {"show", "FILE", NULL, "print a saved document again",
                       "Prints a plan, result, status, find or diagnosis that was saved, in any "
                       "format of the verb that wrote it. No cloud is asked."},
    [ENS_VERB_EXPLAIN] =
        {"explain", "[REASON|CODE]", REASONS, "tell what a reason or a code means",
         "Tells what a reason means, which codes of each cloud become it, and what "
         "to do; or of a code of a cloud which reason it becomes. Without an "
         "argument it explains all reasons. No cloud is asked."},
    [ENS_VERB_PROVIDERS] = {"providers", "", NULL, "list the clouds that the plugin knows",
                            "Asks the plugin process which providers it found; no cloud is asked."},
    [ENS_VERB_COMPLETION] = {"completion", "bash|zsh|fish", "bash zsh fish",
                             "print the completion of a shell",
                             "Prints what makes a shell complete the command line of this tool."},
    [ENS_VERB_VERSION] = {"version", "", NULL, "print the version",
                          "Prints the version of this tool."},
    [ENS_VERB_HELP] = {"help", "[VERB]",
                       "plan apply status find wait merge doctor show explain providers completion "
                       "version help",
                       "explain the tool or one of its verbs",
                       "Explains, or prints the manual page."},
};

const struct ens_option_row ens_option_rows[] = {
    {ENS_OPTION_FILE, 'f', "file", "FILE", NULL, FOR_WORK,
     "read targets from a file, as if it were named without this; - is standard input"},
    {ENS_OPTION_OUT, 0, "out", "FILE", NULL, FOR(ENS_VERB_PLAN),
     "save the plan, to be given to apply"},
    {ENS_OPTION_OUT, 0, "out", "FILE", NULL,
     FOR(ENS_VERB_APPLY) | FOR(ENS_VERB_STATUS) | FOR(ENS_VERB_WAIT),
     "also save the result as JSON, to be given to merge or show"},
    {ENS_OPTION_NO_DRY_RUN, 0, "no-dry-run", NULL, NULL, FOR(ENS_VERB_PLAN) | FOR(ENS_VERB_APPLY),
     "plan by reading alone: every start is unverified"},
    {ENS_OPTION_YES, 'y', "yes", NULL, NULL, FOR(ENS_VERB_APPLY),
     "start without showing the plan and asking"},
    {ENS_OPTION_DETAILED_EXITCODE, 0, "detailed-exitcode", NULL, NULL, FOR(ENS_VERB_PLAN),
     "exit with 2 when there is something to start"},
    {ENS_OPTION_ONLY, 0, "only", "WORD,...", NULL, FOR(ENS_VERB_PLAN),
     "show only instances with one of these actions or reasons; saved and printed as JSON is all"},
    {ENS_OPTION_STATUS, 0, "status", "STATUS,...", NULL, FOR(ENS_VERB_FIND),
     "only instances with one of these statuses, such as stopped"},
    {ENS_OPTION_TAG, 0, "tag", "KEY=VALUE", NULL, FOR(ENS_VERB_FIND),
     "only instances with this tag, or with all of them. The first = ends the key"},
    {ENS_OPTION_NAME, 0, "name", "NAME", NULL, FOR(ENS_VERB_FIND),
     "only instances with this name; * stands for any run of characters"},
    {ENS_OPTION_ZONE, 0, "zone", "ZONE", NULL, FOR(ENS_VERB_FIND), "only instances of this zone"},
    {ENS_OPTION_GROUP, 0, "group", "GROUP", NULL, FOR(ENS_VERB_FIND),
     "only instances of this project (Volcengine) or resource group"},
    {ENS_OPTION_LIMIT, 0, "limit", "NUMBER", NULL, FOR(ENS_VERB_FIND),
     "at most so many instances of each region"},
    {ENS_OPTION_TIMEOUT, 0, "timeout", "DURATION", NULL, FOR_WORK | FOR(ENS_VERB_FIND),
     "for everything together, such as 90s or 1h30m, at most 24h (default: 2m, apply 10m)"},
    {ENS_OPTION_SHARD, 0, "shard", "I/N", NULL, FOR_WORK,
     "only part I of N (from 0) of the targets; auto: the part of this member of a job array"},
    {ENS_OPTION_QUIET, 0, "quiet", NULL, NULL, FOR_WORK | FOR(ENS_VERB_FIND), "show no progress"},
    {ENS_OPTION_FORMAT, 'o', "format", "FORMAT", "table json markdown html junit",
     FOR(ENS_VERB_PLAN) | FOR(ENS_VERB_APPLY), "how the result is printed"},
    {ENS_OPTION_FORMAT, 'o', "format", "FORMAT", "table json markdown html junit targets",
     FOR(ENS_VERB_SHOW) | FOR(ENS_VERB_MERGE),
     "how the document is printed; the verb that wrote it has not all of these"},
    {ENS_OPTION_FORMAT, 'o', "format", "FORMAT", "table json markdown",
     FOR(ENS_VERB_WAIT) | FOR(ENS_VERB_EXPLAIN), "how the result is printed"},
    {ENS_OPTION_FORMAT, 'o', "format", "FORMAT", "table json markdown targets",
     FOR(ENS_VERB_STATUS), "how the result is printed; targets: one a line, for another command"},
    {ENS_OPTION_FORMAT, 'o', "format", "FORMAT", "table json targets", FOR(ENS_VERB_FIND),
     "how the result is printed; targets: one a line, for another command"},
    {ENS_OPTION_FORMAT, 'o', "format", "FORMAT", "table json",
     FOR(ENS_VERB_DOCTOR) | FOR(ENS_VERB_PROVIDERS) | FOR(ENS_VERB_VERSION),
     "how the result is printed"},
    {ENS_OPTION_FORMAT, 'o', "format", "FORMAT", "text man", FOR(ENS_VERB_HELP),
     "print text or the manual page"},
    {ENS_OPTION_HELP, 'h', "help", NULL, NULL, FOR_ALL, "explain the verb"},
    {ENS_OPTION_VERSION, 'V', "version", NULL, NULL, FOR_ALL, "print the version"},
};
const size_t ens_option_count = ENS_COUNT(ens_option_rows);

static const struct {
    const char *name;
    enum ens_format format;
} formats[] = {
    {"table", ENS_FORMAT_TABLE}, {"json", ENS_FORMAT_JSON},   {"markdown", ENS_FORMAT_MARKDOWN},
    {"html", ENS_FORMAT_HTML},   {"junit", ENS_FORMAT_JUNIT}, {"targets", ENS_FORMAT_TARGETS},
    {"text", ENS_FORMAT_TEXT},   {"man", ENS_FORMAT_MAN},
};

/* The state of parsing. */
struct parser {
    int argc;
    char *const *argv;
    int at;              /* index of the next argument */
    bool only_arguments; /* "--" was seen */
    struct ens_options *options;
    struct ens_arena *arena;
    struct ens_diags *diags;
};

static const struct ens_option_row *find_option(enum ens_verb verb, ens_str name, char letter)
{
    for (size_t i = 0; i < ENS_COUNT(ens_option_rows); i++) {
        const struct ens_option_row *row = &ens_option_rows[i];
        bool called = letter != 0 ? row->letter == letter : ens_str_is(name, row->name);
        if (called && (row->verbs & FOR(verb)) != 0) {
            return row;
        }
    }
    return NULL;
}

static bool is_choice(ens_str word, const char *choices)
{
    for (ens_str rest = ens_str_of(choices); rest.len > 0;) {
        if (ens_str_eq(ens_str_cut(rest, ' ', &rest), word)) {
            return true;
        }
    }
    return false;
}

bool ens_verb_has_format(enum ens_verb verb, enum ens_format format, const char **ret_choices)
{
    const struct ens_option_row *row = find_option(verb, ENS_STR("format"), 0);

    *ret_choices = row->choices;
    for (size_t i = 0; i < ENS_COUNT(formats); i++) {
        if (formats[i].format == format) {
            return is_choice(ens_str_of(formats[i].name), row->choices);
        }
    }
    return false;
}

static ens_rc set_format(struct parser *parser, const struct ens_option_row *row, ens_str value)
{
    for (size_t i = 0; i < ENS_COUNT(formats); i++) {
        if (ens_str_is(value, formats[i].name) && is_choice(value, row->choices)) {
            parser->options->format = formats[i].format;
            return ENS_OK;
        }
    }
    return ens_fail(parser->diags, ENS_INVALID, NULL, "--format %s: expected one of: %s",
                    ens_quoted(value).text, row->choices);
}

/* Parses "start,no_capacity": names of actions and reasons, which are distinct. */
static ens_rc set_only(struct parser *parser, ens_str words)
{
    struct ens_only *only = &parser->options->only;

    while (words.ptr != NULL) {
        enum ens_action action = ENS_ACTION_NONE;
        enum ens_reason reason = ENS_REASON_OK;
        ens_str word = ens_str_cut(words, ',', &words);
        if (ens_action_parse(word, &action)) {
            only->actions |= 1u << action;
        } else if (ens_reason_parse(word, &reason)) {
            only->reasons |= 1u << reason;
        } else {
            return ens_fail(parser->diags, ENS_INVALID, NULL,
                            "--only: \"%s\" is neither an action (none, start, wait or refuse) nor "
                            "a reason (such as no_capacity)",
                            ens_quoted(word).text);
        }
    }
    return ENS_OK;
}

static ens_rc add_statuses(struct parser *parser, ens_str words)
{
    ens_rc rc = ENS_OK;

    while (rc == ENS_OK && words.ptr != NULL) {
        rc = ens_selector_add_status(&parser->options->conditions, ens_str_cut(words, ',', &words),
                                     "--status", parser->diags);
    }
    return rc;
}

static ens_rc add_tag(struct parser *parser, ens_str tag)
{
    ens_str value = {0};
    const ens_str key = ens_str_cut(tag, '=', &value);

    if (value.ptr == NULL) {
        return ens_fail(parser->diags, ENS_INVALID, "--tag", "\"%s\" is not KEY=VALUE",
                        ens_quoted(tag).text);
    }
    return ens_selector_add_tag(&parser->options->conditions, parser->arena, key, value, "--tag",
                                parser->diags);
}

static ens_rc set_limit(struct parser *parser, ens_str number)
{
    int64_t limit = 0;

    if (!ens_str_to_i64(number, &limit) || limit < 1 || limit > ENS_SELECTOR_LIMIT_MAX) {
        return ens_fail(parser->diags, ENS_INVALID, "--limit",
                        "\"%s\" is not a whole number from 1 to %d", ens_quoted(number).text,
                        ENS_SELECTOR_LIMIT_MAX);
    }
    parser->options->conditions.limit = (size_t)limit;
    return ENS_OK;
}

static void add_argument(struct parser *parser, const char *text, bool file)
{
    struct ens_options *options = parser->options;

    options->arguments[options->argument_count++] = (struct ens_argument){text, file};
}

/* The value of a flag is "". */
static ens_rc set_out(struct parser *parser, const char *value)
{
    if (strcmp(value, "-") == 0) {
        return ens_fail(parser->diags, ENS_INVALID, NULL,
                        "--out -: expected a file; --format json prints it");
    }
    parser->options->out = value;
    return ENS_OK;
}

static ens_rc set(struct parser *parser, const struct ens_option_row *row, const char *value)
{
    struct ens_options *options = parser->options;

    switch (row->id) {
    case ENS_OPTION_FILE:
        add_argument(parser, value, true);
        return ENS_OK;
    case ENS_OPTION_OUT:
        return set_out(parser, value);
    case ENS_OPTION_NO_DRY_RUN:
        options->no_dry_run = true;
        return ENS_OK;
    case ENS_OPTION_YES:
        options->yes = true;
        return ENS_OK;
    case ENS_OPTION_DETAILED_EXITCODE:
        options->detailed_exitcode = true;
        return ENS_OK;
    case ENS_OPTION_ONLY:
        return set_only(parser, ens_str_of(value));
    case ENS_OPTION_STATUS:
        return add_statuses(parser, ens_str_of(value));
    case ENS_OPTION_TAG:
        return add_tag(parser, ens_str_of(value));
    case ENS_OPTION_NAME:
        options->conditions.name = ens_str_of(value);
        return ENS_OK;
    case ENS_OPTION_ZONE:
        options->conditions.zone = ens_str_of(value);
        return ENS_OK;
    case ENS_OPTION_GROUP:
        options->conditions.group = ens_str_of(value);
        return ENS_OK;
    case ENS_OPTION_LIMIT:
        return set_limit(parser, ens_str_of(value));
    case ENS_OPTION_QUIET:
        options->quiet = true;
        return ENS_OK;
    case ENS_OPTION_VERSION:
        options->version = true;
        return ENS_OK;
    case ENS_OPTION_TIMEOUT:
        return ens_duration_parse(ens_str_of(value), "--timeout", &options->timeout_ms,
                                  parser->diags);
    case ENS_OPTION_SHARD:
        options->shard_auto = strcmp(value, "auto") == 0;
        return options->shard_auto
                   ? ENS_OK
                   : ens_shard_parse(ens_str_of(value), &options->shard, parser->diags);
    case ENS_OPTION_FORMAT:
        return set_format(parser, row, ens_str_of(value));
    case ENS_OPTION_HELP:
        options->help = true;
        return ENS_OK;
    }
    return ENS_INTERNAL;
}

/* The option's value: attached ("--format=json", "-ojson"), or else the next argument. */
static ens_rc set_with_value(struct parser *parser, const struct ens_option_row *row,
                             const char *stuck)
{
    if (row->argument == NULL) {
        return stuck == NULL
                   ? set(parser, row, "")
                   : ens_fail(parser->diags, ENS_INVALID, NULL, "--%s takes no value", row->name);
    }
    if (stuck == NULL && parser->at < parser->argc) {
        stuck = parser->argv[parser->at++];
    }
    if (stuck == NULL || stuck[0] == '\0') {
        return ens_fail(parser->diags, ENS_INVALID, NULL, "--%s needs a value: %s", row->name,
                        row->argument);
    }
    return set(parser, row, stuck);
}

static ens_rc unknown(struct parser *parser, const char *text)
{
    const enum ens_verb verb = parser->options->verb;
    ens_str value = {0};
    const ens_str given = ens_str_cut(ens_str_of(text), '=', &value);
    struct ens_nearest nearest = ens_nearest_begin((ens_str){text + 2, given.len - 2});

    for (size_t i = 0; text[1] == '-' && i < ENS_COUNT(ens_option_rows); i++) {
        if ((ens_option_rows[i].verbs & FOR(verb)) != 0) {
            ens_nearest_try(&nearest, ens_str_of(ens_option_rows[i].name));
        }
    }
    if (nearest.best.len > 0) {
        return ens_fail(parser->diags, ENS_INVALID, NULL,
                        "ensure %s has no option %s: did you mean --%.*s?", ens_verbs[verb].name,
                        ens_quoted(ens_str_of(text)).text, ENS_STR_ARG(nearest.best));
    }
    return ens_fail(parser->diags, ENS_INVALID, NULL, "ensure %s has no option %s",
                    ens_verbs[verb].name, ens_quoted(ens_str_of(text)).text);
}

static ens_rc parse_long(struct parser *parser, const char *text)
{
    ens_str rest = {0};
    ens_str name = ens_str_cut(ens_str_of(text + 2), '=', &rest);
    const struct ens_option_row *row = find_option(parser->options->verb, name, 0);

    return row == NULL ? unknown(parser, text) : set_with_value(parser, row, rest.ptr);
}

/* "-y", "-fFILE", "-yh": short flags may be combined; only the last may take a value. */
static ens_rc parse_letters(struct parser *parser, const char *text)
{
    for (const char *letter = text + 1; *letter != '\0'; letter++) {
        const struct ens_option_row *row =
            find_option(parser->options->verb, (ens_str){NULL, 0}, *letter);
        if (row == NULL) {
            return unknown(parser, text);
        }
        bool last = row->argument != NULL;
        ens_rc rc = set_with_value(parser, row, last && letter[1] != '\0' ? letter + 1 : NULL);
        if (rc != ENS_OK || last) {
            return rc;
        }
    }
    return ENS_OK;
}

static ens_rc parse_next(struct parser *parser)
{
    const char *text = parser->argv[parser->at++];

    if (parser->only_arguments || text[0] != '-' || text[1] == '\0') {
        add_argument(parser, text, false);
        return ENS_OK;
    }
    if (strcmp(text, "--") == 0) {
        parser->only_arguments = true;
        return ENS_OK;
    }
    return text[1] == '-' ? parse_long(parser, text) : parse_letters(parser, text);
}

static ens_rc parse_verb(struct parser *parser)
{
    static const struct {
        const char *text;
        enum ens_verb verb;
    } spellings[] = {
        {"--version", ENS_VERB_VERSION},
        {"-V", ENS_VERB_VERSION},
        {"--help", ENS_VERB_HELP},
        {"-h", ENS_VERB_HELP},
    };
    const char *text = parser->argc > 1 ? parser->argv[1] : NULL;

    parser->at = 2;
    if (text == NULL) {
        parser->options->verb = ENS_VERB_HELP;
        parser->options->nothing = true;
        return ENS_OK;
    }
    for (unsigned i = 0; i < ENS_VERB_COUNT; i++) {
        if (strcmp(text, ens_verbs[i].name) == 0) {
            parser->options->verb = (enum ens_verb)i;
            return ENS_OK;
        }
    }
    for (size_t i = 0; i < ENS_COUNT(spellings); i++) {
        if (strcmp(text, spellings[i].text) == 0) {
            parser->options->verb = spellings[i].verb;
            return ENS_OK;
        }
    }
    struct ens_nearest nearest = ens_nearest_begin(ens_str_of(text));
    for (unsigned i = 0; i < ENS_VERB_COUNT; i++) {
        ens_nearest_try(&nearest, ens_str_of(ens_verbs[i].name));
    }
    parser->options->verb = ENS_VERB_HELP;
    if (nearest.best.len > 0) {
        return ens_fail(parser->diags, ENS_INVALID, NULL,
                        "\"%s\" is not a verb: did you mean %.*s?",
                        ens_quoted(ens_str_of(text)).text, ENS_STR_ARG(nearest.best));
    }
    return ens_fail(parser->diags, ENS_INVALID, NULL, "\"%s\" is not a verb: expected one of: %s",
                    ens_quoted(ens_str_of(text)).text, ens_verbs[ENS_VERB_HELP].choices);
}

/* Standard input can be read once. */
static ens_rc check_stdin(const struct parser *parser)
{
    const struct ens_options *options = parser->options;
    size_t count = 0;

    for (size_t i = 0; i < options->argument_count; i++) {
        count += strcmp(options->arguments[i].text, "-") == 0 ? 1 : 0;
    }
    return count <= 1 ? ENS_OK
                      : ens_fail(parser->diags, ENS_INVALID, NULL,
                                 "standard input is named %zu times: it can be read once", count);
}

/* Checks the number and kind of the verb's positional arguments. */
static ens_rc check_arguments(const struct parser *parser)
{
    const struct ens_options *options = parser->options;
    const struct ens_verb_row *verb = &ens_verbs[options->verb];

    if (options->help || options->version) {
        return ENS_OK;
    }
    switch (options->verb) {
    case ENS_VERB_PLAN:
    case ENS_VERB_APPLY:
    case ENS_VERB_STATUS:
    case ENS_VERB_WAIT:
        return options->argument_count > 0
                   ? ENS_OK
                   : ens_fail(parser->diags, ENS_INVALID, NULL,
                              "ensure %s needs targets: name them (cloud/region/instance-id) or a "
                              "file that lists them",
                              verb->name);
    case ENS_VERB_FIND:
        return options->argument_count > 0
                   ? ENS_OK
                   : ens_fail(parser->diags, ENS_INVALID, NULL,
                              "ensure find needs a cloud and a region, such as "
                              "alibaba/cn-hangzhou");
    case ENS_VERB_MERGE:
        return options->argument_count > 0
                   ? ENS_OK
                   : ens_fail(parser->diags, ENS_INVALID, NULL,
                              "ensure merge needs files: the documents of the shards");
    case ENS_VERB_SHOW:
        return options->argument_count == 1
                   ? ENS_OK
                   : ens_fail(parser->diags, ENS_INVALID, NULL,
                              "ensure show takes one file; - is standard input");
    case ENS_VERB_EXPLAIN:
        return options->argument_count == 0 ||
                       (options->argument_count == 1 && options->arguments[0].text[0] != '\0')
                   ? ENS_OK
                   : ens_fail(parser->diags, ENS_INVALID, NULL,
                              "ensure explain takes one reason or code");
    case ENS_VERB_COMPLETION:
        return options->argument_count == 1 &&
                       is_choice(ens_str_of(options->arguments[0].text), verb->choices)
                   ? ENS_OK
                   : ens_fail(parser->diags, ENS_INVALID, NULL,
                              "ensure completion takes one of: %s", verb->choices);
    case ENS_VERB_DOCTOR:
        return ENS_OK;
    case ENS_VERB_PROVIDERS:
    case ENS_VERB_VERSION:
        return options->argument_count == 0 ? ENS_OK
                                            : ens_fail(parser->diags, ENS_INVALID, NULL,
                                                       "ensure %s takes no arguments", verb->name);
    case ENS_VERB_HELP:
        return options->argument_count <= 1
                   ? ENS_OK
                   : ens_fail(parser->diags, ENS_INVALID, NULL, "ensure help takes one verb");
    }
    return ENS_INTERNAL;
}

ens_rc ens_options_parse(struct ens_arena *arena, int argc, char *const *argv,
                         struct ens_options *ret, struct ens_diags *diags)
{
    struct ens_options options = {
        .arguments = ens_arena_array(arena, (size_t)argc + 1, sizeof(struct ens_argument))};
    struct parser parser = {
        .argc = argc, .argv = argv, .options = &options, .arena = arena, .diags = diags};
    ens_rc rc = parse_verb(&parser);

    if (options.verb == ENS_VERB_HELP) {
        options.format = ENS_FORMAT_TEXT;
    }
    while (rc == ENS_OK && parser.at < argc) {
        rc = parse_next(&parser);
    }
    if (rc == ENS_OK) {
        rc = check_stdin(&parser);
    }
    if (rc == ENS_OK) {
        rc = check_arguments(&parser);
    }
    if (rc == ENS_OK) {
        *ret = options;
    } else if (options.verb == ENS_VERB_HELP) {
        ens_diags_add(diags, ENS_ERROR, NULL, NULL, "see ensure --help");
    } else {
        ens_diags_add(diags, ENS_ERROR, NULL, NULL, "see ensure %s --help",
                      ens_verbs[options.verb].name);
    }
    return rc;
}
