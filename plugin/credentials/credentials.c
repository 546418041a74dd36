/* SPDX-License-Identifier: Apache-2.0 */
#include "credentials/credentials.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "os/os.h"

#define NOTE_MAX ((size_t)16 * 1024) /* bytes of looked_at */

/* State of the search for keys. Results point into the arena, the settings or the environment; keys
 * in the arena are wiped when it is freed. */
struct search {
    const struct ens_provider *provider;
    const struct ens_cloud_settings *settings; /* never NULL */
    const struct ens_environment *environment;
    struct ens_arena *arena;
    struct ens_buf looked_at; /* "the environment, /home/x/.aliyun/config.json (no such file)" */
    struct ens_diags *diags;
};

struct keys {
    ens_str access_key;
    ens_str secret_key;
    ens_str security_token;
    /* The setting, variable or file of each, for diagnostics. */
    const char *access_origin;
    const char *secret_origin;
    const char *token_origin;
    const char *kind; /* of the source: "settings", "environment", "profile" */
};

static const char *get(const struct search *search, const char *name)
{
    return name == NULL ? NULL : search->environment->get(search->environment->ud, name);
}

/* ---- validation of keys ---- */

static ens_rc check_key(ens_str key, const char *what, const char *origin, struct ens_diags *diags)
{
    if (key.len > ENS_KEY_MAX) {
        return ens_fail(diags, ENS_INVALID, origin, "the %s is longer than %d bytes", what,
                        ENS_KEY_MAX);
    }
    if (key.len > 0 && strchr("\r\n", key.ptr[key.len - 1]) != NULL) {
        return ens_fail(diags, ENS_INVALID, origin, "the %s ends with a line end: remove it", what);
    }
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] <= ' ' || key.ptr[i] > '~') {
            return ens_fail(diags, ENS_INVALID, origin,
                            "the %s contains a character that is not visible ASCII "
                            "(byte %zu of %zu)",
                            what, i + 1, key.len);
        }
    }
    return ENS_OK;
}

static ens_rc check_keys(const struct keys *keys, struct ens_diags *diags)
{
    const struct {
        ens_str key;
        const char *what;
        const char *origin;
    } rows[] = {
        {keys->access_key, "access key", keys->access_origin},
        {keys->secret_key, "secret key", keys->secret_origin},
        {keys->security_token, "security token", keys->token_origin},
    };

    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ens_rc rc = check_key(rows[i].key, rows[i].what, rows[i].origin, diags);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return ENS_OK;
}

/* ---- the three sources ----
 * Each function returns ENS_OK with *ret set, ENS_NOT_FOUND if the source has no keys, or another
 * code with a diagnostic. */

static ens_rc from_settings(const struct search *search, struct keys *ret)
{
    const struct ens_cloud_settings *settings = search->settings;

    if (settings->access_key.len == 0 && settings->secret_key.len == 0 &&
        settings->security_token.len == 0) {
        return ENS_NOT_FOUND;
    }
    if (settings->access_key.len == 0 || settings->secret_key.len == 0) {
        return ens_fail(search->diags, ENS_INVALID, search->provider->name,
                        "access_key and secret_key must be set together, and security_token only "
                        "beside them: %s is not set",
                        settings->access_key.len == 0 ? "access_key" : "secret_key");
    }
    *ret = (struct keys){settings->access_key,
                         settings->secret_key,
                         settings->security_token,
                         search->provider->name,
                         search->provider->name,
                         search->provider->name,
                         "settings"};
    return ENS_OK;
}

/* The name of the token's variable that is set. Rows that repeat the names of the keys have
 * alternative names of the token. */
static const char *find_token_variable(const struct search *search,
                                       const struct ens_variable_row *row)
{
    const struct ens_variable_row *found = row;

    while (get(search, found->token) == NULL && found[1].access_key != NULL &&
           strcmp(found[1].access_key, row->access_key) == 0) {
        found++;
    }
    return found->token;
}

