/* SPDX-License-Identifier: Apache-2.0 */
#include "keys_read.h"

#include <string.h>

enum {
    MAX_ROLES = 256, /* the number of a role is two hexadecimal digits of its access keys */
    MAX_DURATION_S = 7 * 86400,
};

/* What differs between the clouds. */
static const struct cloud_rules {
    const char *before, *between; /* BEFORE account id BETWEEN role name */
    const char *example;
    const char *account_id; /* of an account without one */
    int64_t max_duration_s;
    bool has_oidc, names_provider;
} rules[EMU_CLOUDS] = {
    [EMU_VOLCENGINE] = {"trn:iam::", ":role/", "trn:iam::2100000001:role/deploy", "2100000001",
                        43200, true, false},
    [EMU_ALIBABA] = {"acs:ram::", ":role/", "acs:ram::1000000000000001:role/deploy",
                     "1000000000000001", 3600, true, true},
    [EMU_BAIDU] = {"", "/", "c0ffee00000000000000000000000001/deploy",
                   "c0ffee00000000000000000000000001", 7200, false, false},
};

static bool read_denial(const struct emu_place *place, enum emu_cloud cloud, json_t *json,
                        struct emu_denial *denial)
{
    ens_str text = ens_str_of(json_string_value(json));
    ens_str action = text;
    bool ok = emu_phase_cut(&action, &denial->phase);
    denial->action = ok ? emu_cloud_deniable(cloud, action) : NULL;
    return denial->action != NULL ||
           EMU_FAIL(place,
                    "\"denied\" must list actions of %s (%s), each with @dry_run or @real if "
                    "wanted, found \"%.60s\"",
                    emu_cloud_name(cloud), emu_cloud_deniables(cloud),
                    text.len == 0 ? "" : text.ptr);
}

static bool read_denials(const struct emu_place *place, json_t *object, enum emu_cloud cloud,
                         struct ens_arena *arena, struct emu_denial **ret_denials,
                         size_t *ret_count)
{
    json_t *list = json_object_get(object, "denied");
    if (list != NULL && !json_is_array(list)) {
        return EMU_FAIL(place, "\"denied\" must be a list of actions");
    }
    *ret_count = json_array_size(list);
    *ret_denials = ens_arena_array(arena, *ret_count, sizeof(**ret_denials));
    for (size_t i = 0; i < *ret_count; i++) {
        if (!read_denial(place, cloud, json_array_get(list, i), &(*ret_denials)[i])) {
            return false;
        }
    }
    return true;
}

static bool read_key(const struct emu_place *place, json_t *object, struct ens_arena *arena,
                     struct emu_key *key)
{
    static const char *const states[] = {"active", "inactive", "token_expired"};
    const char *access_key = "", *secret_key = "", *token = NULL, *account = "main";
    const char *state = "active", *account_id = NULL;
    if (!emu_read_members(place, object,
                          " cloud access_key secret_key security_token account account_id state "
                          "denied comment ") ||
        !emu_read_cloud(place, object, &key->cloud) ||
        !emu_read_text(place, object, "access_key", true, &access_key) ||
        !emu_read_text(place, object, "secret_key", true, &secret_key) ||
        !emu_read_text(place, object, "security_token", false, &token) ||
        !emu_read_text(place, object, "account", false, &account) ||
        !emu_read_text(place, object, "account_id", false, &account_id) ||
        !emu_read_text(place, object, "state", false, &state)) {
        return false;
    }
    key->access_key = ens_arena_dup(arena, ens_str_of(access_key));
    key->secret_key = ens_arena_dup(arena, ens_str_of(secret_key));
    key->security_token = ens_arena_dup(arena, ens_str_of(token));
    key->account = ens_arena_dup(arena, ens_str_of(account));
    key->account_id = ens_arena_dup(
        arena, ens_str_of(account_id == NULL ? rules[key->cloud].account_id : account_id));
    for (int i = 0; i < 3; i++) {
        if (strcmp(states[i], state) == 0) {
            key->state = (enum emu_key_state)i;
            return read_denials(place, object, key->cloud, arena, &key->denials,
                                &key->denial_count);
        }
    }
    return EMU_FAIL(place, "\"state\" must be active, inactive or token_expired, found \"%.60s\"",
                    state);
}

