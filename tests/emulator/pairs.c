#include "pairs.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

void emu_pairs_take(struct emu_pairs *pairs, char *name, char *value)
{
    pairs->items = emu_grow(pairs->items, pairs->count, sizeof(*pairs->items));
    pairs->items[pairs->count++] = (struct emu_pair){name, value};
}

void emu_pairs_add(struct emu_pairs *pairs, const char *name, const char *value)
{
    emu_pairs_take(pairs, emu_copy(name), emu_copy(value));
}

const char *emu_pairs_get(const struct emu_pairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->count; i++) {
        if (strcmp(pairs->items[i].name, name) == 0) {
            return pairs->items[i].value;
        }
    }
    return NULL;
}

static int compare_pairs(const void *left, const void *right)
{
    const struct emu_pair *a = left;
    const struct emu_pair *b = right;
    int by_name = strcmp(a->name, b->name);
    return by_name != 0 ? by_name : strcmp(a->value, b->value);
}

void emu_pairs_sort(struct emu_pairs *pairs)
{
    if (pairs->count > 1) {
        qsort(pairs->items, pairs->count, sizeof(*pairs->items), compare_pairs);
    }
}

bool emu_pairs_parse_query(struct emu_pairs *pairs, const char *query)
{
    while (*query != '\0') {
        size_t len = strcspn(query, "&");
        size_t name_len = strcspn(query, "=&");
        if (len > 0) {
            const char *value = name_len < len ? query + name_len + 1 : query + len;
            char *decoded_name = emu_percent_decode(query, name_len, true);
            char *decoded = emu_percent_decode(value, (size_t)(query + len - value), true);
            if (decoded_name == NULL || decoded == NULL) {
                free(decoded_name);
                free(decoded);
                return false;
            }
            emu_pairs_take(pairs, decoded_name, decoded);
        }
        query += len + (query[len] == '&' ? 1 : 0);
    }
    return true;
}

void emu_pairs_done(struct emu_pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        free(pairs->items[i].name);
        free(pairs->items[i].value);
    }
    free(pairs->items);
    *pairs = (struct emu_pairs){0};
}
