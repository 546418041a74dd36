/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cli/completion.h"
#include "cli/help.h"
#include "cli/options.h"

#define WORDS_MAX 20

/* Parses a command line without the program's name, split at blanks; "''" is an empty word. */
static ens_rc parse(struct ens_arena *arena, const char *line, struct ens_options *ret,
                    struct ens_diags *diags)
{
    char *words[WORDS_MAX] = {(char *)(uintptr_t) "ensure"};
    int count = 1;

    for (ens_str rest = ens_str_of(line); rest.len > 0;) {
        ens_str word = ens_str_cut(rest, ' ', &rest);
        word = ens_str_is(word, "''") ? (ens_str){NULL, 0} : word;
        assert_true(count < WORDS_MAX);
        words[count++] = (char *)(uintptr_t)ens_arena_dup(arena, word).ptr;
    }
    return ens_options_parse(arena, count, words, ret, diags);
}

static void test_everything_at_once(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_options options = {0};

    (void)state;
    assert_int_equal(parse(arena,
                           "plan a/b/i-1 --file=f.json --no-dry-run --format json --timeout 90s "
                           "-f g.json --out p.json -",
                           &options, NULL),
                     ENS_OK);
    assert_int_equal(options.verb, ENS_VERB_PLAN);
    assert_true(options.no_dry_run);
    assert_int_equal(options.format, ENS_FORMAT_JSON);
    assert_int_equal(options.timeout_ms, 90000);
    assert_string_equal(options.out, "p.json");
    assert_int_equal(options.argument_count, 4);
    assert_string_equal(options.arguments[0].text, "a/b/i-1");
    assert_false(options.arguments[0].file);
    assert_string_equal(options.arguments[1].text, "f.json");
    assert_true(options.arguments[1].file);
    assert_string_equal(options.arguments[2].text, "g.json");
    assert_string_equal(options.arguments[3].text, "-");
    assert_false(options.arguments[3].file);
}

