/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/provider_check.h"

#include <string.h>

#include "core/target.h"
#include "core/vocabulary.h"

#define STARS_MAX 2 /* in the pattern of a code row */

static const char name_set[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

/* Context of the checks. They stop at the first that fails, which adds the diagnostic. */
struct check {
    const struct ens_provider *provider;
    const char *origin;
    struct ens_diags *diags;
};

#define FAIL(check, ...) ens_fail((check)->diags, ENS_INVALID, (check)->origin, __VA_ARGS__)

static ens_rc check_head(const struct check *check)
{
    const struct ens_provider *provider = check->provider;

    if (provider->magic != ENS_PROVIDER_MAGIC) {
        return FAIL(check, "magic: expected 0x%08x, found 0x%08x", ENS_PROVIDER_MAGIC,
                    provider->magic);
    }
    if (provider->abi_major != ENS_ABI_MAJOR) {
        return FAIL(check, "abi_major: expected %d, found %u%s", ENS_ABI_MAJOR, provider->abi_major,
                    provider->abi_major > ENS_ABI_MAJOR ? " (made for a newer Ensure)" : "");
    }
    if (provider->struct_size < ENS_PROVIDER_SIZE_1_0) {
        return FAIL(check, "struct_size: expected at least %zu, found %u", ENS_PROVIDER_SIZE_1_0,
                    provider->struct_size);
    }
    return ENS_OK;
}

static ens_rc check_name(const struct check *check)
{
    const char *name = check->provider->name;
    size_t len = name == NULL ? 0 : strnlen(name, ENS_CLOUD_MAX + 1);

    if (name == NULL) {
        return FAIL(check, "name: expected 1 to %d of [a-z0-9_], found NULL", ENS_CLOUD_MAX);
    }
    if (len > ENS_CLOUD_MAX) {
        return FAIL(check, "name: expected 1 to %d of [a-z0-9_], found \"%.*s...\"", ENS_CLOUD_MAX,
                    ENS_CLOUD_MAX, name);
    }
    if (len == 0 || !ens_str_all_in((ens_str){name, len}, name_set)) {
        return FAIL(check, "name: expected 1 to %d of [a-z0-9_], found \"%s\"", ENS_CLOUD_MAX,
                    name);
    }
    return ENS_OK;
}

static ens_rc check_text(const struct check *check, const char *field, const char *text)
{
    size_t len = text == NULL ? 0 : strnlen(text, ENS_PROVIDER_TEXT_MAX + 1);

    if (len == 0) {
        return FAIL(check, "%s: expected 1 to %d bytes of text, found %s", field,
                    ENS_PROVIDER_TEXT_MAX, text == NULL ? "NULL" : "nothing");
    }
    if (len > ENS_PROVIDER_TEXT_MAX) {
        return FAIL(check, "%s: expected 1 to %d bytes of text, found more", field,
                    ENS_PROVIDER_TEXT_MAX);
    }
    return ENS_OK;
}

static ens_rc check_sentence(const struct check *check, const char *field, const char *sentence)
{
    size_t len = strnlen(sentence, ENS_PROVIDER_SENTENCE_MAX + 1);

    if (len == 0 || len > ENS_PROVIDER_SENTENCE_MAX) {
        return FAIL(check, "%s: expected a sentence of 1 to %d bytes, found %s", field,
                    ENS_PROVIDER_SENTENCE_MAX, len == 0 ? "nothing" : "more");
    }
    return ENS_OK;
}

static ens_rc check_limit(const struct check *check, const char *field, uint32_t limit)
{
    if (limit < 1 || limit > ENS_BATCH_LIMIT_MAX) {
        return FAIL(check, "%s: expected 1 to %d, found %u", field, ENS_BATCH_LIMIT_MAX, limit);
    }
    return ENS_OK;
}

static ens_rc check_limits(const struct check *check)
{
    const struct ens_provider *provider = check->provider;
    bool dry_run = (provider->capabilities & ENS_CAP_DRY_RUN) != 0;

    ens_rc rc = check_limit(check, "describe_limit", provider->describe_limit);
    if (rc == ENS_OK) {
        rc = check_limit(check, "start_limit", provider->start_limit);
    }
    if (rc == ENS_OK && dry_run) {
        rc = check_limit(check, "dry_run_limit", provider->dry_run_limit);
    }
    if (rc == ENS_OK && !dry_run && provider->dry_run_limit != 0) {
        rc = FAIL(check, "dry_run_limit: expected 0 without ENS_CAP_DRY_RUN, found %u",
                  provider->dry_run_limit);
    }
    return rc;
}

static ens_rc check_functions(const struct check *check)
{
    const struct ens_provider *provider = check->provider;
    const struct {
        const char *field;
        bool there;
    } rows[] = {
        {"endpoint", provider->endpoint != NULL},
        {"describe_request", provider->describe_request != NULL},
        {"start_request", provider->start_request != NULL},
        {"sign", provider->sign != NULL},
        {"read_describe", provider->read_describe != NULL},
        {"read_start", provider->read_start != NULL},
    };

    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        if (!rows[i].there) {
            return FAIL(check, "%s: expected a function, found NULL", rows[i].field);
        }
    }
    return ENS_OK;
}