static bool read_keys(struct emu_world *world, struct emu_place *place, json_t *list)
{
    if (!json_is_array(list) || json_array_size(list) == 0) {
        return EMU_FAIL(place, "\"accounts\" must be a list of at least one access key");
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        emu_place_move(place, "accounts", i);
        struct emu_key *key = emu_world_add_key(world);
        if (!read_key(place, json_array_get(list, i), world->arena, key)) {
            return false;
        }
        if (emu_world_key(world, key->cloud, key->access_key) != key) {
            return EMU_FAIL(place, "the access key is there already");
        }
    }
    emu_place_move(place, NULL, 0);
    return true;
}

/* Splits the name of a role into account id and role name; false when it is not of the form. */
static bool split_role(struct emu_role *role)
{
    const struct cloud_rules *rule = &rules[role->cloud];
    size_t before = strlen(rule->before);
    ens_str rest = {role->name.ptr + before, role->name.len - before};
    if (!ens_str_starts(role->name, ens_str_of(rule->before))) {
        return false;
    }
    const char *between = strstr(rest.ptr, rule->between);
    if (between == NULL || between == rest.ptr) {
        return false;
    }
    role->account_id = (ens_str){rest.ptr, (size_t)(between - rest.ptr)};
    role->short_name = ens_str_of(between + strlen(rule->between));
    return role->short_name.len > 0 && strchr(role->short_name.ptr, '/') == NULL;
}

static bool read_assumers(const struct emu_place *place, json_t *object, struct ens_arena *arena,
                          struct emu_role *role)
{
    json_t *list = json_object_get(object, "assumed_by");
    if (list != NULL && !json_is_array(list)) {
        return EMU_FAIL(place, "\"assumed_by\" must be a list of access keys and roles");
    }
    role->restricted = list != NULL;
    role->assumers = ens_arena_array(arena, json_array_size(list), sizeof(*role->assumers));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        if (name == NULL) {
            return EMU_FAIL(place, "\"assumed_by\" must be a list of access keys and roles");
        }
        role->assumers[role->assumer_count++] = ens_arena_dup(arena, ens_str_of(name));
    }
    return true;
}

/* "TOKEN" or {"token": "TOKEN", "uses": N} */
static bool read_token(const struct emu_place *place, json_t *json, struct ens_arena *arena,
                       struct emu_oidc_token *token)
{
    const char *text = json_string_value(json);
    token->uses = -1;
    if (text == NULL && (!emu_read_members(place, json, " token uses ") ||
                         !emu_read_text(place, json, "token", true, &text) ||
                         !emu_read_number(place, json, "uses", INT32_MAX, &token->uses))) {
        return false;
    }
    token->text = ens_arena_dup(arena, ens_str_of(text));
    return token->text.len > 0 || EMU_FAIL(place, "a token must not be empty");
}

static bool read_oidc(const struct emu_place *place, json_t *object, struct ens_arena *arena,
                      struct emu_role *role)
{
    json_t *oidc = json_object_get(object, "oidc");
    const char *provider = NULL, *audience = NULL;
    if (oidc == NULL) {
        return true;
    }
    if (!rules[role->cloud].has_oidc) {
        return EMU_FAIL(place, "%s has no \"oidc\"", emu_cloud_name(role->cloud));
    }
    json_t *tokens = json_object_get(oidc, "tokens");
    if (!emu_read_members(place, oidc, " provider tokens audience ") ||
        !emu_read_text(place, oidc, "provider", rules[role->cloud].names_provider, &provider) ||
        !emu_read_text(place, oidc, "audience", false, &audience)) {
        return false;
    }
    if (tokens != NULL && !json_is_array(tokens)) {
        return EMU_FAIL(place, "\"tokens\" must be a list");
    }
    role->provider = ens_arena_dup(arena, ens_str_of(provider));
    role->audience = ens_arena_dup(arena, ens_str_of(audience));
    role->tokens = ens_arena_array(arena, json_array_size(tokens), sizeof(*role->tokens));
    for (size_t i = 0; i < json_array_size(tokens); i++) {
        if (!read_token(place, json_array_get(tokens, i), arena,
                        &role->tokens[role->token_count++])) {
            return false;
        }
    }
    return true;
}

