/* SPDX-License-Identifier: Apache-2.0 */
#include "support/pick.h"

#include <stdbool.h>
#include <string.h>

#include "kit/json.h"
#include "kit/json_pick.h"
#include "kit/json_repair.h"
#include "kit/text.h"

enum wish { LEFT_OUT, KEPT, KEPT_UNLESS_EMPTY };

static enum wish wish_for(const char *names, const char *name)
{
    const size_t len = strlen(name);

    for (const char *at = names; *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
        const size_t room = strcspn(at, " ");
        const bool optional = room == len + 1 && at[len] == '?';
        const bool plain = room == len && (len == 0 || at[len - 1] != '?');
        if ((plain || optional) && memcmp(at, name, len) == 0) {
            return optional ? KEPT_UNLESS_EMPTY : KEPT;
        }
    }
    return LEFT_OUT;
}

/* Whether there are only objects and lists in it. */
static bool is_empty(json_t *value)
{
    const char *name = NULL;
    json_t *item = NULL;
    size_t i = 0;

    json_array_foreach(value, i, item)
    {
        if (!is_empty(item)) {
            return false;
        }
    }
    json_object_foreach(value, name, item)
    {
        if (!is_empty(item)) {
            return false;
        }
    }
    return json_is_array(value) || json_is_object(value);
}

/* Empty ones of optional names too, which may be kept (two of one name, or what is in it is left
 * out). */
static void leave_out(json_t *value, const char *names)
{
    const char *name = NULL;
    json_t *item = NULL;
    void *next = NULL;
    size_t i = 0;

    json_array_foreach(value, i, item)
    {
        leave_out(item, names);
    }
    json_object_foreach_safe(value, next, name, item)
    {
        const enum wish wish = wish_for(names, name);
        if (wish != LEFT_OUT) {
            leave_out(item, names);
        }
        if (wish == LEFT_OUT || (wish == KEPT_UNLESS_EMPTY && is_empty(item))) {
            json_object_del(value, name);
        }
    }
}

/* Whether a name may have an escape or a NUL. */
static bool may_be_left_whole(ens_str text)
{
    return memchr(text.ptr, '\\', text.len) != NULL || memchr(text.ptr, '\0', text.len) != NULL;
}

const char *test_pick_fault(const struct ens_memory *memory, ens_str text, const char *names)
{
    ens_str whole_error = {NULL, 0};
    ens_str picked_error = {NULL, 0};
    const ens_str picked = kit_json_pick(memory, text, names);
    KIT_AUTO_JSON *whole = kit_json_object(memory, text, KIT_REPAIR_CONTROLS, &whole_error);
    KIT_AUTO_JSON *object = kit_json_object(memory, picked, KIT_REPAIR_CONTROLS, &picked_error);

    if ((whole == NULL) != (object == NULL)) {
        return whole == NULL ? "what is picked is accepted, the text is not"
                             : "what is picked is not accepted, the text is";
    }
    if (kit_compare(whole_error, picked_error) != 0) {
        return "another error than that of the text";
    }
    if (object != NULL && picked.ptr == text.ptr) {
        return may_be_left_whole(text) ? NULL : "the text is returned as it is";
    }
    leave_out(whole, names);
    leave_out(object, names);
    return object == NULL || json_equal(whole, object) ? NULL : "other members";
}