/* ---- tables ---- */

static ens_rc check_reason(const struct check *check, const char *table, size_t row,
                           uint32_t reason)
{
    if (reason >= ENS_REASON_POLICY) { /* the last enumerator, which only the engine may use */
        return FAIL(check, "%s[%zu].reason: expected 0 to %d, found %u", table, row,
                    ENS_REASON_POLICY - 1, reason);
    }
    return ENS_OK;
}

static ens_rc check_word(const struct check *check, const char *table, size_t row, const char *word)
{
    if (row >= ENS_TABLE_ROWS_MAX) {
        return FAIL(check, "%s: expected at most %d rows, found more (is its last row missing?)",
                    table, ENS_TABLE_ROWS_MAX);
    }
    if (word[0] == '\0') {
        return FAIL(check, "%s[%zu]: expected a word, found the empty text", table, row);
    }
    return ENS_OK;
}

static ens_rc check_statuses(const struct check *check)
{
    const struct ens_status_row *row = check->provider->statuses;
    ens_rc rc = ENS_OK;

    if (row == NULL || row->word == NULL) {
        return FAIL(check, "statuses: expected a table with a row, found none");
    }
    for (size_t i = 0; rc == ENS_OK && row[i].word != NULL; i++) {
        rc = check_word(check, "statuses", i, row[i].word);
        if (rc == ENS_OK && row[i].status >= ENS_STATUS_COUNT) {
            rc = FAIL(check, "statuses[%zu].status: expected 0 to %d, found %u", i,
                      ENS_STATUS_COUNT - 1, row[i].status);
        }
        if (rc == ENS_OK) {
            rc = check_reason(check, "statuses", i, row[i].reason);
        }
    }
    return rc;
}

static ens_rc check_locks(const struct check *check)
{
    const struct ens_lock_row *row = check->provider->locks;
    ens_rc rc = ENS_OK;

    for (size_t i = 0; rc == ENS_OK && row != NULL && row[i].word != NULL; i++) {
        rc = check_word(check, "locks", i, row[i].word);
        if (rc == ENS_OK) {
            rc = check_reason(check, "locks", i, row[i].reason);
        }
    }
    return rc;
}

static ens_rc check_pattern(const struct check *check, size_t row, const char *pattern)
{
    size_t stars = 0;

    for (const char *c = pattern; *c != '\0'; c++) {
        stars += *c == '*';
    }
    if (stars > STARS_MAX) {
        return FAIL(check, "codes[%zu].pattern: expected at most %d '*', found %zu", row, STARS_MAX,
                    stars);
    }
    return ENS_OK;
}

static ens_rc check_codes(const struct check *check)
{
    const struct ens_code_row *row = check->provider->codes;
    ens_rc rc = ENS_OK;

    if (row == NULL || row->pattern == NULL) {
        return FAIL(check, "codes: expected a table with a row, found none");
    }
    for (size_t i = 0; rc == ENS_OK && row[i].pattern != NULL; i++) {
        rc = check_word(check, "codes", i, row[i].pattern);
        if (rc == ENS_OK) {
            rc = check_pattern(check, i, row[i].pattern);
        }
        if (rc == ENS_OK) {
            rc = check_reason(check, "codes", i, row[i].reason);
        }
    }
    return rc;
}

static ens_rc check_variables(const struct check *check)
{
    const struct ens_variable_row *row = check->provider->variables;
    ens_rc rc = ENS_OK;

    if (row == NULL || row->access_key == NULL) {
        return FAIL(check, "variables: expected a table with a row, found none");
    }
    for (size_t i = 0; rc == ENS_OK && row[i].access_key != NULL; i++) {
        rc = check_word(check, "variables", i, row[i].access_key);
        if (rc == ENS_OK && row[i].secret_key == NULL) {
            rc = FAIL(check, "variables[%zu].secret_key: expected a name, found NULL", i);
        }
    }
    return rc;
}

