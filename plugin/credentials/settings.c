/* SPDX-License-Identifier: Apache-2.0 */
#include "credentials/settings.h"

#include "base/arena.h"

bool ens_settings_have_oidc(const struct ens_cloud_settings *settings)
{
    const struct ens_oidc_settings *oidc = &settings->assume_role_with_oidc;

    return oidc->role.len > 0 || oidc->provider.len > 0 || oidc->token.len > 0 ||
           oidc->token_file.len > 0 || oidc->session_name.len > 0 || oidc->policy.len > 0 ||
           oidc->duration_s > 0;
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
