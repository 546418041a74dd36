/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of the Ansible module: conversions, checks, and what the invocation shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ansible/args.h"

#define WHERE "\"cloud\":\"alibaba\",\"region\":\"cn-hangzhou\","
#define ONE   WHERE "\"instance_id\":\"i-1\""

static ens_rc read_args(struct ens_arena *arena, const char *text, struct ens_args *args,
                        struct ens_diags *diags)
{
    return ens_args_read(arena, ENS_MODULE_INSTANCE_RUNNING, ens_str_of(text), args, diags);
}

static ens_rc read_info(struct ens_arena *arena, const char *text, struct ens_args *args,
                        struct ens_diags *diags)
{
    return ens_args_read(arena, ENS_MODULE_INSTANCE_INFO, ens_str_of(text), args, diags);
}

static void test_every_argument_is_read(void **state)
{
    (void)state;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_args args;
    static const char text[] =
        "{" WHERE "\"instance_ids\":[\"i-1\",\"i-2\",\"i-1\"],\"wait_timeout\":30,"
        "\"access_key\":\"ak\",\"secret_key\":\"sk\",\"security_token\":\"st\",\"profile\":\"p\","
        "\"assume_role\":{\"role\":\"r\",\"session_name\":\"n\",\"duration_seconds\":900,"
        "\"policy\":\"{}\",\"external_id\":\"x\"},\"assume_role_with_oidc\":\"{\\\"role\\\":"
        "\\\"o\\\",\\\"provider\\\":\\\"i\\\",\\\"token\\\":\\\"t\\\",\\\"token_file\\\":"
        "null,\\\"duration_seconds\\\":\\\"3600\\\"}\",\"metadata_role\":\"q\","
        "\"endpoint\":\"http://127.0.0.1:1\",\"preflight\":false,\"instance_id\":null,"
        "\"_ansible_check_mode\":true,\"_ansible_diff\":true,\"_ansible_new_in_2099\":{}}";

    assert_int_equal(read_args(arena, text, &args, NULL), ENS_OK);
    assert_string_equal(args.settings.cloud.ptr, "alibaba");
    assert_string_equal(args.region.ptr, "cn-hangzhou");
    assert_int_equal(args.instance_ids.count, 3);
    assert_int_equal(args.targets.count, 2);
    assert_true(ens_str_is(ens_target_list_at(&args.targets, 1).id, "i-2"));
    assert_true(ens_str_is(ens_target_list_at(&args.targets, 1).region, "cn-hangzhou"));
    assert_int_equal(args.wait_timeout_ms, 30000);
    assert_string_equal(args.settings.access_key.ptr, "ak");
    assert_string_equal(args.settings.secret_key.ptr, "sk");
    assert_string_equal(args.settings.security_token.ptr, "st");
    assert_string_equal(args.settings.profile.ptr, "p");
    assert_string_equal(args.settings.endpoint.ptr, "http://127.0.0.1:1");
    const struct ens_role_settings *role = &args.settings.assume_role;
    assert_string_equal(role->role.ptr, "r");
    assert_string_equal(role->session_name.ptr, "n");
    assert_int_equal(role->duration_s, 900);
    assert_string_equal(role->policy.ptr, "{}");
    assert_string_equal(role->external_id.ptr, "x");
    const struct ens_oidc_settings *oidc = &args.settings.assume_role_with_oidc;
    assert_string_equal(oidc->role.ptr, "o");
    assert_string_equal(oidc->provider.ptr, "i");
    assert_string_equal(oidc->token.ptr, "t");
    assert_int_equal(oidc->token_file.len, 0);
    assert_int_equal(oidc->duration_s, 3600);
    assert_string_equal(args.settings.metadata_role.ptr, "q");
    assert_false(args.preflight);
    assert_true(args.check_mode);
    assert_true(args.diff);
}

static void test_defaults(void **state)
{
    (void)state;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_args args;

    assert_int_equal(read_args(arena, "{" ONE "}", &args, NULL), ENS_OK);
    assert_int_equal(args.targets.count, 1);
    assert_int_equal(args.wait_timeout_ms, 0);
    assert_true(args.preflight);
    assert_false(args.check_mode);
    assert_false(args.diff);
    assert_int_equal(args.settings.access_key.len, 0);
}

/* Ansible passes values as YAML or a template gave them; the module converts them as Ansible would.
 */
