/* SPDX-License-Identifier: Apache-2.0 */
#include "world_read.h"

#include "keys_read.h"
#include "number.h"
#include "place.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

enum {
    MAX_COUNT = 1000000, /* instances of one "count" */
    MAX_ID = 62,         /* after "i-" */
    MAX_REGION = 32,
    MAX_SENTENCE = 4096,
};

static bool is_made_of(const char *text, const char *alphabet, size_t max)
{
    size_t len = strlen(text);
    return len > 0 && len <= max && strspn(text, alphabet) == len;
}

static bool is_id(const char *text)
{
    return strncmp(text, "i-", 2) == 0 &&
           is_made_of(text + 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-",
                      MAX_ID);
}

static bool is_region(const char *text)
{
    return is_made_of(text, "abcdefghijklmnopqrstuvwxyz0123456789-", MAX_REGION);
}

static bool read_status(const struct emu_place *place, enum emu_cloud cloud, const char *member,
                        const char *word, const char **ret_status)
{
    const char *status = emu_cloud_status(cloud, ens_str_of(word));
    if (status == NULL) {
        return EMU_FAIL(place, "\"%s\" must be a status of %s (%s), found \"%.60s\"", member,
                        emu_cloud_name(cloud), emu_cloud_statuses(cloud), word);
    }
    *ret_status = status;
    return true;
}

static bool read_flags(const struct emu_place *place, json_t *object, struct emu_instance *draft)
{
    json_t *list = json_object_get(object, "flags");
    if (list == NULL) {
        return true;
    }
    if (!json_is_array(list) || json_array_size(list) > EMU_MAX_FLAGS) {
        return EMU_FAIL(place, "\"flags\" must be a list of at most %d flags", EMU_MAX_FLAGS);
    }
    draft->flag_count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        ens_str text = ens_str_of(json_string_value(json_array_get(list, i)));
        if (!emu_flag_read(draft->cloud, text, &draft->flags[i])) {
            ENS_AUTO_BUF expected = ens_buf_new(MAX_SENTENCE);
            emu_flag_list(draft->cloud, &expected);
            return EMU_FAIL(place, "\"%.60s\" is no flag of %s, expected one of: %s",
                            text.len == 0 ? "" : text.ptr, emu_cloud_name(draft->cloud),
                            ens_buf_text(&expected));
        }
        draft->flag_count++;
    }
    return true;
}

static bool read_on_start(const struct emu_place *place, json_t *object, struct emu_instance *draft)
{
    static const char *const words[] = {"runs",           "falls_back", "falls_back_later",
                                        "stays_starting", "fails",      "ignores"};
    const char *word = NULL;
    if (!emu_read_text(place, object, "on_start", false, &word) || word == NULL) {
        return word == NULL && json_object_get(object, "on_start") == NULL;
    }
    for (int i = 0; i < 6; i++) {
        bool known = i != EMU_FAILS || emu_cloud_word(draft->cloud, EMU_FAILED) != NULL;
        if (known && strcmp(words[i], word) == 0) {
            draft->on_start = (enum emu_on_start)i;
            return true;
        }
    }
    return EMU_FAIL(place,
                    "\"on_start\" must be runs, falls_back, falls_back_later, stays_starting, "
                    "ignores or (not on alibaba) fails, found \"%.60s\"",
                    word);
}

static bool read_step(const struct emu_place *place, json_t *object, struct emu_instance *draft)
{
    struct emu_step *step = &draft->steps[draft->step_count];
    const char *word = "";
    int64_t ms = -1, reads = -1;
    if (!emu_read_members(place, object, " status after_ms after_reads ") ||
        !emu_read_text(place, object, "status", true, &word) ||
        !read_status(place, draft->cloud, "becomes.status", word, &step->status) ||
        !emu_read_number(place, object, "after_ms", EMU_DAY_MS, &ms) ||
        !emu_read_number(place, object, "after_reads", EMU_DAY_MS, &reads)) {
        return false;
    }
    if ((ms < 0) == (reads < 0)) {
        return EMU_FAIL(place, "a step of \"becomes\" needs either after_ms or after_reads");
    }
    step->by_reads = reads >= 0;
    step->after = step->by_reads ? reads : ms;
    draft->step_count++;
    return true;
}

static bool read_steps(const struct emu_place *place, json_t *object, struct emu_instance *draft)
{
    json_t *steps = json_object_get(object, "becomes");
    if (steps == NULL) {
        return true;
    }
    draft->step_count = 0;
    if (json_is_object(steps)) {
        return read_step(place, steps, draft);
    }
    if (!json_is_array(steps) || json_array_size(steps) > EMU_MAX_STEPS) {
        return EMU_FAIL(place, "\"becomes\" must be a step or a list of at most %d steps",
                        EMU_MAX_STEPS);
    }
    for (size_t i = 0; i < json_array_size(steps); i++) {
        if (!read_step(place, json_array_get(steps, i), draft)) {
            return false;
        }
    }
    return true;
}

