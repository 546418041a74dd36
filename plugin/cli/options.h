/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of the host tool: one table of verbs and one of options, which feed parsing,
 * --help, the man page and the completions (cli/help.h).
 */
#ifndef ENSURE_CLI_OPTIONS_H
#define ENSURE_CLI_OPTIONS_H

#include "base/arena.h"
#include "base/diag.h"
#include "cli/report.h"
#include "core/selector.h"

enum ens_verb {
    ENS_VERB_PLAN,
    ENS_VERB_APPLY,
    ENS_VERB_STATUS,
    ENS_VERB_FIND,
    ENS_VERB_WAIT,
    ENS_VERB_MERGE,
    ENS_VERB_DOCTOR,
    ENS_VERB_SHOW,
    ENS_VERB_EXPLAIN,
    ENS_VERB_PROVIDERS,
    ENS_VERB_COMPLETION,
    ENS_VERB_VERSION,
    ENS_VERB_HELP,
};
#define ENS_VERB_COUNT (ENS_VERB_HELP + 1)

enum ens_format {
    ENS_FORMAT_TABLE,
    ENS_FORMAT_JSON,
    ENS_FORMAT_MARKDOWN,
    ENS_FORMAT_HTML,
    ENS_FORMAT_JUNIT,
    ENS_FORMAT_TARGETS, /* one target a line */
    /* Of the verb help only: */
    ENS_FORMAT_TEXT,
    ENS_FORMAT_MAN,
};

/* A positional argument or the value of --file, in the order of the command line. */
struct ens_argument {
    const char *text;
    bool file; /* the value of --file */
};

struct ens_options {
    enum ens_verb verb;
    bool help;    /* --help was given, or no argument */
    bool nothing; /* no verb: the help goes to stderr and the exit code is 1 */
    bool version; /* --version was given */
    enum ens_format format;
    bool no_dry_run;
    bool yes;
    bool quiet;             /* no progress */
    bool detailed_exitcode; /* plan: 2 when something is to be started */
    struct ens_only only;
    int64_t timeout_ms;             /* 0: the plugin's default */
    struct ens_selector conditions; /* find: without cloud and region */
    struct ens_shard shard;         /* of the targets; count 0: all of them */
    bool shard_auto;                /* the shard is that of the job array */
    const char *out;                /* NULL: the document is not saved */
    struct ens_argument *arguments; /* in the arena */
    size_t argument_count;
};

/* Text points into argv. Each mistake is one diagnostic; parsing stops at the first. */
ens_rc ens_options_parse(struct ens_arena *arena, int argc, char *const *argv,
                         struct ens_options *ret, struct ens_diags *diags) ENS_MUST_USE;

/* ---- the tables, for help and completions ---------------------------------------------------- */

struct ens_verb_row {
    const char *name;
    const char *arguments; /* "" for none */
    const char *choices;   /* "bash zsh fish"; NULL: the arguments are files and targets, or none */
    const char *summary;   /* for lists of verbs; without a final dot */
    const char *text;      /* paragraphs, separated by line feeds */
};
extern const struct ens_verb_row ens_verbs[ENS_VERB_COUNT];

enum ens_option_id {
    ENS_OPTION_FILE,
    ENS_OPTION_OUT,
    ENS_OPTION_NO_DRY_RUN,
    ENS_OPTION_YES,
    ENS_OPTION_DETAILED_EXITCODE,
    ENS_OPTION_ONLY,
    ENS_OPTION_STATUS,
    ENS_OPTION_TAG,
    ENS_OPTION_NAME,
    ENS_OPTION_ZONE,
    ENS_OPTION_GROUP,
    ENS_OPTION_LIMIT,
    ENS_OPTION_TIMEOUT,
    ENS_OPTION_SHARD,
    ENS_OPTION_QUIET,
    ENS_OPTION_FORMAT,
    ENS_OPTION_HELP,
    ENS_OPTION_VERSION,
};

struct ens_option_row {
    enum ens_option_id id;
    char letter;          /* 0: none */
    const char *name;     /* without the dashes */
    const char *argument; /* its name in help; NULL: the option takes none */
    const char *choices;  /* "table json markdown"; NULL: any text. The first is the default */
    unsigned verbs;       /* bits: 1u << enum ens_verb */
    const char *summary;
};
extern const struct ens_option_row ens_option_rows[];
extern const size_t ens_option_count;

/* Whether the verb has the format; *ret_choices is the list of those that it has. */
bool ens_verb_has_format(enum ens_verb verb, enum ens_format format, const char **ret_choices);

#endif
