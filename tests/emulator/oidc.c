/* SPDX-License-Identifier: Apache-2.0 */
#include "oidc.h"

#include "crypto.h"
#include "message.h"

static const ens_str private_key = ENS_STR_INIT("ensure-emulator's key of GitHub's tokens");
static const char header[] = "{\"typ\":\"JWT\",\"alg\":\"HS256\",\"kid\":\"ensure-emulator\"}";

static ens_str signature_of(struct ens_arena *arena, ens_str signed_text)
{
    unsigned char mac[EMU_HASH_SIZE];
    emu_hmac(mac, private_key, signed_text);
    return emu_base64url(arena, (ens_str){(const char *)mac, sizeof(mac)});
}

ens_str emu_github_issue(struct ens_arena *arena, ens_str audience, int64_t now_s, uint64_t serial)
{
    json_t *claims = json_object();
    json_object_set_new(claims, "iss", json_string("https://token.actions.githubusercontent.com"));
    json_object_set_new(claims, "sub", json_string("repo:example/fleet:ref:refs/heads/main"));
    json_object_set_new(claims, "aud", emu_json_text(audience));
    json_object_set_new(claims, "jti", json_integer((json_int_t)serial));
    json_object_set_new(claims, "iat", json_integer(now_s));
    json_object_set_new(claims, "exp", json_integer(now_s + EMU_GITHUB_LIVE_S));
    size_t size = json_dumpb(claims, NULL, 0, JSON_COMPACT);
    char *text = ens_arena_alloc(arena, size);
    (void)json_dumpb(claims, text, size, JSON_COMPACT);
    ens_str first = emu_base64url(arena, ens_str_of(header));
    ens_str second = emu_base64url(arena, (ens_str){text, size});
    ens_str both = ens_arena_printf(arena, "%.*s.%.*s", ENS_STR_ARG(first), ENS_STR_ARG(second));
    json_decref(claims);
    return ens_arena_printf(arena, "%.*s.%.*s", ENS_STR_ARG(both),
                            ENS_STR_ARG(signature_of(arena, both)));
}

enum emu_github emu_github_check(struct ens_arena *arena, ens_str token, ens_str audience,
                                 int64_t now_s)
{
    ens_str rest = {0}, signature = {0};
    ens_str first = ens_str_cut(token, '.', &rest);
    ens_str second = ens_str_cut(rest, '.', &signature);
    if (audience.len == 0 || signature.len == 0) {
        return EMU_GITHUB_INVALID;
    }
    ens_str both = {token.ptr, first.len + 1 + second.len};
    if (!emu_same_secret(signature_of(arena, both), signature)) {
        return EMU_GITHUB_INVALID;
    }
    json_t *claims = json_loads(emu_base64url_read(arena, second).ptr, 0, NULL);
    bool ours = ens_str_is(audience, json_string_value(json_object_get(claims, "aud")));
    bool live = now_s < json_integer_value(json_object_get(claims, "exp"));
    json_decref(claims);
    return !ours ? EMU_GITHUB_INVALID : live ? EMU_GITHUB_VALID : EMU_GITHUB_EXPIRED;
}
