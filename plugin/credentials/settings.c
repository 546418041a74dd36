/* SPDX-License-Identifier: Apache-2.0 */
#include "credentials/settings.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "credentials/keys.h"

/* Bytes of settings; the clouds' own limits are the same or lower. */
#define PROFILE_MAX      256
#define ROLE_MAX         512
#define SESSION_NAME_MAX 64
#define POLICY_MAX       8192
#define EXTERNAL_ID_MAX  1224
#define TOKEN_MAX        ((size_t)16 * 1024)

#define ROW(member, max)                                                                           \
    {                                                                                              \
#member, offsetof(struct ens_cloud_settings, member), (max)                                \
    }
#define SECONDS(block)                                                                             \
    {                                                                                              \
#block ".duration_seconds", offsetof(struct ens_cloud_settings, block.duration_s), 0       \
    }

const struct ens_setting ens_setting_rows[] = {
    ROW(access_key, ENS_KEY_MAX),
    ROW(secret_key, ENS_KEY_MAX),
    ROW(security_token, ENS_KEY_MAX),
    ROW(profile, PROFILE_MAX),
    ROW(assume_role.role, ROLE_MAX),
    ROW(assume_role.session_name, SESSION_NAME_MAX),
    SECONDS(assume_role),
    ROW(assume_role.policy, POLICY_MAX),
    ROW(assume_role.external_id, EXTERNAL_ID_MAX),
    ROW(assume_role_with_oidc.role, ROLE_MAX),
    ROW(assume_role_with_oidc.provider, ROLE_MAX),
    ROW(assume_role_with_oidc.token, TOKEN_MAX),
    ROW(assume_role_with_oidc.token_file, PATH_MAX - 1),
    ROW(assume_role_with_oidc.session_name, SESSION_NAME_MAX),
    SECONDS(assume_role_with_oidc),
    ROW(assume_role_with_oidc.policy, POLICY_MAX),
    ROW(metadata_role, ROLE_MAX),
    {NULL, 0, 0},
};

static const void *member_of(const struct ens_cloud_settings *settings,
                             const struct ens_setting *row)
{
    return (const char *)settings + row->offset;
}

ens_str ens_setting_text(const struct ens_cloud_settings *settings, const struct ens_setting *row)
{
    return *(const ens_str *)member_of(settings, row);
}

uint32_t ens_setting_seconds(const struct ens_cloud_settings *settings,
                             const struct ens_setting *row)
{
    return *(const uint32_t *)member_of(settings, row);
}

static bool is_set(const struct ens_cloud_settings *settings, const struct ens_setting *row)
{
    return row->bytes_max > 0 ? ens_setting_text(settings, row).len > 0
                              : ens_setting_seconds(settings, row) > 0;
}

bool ens_settings_have(const struct ens_cloud_settings *settings, const char *name)
{
    const size_t length = strlen(name);

    for (const struct ens_setting *row = ens_setting_rows; row->name != NULL; row++) {
        if (strncmp(row->name, name, length) == 0 &&
            (row->name[length] == '\0' || row->name[length] == '.') && is_set(settings, row)) {
            return true;
        }
    }
    return false;
}

static struct ens_role_settings copy_role(struct ens_arena *arena,
                                          const struct ens_role_settings *role)
{
    return (struct ens_role_settings){
        .struct_size = sizeof(*role),
        .duration_s = role->duration_s,
        .role = ens_arena_dup(arena, role->role),
        .session_name = ens_arena_dup(arena, role->session_name),
        .policy = ens_arena_dup(arena, role->policy),
        .external_id = ens_arena_dup(arena, role->external_id),
    };
}

static struct ens_oidc_settings copy_oidc(struct ens_arena *arena,
                                          const struct ens_oidc_settings *oidc)
{
    return (struct ens_oidc_settings){
        .struct_size = sizeof(*oidc),
        .duration_s = oidc->duration_s,
        .role = ens_arena_dup(arena, oidc->role),
        .provider = ens_arena_dup(arena, oidc->provider),
        .token = ens_arena_dup(arena, oidc->token),
        .token_file = ens_arena_dup(arena, oidc->token_file),
        .session_name = ens_arena_dup(arena, oidc->session_name),
        .policy = ens_arena_dup(arena, oidc->policy),
    };
}

struct ens_cloud_settings ens_settings_copy(struct ens_arena *arena,
                                            const struct ens_cloud_settings *settings)
{
    return (struct ens_cloud_settings){
        .cloud = ens_arena_dup(arena, settings->cloud),
        .access_key = ens_arena_dup(arena, settings->access_key),
        .secret_key = ens_arena_dup(arena, settings->secret_key),
        .security_token = ens_arena_dup(arena, settings->security_token),
        .profile = ens_arena_dup(arena, settings->profile),
        .region = ens_arena_dup(arena, settings->region),
        .endpoint = ens_arena_dup(arena, settings->endpoint),
        .assume_role = copy_role(arena, &settings->assume_role),
        .assume_role_with_oidc = copy_oidc(arena, &settings->assume_role_with_oidc),
        .metadata_role = ens_arena_dup(arena, settings->metadata_role),
    };
}
