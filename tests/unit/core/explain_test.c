/* SPDX-License-Identifier: Apache-2.0 */
/* Codes of a provider's tables, and what is told about reasons and codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/explain.h"
#include "support/fake_provider.h"

struct fixture {
    struct ens_arena *arena;
    struct ens_provider provider;
    struct ens_provider_row rows[2];
    struct ens_capabilities capabilities;
};

static const struct ens_code_row other_codes[] = {
    {"Stock", ENS_REASON_LOCKED, 0},
    {"State.Disk", ENS_REASON_WRONG_STATE, 0},
    {"Newer", 4711, 0},
    {NULL, 0, 0},
};
static const struct ens_code_advice_row other_advice[] = {
    {"State.Disk", "Repair the disk."},
    {NULL, NULL},
};

/* Two clouds: the fake one, and one of which "Stock" means something else. */
static void begin(struct fixture *fixture)
{
    static struct ens_provider other;

    fixture->arena = ens_arena_new();
    fixture->provider = fake_provider();
    fixture->rows[0] = ens_provider_row(fixture->arena, &fixture->provider, "a.so");
    other = fake_provider();
    other.name = "other";
    other.title = "Other";
    other.codes = other_codes;
    other.code_advice = other_advice;
    other.locks = NULL;
    other.advice = NULL;
    fixture->rows[1] = ens_provider_row(fixture->arena, &other, "b.so");
    fixture->capabilities =
        (struct ens_capabilities){.providers = fixture->rows, .provider_count = 2};
}

static size_t explain(struct fixture *fixture, const char *word, struct ens_explanation **ret)
{
    size_t count = 0;

    begin(fixture);
    assert_int_equal(
        ens_explain(fixture->arena, &fixture->capabilities, ens_str_of(word), ret, &count, NULL),
        ENS_OK);
    return count;
}

static void test_reason(void **state)
{
    struct fixture fixture = {0};
    struct ens_explanation *found = NULL;

    (void)state;
    assert_int_equal(explain(&fixture, "wrong_state", &found), 1);
    assert_int_equal(found->reason, ENS_REASON_WRONG_STATE);
    assert_int_equal(found->cloud_count, 2);
    assert_int_equal(found->clouds[0].code_count, 3);
    assert_true(ens_str_is(found->clouds[0].codes[0].pattern, "State.Final"));
    assert_true(ens_str_is(found->clouds[0].codes[1].pattern, "State*"));
    assert_true(ens_str_is(found->clouds[0].codes[2].pattern, "BROKEN"));
    assert_int_equal(found->clouds[0].codes[2].kind, ENS_CODE_KIND_STATUS);
    assert_int_equal(found->clouds[1].code_count, 2);
    assert_true(ens_str_is(found->clouds[1].codes[0].advice, "Repair the disk."));
    assert_int_equal(found->clouds[1].codes[1].advice.len, 0);
    ens_arena_free(fixture.arena);
}

/* The words of statuses and locks become the reasons that a task refuses with. */
static void test_statuses_and_locks(void **state)
{
    static const struct {
        const char *word;
        enum ens_code_kind kind;
        enum ens_reason reason;
    } rows[] = {
        {"UNPAID", ENS_CODE_KIND_STATUS, ENS_REASON_EXPIRED},
        {"GOING", ENS_CODE_KIND_STATUS, ENS_REASON_NOT_FOUND},
        {"GONE", ENS_CODE_KIND_STATUS, ENS_REASON_NOT_FOUND},
        {"FROZEN", ENS_CODE_KIND_STATUS, ENS_REASON_LOCKED},
        {"owing", ENS_CODE_KIND_LOCK, ENS_REASON_INSUFFICIENT_BALANCE},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct fixture fixture = {0};
        struct ens_explanation *found = NULL;
        assert_int_equal(explain(&fixture, rows[i].word, &found), 1);
        assert_int_equal(found->reason, rows[i].reason);
        assert_int_equal(found->clouds[0].code_count, 1);
        assert_int_equal(found->clouds[0].codes[0].kind, rows[i].kind);
        ens_arena_free(fixture.arena);
    }
}