static void test_conversions(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t targets;
        int64_t wait_timeout_ms;
        bool preflight;
    } rows[] = {
        {"{" ONE ",\"wait_timeout\":\"45\"}", 1, 45000, true},
        {"{" ONE ",\"wait_timeout\":\" 45 \"}", 1, 45000, true},
        {"{" ONE ",\"wait_timeout\":45.0}", 1, 45000, true},
        {"{" ONE ",\"wait_timeout\":1}", 1, 1000, true},
        {"{" ONE ",\"wait_timeout\":86400}", 1, 86400000, true},
        {"{" ONE ",\"wait_timeout\":\"1h30m\"}", 1, 5400000, true},
        {"{" ONE ",\"wait_timeout\":\"1.5s\"}", 1, 1500, true},
        {"{" ONE ",\"preflight\":\"No\"}", 1, 0, false},
        {"{" ONE ",\"preflight\":\"off\"}", 1, 0, false},
        {"{" ONE ",\"preflight\":0}", 1, 0, false},
        {"{" ONE ",\"preflight\":\"True\"}", 1, 0, true},
        {"{" ONE ",\"access_key\":1,\"secret_key\":2}", 1, 0, true},
        {"{" WHERE "\"instance_ids\":\"i-1, i-2,i-3\"}", 3, 0, true},
        {"{" WHERE "\"instance_ids\":\"i-1\"}", 1, 0, true},
        {"{" WHERE "\"instance_ids\":[]}", 0, 0, true},
        {"{" WHERE "\"instance_ids\":[\"i-1\"],\"instance_id\":\"\"}", 1, 0, true},
    };

    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_args args;

        print_message("  %s\n", rows[i].text);
        assert_int_equal(read_args(arena, rows[i].text, &args, NULL), ENS_OK);
        assert_int_equal(args.targets.count, rows[i].targets);
        assert_int_equal(args.wait_timeout_ms, rows[i].wait_timeout_ms);
        assert_int_equal(args.preflight, rows[i].preflight);
    }
}

#define SUPPORTED                                                                                  \
    "supported parameters are: cloud, region, instance_id, instance_ids, wait_timeout, "           \
    "access_key, secret_key, security_token, profile, assume_role, assume_role_with_oidc, "        \
    "metadata_role, endpoint, preflight, policy"
#define NOT_ARGUMENTS "expected a JSON object of module arguments in the argument file"
#define NOT_DURATION(text)                                                                         \
    "\"" text "\" is not a duration: expected 1 ms to 24 h, such as \"90s\", \"10m\" or \"1h30m\""