static ens_rc from_environment(struct search *search, struct keys *ret)
{
    ens_buf_add(&search->looked_at, ENS_STR("the environment"));
    for (const struct ens_variable_row *row = search->provider->variables; row->access_key != NULL;
         row++) {
        const char *access_key = get(search, row->access_key);
        const char *secret_key = get(search, row->secret_key);
        if (access_key == NULL && secret_key == NULL) {
            continue;
        }
        if (access_key == NULL || secret_key == NULL) {
            return ens_fail(search->diags, ENS_INVALID, "environment",
                            "%s is set without %s: set both, or neither",
                            access_key != NULL ? row->access_key : row->secret_key,
                            access_key != NULL ? row->secret_key : row->access_key);
        }
        const char *token = find_token_variable(search, row);
        *ret = (struct keys){
            ens_str_of(access_key), ens_str_of(secret_key), ens_str_of(get(search, token)),
            row->access_key,        row->secret_key,        token,
            "environment"};
        return ENS_OK;
    }
    return ENS_NOT_FOUND;
}

static ens_str profile_name(const struct search *search, const struct ens_profile_file *file)
{
    if (search->settings->profile.len > 0) {
        return search->settings->profile;
    }
    for (const char *const *name = file->name_variables; name != NULL && *name != NULL; name++) {
        const char *value = get(search, *name);
        if (value != NULL) {
            return ens_str_of(value);
        }
    }
    return (ens_str){NULL, 0};
}

/* The path of the file; empty: unknown. *ret_variable is the variable that named it, else NULL. */
static ens_str profile_path(const struct search *search, const struct ens_profile_file *file,
                            const char **ret_variable)
{
    const char *named = get(search, file->path_variable);
    const char *home = get(search, "HOME");

    *ret_variable = named == NULL ? NULL : file->path_variable;
    if (named != NULL) {
        return ens_str_of(named);
    }
    if (home == NULL || file->home_path == NULL) {
        return (ens_str){NULL, 0};
    }
    return ens_arena_printf(search->arena, "%s/%s", home, file->home_path);
}

/* Warns of a world-writable file: any user could exchange the keys for those of another account. */
static void warn_of_mode(const struct search *search, const char *path)
{
    struct stat now = {0};

    if (stat(path, &now) == 0 && (now.st_mode & S_IWOTH) != 0) {
        ens_diags_add(search->diags, ENS_WARNING, path, NULL,
                      "the profile file is world-writable (mode %04o): chmod go-w corrects that",
                      (unsigned)(now.st_mode & 07777));
    }
}

static ens_rc read_profile(struct search *search, const struct ens_profile_file *file,
                           const char *path, ens_str text, struct keys *ret)
{
    struct ens_memory memory = ens_arena_memory(search->arena);
    struct ens_profile profile = {.struct_size = sizeof(profile)};
    ens_str name = profile_name(search, file);

    file->read(&memory, text, name, &profile);
    if (profile.error.len > 0) {
        return ens_fail(search->diags, ENS_INVALID, path, "%.*s", ENS_STR_ARG(profile.error));
    }
    if (profile.access_key.len == 0 && profile.secret_key.len == 0) {
        return ENS_NOT_FOUND;
    }
    if (profile.access_key.len == 0 || profile.secret_key.len == 0) {
        return ens_fail(search->diags, ENS_INVALID, path, "the profile has no %s",
                        profile.access_key.len == 0 ? "access key" : "secret key");
    }
    *ret = (struct keys){
        profile.access_key, profile.secret_key, profile.security_token, path, path, path,
        "profile"};
    warn_of_mode(search, path);
    return ENS_OK;
}

static ens_rc from_profile_file(struct search *search, const struct ens_profile_file *file,
                                struct keys *ret)
{
    const char *variable = NULL;
    ens_str path = profile_path(search, file, &variable);
    struct ens_buf text = ens_buf_new(ENS_PROFILE_FILE_MAX);
    ENS_AUTO_DIAGS why = {0};

