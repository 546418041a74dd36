/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include "crypto.h"

#include <string.h>

/* An access key is PREFIX RR IIIIIIIIIII EEEEEEEEEEE SSSS CCCC, all but the prefix hexadecimal: the
 * number of the role, the times of issue and of expiry in ms since 1970, a serial number, and a
 * check sum without which it is not one of these. */
enum { ID_LENGTH = 32, CHECKED_LENGTH = 28, TOKEN_PARTS = 8 };

static const char *const prefixes[EMU_CLOUDS] = {"AKTP", "STS.", ""};
static const ens_str private_key = ENS_STR_INIT("ensure-emulator's key of temporary keys");

/* The hexadecimal HMAC of "PURPOSE/id". */
static ens_str derive(struct ens_arena *arena, const char *purpose, ens_str id)
{
    char hex[EMU_HEX_SIZE];
    ens_str text = ens_arena_printf(arena, "%s/%.*s", purpose, ENS_STR_ARG(id));
    emu_hmac_hex(hex, private_key, text);
    return ens_arena_dup(arena, ens_str_of(hex));
}

/* A token has all characters that have to be encoded in queries and headers: '+', '/' and '='. */
static ens_str token_of(struct ens_arena *arena, ens_str id)
{
    ens_str token = ENS_STR("CAIS/+");
    for (int i = 0; i < TOKEN_PARTS; i++) {
        char part[EMU_SHA1_BASE64_SIZE];
        ens_str text = ens_arena_printf(arena, "token/%d/%.*s", i, ENS_STR_ARG(id));
        emu_hmac_sha1_base64(part, private_key, text);
        token = ens_arena_printf(arena, "%.*s%s", ENS_STR_ARG(token), part);
    }
    return token;
}

static struct emu_key key_of(struct ens_arena *arena, const struct emu_role *role,
                             ens_str access_key)
{
    return (struct emu_key){
        .cloud = role->cloud,
        .account = role->account,
        .account_id = role->account_id,
        .role = role,
        .access_key = access_key,
        .secret_key = derive(arena, "secret", access_key),
        .security_token = token_of(arena, access_key),
        .denials = role->denials,
        .denial_count = role->denial_count,
    };
}

struct emu_key emu_session_issue(struct ens_arena *arena, const struct emu_world *world,
                                 const struct emu_role *role, int64_t issued_ms, int64_t expires_ms,
                                 uint64_t serial)
{
    ens_str checked = ens_arena_printf(
        arena, "%02x%011llx%011llx%04x", (unsigned)(role - world->roles),
        (unsigned long long)issued_ms, (unsigned long long)expires_ms, (unsigned)(serial & 0xffff));
    ens_str access_key =
        ens_arena_printf(arena, "%s%.*s%.4s", prefixes[role->cloud], ENS_STR_ARG(checked),
                         derive(arena, "check", checked).ptr);
    return key_of(arena, role, access_key);
}

static int64_t read_hex(const char *digits, size_t count)
{
    int64_t number = 0;
    for (size_t i = 0; i < count; i++) {
        char c = digits[i];
        number = number * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return number;
}

static const struct emu_key *find_issued(const struct emu_request *request,
                                         const struct emu_world *world, enum emu_cloud cloud,
                                         ens_str access_key)
{
    size_t skip = strlen(prefixes[cloud]);
    if (!ens_str_starts(access_key, ens_str_of(prefixes[cloud])) ||
        access_key.len != skip + ID_LENGTH) {
        return NULL;
    }
    ens_str id = {access_key.ptr + skip, ID_LENGTH};
    ens_str check = derive(request->arena, "check", (ens_str){id.ptr, CHECKED_LENGTH});
    if (memcmp(check.ptr, id.ptr + CHECKED_LENGTH, ID_LENGTH - CHECKED_LENGTH) != 0) {
        return NULL;
    }
    size_t number = (size_t)read_hex(id.ptr, 2);
    if (number >= world->role_count || world->roles[number].cloud != cloud) {
        return NULL;
    }
    struct emu_key *key = ens_arena_alloc(request->arena, sizeof(*key));
    *key = key_of(request->arena, &world->roles[number], ens_arena_dup(request->arena, access_key));
    bool dead = request->wall_ms >= read_hex(id.ptr + 13, 11) ||
                read_hex(id.ptr + 2, 11) < request->revoked_ms;
    key->state = dead ? EMU_KEY_TOKEN_EXPIRED : EMU_KEY_ACTIVE;
    return key;
}

const struct emu_key *emu_find_key(const struct emu_request *request, const struct emu_world *world,
                                   enum emu_cloud cloud, ens_str access_key)
{
    const struct emu_key *key = emu_world_key(world, cloud, access_key);
    return key != NULL ? key : find_issued(request, world, cloud, access_key);
}
