/* SPDX-License-Identifier: Apache-2.0 */
#include "core/listing.h"

#include "base/hash.h"
#include "core/classify.h"

void ens_listing_begin(struct ens_listing *listing, const struct ens_provider *provider,
                       const struct ens_selector *selector, struct ens_findings *findings,
                       unsigned place)
{
    *listing = (struct ens_listing){
        .provider = provider,
        .selector = selector,
        .findings = findings,
        .place = place,
        .mark = ens_buf_new(ENS_LIST_MARK_MAX),
        .arena = ens_arena_new(),
    };
    listing->filter = ens_selector_filter(listing->arena, selector, provider);
}

void ens_listing_done(struct ens_listing *listing)
{
    ens_buf_done(&listing->mark);
    ens_target_set_done(&listing->marks);
    ens_arena_free(listing->arena);
    *listing = (struct ens_listing){0};
}

/* ---- failures -------------------------------------------------------------------------------- */

/* What is refused of a list is no instance id, which the advice of these reasons names. */
static enum ens_hint hint_of(const struct ens_outcome *outcome, enum ens_reason reason)
{
    const bool refused = reason == ENS_REASON_INVALID_ARGUMENT || reason == ENS_REASON_NOT_FOUND;

    return refused && outcome->hint == ENS_HINT_NONE ? ENS_HINT_SELECTOR : outcome->hint;
}

static enum ens_listing_next fail(struct ens_listing *listing, const struct ens_outcome *outcome,
                                  enum ens_reason reason, ens_str detail)
{
    listing->failure = *outcome;
    listing->failure.hint = hint_of(outcome, reason);
    listing->failure.reason = reason;
    listing->failure.detail = detail;
    listing->failure.page = NULL;
    return ENS_LISTING_FAILED;
}

static enum ens_listing_next malformed(struct ens_listing *listing,
                                       const struct ens_outcome *outcome, ens_str detail)
{
    return fail(listing, outcome, ENS_REASON_MALFORMED_RESPONSE, detail);
}

/* ---- instances ------------------------------------------------------------------------------- */

#define TAGS_MAX ((size_t)1000) /* of one instance that are shown */

static struct ens_finding finding_of(struct ens_arena *arena, const struct ens_listing *listing,
                                     const struct ens_found *found, enum ens_status status)
{
    const size_t count = found->tag_count < TAGS_MAX ? found->tag_count : TAGS_MAX;
    struct ens_pair *tags = ens_arena_array(arena, count, sizeof(*tags));

    for (size_t i = 0; i < count; i++) {
        tags[i] = *found->tags[i];
    }
    return (struct ens_finding){
        .target = {listing->selector->cloud, listing->selector->region, found->seen->id},
        .name = found->name,
        .status = status,
        .provider_status = found->seen->word,
        .zone = found->zone,
        .instance_type = found->instance_type,
        .charge_type = found->charge_type,
        .tags = tags,
        .tag_count = count,
    };
}

/* Whether the instance is to be shown: it matches, and was not shown before. */
static bool is_new(struct ens_listing *listing, const struct ens_found *found,
                   enum ens_status status)
{
    if (ens_id_check(found->seen->id, NULL, NULL) != ENS_OK) {
        listing->nameless++;
        return false;
    }
    if (!ens_selector_matches(listing->selector, found, status)) {
        return false;
    }
    listing->matched = true;
    return ens_target_set_add(&listing->findings->shown, listing->place, found->seen->id);
}

static enum ens_listing_next too_many(struct ens_listing *listing,
                                      const struct ens_outcome *outcome)
{
    (void)fail(listing, outcome, ENS_REASON_INVALID_ARGUMENT,
               ens_arena_printf(listing->arena, "more than %zu instances match", ENS_FOUND_MAX));
    listing->failure.hint = ENS_HINT_TOO_MANY;
    return ENS_LISTING_FAILED;
}

static enum ens_status status_of(const struct ens_listing *listing, const struct ens_found *found)
{
    const struct ens_status_row *row = ens_classify_status(listing->provider, found->seen->word);

    return row != NULL ? (enum ens_status)row->status : ENS_STATUS_UNKNOWN;
}

/* ---- pages ----------------------------------------------------------------------------------- */

static bool is_full(const struct ens_listing *listing)
{
    return listing->selector->limit > 0 && listing->found == listing->selector->limit;
}

