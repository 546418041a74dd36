/* SPDX-License-Identifier: Apache-2.0 */
#include "support/pick.h"

#include <stdbool.h>
#include <string.h>

#include "kit/json.h"
#include "kit/json_pick.h"
#include "kit/json_repair.h"
#include "kit/text.h"

static bool is_named(const char *names, const char *name)
{
    const size_t len = strlen(name);

    for (const char *at = names; *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
        if (strcspn(at, " ") == len && memcmp(at, name, len) == 0) {
            return true;
        }
    }
    return false;
}

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
        if (is_named(names, name)) {
            leave_out(item, names);
        } else {
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
    return object == NULL || json_equal(whole, object) ? NULL : "other members";
}