/* With Ansible's conversions, and written as the module would get it again. */
static void test_policy(void **state)
{
    static const struct {
        const char *policy;
        const char *shown; /* NULL: a bad one */
        const char *said;  /* with its place */
    } rows[] = {
        {"{}", "null", NULL},
        {"null", "null", NULL},
        {"{\"max_starts\":5,\"allow\":[\"a/*/*\",\"b/*/*\"],\"deny\":[],"
         "\"min_confidence\":\"validated\",\"audit_required\":true}",
         "{\"max_starts\": 5, \"allow\": [\"a/*/*\", \"b/*/*\"], \"deny\": [], "
         "\"min_confidence\": \"validated\", \"audit_required\": true}",
         NULL},
        {"{\"max_starts\":\" 5 \",\"deny\":\"a/*/*, b/*/*\",\"audit_required\":\"yes\"}",
         "{\"max_starts\": 5, \"deny\": [\"a/*/*\", \"b/*/*\"], \"audit_required\": true}", NULL},
        {"{\"max_starts\":null,\"allow\":null,\"audit_required\":\"no\"}", "null", NULL},
        {"\"{\\\"max_starts\\\":0}\"", "{\"max_starts\": 0}", NULL},
        {"[]", NULL, "policy: expected a dictionary"},
        {"{\"max_start\":1}", NULL,
         "unsupported parameter \"policy.max_start\"; supported parameters are: max_starts, allow, "
         "deny, min_confidence, audit_required"},
        {"{\"max_starts\":\"five\"}", NULL,
         "policy.max_starts: max_starts: expected a whole number"},
        {"{\"max_starts\":1.5}", NULL, "policy.max_starts: expected a whole number"},
        {"{\"allow\":{}}", NULL, "policy.allow: expected a list of patterns"},
        {"{\"deny\":[\"*\"]}", NULL, "policy.deny: deny: \"*\" is not a pattern"},
        {"{\"min_confidence\":\"sure\"}", NULL, "policy.min_confidence: min_confidence: expected"},
        {"{\"audit_required\":\"maybe\"}", NULL, "policy.audit_required: expected true or false"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        ENS_AUTO_BUF out = ens_buf_new(ENS_ARGS_MAX);
        struct ens_json json = ens_json_new(&out, 0);
        struct ens_args args;
        const ens_str text = ens_arena_printf(arena, "{" ONE ",\"policy\":%s}", rows[i].policy);

        print_message("  %s\n", rows[i].policy);
        ens_rc rc = read_args(arena, text.ptr, &args, &diags);
        assert_int_equal(rc == ENS_OK, rows[i].shown != NULL);
        ens_args_write(&json, &args);
        const char *policy = strstr(ens_buf_text(&out), "\"policy\": ");
        assert_non_null(policy);
        if (rows[i].shown != NULL) {
            assert_string_equal(policy + strlen("\"policy\": "),
                                ens_arena_printf(arena, "%s}}", rows[i].shown).ptr);
        } else {
            assert_int_equal(diags.count, 1);
            assert_non_null(strstr(ens_diag_line(arena, &diags.items[0]).ptr, rows[i].said));
        }
    }
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *where;
        const char *summary;
    } rows[] = {
        {"", "", NOT_ARGUMENTS},
        {"[1]", "", NOT_ARGUMENTS},
        {"{", "", NOT_ARGUMENTS},
        {"{\"region\":\"r\",\"instance_id\":\"i-1\"}", "", "missing required argument: cloud"},
        {"{\"cloud\":\"alibaba\",\"instance_id\":\"i-1\"}", "",
         "missing required argument: region"},
        {"{\"cloud\":\"\",\"region\":\"r\",\"instance_id\":\"i-1\"}", "",
         "missing required argument: cloud"},
        {"{" WHERE "\"preflight\":true}", "",
         "one of the following is required: instance_id, instance_ids"},
        {"{" ONE ",\"instance_ids\":[\"i-2\"]}", "",
         "parameters are mutually exclusive: instance_id, instance_ids"},
        {"{" ONE ",\"state\":\"running\"}", "", "unsupported parameter \"state\"; " SUPPORTED},
        {"{" ONE ",\"assume_role\":\"role\"}", "assume_role", "expected a dictionary"},
        {"{" ONE ",\"assume_role\":[\"role\"]}", "assume_role", "expected a dictionary"},
        {"{" ONE ",\"assume_role\":{\"arn\":\"r\"}}", "",
         "unsupported parameter \"assume_role.arn\"; supported parameters are: role, "
         "session_name, duration_seconds, policy, external_id"},
        {"{" ONE ",\"assume_role\":{\"role\":[]}}", "assume_role.role", "expected a text"},
        {"{" ONE ",\"assume_role_with_oidc\":{\"duration_seconds\":\"1h\"}}",
         "assume_role_with_oidc.duration_seconds", "expected a whole number of seconds"},
        {"{" ONE ",\"assume_role_with_oidc\":{\"duration_seconds\":-1}}",
         "assume_role_with_oidc.duration_seconds", "expected a whole number of seconds"},
        {"{" ONE ",\"assume_role_with_oidc\":{\"duration_seconds\":1000000000}}",
         "assume_role_with_oidc.duration_seconds", "expected a whole number of seconds"},
        {"{" ONE ",\"wait_timeout\":0}", "wait_timeout", NOT_DURATION("0s")},
        {"{" ONE ",\"wait_timeout\":86401}", "wait_timeout", NOT_DURATION("86401s")},
        {"{" ONE ",\"wait_timeout\":-1}", "wait_timeout", NOT_DURATION("-1")},
        {"{" ONE ",\"wait_timeout\":1.5}", "wait_timeout", NOT_DURATION("1.5")},
        {"{" ONE ",\"wait_timeout\":1e300}", "wait_timeout",
         NOT_DURATION("1.0000000000000001e+300")},
        {"{" ONE ",\"wait_timeout\":\".5s\"}", "wait_timeout", NOT_DURATION(".5s")},
        {"{" ONE ",\"wait_timeout\":[]}", "wait_timeout",
         "expected a duration or a number of seconds"},
        {"{" ONE ",\"preflight\":\"maybe\"}", "preflight", "expected a boolean"},
        {"{" ONE ",\"preflight\":2}", "preflight", "expected a boolean"},
        {"{" ONE ",\"profile\":{}}", "profile", "expected a text"},
        {"{" ONE ",\"endpoint\":true}", "endpoint", "expected a text"},
        {"{" WHERE "\"instance_ids\":7}", "instance_ids", "expected a list of texts"},
        {"{" WHERE "\"instance_ids\":[\"i-1\",null]}", "instance_ids", "expected a list of texts"},
    };

    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_args args;

        print_message("  %s\n", rows[i].text);
        assert_int_not_equal(read_args(arena, rows[i].text, &args, &diags), ENS_OK);
        assert_int_equal(diags.count, 1);
        assert_string_equal(diags.items[0].where, rows[i].where);
        assert_string_equal(diags.items[0].summary, rows[i].summary);
    }
}