static ens_rc check_profile_files(const struct check *check)
{
    const struct ens_profile_file *const *files = check->provider->profile_files;

    for (size_t i = 0; files != NULL && files[i] != NULL; i++) {
        const struct ens_profile_file *file = files[i];
        if (i >= ENS_TABLE_ROWS_MAX) {
            return FAIL(check, "profile_files: expected at most %d, found more",
                        ENS_TABLE_ROWS_MAX);
        }
        if (file->struct_size < ENS_PROFILE_FILE_SIZE_1_0) {
            return FAIL(check, "profile_files[%zu].struct_size: expected at least %zu, found %u", i,
                        ENS_PROFILE_FILE_SIZE_1_0, file->struct_size);
        }
        if (file->read == NULL) {
            return FAIL(check, "profile_files[%zu].read: expected a function, found NULL", i);
        }
        if (file->home_path == NULL && file->path_variable == NULL) {
            return FAIL(check,
                        "profile_files[%zu].home_path: expected a path where path_variable is "
                        "NULL, found NULL",
                        i);
        }
    }
    return ENS_OK;
}

static ens_rc check_advice(const struct check *check)
{
    const struct ens_provider *provider = check->provider;
    const struct ens_advice_row *row = ENS_PROVIDER_HAS(provider, advice) ? provider->advice : NULL;
    ens_rc rc = ENS_OK;

    for (size_t i = 0; rc == ENS_OK && row != NULL && row[i].sentence != NULL; i++) {
        rc = check_word(check, "advice", i, row[i].sentence);
        if (rc == ENS_OK) {
            rc = check_reason(check, "advice", i, row[i].reason);
        }
    }
    return rc;
}

static ens_rc check_dry_run_checks(const struct check *check)
{
    const struct ens_provider *provider = check->provider;

    return ENS_PROVIDER_HAS(provider, dry_run_checks) && provider->dry_run_checks != NULL
               ? check_sentence(check, "dry_run_checks", provider->dry_run_checks)
               : ENS_OK;
}

static ens_rc check_code_advice(const struct check *check)
{
    const struct ens_provider *provider = check->provider;
    const struct ens_code_advice_row *row =
        ENS_PROVIDER_HAS(provider, code_advice) ? provider->code_advice : NULL;
    ens_rc rc = ENS_OK;

    for (size_t i = 0; rc == ENS_OK && row != NULL && row[i].pattern != NULL; i++) {
        rc = check_word(check, "code_advice", i, row[i].pattern);
        if (rc == ENS_OK && row[i].sentence == NULL) {
            rc = FAIL(check, "code_advice[%zu]: expected a sentence, found NULL", i);
        }
    }
    return rc;
}

static ens_rc check_source_variables(const struct check *check, size_t index,
                                     const struct ens_source *source)
{
    const struct ens_source_variable *row = source->variables;
    ens_rc rc = ENS_OK;

    for (size_t i = 0; rc == ENS_OK && row != NULL && row[i].name != NULL; i++) {
        rc = check_word(check, "sources.variables", i, row[i].name);
        if (rc == ENS_OK && row[i].use >= ENS_USES_MAX) {
            rc = FAIL(check, "sources[%zu].variables[%zu].use: expected 0 to %u, found %u", index,
                      i, ENS_USES_MAX - 1, row[i].use);
        }
    }
    return rc;
}

static ens_rc check_source(const struct check *check, size_t index, const struct ens_source *source)
{
    const bool steps = source->kind != ENS_SOURCE_ENVIRONMENT && source->kind != ENS_SOURCE_PROFILE;

    if (source->struct_size < sizeof(*source)) {
        return FAIL(check, "sources[%zu].struct_size: expected at least %zu, found %u", index,
                    sizeof(*source), source->struct_size);
    }
    if (source->kind < ENS_SOURCE_ENVIRONMENT || source->kind > ENS_SOURCE_ROLE) {
        return FAIL(check, "sources[%zu].kind: expected %d to %d, found %u", index,
                    ENS_SOURCE_ENVIRONMENT, ENS_SOURCE_ROLE, source->kind);
    }
    if (steps && check->provider->credentials_step == NULL) {
        return FAIL(check, "credentials_step: expected a function for sources[%zu], found NULL",
                    index);
    }
    if ((source->kind == ENS_SOURCE_METADATA) != (source->address != NULL)) {
        return FAIL(check,
                    "sources[%zu].address: expected an address for the metadata service "
                    "alone, found %s",
                    index, source->address != NULL ? source->address : "NULL");
    }
    ens_rc rc = check_text(check, "sources.title", source->title);
    return rc == ENS_OK ? check_source_variables(check, index, source) : rc;
}

