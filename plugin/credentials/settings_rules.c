/* SPDX-License-Identifier: Apache-2.0 */
#include "credentials/settings_rules.h"

#include "base/arena.h"

/* ---- tables ---------------------------------------------------------------------------------- */

/* A setting that has no effect without another one. Keys without their other half would be filled
 * up from another source. */
static const struct need {
    const char *name;
    const char *needs;
} needs[] = {
    {"access_key", "secret_key"},
    {"secret_key", "access_key"},
    {"security_token", "access_key"},
    {"assume_role.session_name", "assume_role.role"},
    {"assume_role.duration_seconds", "assume_role.role"},
    {"assume_role.policy", "assume_role.role"},
    {"assume_role.external_id", "assume_role.role"},
};

/* Settings of which one at most is set. */
static const struct choice {
    const char *names[4];
    const char *what;
} choices[] = {
    {{"access_key", "assume_role_with_oidc", "profile", "metadata_role"}, "the source of the keys"},
    {{"assume_role_with_oidc.token", "assume_role_with_oidc.token_file"}, "the identity token"},
};

/* Settings that a provider without the source can't use. */
static const struct use {
    const char *name;
    uint32_t source; /* enum ens_source_kind */
    const char *lacks;
} uses[] = {
    {"assume_role", ENS_SOURCE_ROLE, "roles to assume"},
    {"assume_role_with_oidc", ENS_SOURCE_OIDC, "roles to assume with an identity token"},
    {"metadata_role", ENS_SOURCE_METADATA, "metadata service with keys"},
};

/* ---- checks ---------------------------------------------------------------------------------- */

struct check {
    const struct ens_provider *provider;
    const struct ens_presences *presences;
    struct ens_diags *diags;
    struct ens_arena *arena;
};

static enum ens_presence presence(const struct check *check, const char *name)
{
    return check->presences->get(check->presences->ud, name);
}

static const char *where(const struct check *check, const char *name)
{
    return ens_arena_printf(check->arena, "%s.%s", check->provider->name, name).ptr;
}

static ens_rc check_needs(const struct check *check)
{
    for (size_t i = 0; i < ENS_COUNT(needs); i++) {
        if (presence(check, needs[i].name) == ENS_PRESENCE_SET &&
            presence(check, needs[i].needs) == ENS_PRESENCE_UNSET) {
            return ens_fail(check->diags, ENS_INVALID, where(check, needs[i].name),
                            "it has no effect without %s, which is not set", needs[i].needs);
        }
    }
    return ENS_OK;
}

static ens_rc check_choice(const struct check *check, const struct choice *choice)
{
    const char *first = NULL;

    for (size_t i = 0; i < ENS_COUNT(choice->names) && choice->names[i] != NULL; i++) {
        if (presence(check, choice->names[i]) != ENS_PRESENCE_SET) {
            continue;
        }
        if (first != NULL) {
            return ens_fail(check->diags, ENS_INVALID, where(check, choice->names[i]),
                            "%s is set too: only one of them can be %s", first, choice->what);
        }
        first = choice->names[i];
    }
    return ENS_OK;
}

static bool has_source(const struct ens_provider *provider, uint32_t kind)
{
    const struct ens_source *const *source = provider->sources;

    while (source != NULL && *source != NULL && (*source)->kind != kind) {
        source++;
    }
    return source != NULL && *source != NULL;
}

static ens_rc check_uses(const struct check *check)
{
    for (size_t i = 0; i < ENS_COUNT(uses); i++) {
        if (presence(check, uses[i].name) == ENS_PRESENCE_SET &&
            !has_source(check->provider, uses[i].source)) {
            return ens_fail(check->diags, ENS_INVALID, where(check, uses[i].name), "%s has no %s",
                            check->provider->title, uses[i].lacks);
        }
    }
    return ENS_OK;
}

ens_rc ens_settings_rules_check(const struct ens_provider *provider,
                                const struct ens_presences *presences, struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct check check = {provider, presences, diags, arena};
    ens_rc rc = check_uses(&check);

    if (rc == ENS_OK) {
        rc = check_needs(&check);
    }
    for (size_t i = 0; rc == ENS_OK && i < ENS_COUNT(choices); i++) {
        rc = check_choice(&check, &choices[i]);
    }
    return rc;
}
