/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/profile.h"

#include <string.h>

#include "kit/ini.h"
#include "kit/json_repair.h"
#include "kit/text.h"

/* A file, and a profile in it: a JSON object, or a section of an INI file. */
struct source {
    const struct ens_memory *memory;
    const struct kit_profile_shape *shape;
    const json_t *profiles; /* of a JSON file with several */
    const json_t *object;   /* NULL: INI */
    ens_str text;
    ens_str name;
    bool asked; /* requested by name */
};

const struct kit_mode kit_keys_alone[] = {{"keys", KIT_FROM_KEYS, false, NULL},
                                          {NULL, KIT_FROM_KEYS, false, NULL}};

/* A duration or a point in time. */
static ens_str number_member(const struct source *source, const char *name)
{
    if (name == NULL || source->object == NULL) {
        return (ens_str){NULL, 0};
    }
    return kit_json_text_or_number(source->memory, source->object, name);
}

/* Names that are joined by '|' are alternatives. */
static ens_str member(const struct source *source, const char *names)
{
    ens_str value = {NULL, 0};

    while (names != NULL && *names != '\0' && value.len == 0) {
        const size_t len = strcspn(names, "|");
        char name[64] = {0};
        memcpy(name, names, len < sizeof(name) - 1 ? len : sizeof(name) - 1);
        value = source->object != NULL ? kit_json_text(source->memory, source->object, name)
                                       : kit_ini_value(source->text, source->name, name);
        names += len + (names[len] == '|');
    }
    return value;
}

static bool is_on(const struct source *source, const char *name)
{
    return (name != NULL && json_is_true(json_object_get(source->object, name))) ||
           kit_is_nocase(member(source, name), "true");
}

/* ---- errors ---------------------------------------------------------------------------------- */

static ens_str of_profile(const struct source *source, ens_str what)
{
    return KIT_CONCAT(source->memory, KIT_STR("profile \""), source->name, KIT_STR("\" "), what);
}

static ens_str lacks(const struct source *source, const char *names)
{
    return of_profile(source, KIT_CONCAT(source->memory, KIT_STR("has no "),
                                         (ens_str){names, strcspn(names, "|")}));
}

static ens_str no_profile(const struct ens_memory *memory, ens_str name)
{
    return KIT_CONCAT(memory, KIT_STR("it has no profile \""), name, KIT_STR("\""));
}

static ens_str unsupported(const struct source *source, ens_str mode)
{
    const struct kit_mode *row = source->shape->modes;
    struct kit_text text = kit_text_new(source->memory);

    kit_text_add(&text, kit_str(source->shape->mode));
    kit_text_add(&text, KIT_STR(" "));
    kit_text_add(&text, mode);
    kit_text_add(&text, KIT_STR(" is none of "));
    for (size_t i = 0; row[i].name != NULL; i++) {
        kit_text_add(&text, i == 0 ? KIT_STR("") : KIT_STR(", "));
        kit_text_add(&text, kit_str(row[i].name));
    }
    return kit_text_done(&text);
}

/* ---- recipes --------------------------------------------------------------------------------- */

static const struct kit_mode *find_mode(const struct source *source)
{
    const ens_str mode = kit_trim(member(source, source->shape->mode));
    const struct kit_mode *row = source->shape->modes;

    while (mode.len > 0 && row->name != NULL && !kit_is_nocase(mode, row->name)) {
        row++;
    }
    return row->name != NULL ? row : NULL;
}

static struct kit_role role_of(const struct source *source, const char *role)
{
    const struct kit_profile_shape *shape = source->shape;
    const int64_t duration = kit_number(number_member(source, shape->duration));

    return (struct kit_role){
        .role = member(source, role),
        .session_name = member(source, shape->session_name),
        .policy = member(source, shape->policy),
        .external_id = member(source, shape->external_id),
        .duration_s = duration > 0 ? duration : 0,
    };
}

/* Puts the role of the profile behind those of the recipe. Returns a clause, or nothing. */
static ens_str add_role(const struct source *source, struct kit_recipe *recipe)
{
    const struct kit_profile_shape *shape = source->shape;
    struct kit_role role = role_of(source, shape->role);

    if (role.role.len == 0) {
        return lacks(source, shape->role);
    }
    if (shape->role_account != NULL) {
        const ens_str account = member(source, shape->role_account);
        if (account.len == 0) {
            return lacks(source, shape->role_account);
        }
        role.role = shape->role_name(source->memory, account, role.role);
    }
    if (recipe->role_count == KIT_ROLES_MAX) {
        return kit_format(source->memory, "more than %d roles are assumed in turn", KIT_ROLES_MAX);
    }
    recipe->roles[recipe->role_count++] = role;
    return KIT_STR("");
}

static void set_place(const struct source *source, struct kit_recipe *recipe)
{
    const struct kit_profile_shape *shape = source->shape;

    recipe->sts = (struct kit_sts_place){
        .host = member(source, shape->sts_host),
        .region = member(source, shape->sts_region),
        .is_private = is_on(source, shape->sts_private),
    };
}