static ens_rc check_sources(const struct check *check)
{
    const struct ens_provider *provider = check->provider;
    const struct ens_source *const *sources =
        ENS_PROVIDER_HAS(provider, credentials_step) ? provider->sources : NULL;
    bool seen[ENS_SOURCE_ROLE + 1] = {false};
    ens_rc rc = ENS_OK;

    for (size_t i = 0; rc == ENS_OK && sources != NULL && sources[i] != NULL; i++) {
        rc = check_source(check, i, sources[i]);
        if (rc == ENS_OK && seen[sources[i]->kind]) {
            rc = FAIL(check, "sources[%zu].kind: expected each kind once, found %u again", i,
                      sources[i]->kind);
        }
        if (rc == ENS_OK) {
            seen[sources[i]->kind] = true;
        }
    }
    return rc;
}

/* Of the requests that tell what a caller is and may. */
static ens_rc check_caller(const struct check *check)
{
    const struct ens_provider *provider = check->provider;

    if (!ENS_PROVIDER_HAS(provider, read_caller)) {
        return ENS_OK;
    }
    if (provider->default_region != NULL &&
        ens_region_check(ens_str_of(provider->default_region), NULL, NULL) != ENS_OK) {
        return FAIL(check, "default_region: expected 1 to %d of [a-z0-9-], found \"%.*s\"",
                    ENS_REGION_MAX, ENS_REGION_MAX, provider->default_region);
    }
    if ((provider->caller_request == NULL) != (provider->read_caller == NULL)) {
        return FAIL(check,
                    "read_caller: expected a function exactly where caller_request is one, "
                    "found %s",
                    provider->read_caller == NULL ? "NULL" : "one alone");
    }
    return ENS_OK;
}

static ens_rc check_find(const struct check *check)
{
    const struct ens_provider *provider = check->provider;
    const bool known = ENS_PROVIDER_HAS(provider, find_limit);

    if (!known || (provider->find_request == NULL && provider->read_find == NULL)) {
        return ENS_OK;
    }
    if (provider->find_request == NULL || provider->read_find == NULL) {
        return FAIL(check, "%s: expected a function, as there is %s, found NULL",
                    provider->find_request == NULL ? "find_request" : "read_find",
                    provider->find_request == NULL ? "read_find" : "find_request");
    }
    return check_text(check, "find_action", provider->find_action);
}

static ens_rc check_trace_names(const struct check *check)
{
    const struct ens_trace_names *names =
        ENS_PROVIDER_HAS(check->provider, trace_names) ? check->provider->trace_names : NULL;
    ens_rc rc = ENS_OK;

    if (names == NULL) {
        return ENS_OK;
    }
    const struct {
        const char *member;
        const char *value;
    } rows[] = {{"trace_names.cloud", names->cloud},
                {"trace_names.service", names->service},
                {"trace_names.describe", names->describe},
                {"trace_names.start", names->start},
                {"trace_names.find", names->find}};
    for (size_t i = 0; rc == ENS_OK && i < ENS_COUNT(rows); i++) {
        rc = check_text(check, rows[i].member, rows[i].value);
    }
    return rc;
}

ens_rc ens_provider_check(const struct ens_provider *provider, const char *origin,
                          struct ens_diags *diags)
{
    const struct check check = {provider, origin, diags};
    ens_rc rc = check_head(&check);

    if (rc == ENS_OK) {
        rc = check_name(&check);
    }
    if (rc == ENS_OK) {
        rc = check_text(&check, "title", provider->title);
    }
    if (rc == ENS_OK) {
        rc = check_text(&check, "version", provider->version);
    }
    ens_rc (*const rest[])(const struct check *) = {
        check_limits,         check_functions,   check_statuses,      check_locks,
        check_codes,          check_variables,   check_profile_files, check_advice,
        check_dry_run_checks, check_code_advice, check_sources,       check_caller,
        check_find,           check_trace_names,
    };
    for (size_t i = 0; rc == ENS_OK && i < ENS_COUNT(rest); i++) {
        rc = rest[i](&check);
    }
    return rc;
}

ens_rc ens_provider_ask(ens_provider_entry_fn *entry, const char *origin,
                        const struct ens_provider **ret, struct ens_diags *diags)
{
    *ret = entry(ENS_ABI_MAJOR, ENS_ABI_MINOR);
    if (*ret == NULL) {
        return ens_fail(diags, ENS_UNSUPPORTED, origin,
                        ENS_PROVIDER_ENTRY_SYMBOL
                        ": expected a descriptor for ABI %d.%d, found NULL",
                        ENS_ABI_MAJOR, ENS_ABI_MINOR);
    }
    return ENS_OK;
}
