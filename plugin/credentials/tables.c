/* SPDX-License-Identifier: Apache-2.0 */
#include "credentials/tables.h"

#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "credentials/keys.h"
#include "os/os.h"

static const char *get(const struct ens_tables *tables, const char *name)
{
    return name == NULL ? NULL : tables->environment->get(tables->environment->ud, name);
}

static struct ens_found_keys found(ens_str access_key, ens_str secret_key, ens_str token,
                                   const char *origin)
{
    return (struct ens_found_keys){
        .identity = {sizeof(struct ens_identity), access_key, secret_key, token},
        .access_origin = origin,
        .secret_origin = origin,
        .token_origin = origin,
    };
}

/* ---- validation of keys --------------------------------------------------------------------- */

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

ens_rc ens_found_keys_check(const struct ens_found_keys *keys, struct ens_diags *diags)
{
    const struct {
        ens_str key;
        const char *what;
        const char *origin;
    } rows[] = {
        {keys->identity.access_key, "access key", keys->access_origin},
        {keys->identity.secret_key, "secret key", keys->secret_origin},
        {keys->identity.security_token, "security token", keys->token_origin},
    };

    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ens_rc rc = check_key(rows[i].key, rows[i].what, rows[i].origin, diags);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return ENS_OK;
}

/* ---- settings and environment --------------------------------------------------------------- */

ens_rc ens_tables_settings(const struct ens_tables *tables, struct ens_found_keys *ret)
{
    const struct ens_cloud_settings *settings = tables->settings;

    if (settings->access_key.len == 0) {
        return ENS_NOT_FOUND;
    }
    *ret = found(settings->access_key, settings->secret_key, settings->security_token,
                 tables->provider->name);
    return ENS_OK;
}

/* The name of the token's variable that is set. Rows that repeat the names of the keys have
 * alternative names of the token. */
static const char *find_token_variable(const struct ens_tables *tables,
                                       const struct ens_variable_row *row)
{
    const struct ens_variable_row *at = row;

    while (get(tables, at->token) == NULL && at[1].access_key != NULL &&
           strcmp(at[1].access_key, row->access_key) == 0) {
        at++;
    }
    return at->token;
}

ens_rc ens_tables_environment(const struct ens_tables *tables, struct ens_found_keys *ret)
{
    for (const struct ens_variable_row *row = tables->provider->variables; row->access_key != NULL;
         row++) {
        const char *access_key = get(tables, row->access_key);
        const char *secret_key = get(tables, row->secret_key);
        if (access_key == NULL && secret_key == NULL) {
            continue;
        }
        if (access_key == NULL || secret_key == NULL) {
            return ens_fail(tables->diags, ENS_INVALID, "environment",
                            "%s is set without %s: set both, or neither",
                            access_key != NULL ? row->access_key : row->secret_key,
                            access_key != NULL ? row->secret_key : row->access_key);
        }
        const char *token = find_token_variable(tables, row);
        *ret = found(ens_str_of(access_key), ens_str_of(secret_key), ens_str_of(get(tables, token)),
                     row->access_key);
        ret->secret_origin = row->secret_key;
        ret->token_origin = token;
        return ENS_OK;
    }
    return ENS_NOT_FOUND;
}

/* ---- profile files -------------------------------------------------------------------------- */

static const char *name_variable(const struct ens_tables *tables,
                                 const struct ens_profile_file *file)
{
    const char *const *name = file->name_variables;

    while (name != NULL && *name != NULL && get(tables, *name) == NULL) {
        name++;
    }
    return name != NULL ? *name : NULL;
}

const char *ens_tables_profile_variable(const struct ens_tables *tables)
{
    const struct ens_profile_file *const *file = tables->provider->profile_files;

    for (; file != NULL && *file != NULL; file++) {
        const char *name = name_variable(tables, *file);
        if (name != NULL) {
            return name;
        }
    }
    return NULL;
}

/* Whether a variable keeps the file from being read. */
static bool is_switched_off(const struct ens_tables *tables, const struct ens_profile_file *file)
{
    const bool has_switch = file->struct_size >= offsetof(struct ens_profile_file, off_variable) +
                                                     sizeof(file->off_variable);

    return has_switch && file->off_variable != NULL &&
           ens_str_eq_nocase(ens_str_of(get(tables, file->off_variable)), ENS_STR("true"));
}