static ens_str stale(const struct source *source, const struct kit_mode *mode)
{
    return of_profile(source, KIT_CONCAT(source->memory, KIT_STR("holds keys that have expired: "),
                                         kit_str(mode->advice)));
}

/* The keys in the profile. */
static ens_str set_keys(const struct source *source, const struct kit_mode *mode,
                        struct kit_recipe *recipe)
{
    const struct kit_profile_shape *shape = source->shape;
    struct kit_keys *keys = &recipe->keys;

    keys->identity = (struct ens_identity){
        .struct_size = sizeof(keys->identity),
        .access_key = member(source, shape->access_key),
        .secret_key = member(source, shape->secret_key),
        .security_token = member(source, shape->security_token),
    };
    if (mode->advice != NULL) { /* cached by a login */
        const ens_str expiry = number_member(source, shape->expiry);
        recipe->stale = stale(source, mode);
        keys->expires_unix_s = kit_expiry(expiry);
        if (keys->identity.access_key.len == 0 || keys->expires_unix_s == 0) {
            return of_profile(source, KIT_CONCAT(source->memory, KIT_STR("holds no keys: "),
                                                 kit_str(mode->advice)));
        }
    }
    if (keys->identity.access_key.len == 0) {
        return lacks(source, shape->access_key);
    }
    return keys->identity.secret_key.len == 0 ? lacks(source, shape->secret_key) : KIT_STR("");
}

/* A member that a mode needs. */
static ens_str need(const struct source *source, const char *name, ens_str *ret)
{
    *ret = member(source, name);
    return ret->len > 0 ? KIT_STR("") : lacks(source, name);
}

static ens_str set_oidc(const struct source *source, struct kit_recipe *recipe)
{
    const struct kit_profile_shape *shape = source->shape;
    ens_str wrong = need(source, shape->token_file, &recipe->token_file);

    recipe->oidc_role = role_of(source, shape->oidc_role);
    recipe->identity_provider = member(source, shape->identity_provider);
    if (wrong.len == 0 && recipe->oidc_role.role.len == 0) {
        wrong = lacks(source, shape->oidc_role);
    }
    if (wrong.len == 0 && shape->identity_provider != NULL && recipe->identity_provider.len == 0) {
        wrong = lacks(source, shape->identity_provider);
    }
    return wrong;
}

/* Where the first keys of the profile come from; a clause, or nothing. */
static ens_str set_origin(const struct source *source, const struct kit_mode *mode,
                          struct kit_recipe *recipe)
{
    const struct kit_profile_shape *shape = source->shape;

    recipe->from = mode->from;
    switch (mode->from) {
    case KIT_FROM_KEYS:
        return set_keys(source, mode, recipe);
    case KIT_FROM_OIDC:
        return set_oidc(source, recipe);
    case KIT_FROM_METADATA:
        recipe->metadata_role = member(source, shape->metadata_role);
        return KIT_STR("");
    case KIT_FROM_COMMAND:
        return need(source, shape->command, &recipe->command);
    case KIT_FROM_URI:
        return need(source, shape->uri, &recipe->uri);
    case KIT_FROM_LOGIN:
        recipe->stale = stale(source, mode);
        return need(source, shape->login, &recipe->login);
    case KIT_FROM_SOURCE:
        break;
    }
    return KIT_STR("");
}

static const json_t *find(const json_t *profiles, ens_str name)
{
    if (json_is_object(profiles)) {
        return json_object_getn(profiles, name.ptr, name.len);
    }
    for (size_t i = 0; i < json_array_size(profiles); i++) {
        const json_t *profile = json_array_get(profiles, i);
        const json_t *called = json_object_get(profile, "name");
        ens_str text = {json_string_value(called), json_string_length(called)};
        if (json_is_string(called) && kit_compare(text, name) == 0) {
            return profile;
        }
    }
    return NULL;
}

/* Goes from a profile to the one whose keys it builds on, until one has an origin of its own; path
 * is the profiles on the way. Returns a clause, or nothing. */
static ens_str follow(struct source *path, size_t *count)
{
    for (;;) {
        const struct source *at = &path[*count - 1];
        const struct kit_mode *mode = find_mode(at);
        if (mode == NULL || mode->from != KIT_FROM_SOURCE) {
            return KIT_STR("");
        }
        struct source next = *at;
        next.name = member(at, at->shape->source_profile);
        if (next.name.len == 0) {
            return lacks(at, at->shape->source_profile);
        }
        for (size_t i = 0; i < *count; i++) {
            if (kit_compare(path[i].name, next.name) == 0) {
                return of_profile(at, KIT_STR("leads back to itself by source_profile"));
            }
        }
        next.object = find(at->profiles, next.name);
        if (!json_is_object(next.object)) {
            return KIT_CONCAT(at->memory, of_profile(at, KIT_STR("builds on another: ")),
                              no_profile(at->memory, next.name));
        }
        if (*count == KIT_ROLES_MAX + 1) {
            return kit_format(at->memory, "more than %d profiles build on each other",
                              KIT_ROLES_MAX);
        }
        path[(*count)++] = next;
    }
}

