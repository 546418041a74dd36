/* SPDX-License-Identifier: Apache-2.0 */
#include "core/selector.h"

#include <jansson.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "core/classify.h"
#include "core/quote.h"

#define TEXT_MAX ((size_t)4096) /* of ens_selector_text */

/* ---- checking -------------------------------------------------------------------------------- */

static const char *place(struct ens_arena *arena, const char *where, const char *member)
{
    return where == NULL || where[0] == '\0' ? member
                                             : ens_arena_printf(arena, "%s.%s", where, member).ptr;
}

static ens_rc check_text(ens_str text, const char *where, const char *member,
                         struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    if (text.len > ENS_SELECTOR_TEXT_MAX) {
        return ens_fail(diags, ENS_LIMIT, place(arena, where, member),
                        "expected at most %d bytes, got %zu", ENS_SELECTOR_TEXT_MAX, text.len);
    }
    if (!ens_utf8_valid(text)) {
        return ens_fail(diags, ENS_MALFORMED, place(arena, where, member), "expected UTF-8");
    }
    return ENS_OK;
}

ens_rc ens_selector_add_status(struct ens_selector *selector, ens_str word, const char *where,
                               struct ens_diags *diags)
{
    enum ens_status status = ENS_STATUS_UNKNOWN;

    if (!ens_status_parse(word, &status) || status == ENS_STATUS_ABSENT) {
        return ens_fail(diags, ENS_MALFORMED, where,
                        "\"%s\" is not a status to look for (running, starting, stopped, stopping, "
                        "busy, failed, deleting or unknown)",
                        ens_quoted(word).text);
    }
    selector->statuses |= 1u << status;
    return ENS_OK;
}

ens_rc ens_selector_add_tag(struct ens_selector *selector, struct ens_arena *arena, ens_str key,
                            ens_str value, const char *where, struct ens_diags *diags)
{
    if (key.len == 0) {
        return ens_fail(diags, ENS_MALFORMED, where, "a tag needs a key");
    }
    for (size_t i = 0; i < selector->tag_count; i++) {
        if (ens_str_eq(selector->tags[i].name, key)) {
            return ens_fail(diags, ENS_INVALID, where, "the tag \"%s\" is given twice",
                            ens_quoted(key).text);
        }
    }
    if (selector->tag_count == ENS_SELECTOR_TAGS_MAX) {
        return ens_fail(diags, ENS_LIMIT, where, "expected at most %d tags", ENS_SELECTOR_TAGS_MAX);
    }
    selector->tags =
        ens_arena_grow(arena, selector->tags, selector->tag_count, sizeof(*selector->tags));
    selector->tags[selector->tag_count++] =
        (struct ens_pair){ens_arena_dup(arena, key), ens_arena_dup(arena, value)};
    return ENS_OK;
}

ens_rc ens_selector_check_conditions(const struct ens_selector *selector, const char *where,
                                     struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_pair texts[] = {{ENS_STR("name"), selector->name},
                                     {ENS_STR("zone"), selector->zone},
                                     {ENS_STR("group"), selector->group}};
    ens_rc rc = ENS_OK;

    for (size_t i = 0; rc == ENS_OK && i < ENS_COUNT(texts); i++) {
        rc = check_text(texts[i].value, where, texts[i].name.ptr, diags);
    }
    for (size_t i = 0; rc == ENS_OK && i < selector->tag_count; i++) {
        rc = check_text(selector->tags[i].name, where, "tags", diags);
        rc = rc == ENS_OK ? check_text(selector->tags[i].value, where, "tags", diags) : rc;
    }
    if (rc == ENS_OK && selector->limit > ENS_SELECTOR_LIMIT_MAX) {
        rc = ens_fail(diags, ENS_LIMIT, place(arena, where, "limit"), "expected 1 to %d, got %zu",
                      ENS_SELECTOR_LIMIT_MAX, selector->limit);
    }
    return rc;
}