/* The path of the file; empty: unknown. *ret_variable is the variable that named it, else NULL. */
static ens_str profile_path(const struct ens_tables *tables, const struct ens_profile_file *file,
                            const char **ret_variable)
{
    const char *named = get(tables, file->path_variable);
    const char *home = get(tables, "HOME");

    *ret_variable = named == NULL ? NULL : file->path_variable;
    if (named != NULL) {
        return ens_str_of(named);
    }
    if (home == NULL || file->home_path == NULL) {
        return (ens_str){NULL, 0};
    }
    return ens_arena_printf(tables->arena, "%s/%s", home, file->home_path);
}

/* Warns of a file that other users can read, and so use its keys, or write, and so exchange them
 * for those of another account. */
static void warn_of_mode(const struct ens_tables *tables, const char *path)
{
    struct stat now = {0};

    if (stat(path, &now) == 0 && (now.st_mode & (S_IROTH | S_IWOTH)) != 0) {
        ens_diags_add(tables->diags, ENS_WARNING, path, NULL,
                      "other users may %s the profile file (mode %04o): chmod %s corrects that",
                      (now.st_mode & S_IWOTH) != 0 ? "write" : "read",
                      (unsigned)(now.st_mode & 07777),
                      (now.st_mode & S_IWOTH) != 0 ? "o-rw" : "o-r");
    }
}

static ens_rc read_profile(const struct ens_tables *tables, const struct ens_profile_file *file,
                           ens_str text, struct ens_found_keys *ret,
                           struct ens_profile_look *ret_look)
{
    const struct ens_memory memory = ens_arena_memory(tables->arena);
    const char *path = ret_look->path.ptr;
    const char *variable = tables->settings->profile.len > 0 ? NULL : name_variable(tables, file);
    struct ens_profile profile = {.struct_size = sizeof(profile)};

    file->read(&memory, text,
               variable != NULL ? ens_str_of(get(tables, variable)) : tables->settings->profile,
               &profile);
    if (profile.error.len > 0) {
        ens_rc rc = ens_fail(tables->diags, ENS_INVALID, path, "%.*s", ENS_STR_ARG(profile.error));
        if (variable != NULL) {
            ens_diags_prefix(tables->diags, variable);
        }
        return rc;
    }
    if (profile.state == NULL && profile.access_key.len == 0 && profile.secret_key.len == 0) {
        ret_look->note = "no keys in it";
        return ENS_NOT_FOUND;
    }
    if (profile.state == NULL && (profile.access_key.len == 0 || profile.secret_key.len == 0)) {
        return ens_fail(tables->diags, ENS_INVALID, path, "the profile has no %s",
                        profile.access_key.len == 0 ? "access key" : "secret key");
    }
    ret_look->state = profile.state;
    *ret = found(profile.access_key, profile.secret_key, profile.security_token, path);
    warn_of_mode(tables, path);
    return ENS_OK;
}

ens_rc ens_tables_profile(const struct ens_tables *tables, const struct ens_profile_file *file,
                          struct ens_found_keys *ret, struct ens_profile_look *ret_look)
{
    const char *variable = NULL;
    ENS_AUTO_BUF text = ens_buf_new_secret(ENS_PROFILE_FILE_MAX);
    ENS_AUTO_DIAGS why = {0};

    *ret_look = (struct ens_profile_look){.path = profile_path(tables, file, &variable)};
    if (ret_look->path.len == 0) {
        return ENS_NOT_FOUND;
    }
    if (is_switched_off(tables, file)) {
        ret_look->note =
            ens_arena_printf(tables->arena, "switched off by %s", file->off_variable).ptr;
        return ENS_NOT_FOUND;
    }
    ens_rc rc = ens_os_read_file(ret_look->path.ptr, &text, &why);
    if (rc == ENS_OK) {
        ret_look->read = true;
        rc = read_profile(tables, file, ens_arena_dup(tables->arena, ens_buf_str(&text)), ret,
                          ret_look);
    } else if (rc == ENS_NOT_FOUND && variable == NULL) {
        ret_look->note = "no such file";
    } else {
        rc = ens_fail(tables->diags, ENS_INVALID, ret_look->path.ptr, "%s", why.items[0].summary);
        if (variable != NULL) {
            ens_diags_prefix(tables->diags, variable);
        }
    }
    return rc;
}
