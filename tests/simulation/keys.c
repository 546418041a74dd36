/* SPDX-License-Identifier: Apache-2.0 */
#include "keys.h"

#include <string.h>

#define TOKEN "eyJ.simulated-identity.token" /* that every issuer gave */

/* ---- accounts ------------------------------------------------------------------------------- */

const char *sim_account_name(size_t account)
{
    static const char *const names[SIM_ACCOUNTS] = {"main", "other"};

    return names[account];
}

size_t sim_account_number(ens_str name)
{
    return ens_str_is(name, sim_account_name(0)) ? 0 : 1;
}

const char *sim_access_key(size_t cloud, size_t account)
{
    static const char *const keys[EMU_CLOUDS][SIM_ACCOUNTS] = {
        {"AKLTsimulation0", "AKLTsimulation1"},
        {"LTAIsimulation0", "LTAIsimulation1"},
        {"bcesimulation0", "bcesimulation1"},
    };

    return keys[cloud][account];
}

static const char *secret_key(size_t cloud, size_t account)
{
    static const char *const keys[EMU_CLOUDS][SIM_ACCOUNTS] = {
        {"volcengine-secret-0", "volcengine-secret-1"},
        {"alibaba-secret-0", "alibaba-secret-1"},
        {"baidu-secret-0", "baidu-secret-1"},
    };

    return keys[cloud][account];
}

/* Some keys may only read, some not even that. */
static void draw_denials(struct sim *sim, struct emu_world *world, struct emu_key *key)
{
    static const char *const starts[EMU_CLOUDS][2] = {
        {"StartInstance", NULL},
        {"StartInstances", NULL},
        {"StartInstance", "StartInstances"},
    };
    const uint64_t what = sim_below(&sim->chance, 12);

    if (what > 2) {
        return;
    }
    key->denials = ens_arena_array(world->arena, 2, sizeof(*key->denials));
    if (what == 0) {
        key->denials[key->denial_count++] = (struct emu_denial){
            emu_cloud_deniable(key->cloud, ens_str_of("DescribeInstances")), EMU_ALWAYS};
        return;
    }
    for (size_t i = 0; i < 2 && starts[key->cloud][i] != NULL; i++) {
        key->denials[key->denial_count++] =
            (struct emu_denial){emu_cloud_deniable(key->cloud, ens_str_of(starts[key->cloud][i])),
                                what == 1 ? EMU_ALWAYS : EMU_DRY_RUN_ONLY};
    }
}

static void draw_fixed_keys(struct sim *sim, struct emu_world *world)
{
    for (size_t cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        for (size_t account = 0; account < SIM_ACCOUNTS; account++) {
            struct emu_key *key = emu_world_add_key(world);
            key->cloud = (enum emu_cloud)cloud;
            key->account = ens_str_of(sim_account_name(account));
            key->access_key = ens_str_of(sim_access_key(cloud, account));
            key->secret_key = ens_str_of(secret_key(cloud, account));
            if (!sim->weather.calm) {
                draw_denials(sim, world, key);
                key->state = sim_one_in(&sim->chance, 40) ? EMU_KEY_INACTIVE : EMU_KEY_ACTIVE;
            }
        }
    }
}

/* ---- roles ---------------------------------------------------------------------------------- */

static const struct {
    const char *role; /* with the name of the role and the account's after it */
    const char *provider;
} forms[EMU_CLOUDS] = {
    {"trn:iam::2100000001:role/", ""},
    {"acs:ram::1000000000000001:role/", "acs:ram::1000000000000001:oidc-provider/ci"},
    {"c0ffee00000000000000000000000001/", ""},
};

static ens_str role_name(struct ens_arena *arena, size_t cloud, const char *role, size_t account)
{
    return ens_arena_printf(arena, "%s%s-%s", forms[cloud].role, role, sim_account_name(account));
}

/* Which part of a role's name is what matters only to GetCallerIdentity. */
static void add_role(struct emu_world *world, const struct emu_key *key, const char *name,
                     const struct emu_oidc_token *token)
{
    struct emu_role *role = emu_world_add_role(world);

    role->cloud = key->cloud;
    role->name = role_name(world->arena, key->cloud, name, sim_account_number(key->account));
    role->account_id = ENS_STR("1");
    role->short_name = ens_str_of(name);
    role->account = key->account;
    role->max_duration_s = 43200;
    role->denials = key->denials;
    role->denial_count = key->denial_count;
    if (token != NULL) {
        role->provider = ens_str_of(forms[key->cloud].provider);
        role->tokens = ens_arena_array(world->arena, 1, sizeof(*role->tokens));
        role->tokens[0] = *token;
        role->token_count = 1;
    }
}

/* The keys of each account may do what its fixed ones may. */
static void draw_roles(struct sim *sim, struct emu_world *world)
{
    for (size_t i = 0; i < world->key_count; i++) {
        const struct emu_key *key = &world->keys[i];
        struct emu_oidc_token token = {ENS_STR(TOKEN), -1};
        if (!sim->weather.calm && sim_one_in(&sim->chance, 6)) {
            token.uses = (int64_t)sim_below(&sim->chance, 4);
        }
        add_role(world, key, "ci", &token);
        add_role(world, key, "deploy", NULL);
    }
}

static void draw_sources(struct sim *sim)
{
    for (size_t cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        const uint64_t count = cloud == EMU_BAIDU ? SIM_SOURCE_TOKEN : SIM_SOURCE_COUNT;
        for (size_t account = 0; account < SIM_ACCOUNTS; account++) {
            sim->sources[cloud][account] = (enum sim_source)sim_below(&sim->chance, count);
        }
    }
}