static char *copy_of(const char *text)
{
    return text == NULL ? NULL : ens_strdup(text);
}

static void set_text(char **text, const char *value)
{
    char *copy = copy_of(value);
    ens_free(*text);
    *text = copy;
}

/* Reads {"KEY": "VALUE", ...}. */
static bool read_tags(const struct emu_place *place, json_t *object, struct emu_instance *draft)
{
    json_t *tags = json_object_get(object, "tags");
    const char *key = NULL;
    json_t *value = NULL;
    if (tags == NULL) {
        return true;
    }
    if (!json_is_object(tags)) {
        return EMU_FAIL(place, "\"tags\" must be an object of texts");
    }
    json_object_foreach(tags, key, value)
    {
        if (!json_is_string(value)) {
            return EMU_FAIL(place, "\"tags\" must be an object of texts");
        }
    }
    json_decref(draft->tags);
    draft->tags = json_incref(tags);
    return true;
}

/* Reads the members that filters of reads compare: name, zone, type, group, tags. */
static bool read_traits(const struct emu_place *place, json_t *object, struct emu_instance *draft)
{
    char **const texts[] = {&draft->name, &draft->zone, &draft->type, &draft->group};
    static const char *const members[] = {"name", "zone", "type", "group"};
    for (size_t i = 0; i < 4; i++) {
        const char *text = *texts[i];
        if (!emu_read_text(place, object, members[i], false, &text)) {
            return false;
        }
        set_text(texts[i], text);
    }
    return read_tags(place, object, draft);
}

/* Reads the members that are allowed for new and for known instances. The draft is new or a deep
 * copy. A new status cancels the pending transitions. */
static bool read_details(const struct emu_place *place, json_t *object, struct emu_instance *draft)
{
    const char *region = draft->region, *status = NULL, *shows = draft->shows;
    const char *account = draft->account;
    if (!emu_read_text(place, object, "region", draft->region == NULL, &region) ||
        !emu_read_text(place, object, "status", draft->status == NULL, &status) ||
        !emu_read_text(place, object, "shows", false, &shows) ||
        !emu_read_text(place, object, "account", false, &account)) {
        return false;
    }
    if (!is_region(region)) {
        return EMU_FAIL(place, "\"region\" must be 1 to %d of a-z 0-9 and -, found \"%.60s\"",
                        MAX_REGION, region);
    }
    set_text(&draft->region, region);
    set_text(&draft->shows, shows);
    set_text(&draft->account, account);
    if (status != NULL) {
        if (!read_status(place, draft->cloud, "status", status, &draft->status)) {
            return false;
        }
        draft->step_count = 0;
        draft->stale_status = NULL;
    }
    if (status != NULL || json_object_get(object, "becomes") != NULL) {
        draft->step_next = 0;
        draft->since_ms = -1;
        draft->reads = 0;
    }
    return read_traits(place, object, draft) && read_flags(place, object, draft) &&
           read_on_start(place, object, draft) &&
           emu_read_number(place, object, "boot_ms", EMU_DAY_MS, &draft->boot_ms) &&
           emu_read_number(place, object, "boot_reads", EMU_DAY_MS, &draft->boot_reads) &&
           emu_read_bool(place, object, "prepaid", &draft->prepaid) &&
           emu_read_bool(place, object, "deleted", &draft->gone) &&
           read_steps(place, object, draft);
}

static struct emu_instance draft_of(const struct emu_world *world, enum emu_cloud cloud,
                                    const char *id)
{
    const struct emu_instance *known = emu_world_get(world, cloud, ens_str_of(id));
    struct emu_instance draft = {.cloud = cloud, .boot_ms = -1, .boot_reads = -1, .since_ms = -1};
    if (known == NULL) {
        draft.id = ens_strdup(id);
        draft.account = ens_strdup("main");
        return draft;
    }
    draft = *known;
    draft.id = ens_strdup(known->id);
    draft.region = ens_strdup(known->region);
    draft.account = ens_strdup(known->account);
    draft.shows = copy_of(known->shows);
    draft.name = copy_of(known->name);
    draft.zone = copy_of(known->zone);
    draft.type = copy_of(known->type);
    draft.group = copy_of(known->group);
    draft.tags = json_incref(known->tags);
    draft.gone = false;
    return draft;
}

static bool put_one(struct emu_world *world, const struct emu_place *place, json_t *object,
                    enum emu_cloud cloud, const char *id)
{
    if (!is_id(id)) {
        return EMU_FAIL(place,
                        "\"id\" must be i- and 1 to %d of A-Z a-z 0-9 _ and -, found \"%.80s\"",
                        MAX_ID, id);
    }
    struct emu_instance draft = draft_of(world, cloud, id);
    if (!read_details(place, object, &draft)) {
        emu_instance_done(&draft);
        return false;
    }
    emu_world_set(world, &draft);
    return true;
}