static void test_defaults_and_spellings(void **state)
{
    static const struct {
        const char *line;
        enum ens_verb verb;
        enum ens_format format;
        bool help;
        bool yes;
        size_t arguments;
    } rows[] = {
        {"plan x", ENS_VERB_PLAN, ENS_FORMAT_TABLE, false, false, 1},
        {"apply -y x y", ENS_VERB_APPLY, ENS_FORMAT_TABLE, false, true, 2},
        {"apply --yes -- --x", ENS_VERB_APPLY, ENS_FORMAT_TABLE, false, true, 1},
        {"apply -yffile", ENS_VERB_APPLY, ENS_FORMAT_TABLE, false, true, 1},
        {"status --format=markdown x", ENS_VERB_STATUS, ENS_FORMAT_MARKDOWN, false, false, 1},
        {"status -h", ENS_VERB_STATUS, ENS_FORMAT_TABLE, true, false, 0},
        {"apply --help x", ENS_VERB_APPLY, ENS_FORMAT_TABLE, true, false, 1},
        {"providers --format json", ENS_VERB_PROVIDERS, ENS_FORMAT_JSON, false, false, 0},
        {"status -o targets x", ENS_VERB_STATUS, ENS_FORMAT_TARGETS, false, false, 1},
        {"wait --quiet --timeout 5m x", ENS_VERB_WAIT, ENS_FORMAT_TABLE, false, false, 1},
        {"version", ENS_VERB_VERSION, ENS_FORMAT_TABLE, false, false, 0},
        {"--version", ENS_VERB_VERSION, ENS_FORMAT_TABLE, false, false, 0},
        {"help plan", ENS_VERB_HELP, ENS_FORMAT_TEXT, false, false, 1},
        {"--help", ENS_VERB_HELP, ENS_FORMAT_TEXT, false, false, 0},
        {"-h", ENS_VERB_HELP, ENS_FORMAT_TEXT, false, false, 0},
        {"status -o json x", ENS_VERB_STATUS, ENS_FORMAT_JSON, false, false, 1},
        {"plan -omarkdown x", ENS_VERB_PLAN, ENS_FORMAT_MARKDOWN, false, false, 1},
        {"show -o json x", ENS_VERB_SHOW, ENS_FORMAT_JSON, false, false, 1},
        {"explain", ENS_VERB_EXPLAIN, ENS_FORMAT_TABLE, false, false, 0},
        {"explain -o markdown no_capacity", ENS_VERB_EXPLAIN, ENS_FORMAT_MARKDOWN, false, false, 1},
        {"completion zsh", ENS_VERB_COMPLETION, ENS_FORMAT_TABLE, false, false, 1},
        {"-V", ENS_VERB_VERSION, ENS_FORMAT_TABLE, false, false, 0},
        {"plan -V", ENS_VERB_PLAN, ENS_FORMAT_TABLE, false, false, 0},
        {"help --format man", ENS_VERB_HELP, ENS_FORMAT_MAN, false, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_options options = {0};
        assert_int_equal(parse(arena, rows[i].line, &options, NULL), ENS_OK);
        assert_int_equal(options.verb, rows[i].verb);
        assert_int_equal(options.format, rows[i].format);
        assert_int_equal(options.help, rows[i].help);
        assert_int_equal(options.yes, rows[i].yes);
        assert_int_equal(options.argument_count, rows[i].arguments);
        assert_false(options.nothing);
    }
}

static void test_nothing_at_all(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_options options = {0};

    (void)state;
    assert_int_equal(parse(arena, "", &options, NULL), ENS_OK);
    assert_int_equal(options.verb, ENS_VERB_HELP);
    assert_true(options.nothing);
}

static void test_refused(void **state)
{
    static const struct {
        const char *line;
        const char *said;
    } rows[] = {
        {"start x", "\"start\" is not a verb: expected one of: plan"},
        {"plna x", "\"plna\" is not a verb: did you mean plan?"},
        {"plan --tiemout 3s x", "ensure plan has no option --tiemout: did you mean --timeout?"},
        {"--format json plan x", "\"--format\" is not a verb"},
        {"plan", "needs targets"},
        {"status --format json", "needs targets"},
        {"wait", "needs targets"},
        {"wait --yes x", "ensure wait has no option --yes"},
        {"wait -o targets x", "expected one of: table json markdown"},
        {"plan -o targets x", "expected one of: table json markdown"},
        {"plan --yes x", "ensure plan has no option --yes"},
        {"plan -y x", "ensure plan has no option -y"},
        {"plan -fx -z", "ensure plan has no option -z"},
        {"find --out p x/y", "ensure find has no option --out"},
        {"status --no-dry-run x", "ensure status has no option --no-dry-run"},
        {"plan --forma json x", "ensure plan has no option --forma"},
        {"plan --no-dry-run=1 x", "--no-dry-run takes no value"},
        {"plan x --out", "--out needs a value: FILE"},
        {"plan x --out ''", "--out needs a value"},
        {"plan x --out=", "--out needs a value"},
        {"plan x --out -", "--out -: expected a file"},
        {"plan x -f", "--file needs a value"},
        {"plan x --format yaml", "--format yaml: expected one of: table json markdown html junit"},
        {"status x --format junit", "--format junit: expected one of: table json markdown"},
        {"plan x --only start,stop", "--only: \"stop\" is neither an action"},
        {"plan x --only start,", "--only: \"\" is neither"},
        {"apply x --only start", "ensure apply has no option --only"},
        {"apply x --detailed-exitcode", "ensure apply has no option --detailed-exitcode"},
        {"completion", "takes one of: bash zsh fish"},
        {"completion tcsh", "takes one of: bash zsh fish"},
        {"completion bash zsh", "takes one of: bash zsh fish"},
        {"explain a b", "takes one reason or code"},
        {"explain ''", "takes one reason or code"},
        {"help --format bash", "expected one of: text man"},
        {"show", "takes one file"},
        {"show a b", "takes one file"},
        {"plan x --format man", "expected one of: table json markdown"},
        {"plan x --format tab", "expected one of"},
        {"providers --format markdown", "expected one of: table json"},
        {"plan x --timeout 10", "--timeout: \"10\" is not a duration: expected 1 ms to 24 h"},
        {"plan x --timeout 25h", "--timeout: \"25h\" is not a duration: expected 1 ms to 24 h"},
        {"plan x --shard 8/8", "--shard: \"8/8\" is not a shard: expected I/N with N from 1"},
        {"wait x --shard", "--shard needs a value: I/N"},
        {"show --shard 0/1 x", "ensure show has no option --shard"},
        {"merge", "needs files"},
        {"merge --quiet x", "ensure merge has no option --quiet"},
        {"plan - x -f -", "standard input is named 2 times"},
        {"providers x", "takes no arguments"},
        {"version x", "takes no arguments"},
        {"help plan apply", "takes one verb"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_options options = {.argument_count = 77};
        if (parse(arena, rows[i].line, &options, &diags) != ENS_INVALID || diags.count != 2) {
            fail_msg("taken: ensure %s", rows[i].line);
        }
        ens_str line = ens_diag_line(arena, &diags.items[0]); /* the second names the help */
        if (strstr(line.ptr, rows[i].said) == NULL) {
            fail_msg("\"%s\" is not in: %s", rows[i].said, line.ptr);
        }
        assert_int_equal(options.argument_count, 77);
    }
}

/* Each text that is generated from the tables has all of their rows. */
static void test_help_is_complete(void **state)
{
    static const char *const shells[] = {"man", "bash", "zsh", "fish"};
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF overview = ens_buf_new(100000);

    (void)state;
    ens_help_overview(&overview);
    for (unsigned verb = 0; verb < ENS_VERB_COUNT; verb++) {
        ENS_AUTO_BUF help = ens_buf_new(100000);
        ens_help_verb(&help, (enum ens_verb)verb);
        assert_non_null(strstr(ens_buf_text(&overview), ens_verbs[verb].name));
        for (size_t i = 0; i < ens_option_count; i++) {
            ens_str option = ens_arena_printf(arena, "--%s", ens_option_rows[i].name);
            if ((ens_option_rows[i].verbs & (1u << verb)) != 0) {
                assert_non_null(strstr(ens_buf_text(&help), option.ptr));
            }
        }
    }
    for (size_t s = 0; s < ENS_COUNT(shells); s++) {
        ENS_AUTO_BUF text = ens_buf_new(100000);
        if (s == 0) {
            ens_help_write(&text, ENS_FORMAT_MAN);
        } else {
            ens_completion_write(&text, shells[s]);
        }
        assert_null(strstr(ens_buf_text(&text), "\n%")); /* no unexpanded template line */
        for (unsigned verb = 0; verb < ENS_VERB_COUNT; verb++) {
            assert_non_null(strstr(ens_buf_text(&text), ens_verbs[verb].name));
        }
        for (size_t i = 0; i < ens_option_count; i++) {
            /* In roff a dash is written with a backslash. */
            const char *last = strrchr(ens_option_rows[i].name, '-');
            assert_non_null(
                strstr(ens_buf_text(&text), last == NULL ? ens_option_rows[i].name : last + 1));
        }
    }
}

static void test_only_and_flags(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_options options = {0};

    (void)state;
    assert_int_equal(parse(arena, "plan x", &options, NULL), ENS_OK);
    assert_int_equal(options.only.actions, 0);
    assert_false(options.quiet || options.detailed_exitcode || options.version);
    assert_int_equal(parse(arena,
                           "plan --only start,no_capacity --only refuse --quiet "
                           "--detailed-exitcode -V x",
                           &options, NULL),
                     ENS_OK);
    assert_int_equal(options.only.actions, 1u << ENS_ACTION_START | 1u << ENS_ACTION_REFUSE);
    assert_int_equal(options.only.reasons, 1u << ENS_REASON_NO_CAPACITY);
    assert_true(options.quiet && options.detailed_exitcode && options.version);
}

static void test_shard(void **state)
{
    static const struct {
        const char *line;
        size_t index;
        size_t count;
        bool automatic;
    } rows[] = {
        {"plan x", 0, 0, false},
        {"plan --shard 3/8 x", 3, 8, false},
        {"apply --shard=0/1 x", 0, 1, false},
        {"wait --shard auto x", 0, 0, true},
        {"status --shard auto --shard 1/2 x", 1, 2, false},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_options options = {0};
        assert_int_equal(parse(arena, rows[i].line, &options, NULL), ENS_OK);
        assert_int_equal(options.shard.index, rows[i].index);
        assert_int_equal(options.shard.count, rows[i].count);
        assert_int_equal(options.shard_auto, rows[i].automatic);
    }
}

/* The arguments of help are the verbs. */
static void test_verbs_of_help(void **state)
{
    ens_str rest = ens_str_of(ens_verbs[ENS_VERB_HELP].choices);

    (void)state;
    for (unsigned verb = 0; verb < ENS_VERB_COUNT; verb++) {
        assert_true(ens_str_is(ens_str_cut(rest, ' ', &rest), ens_verbs[verb].name));
    }
    assert_int_equal(rest.len, 0);
}

/* Completions offer every reason. */
static void test_words_of_explain(void **state)
{
    ens_str rest = ens_str_of(ens_verbs[ENS_VERB_EXPLAIN].choices);

    (void)state;
    for (unsigned reason = 0; reason < ENS_REASON_COUNT; reason++) {
        assert_true(
            ens_str_is(ens_str_cut(rest, ' ', &rest), ens_reason_name((enum ens_reason)reason)));
    }
    assert_int_equal(rest.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_at_once),
        cmocka_unit_test(test_defaults_and_spellings),
        cmocka_unit_test(test_nothing_at_all),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_help_is_complete),
        cmocka_unit_test(test_only_and_flags),
        cmocka_unit_test(test_shard),
        cmocka_unit_test(test_verbs_of_help),
        cmocka_unit_test(test_words_of_explain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