/* One code, two clouds, two reasons; compared without case, the first pattern decides. */
static void test_code(void **state)
{
    struct fixture fixture = {0};
    struct ens_explanation *found = NULL;

    (void)state;
    assert_int_equal(explain(&fixture, "stock", &found), 2);
    assert_int_equal(found[0].reason, ENS_REASON_NO_CAPACITY);
    assert_int_equal(found[0].cloud_count, 1);
    assert_true(ens_str_is(found[0].clouds[0].advice, "Ask FakeCloud for more."));
    assert_int_equal(found[1].reason, ENS_REASON_LOCKED);
    assert_true(ens_str_is(found[1].clouds[0].provider->title, "Other"));
    assert_int_equal(found[1].clouds[0].advice.len, 0);
    ens_arena_free(fixture.arena);

    assert_int_equal(explain(&fixture, "State.Disk", &found), 1);
    assert_int_equal(found->cloud_count, 2);
    assert_true(ens_str_is(found->clouds[0].codes[0].pattern, "State*"));
    assert_true(ens_str_is(found->clouds[1].codes[0].pattern, "State.Disk"));
    ens_arena_free(fixture.arena);

    assert_int_equal(explain(&fixture, "newer", &found), 1); /* a reason of a newer ABI */
    assert_int_equal(found->reason, ENS_REASON_INTERNAL);
    ens_arena_free(fixture.arena);
}

static void test_word_of_a_missing_permission(void **state)
{
    struct fixture fixture = {0};
    struct ens_explanation *found = NULL;

    (void)state;
    assert_int_equal(explain(&fixture, "Some.NotAuthorized.Code", &found), 1);
    assert_int_equal(found->reason, ENS_REASON_PERMISSION_DENIED);
    assert_true(found->by_word);
    assert_int_equal(found->cloud_count, 0);
    ens_arena_free(fixture.arena);
}

static void test_everything(void **state)
{
    struct fixture fixture = {0};
    struct ens_explanation *found = NULL;

    (void)state;
    assert_int_equal(explain(&fixture, "", &found), ENS_REASON_COUNT);
    for (unsigned i = 0; i < ENS_REASON_COUNT; i++) {
        assert_int_equal(found[i].reason, i);
        assert_int_equal(found[i].cloud_count, 2);
    }
    ens_arena_free(fixture.arena);
}

static void test_unknown(void **state)
{
    static const struct {
        const char *word;
        const char *said;
    } rows[] = {
        {"no-capacity", "did you mean no_capacity?"},
        {"Stcok", "did you mean Stock?"},
        {"\x1b[31m", "\"?[31m\" is neither a reason nor a code of a cloud; ensure explain lists"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        struct fixture fixture = {0};
        struct ens_explanation *found = NULL;
        size_t count = 0;
        begin(&fixture);
        assert_int_equal(ens_explain(fixture.arena, &fixture.capabilities, ens_str_of(rows[i].word),
                                     &found, &count, &diags),
                         ENS_INVALID);
        assert_int_equal(diags.count, 1);
        assert_non_null(strstr(diags.items[0].summary, rows[i].said));
        ens_arena_free(fixture.arena);
    }
}

static void test_kinds(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ENS_CODE_KIND_COUNT; i++) {
        enum ens_code_kind kind = ENS_CODE_KIND_ERROR;
        const char *name = ens_code_kind_name((enum ens_code_kind)i);
        assert_true(ens_code_kind_parse(ens_str_of(name), &kind));
        assert_int_equal(kind, i);
    }
    assert_false(ens_code_kind_parse(ENS_STR("status "), &(enum ens_code_kind){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reason),     cmocka_unit_test(test_statuses_and_locks),
        cmocka_unit_test(test_code),       cmocka_unit_test(test_word_of_a_missing_permission),
        cmocka_unit_test(test_everything), cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_kinds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