static bool read_role(const struct emu_place *place, json_t *object, struct ens_arena *arena,
                      struct emu_role *role)
{
    const char *name = "", *account = "main", *external_id = NULL;
    if (!emu_read_members(place, object,
                          " cloud role account assumed_by external_id denied max_duration_s oidc "
                          "comment ") ||
        !emu_read_cloud(place, object, &role->cloud) ||
        !emu_read_text(place, object, "role", true, &name) ||
        !emu_read_text(place, object, "account", false, &account) ||
        !emu_read_text(place, object, "external_id", false, &external_id)) {
        return false;
    }
    role->name = ens_arena_dup(arena, ens_str_of(name));
    role->account = ens_arena_dup(arena, ens_str_of(account));
    role->external_id = ens_arena_dup(arena, ens_str_of(external_id));
    role->max_duration_s = rules[role->cloud].max_duration_s;
    if (!split_role(role)) {
        return EMU_FAIL(place, "\"role\" must be of the form %s, found \"%.80s\"",
                        rules[role->cloud].example, name);
    }
    return emu_read_number(place, object, "max_duration_s", MAX_DURATION_S,
                           &role->max_duration_s) &&
           read_assumers(place, object, arena, role) && read_oidc(place, object, arena, role) &&
           read_denials(place, object, role->cloud, arena, &role->denials, &role->denial_count);
}

static bool read_roles(struct emu_world *world, struct emu_place *place, json_t *list)
{
    if (list != NULL && (!json_is_array(list) || json_array_size(list) > MAX_ROLES)) {
        return EMU_FAIL(place, "\"roles\" must be a list of at most %d roles", MAX_ROLES);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        emu_place_move(place, "roles", i);
        struct emu_role *role = emu_world_add_role(world);
        if (!read_role(place, json_array_get(list, i), world->arena, role)) {
            return false;
        }
        if (emu_world_role(world, role->cloud, role->name) != role) {
            return EMU_FAIL(place, "the role is there already");
        }
    }
    emu_place_move(place, NULL, 0);
    return true;
}

/* The role of that name in the world, NULL and an error if there is none. */
static const struct emu_role *find_role(const struct emu_world *world,
                                        const struct emu_place *place, enum emu_cloud cloud,
                                        const json_t *name)
{
    const char *text = json_string_value(name);
    const struct emu_role *role = emu_world_role(world, cloud, ens_str_of(text));
    if (role == NULL) {
        (void)EMU_FAIL(place, "\"%.80s\" is no role of %s in \"roles\"", text == NULL ? "" : text,
                       emu_cloud_name(cloud));
    }
    return role;
}

static bool read_attachment(struct emu_world *world, const struct emu_place *place,
                            enum emu_cloud cloud, json_t *object)
{
    struct emu_attachment *attached = &world->attached[cloud];
    json_t *roles = json_object_get(object, "roles");
    if (object == NULL) {
        return true;
    }
    if (!emu_read_members(place, object, " roles without_token ") ||
        !emu_read_bool(place, object, "without_token", &attached->without_token)) {
        return false;
    }
    if (!json_is_array(roles)) {
        return EMU_FAIL(place, "\"metadata\" needs \"roles\", a list");
    }
    attached->roles =
        ens_arena_array(world->arena, json_array_size(roles), sizeof(*attached->roles));
    for (size_t i = 0; i < json_array_size(roles); i++) {
        const struct emu_role *role = find_role(world, place, cloud, json_array_get(roles, i));
        if (role == NULL) {
            return false;
        }
        attached->roles[attached->role_count++] = role;
    }
    return true;
}

static bool read_metadata(struct emu_world *world, const struct emu_place *place, json_t *metadata)
{
    if (metadata == NULL) {
        return true;
    }
    bool ok = emu_read_members(place, metadata, " volcengine alibaba baidu ");
    for (int cloud = 0; ok && cloud < EMU_CLOUDS; cloud++) {
        const char *name = emu_cloud_name((enum emu_cloud)cloud);
        ok = read_attachment(world, place, (enum emu_cloud)cloud, json_object_get(metadata, name));
    }
    return ok;
}

static bool read_github(struct emu_world *world, const struct emu_place *place, json_t *github)
{
    const char *token = "github-request-token";
    bool ok = github == NULL || (emu_read_members(place, github, " request_token ") &&
                                 emu_read_text(place, github, "request_token", true, &token));
    world->github_token = ens_arena_dup(world->arena, ens_str_of(token));
    return ok;
}

bool emu_keys_read(struct emu_world *world, struct emu_place *place)
{
    json_t *uri_role = json_object_get(world->source, "credentials_uri");
    if (!read_keys(world, place, json_object_get(world->source, "accounts")) ||
        !read_roles(world, place, json_object_get(world->source, "roles")) ||
        !read_metadata(world, place, json_object_get(world->source, "metadata")) ||
        !read_github(world, place, json_object_get(world->source, "github"))) {
        return false;
    }
    if (uri_role != NULL) {
        world->uri_role = find_role(world, place, EMU_ALIBABA, uri_role);
    }
    return uri_role == NULL || world->uri_role != NULL;
}