void sim_keys_draw(struct sim *sim, struct emu_world *world)
{
    draw_fixed_keys(sim, world);
    sim->temporary = sim_one_in(&sim->chance, 4);
    if (!sim->temporary) {
        return;
    }
    draw_roles(sim, world);
    draw_sources(sim);
    if (!sim_one_in(&sim->chance, 6)) {
        sim->keys_live_ms = sim_scaled(&sim->chance, sim->weather.calm ? 10000 : 1000, 900000);
    }
}

/* ---- what a process is told ----------------------------------------------------------------- */

enum content { ACCESS_KEY, SECRET_KEY, CI_ROLE, PROVIDER, IDENTITY_TOKEN, DEPLOY_ROLE };

#define WITH(source) (1u << (source))
#define FIXED_KEYS   (WITH(SIM_SOURCE_FIXED) | WITH(SIM_SOURCE_ROLE))
#define TOKENS       (WITH(SIM_SOURCE_TOKEN) | WITH(SIM_SOURCE_BOTH))
#define ROLES        (WITH(SIM_SOURCE_ROLE) | WITH(SIM_SOURCE_BOTH))

static const struct variable {
    const char *name;
    enum emu_cloud cloud;
    enum content content;
    unsigned sources; /* that need it */
} variables[] = {
    {"VOLCENGINE_ACCESS_KEY", EMU_VOLCENGINE, ACCESS_KEY, FIXED_KEYS},
    {"VOLCENGINE_SECRET_KEY", EMU_VOLCENGINE, SECRET_KEY, FIXED_KEYS},
    {"VOLCENGINE_ASSUME_ROLE_WITH_OIDC_TRN", EMU_VOLCENGINE, CI_ROLE, TOKENS},
    {"VOLCENGINE_ASSUME_ROLE_WITH_OIDC_TOKEN", EMU_VOLCENGINE, IDENTITY_TOKEN, TOKENS},
    {"ENSURE_VOLCENGINE_ROLE", EMU_VOLCENGINE, DEPLOY_ROLE, ROLES},
    {"ALIBABA_CLOUD_ACCESS_KEY_ID", EMU_ALIBABA, ACCESS_KEY, FIXED_KEYS},
    {"ALIBABA_CLOUD_ACCESS_KEY_SECRET", EMU_ALIBABA, SECRET_KEY, FIXED_KEYS},
    {"ALIBABA_CLOUD_ROLE_ARN", EMU_ALIBABA, CI_ROLE, TOKENS},
    {"ALIBABA_CLOUD_OIDC_PROVIDER_ARN", EMU_ALIBABA, PROVIDER, TOKENS},
    {"ALIBABA_CLOUD_OIDC_TOKEN", EMU_ALIBABA, IDENTITY_TOKEN, TOKENS},
    {"ENSURE_ALIBABA_ROLE", EMU_ALIBABA, DEPLOY_ROLE, ROLES},
    {"BCE_ACCESS_KEY_ID", EMU_BAIDU, ACCESS_KEY, FIXED_KEYS},
    {"BCE_SECRET_ACCESS_KEY", EMU_BAIDU, SECRET_KEY, FIXED_KEYS},
    {"ENSURE_BAIDU_ROLE", EMU_BAIDU, DEPLOY_ROLE, ROLES},
};

enum sim_source sim_keys_source(const struct sim_process *process, size_t cloud)
{
    const size_t account = process->account[cloud];

    return account == SIM_ACCOUNTS ? SIM_SOURCE_FIXED : process->sim->sources[cloud][account];
}

static const char *value_of(const struct sim_process *process, const struct variable *variable)
{
    const size_t account = process->account[variable->cloud];
    struct ens_arena *arena = process->sim->arena;

    switch (variable->content) {
    case ACCESS_KEY:
        return sim_access_key(variable->cloud, account);
    case SECRET_KEY:
        return secret_key(variable->cloud, account);
    case CI_ROLE:
        return role_name(arena, variable->cloud, "ci", account).ptr;
    case PROVIDER:
        return forms[variable->cloud].provider;
    case IDENTITY_TOKEN:
        return TOKEN;
    case DEPLOY_ROLE:
        return role_name(arena, variable->cloud, "deploy", account).ptr;
    }
    return NULL;
}

const char *sim_keys_variable(const struct sim_process *process, const char *name)
{
    for (size_t i = 0; i < ENS_COUNT(variables); i++) {
        const struct variable *variable = &variables[i];
        if (process->account[variable->cloud] != SIM_ACCOUNTS &&
            (variable->sources & WITH(sim_keys_source(process, variable->cloud))) != 0 &&
            strcmp(name, variable->name) == 0) {
            return value_of(process, variable);
        }
    }
    return strcmp(name, "ENSURE_METADATA") == 0 ? "off" : NULL;
}

/* ---- secrets -------------------------------------------------------------------------------- */

void sim_keys_add_secret(struct sim *sim, ens_str secret)
{
    sim->secrets[sim->secret_count++ % SIM_SECRETS] = ens_arena_dup(sim->arena, secret);
}

void sim_keys_check_text(const struct sim *sim, const char *what, ens_str text)
{
    static const char *const fixed[] = {"-secret-", TOKEN}; /* the first is in all fixed keys */
    bool found = false;

    if (text.len == 0) {
        return;
    }
    for (size_t i = 0; i < ENS_COUNT(fixed); i++) {
        found = found || memmem(text.ptr, text.len, fixed[i], strlen(fixed[i])) != NULL;
    }
    for (size_t i = 0; i < SIM_SECRETS && i < sim->secret_count; i++) {
        const ens_str secret = sim->secrets[i];
        found = found || memmem(text.ptr, text.len, secret.ptr, secret.len) != NULL;
    }
    if (found) {
        sim_fail(sim, "%s holds a key: %.*s", what, ENS_STR_ARG(text));
    }
}