/* Only that messages name the argument; their text is tested in core. */
static void test_bad_targets_name_the_argument(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *where;
    } rows[] = {
        {"{\"cloud\":\"Ali Baba\",\"region\":\"r\",\"instance_id\":\"i-1\"}", "cloud"},
        {"{\"cloud\":\"alibaba\",\"region\":\"R\",\"instance_id\":\"i-1\"}", "region"},
        {"{" WHERE "\"instance_id\":\"x\"}", "instance_id"},
        {"{" WHERE "\"instance_ids\":[\"i-1\",\"x\"]}", "instance_ids[1]"},
        {"{" WHERE "\"instance_ids\":\"\"}", "instance_ids[0]"},
        {"{" WHERE "\"instance_ids\":[17]}", "instance_ids[0]"},
    };

    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_args args;

        assert_int_equal(read_args(arena, rows[i].text, &args, &diags), ENS_INVALID);
        assert_string_equal(diags.items[0].where, rows[i].where);
    }
}

#define NO_ROLES "\"assume_role\": null, \"assume_role_with_oidc\": null, \"metadata_role\": null, "

static void test_invocation_masks_secrets(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        ens_rc rc;
        const char *shown;
    } rows[] = {
        {"{" ONE ",\"access_key\":\"ak-1\",\"secret_key\":\"sk-1\",\"security_token\":\"st-1\"}",
         ENS_OK,
         "{\"module_args\": {\"cloud\": \"alibaba\", \"region\": \"cn-hangzhou\", "
         "\"instance_id\": \"i-1\", \"instance_ids\": null, \"wait_timeout\": null, "
         "\"access_key\": \"" ENS_MASK "\", \"secret_key\": \"" ENS_MASK
         "\", \"security_token\": \"" ENS_MASK "\", \"profile\": null, " NO_ROLES
         "\"endpoint\": null, \"preflight\": true, \"policy\": null}}"},
        {"{" ONE ",\"assume_role_with_oidc\":{\"token\":\"sk-1\",\"duration_seconds\":\"900\"}}",
         ENS_OK,
         "{\"module_args\": {\"cloud\": \"alibaba\", \"region\": \"cn-hangzhou\", "
         "\"instance_id\": \"i-1\", \"instance_ids\": null, \"wait_timeout\": null, "
         "\"access_key\": null, \"secret_key\": null, \"security_token\": null, "
         "\"profile\": null, \"assume_role\": null, \"assume_role_with_oidc\": {"
         "\"role\": null, \"provider\": null, \"token\": \"" ENS_MASK
         "\", \"token_file\": null, \"session_name\": null, \"duration_seconds\": 900, "
         "\"policy\": null}, \"metadata_role\": null, \"endpoint\": null, \"preflight\": true, "
         "\"policy\": null}}"},
        /* Secrets are masked after an error too, and an unknown parameter is not repeated. */
        {"{\"password\":\"sk-1\",\"secret_key\":\"sk-1\",\"instance_ids\":[\"i-2\"],"
         "\"wait_timeout\":\"1.05s\",\"endpoint\":\"https://u:sk-1@x\"}",
         ENS_INVALID,
         "{\"module_args\": {\"cloud\": null, \"region\": null, \"instance_id\": null, "
         "\"instance_ids\": [\"i-2\"], \"wait_timeout\": 1.050, \"access_key\": null, "
         "\"secret_key\": \"" ENS_MASK "\", \"security_token\": null, \"profile\": null, " NO_ROLES
         "\"endpoint\": \"" ENS_MASK "\", \"preflight\": true, \"policy\": null}}"},
    };

    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        ENS_AUTO_BUF out = ens_buf_new(ENS_ARGS_MAX);
        struct ens_json json = ens_json_new(&out, 0);
        struct ens_args args;

        assert_int_equal(read_args(arena, rows[i].text, &args, &diags), rows[i].rc);
        ens_args_write(&json, &args);
        assert_string_equal(ens_buf_text(&out), rows[i].shown);
        for (size_t d = 0; d < diags.count; d++) {
            assert_null(strstr(diags.items[d].summary, "sk-1"));
        }
    }
}