ens_rc ens_selector_check(const struct ens_selector *selector, const char *where,
                          struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ens_rc rc = ens_cloud_check(selector->cloud, place(arena, where, "cloud"), diags);

    if (rc == ENS_OK) {
        rc = ens_region_check(selector->region, place(arena, where, "region"), diags);
    }
    return rc == ENS_OK ? ens_selector_check_conditions(selector, where, diags) : rc;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

struct reader {
    struct ens_arena *arena;
    const char *where;
    struct ens_diags *diags;
    struct ens_selector *selector;
};

static ens_rc fail_type(const struct reader *reader, const char *member, const char *wanted)
{
    return ens_fail(reader->diags, ENS_MALFORMED, place(reader->arena, reader->where, member),
                    "wrong type: expected %s", wanted);
}

static ens_str text_of(const json_t *value)
{
    return (ens_str){json_string_value(value), json_string_length(value)};
}

static ens_rc read_status(const struct reader *reader, json_t *value)
{
    ens_rc rc = ENS_OK;

    if (!json_is_array(value)) {
        return fail_type(reader, "status", "a list of statuses");
    }
    for (size_t i = 0; rc == ENS_OK && i < json_array_size(value); i++) {
        const json_t *word = json_array_get(value, i);
        rc = json_is_string(word)
                 ? ens_selector_add_status(reader->selector, text_of(word),
                                           place(reader->arena, reader->where, "status"),
                                           reader->diags)
                 : fail_type(reader, "status", "a list of statuses");
    }
    return rc;
}

static ens_rc read_tags(const struct reader *reader, json_t *value)
{
    const char *key = NULL;
    json_t *member = NULL;
    ens_rc rc = ENS_OK;

    if (!json_is_object(value)) {
        return fail_type(reader, "tags", "an object of texts");
    }
    json_object_foreach(value, key, member)
    {
        rc = json_is_string(member)
                 ? ens_selector_add_tag(reader->selector, reader->arena, ens_str_of(key),
                                        text_of(member),
                                        place(reader->arena, reader->where, "tags"), reader->diags)
                 : fail_type(reader, "tags", "an object of texts");
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return ENS_OK;
}

static ens_rc read_limit(const struct reader *reader, json_t *value)
{
    const json_int_t limit = json_integer_value(value);

    if (!json_is_integer(value) || limit < 1 || limit > ENS_SELECTOR_LIMIT_MAX) {
        return ens_fail(reader->diags, ENS_MALFORMED, place(reader->arena, reader->where, "limit"),
                        "expected a whole number from 1 to %d", ENS_SELECTOR_LIMIT_MAX);
    }
    reader->selector->limit = (size_t)limit;
    return ENS_OK;
}

static ens_rc read_text(const struct reader *reader, json_t *value, const char *member,
                        ens_str *ret)
{
    if (!json_is_string(value)) {
        return fail_type(reader, member, "text");
    }
    *ret = ens_arena_dup(reader->arena, text_of(value));
    return ENS_OK;
}

static ens_rc read_member(const struct reader *reader, const char *name, json_t *value)
{
    const struct {
        const char *name;
        ens_str *text;
    } texts[] = {
        {"cloud", &reader->selector->cloud}, {"region", &reader->selector->region},
        {"name", &reader->selector->name},   {"zone", &reader->selector->zone},
        {"group", &reader->selector->group},
    };
    const struct {
        const char *name;
        ens_rc (*read)(const struct reader *reader, json_t *value);
    } others[] = {{"status", read_status}, {"tags", read_tags}, {"limit", read_limit}};

    for (size_t i = 0; i < ENS_COUNT(texts); i++) {
        if (ens_str_is(ens_str_of(name), texts[i].name)) {
            return read_text(reader, value, name, texts[i].text);
        }
    }
    for (size_t i = 0; i < ENS_COUNT(others); i++) {
        if (ens_str_is(ens_str_of(name), others[i].name)) {
            return others[i].read(reader, value);
        }
    }
    return ens_fail(reader->diags, ENS_MALFORMED, reader->where,
                    "unknown key \"%s\": a selector has cloud, region, status, tags, name, zone, "
                    "group and limit",
                    ens_quoted(ens_str_of(name)).text);
}

ens_rc ens_selector_read(struct ens_arena *arena, json_t *value, const char *where,
                         struct ens_selector *ret, struct ens_diags *diags)
{
    struct ens_selector selector = {0};
    const struct reader reader = {arena, where, diags, &selector};
    const char *name = NULL;
    json_t *member = NULL;

    if (!json_is_object(value)) {
        return ens_fail(diags, ENS_MALFORMED, where, "wrong type: expected a selector (an object)");
    }
    json_object_foreach(value, name, member)
    {
        ens_rc rc = read_member(&reader, name, member);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    static const char *const required[] = {"cloud", "region"};
    for (size_t i = 0; i < ENS_COUNT(required); i++) {
        if (json_object_get(value, required[i]) == NULL) {
            return ens_fail(diags, ENS_MALFORMED, place(arena, where, required[i]),
                            "missing: a selector needs a cloud and a region");
        }
    }
    ens_rc rc = ens_selector_check(&selector, where, diags);
    if (rc == ENS_OK) {
        *ret = selector;
    }
    return rc;
}

ens_rc ens_selector_parse(struct ens_arena *arena, ens_str text, const char *where,
                          struct ens_selector *ret, struct ens_diags *diags)
{
    json_error_t error = {0};
    json_auto_t *value =
        json_loadb(text.len == 0 ? "" : text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);

    if (value == NULL) {
        return ens_fail(diags, ENS_MALFORMED, where, "not JSON (line %d, column %d): %s",
                        error.line, error.column, ens_quoted(ens_str_of(error.text)).text);
    }
    return ens_selector_read(arena, value, where, ret, diags);
}

struct ens_selector ens_selector_copy(struct ens_arena *arena, const struct ens_selector *selector)
{
    struct ens_selector copy = *selector;

    copy.cloud = ens_arena_dup(arena, selector->cloud);
    copy.region = ens_arena_dup(arena, selector->region);
    copy.name = ens_arena_dup(arena, selector->name);
    copy.zone = ens_arena_dup(arena, selector->zone);
    copy.group = ens_arena_dup(arena, selector->group);
    copy.tags = ens_arena_array(arena, selector->tag_count, sizeof(*copy.tags));
    for (size_t i = 0; i < selector->tag_count; i++) {
        copy.tags[i] = (struct ens_pair){ens_arena_dup(arena, selector->tags[i].name),
                                         ens_arena_dup(arena, selector->tags[i].value)};
    }
    return copy;
}

/* ---- matching -------------------------------------------------------------------------------- */

static bool has_tag(const struct ens_found *found, const struct ens_pair *wanted)
{
    for (size_t i = 0; i < found->tag_count; i++) {
        if (ens_str_eq(found->tags[i]->name, wanted->name) &&
            ens_str_eq(found->tags[i]->value, wanted->value)) {
            return true;
        }
    }
    return false;
}

static bool is_in_group(const struct ens_found *found, ens_str group)
{
    for (size_t i = 0; i < found->group_count; i++) {
        if (ens_str_eq(found->groups[i], group)) {
            return true;
        }
    }
    return false;
}

bool ens_selector_matches(const struct ens_selector *selector, const struct ens_found *found,
                          enum ens_status status)
{
    if ((selector->statuses != 0 && (selector->statuses & (1u << status)) == 0) ||
        (selector->name.len > 0 && !ens_str_glob(found->name, selector->name)) ||
        (selector->zone.len > 0 && !ens_str_eq(found->zone, selector->zone)) ||
        (selector->group.len > 0 && !is_in_group(found, selector->group))) {
        return false;
    }
    for (size_t i = 0; i < selector->tag_count; i++) {
        if (!has_tag(found, &selector->tags[i])) {
            return false;
        }
    }
    return true;
}

/* The cloud's words for the statuses; none where unknown ones are looked for, which have no row. */
static void set_words(struct ens_arena *arena, const struct ens_selector *selector,
                      const struct ens_provider *provider, struct ens_filter *ret)
{
    ens_str *words = NULL;

    if ((selector->statuses & (1u << ENS_STATUS_UNKNOWN)) != 0) {
        return;
    }
    for (const struct ens_status_row *row = provider->statuses; row->word != NULL; row++) {
        const struct ens_status_row *known = ens_classify_status(provider, ens_str_of(row->word));
        if (known != NULL && (selector->statuses & (1u << known->status)) != 0) {
            words = ens_arena_grow(arena, words, ret->word_count, sizeof(*words));
            words[ret->word_count++] = ens_str_of(row->word);
        }
    }
    ret->words = words;
}

struct ens_filter ens_selector_filter(struct ens_arena *arena, const struct ens_selector *selector,
                                      const struct ens_provider *provider)
{
    const struct ens_pair **tags = ens_arena_array(arena, selector->tag_count, sizeof(*tags));
    struct ens_filter filter = {
        .struct_size = sizeof(filter),
        .tags = tags,
        .tag_count = selector->tag_count,
        .name = selector->name,
        .zone = selector->zone,
        .group = selector->group,
    };

    for (size_t i = 0; i < selector->tag_count; i++) {
        tags[i] = &selector->tags[i];
    }
    set_words(arena, selector, provider, &filter);
    return filter;
}

/* ---- text ------------------------------------------------------------------------------------ */

static void add_part(struct ens_buf *out, const char *what, ens_str value)
{
    if (value.len > 0) {
        ens_buf_addf(out, "%s%s %s", out->len > 0 ? ", " : "", what, ens_quoted(value).text);
    }
}

ens_str ens_selector_text(struct ens_arena *arena, const struct ens_selector *selector)
{
    ENS_AUTO_BUF out = ens_buf_new(TEXT_MAX);

    for (unsigned status = 0; status < ENS_STATUS_COUNT; status++) {
        if ((selector->statuses & (1u << status)) != 0) {
            const ens_str word = ens_str_of(ens_status_name((enum ens_status)status));
            add_part(&out, "status", word);
        }
    }
    for (size_t i = 0; i < selector->tag_count; i++) {
        const struct ens_pair *tag = &selector->tags[i];
        add_part(
            &out, "tag",
            ens_arena_printf(arena, "%.*s=%.*s", ENS_STR_ARG(tag->name), ENS_STR_ARG(tag->value)));
    }
    add_part(&out, "name", selector->name);
    add_part(&out, "zone", selector->zone);
    add_part(&out, "group", selector->group);
    return ens_arena_dup(arena, ens_buf_str(&out));
}
