#include "sign.h"

#include <stdlib.h>
#include <string.h>

bool emu_list_has(const char *list, const char *name)
{
    size_t len = strlen(name);
    while (*list != '\0') {
        size_t item = strcspn(list, ";");
        if (item == len && strncmp(list, name, len) == 0) {
            return true;
        }
        list += item + (list[item] == ';' ? 1 : 0);
    }
    return false;
}

void emu_add_canonical_query(struct emu_text *text, const struct emu_pairs *params)
{
    struct emu_pairs sorted = {0};
    for (size_t i = 0; i < params->count; i++) {
        emu_pairs_add(&sorted, params->items[i].name, params->items[i].value);
    }
    emu_pairs_sort(&sorted);
    for (size_t i = 0; i < sorted.count; i++) {
        emu_text_add(text, i == 0 ? "" : "&");
        emu_text_add_encoded(text, sorted.items[i].name, false);
        emu_text_add(text, "=");
        emu_text_add_encoded(text, sorted.items[i].value, false);
    }
    emu_pairs_done(&sorted);
}

void emu_add_canonical_headers(struct emu_text *text, const struct emu_request *request,
                               const char *list)
{
    while (*list != '\0') {
        size_t len = strcspn(list, ";");
        char *name = emu_copy_n(list, len);
        emu_text_addf(text, "%s:%s\n", name, emu_request_header_get(request, name));
        free(name);
        list += len + (list[len] == ';' ? 1 : 0);
    }
}

void emu_verdict_done(struct emu_verdict *verdict)
{
    free(verdict->canonical);
    *verdict = (struct emu_verdict){0};
}

char *emu_cut(const char *text, const char *start, const char *end)
{
    const char *from = strstr(text, start);
    if (from == NULL) {
        return NULL;
    }
    from += strlen(start);
    return emu_copy_n(from, strcspn(from, end));
}