/* The recipe of a profile; a clause, or nothing. */
static ens_str make_recipe(const struct source *source, struct kit_recipe *recipe)
{
    struct source path[KIT_ROLES_MAX + 1] = {*source};
    size_t count = 1;
    ens_str wrong = follow(path, &count);

    *recipe = (struct kit_recipe){.named = true};
    for (size_t i = count; i > 0 && wrong.len == 0; i--) {
        const struct kit_mode *mode = find_mode(&path[i - 1]);
        if (mode == NULL) {
            return unsupported(&path[i - 1], member(&path[i - 1], source->shape->mode));
        }
        if (i == count) {
            wrong = set_origin(&path[i - 1], mode, recipe);
        }
        if (wrong.len == 0 && mode->assumes) {
            wrong = add_role(&path[i - 1], recipe);
        }
    }
    set_place(source, recipe);
    return wrong;
}

/* ---- profiles -------------------------------------------------------------------------------- */

/* A profile of the file that was not asked for by name, and has no keys at all. */
static bool is_empty(const struct source *source)
{
    const struct kit_mode *mode = find_mode(source);

    return !source->asked && mode != NULL && mode->from == KIT_FROM_KEYS && !mode->assumes &&
           mode->advice == NULL && member(source, source->shape->access_key).len == 0 &&
           member(source, source->shape->secret_key).len == 0;
}

static void take(const struct source *source, struct ens_profile *ret)
{
    const struct ens_memory *memory = source->memory;
    struct kit_recipe recipe;

    if (is_empty(source)) {
        return;
    }
    ret->error = make_recipe(source, &recipe);
    if (ret->error.len > 0) {
        return;
    }
    ret->region = member(source, source->shape->region);
    if (recipe.from != KIT_FROM_KEYS || recipe.role_count > 0 || recipe.keys.expires_unix_s != 0) {
        struct kit_recipe *state = memory->alloc(memory->ctx, sizeof(*state));
        *state = recipe;
        ret->state = state;
        return;
    }
    ret->access_key = recipe.keys.identity.access_key;
    ret->secret_key = recipe.keys.identity.secret_key;
    ret->security_token = recipe.keys.identity.security_token;
}

static json_t *read_object(const struct ens_memory *memory, ens_str text, struct ens_profile *ret)
{
    ens_str error = {0};
    json_t *object = kit_json_object(memory, text, 0, &error);

    if (object == NULL) {
        ret->error = KIT_CONCAT(memory, KIT_STR("it is "), error);
    }
    return object;
}

void kit_profile_read_json(const struct ens_memory *memory, ens_str text, ens_str asked,
                           const struct kit_profile_shape *shape, struct ens_profile *ret)
{
    KIT_SECRET_JSON *file = read_object(memory, text, ret);

    if (file == NULL) {
        return;
    }
    ens_str named = asked.len > 0 ? asked : kit_json_text(memory, file, "current");
    ens_str name = named.len > 0 ? named : KIT_STR("default");
    const json_t *profiles = json_object_get(file, "profiles");
    struct source source = {.memory = memory,
                            .shape = shape,
                            .profiles = profiles,
                            .object = find(profiles, name),
                            .name = name,
                            .asked = asked.len > 0};
    if (json_is_object(source.object)) {
        take(&source, ret);
    } else if (named.len > 0) {
        ret->error = no_profile(memory, name);
    }
}

void kit_profile_read_one(const struct ens_memory *memory, ens_str text, ens_str asked,
                          const struct kit_profile_shape *shape, struct ens_profile *ret)
{
    const ens_str only = KIT_STR("default");

    if (asked.len > 0 && kit_compare(asked, only) != 0) {
        return;
    }
    KIT_SECRET_JSON *file = read_object(memory, text, ret);
    struct source source = {
        .memory = memory, .shape = shape, .object = file, .name = only, .asked = asked.len > 0};
    if (file != NULL) {
        take(&source, ret);
    }
}

void kit_profile_read_ini(const struct ens_memory *memory, ens_str text, ens_str asked,
                          const struct kit_profile_shape *shape, struct ens_profile *ret)
{
    ens_str name = asked.len > 0 ? asked : KIT_STR("default");
    struct source source = {.memory = memory,
                            .shape = shape,
                            .text = kit_skip_mark(text),
                            .name = name,
                            .asked = asked.len > 0};

    if (kit_is_utf16(text)) {
        ret->error = KIT_STR("it is in UTF-16, not in UTF-8");
    } else if (kit_ini_has(source.text, name)) {
        take(&source, ret);
    } else if (source.asked) {
        ret->error = no_profile(memory, name);
    }
}
