/* SPDX-License-Identifier: Apache-2.0 */
#include "core/target_file.h"

#include <jansson.h>

#include "base/utf8.h"
#include "core/document_fields.h"

static struct ens_document fleet_of(const struct ens_target_list *targets)
{
    return (struct ens_document){
        .kind = ENS_DOCUMENT_FLEET, .targets = *targets, .count = targets->count};
}

/* Adds a target that was read from the file. */
static ens_rc add(struct ens_target_list *targets, const struct ens_target *target,
                  const char *name, struct ens_diags *diags)
{
    ens_rc rc = ens_target_list_add(targets, target, NULL, NULL);

    return rc == ENS_OK ? ENS_OK
                        : ens_fail(diags, rc, name,
                                   "more than %d targets: expected at most that "
                                   "many in one request",
                                   ENS_TARGETS_MAX);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static ens_rc read_lines(struct ens_arena *arena, ens_str text, const char *name,
                         struct ens_document *ret, struct ens_diags *diags)
{
    struct ens_target_list targets = {.arena = arena};

    for (size_t number = 1; text.len > 0; number++) {
        struct ens_target target = {0};
        ens_str comment = {0};
        ens_str line = ens_str_trim(ens_str_cut(ens_str_cut(text, '\n', &text), '#', &comment));
        if (line.len == 0) {
            continue;
        }
        ens_rc rc = ens_target_parse(line, NULL, &target, NULL);
        if (rc == ENS_OK) {
            rc = add(&targets, &target, name, diags);
        } else {
            /* Parsed again for the diagnostic: its location is only formatted for a malformed
             * line. */
            const char *where = ens_arena_printf(arena, "%s: line %zu", name, number).ptr;
            rc = ens_target_parse(line, where, &target, diags) == ENS_OK ? ENS_OK : ENS_MALFORMED;
        }
        if (rc != ENS_OK) {
            return rc;
        }
    }
    if (targets.count == 0) {
        return ens_fail(diags, ENS_MALFORMED, name,
                        "no target in it: expected one a line (cloud/region/instance-id)");
    }
    *ret = fleet_of(&targets);
    return ENS_OK;
}

/* ---- Terraform's outputs --------------------------------------------------------------------- */

/* {"NAME": {"sensitive": ..., "type": ..., "value": ...}, ...} */
static bool is_outputs(json_t *root)
{
    const char *key = NULL;
    json_t *output = NULL;

    json_object_foreach(root, key, output)
    {
        if (json_object_get(output, "value") == NULL) {
            return false;
        }
    }
    return json_object_size(root) > 0;
}

/* The recursion is bounded: jansson limits the depth to JSON_PARSER_MAX_DEPTH. */
static ens_rc collect(json_t *value, struct ens_target_list *targets, const char *name,
                      struct ens_diags *diags)
{
    struct ens_target target = {0};
    const char *key = NULL;
    json_t *member = NULL;
    size_t index = 0;
    ens_rc rc = ENS_OK;

    if (json_is_string(value)) {
        ens_str text = {json_string_value(value), json_string_length(value)};
        return ens_target_parse(text, NULL, &target, NULL) == ENS_OK
                   ? add(targets, &target, name, diags)
                   : ENS_OK;
    }
    json_array_foreach(value, index, member)
    {
        rc = rc == ENS_OK ? collect(member, targets, name, diags) : rc;
    }
    json_object_foreach(value, key, member)
    {
        rc = rc == ENS_OK ? collect(member, targets, name, diags) : rc;
    }
    return rc;
}

static ens_rc read_outputs(struct ens_arena *arena, json_t *root, const char *name,
                           struct ens_document *ret, struct ens_diags *diags)
{
    struct ens_target_list targets = {.arena = arena};
    const char *key = NULL;
    json_t *output = NULL;

    json_object_foreach(root, key, output)
    {
        ens_rc rc = collect(json_object_get(output, "value"), &targets, name, diags);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    if (targets.count == 0) {
        return ens_fail(diags, ENS_MALFORMED, name,
                        "none of these Terraform outputs has a target (cloud/region/instance-id) "
                        "in its value");
    }
    *ret = fleet_of(&targets);
    return ENS_OK;
}

/* ---- detection of the format ----------------------------------------------------------------- */

ens_rc ens_target_file_read(struct ens_arena *arena, ens_str text, const char *name,
                            struct ens_document *ret, struct ens_diags *diags)
{
    ens_str trimmed = {0};

    if (ens_utf8_is_utf16(text)) {
        return ens_fail(diags, ENS_MALFORMED, name, "in UTF-16: expected UTF-8");
    }
    text = ens_utf8_skip_mark(text);
    trimmed = ens_str_trim(text);
    if (trimmed.len == 0) {
        return ens_fail(diags, ENS_MALFORMED, name,
                        "empty: expected targets (cloud/region/instance-id), one a line, or a "
                        "document");
    }
    if (trimmed.ptr[0] != '{' && trimmed.ptr[0] != '[') {
        return read_lines(arena, text, name, ret, diags);
    }
    if (text.len > ENS_DOCUMENT_MAX) {
        return ens_fail(diags, ENS_LIMIT, name, "larger than %zu bytes", ENS_DOCUMENT_MAX);
    }
    json_auto_t *root = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    if (root == NULL) {
        return ens_document_read(arena, text, name, ret, diags); /* which says why */
    }
    return is_outputs(root) ? read_outputs(arena, root, name, ret, diags)
                            : ens_document_read_json(arena, root, name, ret, diags);
}