/* ---- instance_info --------------------------------------------------------------------------- */

static void test_filters(void **state)
{
    (void)state;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_args args;
    static const char text[] =
        "{" WHERE "\"filters\":{\"status\":\"stopped, running\",\"tags\":{\"env\":\"ci\",\"n\":2},"
        "\"name\":\"web-*\",\"zone\":\"z\",\"group\":\"g\",\"limit\":\"7\"},\"wait_timeout\":"
        "\"1m\","
        "\"instance_ids\":null,\"_ansible_check_mode\":true}";

    assert_int_equal(read_info(arena, text, &args, NULL), ENS_OK);
    assert_false(args.instance_ids.given);
    assert_int_equal(args.wait_timeout_ms, 60000);
    const struct ens_selector *selector = &args.selector;
    assert_true(ens_str_is(selector->cloud, "alibaba"));
    assert_true(ens_str_is(selector->region, "cn-hangzhou"));
    assert_int_equal(selector->statuses, 1u << ENS_STATUS_STOPPED | 1u << ENS_STATUS_RUNNING);
    assert_int_equal(selector->tag_count, 2);
    assert_true(ens_str_is(selector->tags[0].name, "env"));
    assert_true(ens_str_is(selector->tags[1].value, "2"));
    assert_true(ens_str_is(selector->name, "web-*"));
    assert_true(ens_str_is(selector->zone, "z"));
    assert_true(ens_str_is(selector->group, "g"));
    assert_int_equal(selector->limit, 7);
}

/* What a template makes of an absent value is no condition. */
static void test_no_filters(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "{" WHERE "\"filters\":null}",
        "{" WHERE "\"filters\":{}}",
        "{" WHERE "\"filters\":\"{}\"}",
        "{" WHERE "\"filters\":{\"status\":[],\"tags\":{},\"name\":\"\",\"zone\":null}}",
        "{" WHERE "\"filters\":{},\"instance_ids\":[\"i-1\"]}",
    };

    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_args args;

        print_message("  %s\n", rows[i]);
        assert_int_equal(read_info(arena, rows[i], &args, NULL), ENS_OK);
        assert_false(ens_args_have_filters(&args));
    }
}

#define FILTER(text) "{" WHERE "\"filters\":{" text "}}"
#define NO_LIMIT     "expected a whole number from 1 to 100000"

static void test_filter_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *where;
        const char *summary;
    } rows[] = {
        {"{\"region\":\"r\"}", "", "missing required argument: cloud"},
        {"{" WHERE "\"instance_ids\":[\"i-1\"],\"filters\":{\"limit\":1}}", "",
         "parameters are mutually exclusive: instance_ids, filters"},
        {"{" ONE "}", "",
         "unsupported parameter \"instance_id\"; supported parameters are: cloud, region, "
         "instance_ids, filters, wait_timeout, access_key, secret_key, security_token, profile, "
         "assume_role, assume_role_with_oidc, metadata_role, endpoint"},
        {"{" WHERE "\"filters\":[]}", "filters", "expected a dictionary"},
        {FILTER("\"id\":\"i-1\""), "",
         "unsupported parameter \"filters.id\"; supported parameters are: status, tags, name, "
         "zone, group, limit"},
        {FILTER("\"status\":\"Stopped\""), "filters.status",
         "\"Stopped\" is not a status to look for (running, starting, stopped, stopping, busy, "
         "failed, deleting or unknown)"},
        {FILTER("\"status\":{}"), "filters.status", "expected a list of statuses"},
        {FILTER("\"status\":[true]"), "filters.status", "expected a list of statuses"},
        {FILTER("\"tags\":[\"a\"]"), "filters.tags", "expected a dictionary of texts"},
        {FILTER("\"tags\":\"a=b\""), "filters.tags", "expected a dictionary of texts"},
        {FILTER("\"tags\":{\"a\":true}"), "filters.tags", "expected a dictionary of texts"},
        {FILTER("\"tags\":{\"\":\"a\"}"), "filters.tags", "a tag needs a key"},
        {FILTER("\"name\":{}"), "filters.name", "expected a text"},
        {FILTER("\"limit\":0"), "filters.limit", NO_LIMIT},
        {FILTER("\"limit\":100001"), "filters.limit", NO_LIMIT},
        {FILTER("\"limit\":-1"), "filters.limit", NO_LIMIT},
        {FILTER("\"limit\":\"all\""), "filters.limit", NO_LIMIT},
        {"{" WHERE "\"instance_ids\":[\"x\"]}", "instance_ids[0]", NULL},
        {"{\"cloud\":\"alibaba\",\"region\":\"R\"}", "region", NULL},
    };

    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_args args;

        print_message("  %s\n", rows[i].text);
        assert_int_not_equal(read_info(arena, rows[i].text, &args, &diags), ENS_OK);
        assert_int_equal(diags.count, 1);
        assert_string_equal(diags.items[0].where, rows[i].where);
        if (rows[i].summary != NULL) {
            assert_string_equal(diags.items[0].summary, rows[i].summary);
        }
    }
}