/* Adds i-load-1 to i-load-10000 for {"id": "i-load-{n}", "count": 10000}. */
static bool put_many(struct emu_world *world, const struct emu_place *place, json_t *object,
                     enum emu_cloud cloud, const char *id)
{
    int64_t count = 0;
    const char *mark = strstr(id, "{n}");
    if (!emu_read_number(place, object, "count", MAX_COUNT, &count)) {
        return false;
    }
    if (mark == NULL) {
        return EMU_FAIL(place, "with \"count\" the \"id\" must contain {n}");
    }
    for (int64_t n = 1; n <= count; n++) {
        char one[MAX_SENTENCE];
        snprintf(one, sizeof(one), "%.*s%lld%s", (int)(mark - id), id, (long long)n,
                 mark + strlen("{n}"));
        if (!put_one(world, place, object, cloud, one)) {
            return false;
        }
    }
    return true;
}

static bool put_instance(struct emu_world *world, const struct emu_place *place, json_t *object)
{
    enum emu_cloud cloud = EMU_VOLCENGINE;
    const char *id = "";
    if (!emu_read_members(place, object,
                          " cloud region id count account status shows name zone type group tags "
                          "prepaid flags on_start "
                          "boot_ms boot_reads becomes deleted comment ") ||
        !emu_read_cloud(place, object, &cloud) || !emu_read_text(place, object, "id", true, &id)) {
        return false;
    }
    return json_object_get(object, "count") == NULL ? put_one(world, place, object, cloud, id)
                                                    : put_many(world, place, object, cloud, id);
}

bool emu_world_put(struct emu_world *world, const char *where, json_t *json,
                   struct ens_diags *diags)
{
    struct emu_place place = emu_place_of(where, diags);
    return put_instance(world, &place, json);
}

static bool read_regions(struct emu_world *world, struct emu_place *place, json_t *regions)
{
    if (regions == NULL) {
        return true;
    }
    snprintf(place->where, sizeof(place->where), "%s: regions", place->name);
    if (!emu_read_members(place, regions, " volcengine alibaba baidu ")) {
        return false;
    }
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        json_t *list = json_object_get(regions, emu_cloud_name((enum emu_cloud)cloud));
        if (list != NULL && !json_is_array(list)) {
            return EMU_FAIL(place, "expected lists of region names");
        }
        for (size_t i = 0; i < json_array_size(list); i++) {
            const char *region = json_string_value(json_array_get(list, i));
            if (region == NULL || !is_region(region)) {
                return EMU_FAIL(place, "expected lists of region names");
            }
            emu_world_add_region(world, (enum emu_cloud)cloud, region);
        }
    }
    emu_place_move(place, NULL, 0);
    return true;
}

static size_t count_all(const struct emu_world *world)
{
    size_t count = 0;
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        count += world->instance_count[cloud];
    }
    return count;
}

/* Reads regions and instances of a world file into a world without instances. */
static bool read_instances(struct emu_world *world, struct emu_place *place, json_t *source)
{
    json_t *list = json_object_get(source, "instances");
    if (!read_regions(world, place, json_object_get(source, "regions"))) {
        return false;
    }
    if (list != NULL && !json_is_array(list)) {
        return EMU_FAIL(place, "\"instances\" must be a list");
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        emu_place_move(place, "instances", i);
        size_t before = count_all(world);
        json_t *count = json_object_get(json_array_get(list, i), "count");
        if (!put_instance(world, place, json_array_get(list, i))) {
            return false;
        }
        size_t expected = count == NULL ? 1 : (size_t)json_integer_value(count);
        if (count_all(world) - before != expected) {
            return EMU_FAIL(place, "an instance of this cloud and id is there already");
        }
    }
    return true;
}

void emu_world_restore(struct emu_world *world)
{
    struct emu_place place = emu_place_of("world", NULL);
    emu_world_clear(world);
    bool ok = read_instances(world, &place, world->source);
    ENS_ASSERT(ok); /* the same text was read before without an error */
}

bool emu_world_load(struct emu_world *world, const char *name, ens_str text,
                    struct ens_diags *diags)
{
    struct emu_place place = emu_place_of(name, diags);
    json_error_t error;
    emu_world_init(world);
    world->source =
        json_loadb(text.len == 0 ? "" : text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
    bool ok = world->source != NULL ||
              EMU_FAIL(&place, "line %d, column %d: %s", error.line, error.column, error.text);
    ok = ok &&
         emu_read_members(&place, world->source,
                          " comment accounts roles metadata credentials_uri github regions "
                          "instances ") &&
         emu_keys_read(world, &place) &&

         read_instances(world, &place, world->source);
    if (!ok) {
        emu_world_done(world);
    }
    return ok;
}
