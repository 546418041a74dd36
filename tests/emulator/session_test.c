/* SPDX-License-Identifier: Apache-2.0 */
/* Temporary keys and identity tokens, which are not stored: what is taken for one, and until when.
 */

#include "oidc.h"
#include "session.h"
#include "world_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ISSUED_MS = 1000000, EXPIRES_MS = 1003000 };

static const char world_text[] =
    "{\"accounts\": [{\"cloud\": \"baidu\", \"access_key\": \"a\", \"secret_key\": \"s\"}],"
    " \"roles\": [{\"cloud\": \"alibaba\", \"role\": \"acs:ram::1:role/r\", \"account\": "
    "\"other\"},"
    "  {\"cloud\": \"volcengine\", \"role\": \"trn:iam::1:role/r\"},"
    "  {\"cloud\": \"baidu\", \"role\": \"1/r\", \"denied\": [\"StartInstance\"]}]}";

struct fixture {
    struct emu_world world;
    struct emu_request request;
};

static void begin(struct fixture *fixture)
{
    assert_true(emu_world_load(&fixture->world, "w", ens_str_of(world_text), NULL));
    emu_request_init(&fixture->request, "/");
    fixture->request.wall_ms = ISSUED_MS;
}

static void end(struct fixture *fixture)
{
    emu_request_done(&fixture->request);
    emu_world_done(&fixture->world);
}

static struct emu_key issue(struct fixture *fixture, size_t role, uint64_t serial)
{
    return emu_session_issue(fixture->request.arena, &fixture->world, &fixture->world.roles[role],
                             ISSUED_MS, EXPIRES_MS, serial);
}

static const struct emu_key *find(struct fixture *fixture, enum emu_cloud cloud, ens_str access_key)
{
    return emu_find_key(&fixture->request, &fixture->world, cloud, access_key);
}

static void a_key_is_found_as_it_was_issued(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    for (size_t i = 0; i < 3; i++) {
        struct emu_key key = issue(&fixture, i, 7);
        const struct emu_key *found = find(&fixture, key.cloud, key.access_key);
        assert_non_null(found);
        assert_true(ens_str_eq(found->secret_key, key.secret_key));
        assert_true(ens_str_eq(found->security_token, key.security_token));
        assert_ptr_equal(found->role, &fixture.world.roles[i]);
        assert_true(ens_str_is(found->account, i == 0 ? "other" : "main"));
        assert_int_equal(found->denial_count, i == 2 ? 1 : 0);
        assert_int_equal(found->state, EMU_KEY_ACTIVE);
    }
    end(&fixture);
}

static void keys_differ(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    struct emu_key one = issue(&fixture, 0, 7);
    struct emu_key other = issue(&fixture, 0, 8);
    assert_false(ens_str_eq(one.access_key, other.access_key));
    assert_false(ens_str_eq(one.secret_key, other.secret_key));
    assert_false(ens_str_eq(one.security_token, other.security_token));
    end(&fixture);
}

static void a_key_that_was_not_issued_is_unknown(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    ens_str key = issue(&fixture, 1, 7).access_key;
    assert_null(find(&fixture, EMU_ALIBABA, key));
    assert_null(find(&fixture, EMU_BAIDU, key));
    for (size_t i = 0; i < key.len; i++) {
        char text[64];
        memcpy(text, key.ptr, key.len + 1);
        text[i] = text[i] == '1' ? '2' : '1';
        assert_null(find(&fixture, EMU_VOLCENGINE, ens_str_of(text)));
    }
    for (size_t length = 0; length < key.len; length++) {
        assert_null(find(&fixture, EMU_VOLCENGINE, (ens_str){key.ptr, length}));
    }
    assert_null(
        find(&fixture, EMU_VOLCENGINE, ens_arena_printf(fixture.request.arena, "%s0", key.ptr)));
    assert_null(find(&fixture, EMU_BAIDU, ENS_STR("0123456789abcdef0123456789abcdef")));
    assert_non_null(find(&fixture, EMU_BAIDU, ENS_STR("a")));
    end(&fixture);
}

static void a_key_expires_and_can_be_revoked(void **state)
{
    static const struct {
        int64_t wall_ms, revoked_ms;
        enum emu_key_state state;
    } rows[] = {
        {ISSUED_MS, 0, EMU_KEY_ACTIVE},
        {EXPIRES_MS - 1, 0, EMU_KEY_ACTIVE},
        {EXPIRES_MS, 0, EMU_KEY_TOKEN_EXPIRED},
        {ISSUED_MS, ISSUED_MS, EMU_KEY_ACTIVE},
        {ISSUED_MS, ISSUED_MS + 1, EMU_KEY_TOKEN_EXPIRED},
    };
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    struct emu_key key = issue(&fixture, 0, 7);
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        fixture.request.wall_ms = rows[i].wall_ms;
        fixture.request.revoked_ms = rows[i].revoked_ms;
        assert_int_equal(find(&fixture, EMU_ALIBABA, key.access_key)->state, rows[i].state);
    }
    end(&fixture);
}

static void an_identity_token_is_for_one_audience_and_expires(void **state)
{
    (void)state;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const ens_str audience = ENS_STR("sts.\"example\"");
    ens_str token = emu_github_issue(arena, audience, 1000, 1);
    const int64_t last_s = 1000 + EMU_GITHUB_LIVE_S - 1;
    assert_int_equal(emu_github_check(arena, token, audience, 1000), EMU_GITHUB_VALID);
    assert_int_equal(emu_github_check(arena, token, audience, last_s), EMU_GITHUB_VALID);
    assert_int_equal(emu_github_check(arena, token, audience, last_s + 1), EMU_GITHUB_EXPIRED);
    assert_int_equal(emu_github_check(arena, token, ENS_STR("sts"), 1000), EMU_GITHUB_INVALID);
    assert_int_equal(emu_github_check(arena, token, (ens_str){0}, 1000), EMU_GITHUB_INVALID);
    for (size_t length = 0; length < token.len; length++) {
        assert_int_equal(emu_github_check(arena, (ens_str){token.ptr, length}, audience, 1000),
                         EMU_GITHUB_INVALID);
    }
    for (size_t i = 0; i < token.len; i++) {
        ens_str copy = ens_arena_dup(arena, token);
        char *text = (char *)(uintptr_t)copy.ptr;
        text[i] = text[i] == 'e' ? 'f' : 'e';
        assert_int_equal(emu_github_check(arena, copy, audience, 1000), EMU_GITHUB_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_found_as_it_was_issued),
        cmocka_unit_test(keys_differ),
        cmocka_unit_test(a_key_that_was_not_issued_is_unknown),
        cmocka_unit_test(a_key_expires_and_can_be_revoked),
        cmocka_unit_test(an_identity_token_is_for_one_audience_and_expires),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