static void test_tags_limit(void **state)
{
    (void)state;
    for (size_t count = ENS_SELECTOR_TAGS_MAX; count <= ENS_SELECTOR_TAGS_MAX + 1; count++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        ENS_AUTO_BUF tags = ens_buf_new(4096);
        struct ens_args args;

        for (size_t i = 0; i < count; i++) {
            ens_buf_addf(&tags, "%s\"t%zu\":\"\"", i > 0 ? "," : "", i);
        }
        const char *text =
            ens_arena_printf(arena, FILTER("\"tags\":{%s}"), ens_buf_text(&tags)).ptr;
        assert_int_equal(read_info(arena, text, &args, &diags),
                         count <= ENS_SELECTOR_TAGS_MAX ? ENS_OK : ENS_LIMIT);
        if (diags.count > 0) {
            assert_string_equal(diags.items[0].where, "filters.tags");
            assert_string_equal(diags.items[0].summary, "expected at most 20 tags");
        }
    }
}

static void test_filter_text_limit(void **state)
{
    (void)state;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_args args;
    char name[ENS_SELECTOR_TEXT_MAX + 2];

    memset(name, 'x', sizeof(name));
    name[ENS_SELECTOR_TEXT_MAX] = '\0';
    assert_int_equal(
        read_info(arena, ens_arena_printf(arena, FILTER("\"name\":\"%s\""), name).ptr, &args, NULL),
        ENS_OK);
    name[ENS_SELECTOR_TEXT_MAX] = 'x';
    name[ENS_SELECTOR_TEXT_MAX + 1] = '\0';
    assert_int_equal(read_info(arena, ens_arena_printf(arena, FILTER("\"name\":\"%s\""), name).ptr,
                               &args, &diags),
                     ENS_LIMIT);
    assert_string_equal(diags.items[0].where, "filters.name");
}

static void test_invocation_shows_filters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *shown; /* of filters */
    } rows[] = {
        {"{" WHERE "\"filters\":{}}", "null"},
        {FILTER("\"status\":[\"stopped\"],\"tags\":{\"a\":\"b\"},\"limit\":5"),
         "{\"status\": [\"stopped\"], \"tags\": {\"a\": \"b\"}, \"name\": null, \"zone\": null, "
         "\"group\": null, \"limit\": 5}"},
        {FILTER("\"name\":\"x\""), "{\"status\": null, \"tags\": null, \"name\": \"x\", "
                                   "\"zone\": null, \"group\": null, \"limit\": null}"},
    };

    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_BUF out = ens_buf_new(ENS_ARGS_MAX);
        struct ens_json json = ens_json_new(&out, 0);
        struct ens_args args;
        const char *expected =
            ens_arena_printf(
                arena,
                "{\"module_args\": {\"cloud\": \"alibaba\", \"region\": \"cn-hangzhou\", "
                "\"instance_ids\": null, \"filters\": %s, \"wait_timeout\": null, "
                "\"access_key\": null, \"secret_key\": null, \"security_token\": null, "
                "\"profile\": null, " NO_ROLES "\"endpoint\": null}}",
                rows[i].shown)
                .ptr;

        assert_int_equal(read_info(arena, rows[i].text, &args, NULL), ENS_OK);
        ens_args_write(&json, &args);
        assert_string_equal(ens_buf_text(&out), expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_argument_is_read),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_conversions),
        cmocka_unit_test(test_policy),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_bad_targets_name_the_argument),
        cmocka_unit_test(test_invocation_masks_secrets),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_no_filters),
        cmocka_unit_test(test_filter_errors),
        cmocka_unit_test(test_tags_limit),
        cmocka_unit_test(test_filter_text_limit),
        cmocka_unit_test(test_invocation_shows_filters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
