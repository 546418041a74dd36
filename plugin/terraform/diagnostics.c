/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/diagnostics.h"

#include <tfplugin6.pb-c.h>

#include "terraform/wire.h"

struct ens_tf_diags ens_tf_diags_new(struct ens_arena *arena, const struct ens_tf_schema *schema)
{
    return (struct ens_tf_diags){.arena = arena,
                                 .attributes = schema == NULL ? NULL : schema->attributes};
}

bool ens_tf_diags_has_error(const struct ens_tf_diags *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->items[i]->severity == TFPLUGIN6__DIAGNOSTIC__SEVERITY__ERROR) {
            return true;
        }
    }
    return false;
}

Tfplugin6__AttributePath *ens_tf_path(struct ens_arena *arena, const char *path)
{
    Tfplugin6__AttributePath *wire =
        ens_tf_message_new(arena, &tfplugin6__attribute_path__descriptor);
    ens_str rest = ens_str_of(path);

    wire->steps = ens_arena_array(arena, rest.len, sizeof(Tfplugin6__AttributePath__Step *));
    while (rest.len > 0) {
        Tfplugin6__AttributePath__Step *step =
            ens_tf_message_new(arena, &tfplugin6__attribute_path__step__descriptor);
        step->selector_case = TFPLUGIN6__ATTRIBUTE_PATH__STEP__SELECTOR_ATTRIBUTE_NAME;
        step->attribute_name = ens_tf_wire_text(arena, ens_str_cut(rest, '.', &rest));
        wire->steps[wire->n_steps++] = step;
    }
    return wire;
}

static bool is_path(const struct ens_tf_attribute *attributes, const char *path)
{
    ens_str rest = ens_str_of(path);

    while (attributes != NULL && rest.len > 0) {
        const struct ens_tf_attribute *row =
            ens_tf_attribute_find(attributes, ens_str_cut(rest, '.', &rest));
        if (row == NULL) {
            return false;
        }
        if (rest.len == 0) {
            return true;
        }
        attributes = row->nested;
    }
    return false;
}

/* The path to report. Terraform resolves the line of an attribute inside blocks, but not inside
 * objects, so an error inside an object is reported for the object. */
static const char *resolvable_path(const struct ens_tf_diags *diags, const char *path)
{
    ens_str rest = {0};
    ens_str top = ens_str_cut(ens_str_of(path), '.', &rest);
    const struct ens_tf_attribute *row =
        diags->attributes == NULL ? NULL : ens_tf_attribute_find(diags->attributes, top);

    return row != NULL && row->type == ENS_TF_OBJECT ? row->name : path;
}

void ens_tf_diags_add(struct ens_tf_diags *diags, enum ens_severity severity, const char *path,
                      ens_str summary, ens_str detail)
{
    Tfplugin6__Diagnostic *wire =
        ens_tf_message_new(diags->arena, &tfplugin6__diagnostic__descriptor);

    wire->severity = severity == ENS_ERROR ? TFPLUGIN6__DIAGNOSTIC__SEVERITY__ERROR
                                           : TFPLUGIN6__DIAGNOSTIC__SEVERITY__WARNING;
    wire->summary = ens_tf_wire_text(diags->arena, summary);
    wire->detail = ens_tf_wire_text(diags->arena, detail);
    if (path != NULL) {
        wire->attribute = ens_tf_path(diags->arena, resolvable_path(diags, path));
    }
    diags->items = ens_arena_grow(diags->arena, diags->items, diags->count, sizeof(void *));
    diags->items[diags->count++] = wire;
}

void ens_tf_diags_warn(struct ens_tf_diags *diags, const ens_str *warnings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ens_tf_diags_add(diags, ENS_WARNING, NULL, ENS_STR("Warning of the engine"), warnings[i]);
    }
}

static void take_one(struct ens_tf_diags *diags, const struct ens_diag *found)
{
    struct ens_arena *arena = diags->arena;
    ens_str detail = ens_str_of(found->detail);

    if (is_path(diags->attributes, found->where)) {
        ens_str summary = ens_arena_printf(arena, "Invalid %s", found->where);
        detail = ens_arena_printf(arena, "%s%s%s", found->summary, detail.len > 0 ? "\n\n" : "",
                                  found->detail);
        ens_tf_diags_add(diags, found->severity, found->where, summary, detail);
    } else {
        ens_tf_diags_add(diags, found->severity, NULL, ens_diag_line(arena, found), detail);
    }
}

void ens_tf_diags_take(struct ens_tf_diags *diags, struct ens_diags *found)
{
    for (size_t i = 0; i < found->count; i++) {
        take_one(diags, &found->items[i]);
    }
    if (found->dropped > 0) {
        ens_tf_diags_add(diags, ENS_ERROR, NULL,
                         ens_arena_printf(diags->arena, "%zu more error%s", found->dropped,
                                          ens_plural(found->dropped)),
                         ENS_STR("Correct those that are shown first."));
    }
    ens_diags_done(found);
}