    if (path.len == 0) {
        return ENS_NOT_FOUND;
    }
    ens_buf_addf(&search->looked_at, "%s%s", search->looked_at.len > 0 ? ", " : "", path.ptr);
    ens_rc rc = ens_os_read_file(path.ptr, &text, &why);
    if (rc == ENS_OK) {
        rc = read_profile(search, file, path.ptr, ens_arena_dup(search->arena, ens_buf_str(&text)),
                          ret);
        if (rc == ENS_NOT_FOUND) {
            ens_buf_add(&search->looked_at, ENS_STR(" (no keys in it)"));
        }
    } else if (rc == ENS_NOT_FOUND && variable == NULL) {
        ens_buf_add(&search->looked_at, ENS_STR(" (no such file)"));
    } else {
        rc = ens_fail(search->diags, ENS_INVALID, path.ptr, "%s", why.items[0].summary);
        if (variable != NULL) {
            ens_diags_prefix(search->diags, variable);
        }
    }
    if (text.ptr != NULL) {
        explicit_bzero(text.ptr, text.room);
    }
    ens_buf_done(&text);
    return rc;
}

static ens_rc from_profile_files(struct search *search, struct keys *ret)
{
    const struct ens_profile_file *const *file = search->provider->profile_files;

    for (; file != NULL && *file != NULL; file++) {
        ens_rc rc = from_profile_file(search, *file, ret);
        if (rc != ENS_NOT_FOUND) {
            return rc;
        }
    }
    return ENS_NOT_FOUND;
}

static ens_rc fail_none(const struct search *search)
{
    const struct ens_provider *provider = search->provider;
    const struct ens_variable_row *row = provider->variables;

    if (search->settings->profile.len > 0) {
        return ens_fail(search->diags, ENS_INVALID, provider->name,
                        "no file holds the profile \"%.*s\" of %s; looked at: %s",
                        ENS_STR_ARG(search->settings->profile), provider->title,
                        search->looked_at.len > 0 ? ens_buf_text(&search->looked_at) : "nothing");
    }
    return ens_fail(search->diags, ENS_NOT_FOUND, provider->name,
                    "no credentials for %s: set %s and %s; looked at: %s", provider->title,
                    row->access_key != NULL ? row->access_key : "access_key",
                    row->access_key != NULL ? row->secret_key : "secret_key",
                    ens_buf_text(&search->looked_at));
}

static ens_rc find_keys(struct search *search, struct keys *ret)
{
    ens_rc rc = from_settings(search, ret);

    /* A profile in the settings takes precedence over environment variables. */
    if (rc == ENS_NOT_FOUND && search->settings->profile.len == 0) {
        rc = from_environment(search, ret);
    }
    if (rc == ENS_NOT_FOUND) {
        rc = from_profile_files(search, ret);
    }
    if (rc == ENS_NOT_FOUND) {
        return fail_none(search);
    }
    return rc == ENS_OK ? check_keys(ret, search->diags) : rc;
}

ens_rc ens_keys_resolve(const struct ens_provider *provider,
                        const struct ens_cloud_settings *settings,
                        const struct ens_environment *environment, struct ens_keys *ret,
                        struct ens_diags *diags)
{
    static const struct ens_cloud_settings none = {0};
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct search search = {
        .provider = provider,
        .settings = settings == NULL ? &none : settings,
        .environment = environment,
        .arena = arena,
        .looked_at = ens_buf_new(NOTE_MAX),
        .diags = diags,
    };
    struct keys keys = {0};

    ens_rc rc = find_keys(&search, &keys);
    if (rc == ENS_OK) {
        *ret = (struct ens_keys){
            .access_key = ens_secret_copy(keys.access_key),
            .secret_key = ens_secret_copy(keys.secret_key),
            .security_token = ens_secret_copy(keys.security_token),
            .source =
                ens_strdup(ens_arena_printf(arena, "%s (%s)", keys.kind, keys.access_origin).ptr),
        };
    }
    ens_buf_done(&search.looked_at);
    return rc;
}

void ens_keys_done(struct ens_keys *keys)
{
    ens_secret_done(&keys->access_key);
    ens_secret_done(&keys->secret_key);
    ens_secret_done(&keys->security_token);
    ens_free(keys->source);
    *keys = (struct ens_keys){0};
}

bool ens_keys_eq(const struct ens_keys *a, const struct ens_keys *b)
{
    return ens_secret_eq(&a->access_key, &b->access_key) &&
           ens_secret_eq(&a->secret_key, &b->secret_key) &&
           ens_secret_eq(&a->security_token, &b->security_token);
}