/* CALL: the page has no end of its own. */
static enum ens_listing_next take_instances(
    struct ens_listing *listing, const struct ens_outcome *outcome,
    void (*show)(void *ud, const struct ens_finding *finding), void *ud)
{
    const struct ens_find_result *page = outcome->page;

    for (size_t i = 0; i < page->found_count && !is_full(listing); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const struct ens_found *found = page->found[i];
        const enum ens_status status = status_of(listing, found);
        if (found->region.len > 0 && !ens_str_eq(found->region, listing->selector->region)) {
            return malformed(listing, outcome,
                             ENS_STR("the list shows instances of another region"));
        }
        if (!is_new(listing, found, status)) {
            continue;
        }
        if (listing->findings->total == ENS_FOUND_MAX) {
            return too_many(listing, outcome);
        }
        const struct ens_finding finding = finding_of(arena, listing, found, status);
        listing->findings->total++;
        listing->found++;
        show(ud, &finding);
    }
    return is_full(listing) ? ENS_LISTING_DONE : ENS_LISTING_CALL;
}

/* Whether the cloud may have cut the list short because it is narrowed by tags or group. */
static bool is_cut_short(const struct ens_listing *listing)
{
    const bool capped = listing->filter.tag_count > 0 || listing->filter.group.len > 0;

    return capped && listing->provider->find_limit > 0 &&
           listing->seen >= listing->provider->find_limit;
}

/* Reads it again without these: what was shown before is not shown again. */
static void start_over(struct ens_listing *listing)
{
    listing->filter.tag_count = 0;
    listing->filter.group = (ens_str){NULL, 0};
    listing->seen = 0;
    listing->pages = 0;
    ens_buf_reset(&listing->mark);
    ens_target_set_done(&listing->marks);
}

static enum ens_listing_next end_of_list(struct ens_listing *listing)
{
    if (is_cut_short(listing)) {
        start_over(listing);
        return ENS_LISTING_CALL;
    }
    if (listing->seen == 0 && (listing->provider->capabilities & ENS_CAP_ABSENCE_PROBE) != 0) {
        listing->probing = true;
        ens_buf_reset(&listing->mark);
        return ENS_LISTING_CALL;
    }
    return ENS_LISTING_DONE;
}

/* Whether the mark was not there before. */
static bool is_new_mark(struct ens_listing *listing, ens_str mark)
{
    const uint64_t hash = ens_hash(ENS_HASH_START, mark);

    return ens_target_set_add(&listing->marks, 0, (ens_str){(const char *)&hash, sizeof(hash)});
}

static enum ens_listing_next next_page(struct ens_listing *listing,
                                       const struct ens_outcome *outcome)
{
    const ens_str mark = outcome->page->next_page;

    if (mark.len == 0) {
        return end_of_list(listing);
    }
    if (outcome->page->found_count == 0) {
        return malformed(listing, outcome, ENS_STR("an empty page of the list names a next one"));
    }
    if (!is_new_mark(listing, mark)) {
        return malformed(listing, outcome,
                         ENS_STR("a page of the list names one as next that was read before"));
    }
    if (listing->pages >= ENS_LIST_PAGES_MAX) {
        return malformed(listing, outcome, ENS_STR("the pages of the list do not end"));
    }
    ens_buf_reset(&listing->mark);
    ens_buf_add(&listing->mark, mark);
    if (ens_buf_failed(&listing->mark)) {
        return malformed(listing, outcome, ENS_STR("the mark of the next page is too long"));
    }
    return ENS_LISTING_CALL;
}

enum ens_listing_next ens_listing_step(struct ens_listing *listing,
                                       const struct ens_outcome *outcome,
                                       void (*show)(void *ud, const struct ens_finding *finding),
                                       void *ud)
{
    if (outcome->reason != ENS_REASON_OK) {
        return fail(listing, outcome, outcome->reason, outcome->detail);
    }
    if (listing->probing) {
        return ENS_LISTING_DONE; /* the caller may list, and there is nothing */
    }
    listing->pages++;
    listing->seen += outcome->page->found_count;
    enum ens_listing_next next = take_instances(listing, outcome, show, ud);
    return next == ENS_LISTING_CALL ? next_page(listing, outcome) : next;
}
