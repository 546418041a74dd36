/* SPDX-License-Identifier: Apache-2.0 */
/* The messages of Find. */
#include "core/quote.h"
#include "ensure_v1/convert.h"

/* ---- findings -------------------------------------------------------------------------------- */

static Ensure__V1__FoundInstance__TagsEntry *tag_of(struct ens_arena *arena,
                                                    const struct ens_pair *tag)
{
    Ensure__V1__FoundInstance__TagsEntry *entry = ens_arena_alloc(arena, sizeof(*entry));

    ensure__v1__found_instance__tags_entry__init(entry);
    entry->key = ens_proto_text(arena, tag->name);
    entry->value = ens_proto_text(arena, tag->value);
    return entry;
}

void ens_finding_to_proto(struct ens_arena *arena, const struct ens_finding *finding,
                          Ensure__V1__FoundInstance *ret)
{
    ensure__v1__found_instance__init(ret);
    ret->target = ens_proto_text(arena, ens_target_text(arena, &finding->target));
    ret->name = ens_proto_text(arena, finding->name);
    ret->status = ens_proto_text(arena, ens_str_of(ens_status_name(finding->status)));
    ret->provider_status = ens_proto_text(arena, finding->provider_status);
    ret->zone = ens_proto_text(arena, finding->zone);
    ret->instance_type = ens_proto_text(arena, finding->instance_type);
    ret->charge_type = ens_proto_text(arena, finding->charge_type);
    ret->n_tags = finding->tag_count;
    ret->tags = ens_arena_array(arena, finding->tag_count, sizeof(*ret->tags));
    for (size_t i = 0; i < finding->tag_count; i++) {
        ret->tags[i] = tag_of(arena, &finding->tags[i]);
    }
}

ens_rc ens_finding_from_proto(struct ens_arena *arena, const Ensure__V1__FoundInstance *message,
                              const char *where, struct ens_finding *ret, struct ens_diags *diags)
{
    struct ens_pair *tags = ens_arena_array(arena, message->n_tags, sizeof(*tags));
    struct ens_finding finding = {.tags = tags, .tag_count = message->n_tags};

    if (ens_target_parse(ens_str_of(message->target), where, &finding.target, diags) != ENS_OK) {
        return ENS_MALFORMED;
    }
    if (!ens_status_parse(ens_str_of(message->status), &finding.status)) {
        return ens_fail(diags, ENS_MALFORMED, where, "\"%s\" is not a status",
                        ens_quoted(ens_str_of(message->status)).text);
    }
    finding.name = ens_str_of(message->name);
    finding.provider_status = ens_str_of(message->provider_status);
    finding.zone = ens_str_of(message->zone);
    finding.instance_type = ens_str_of(message->instance_type);
    finding.charge_type = ens_str_of(message->charge_type);
    for (size_t i = 0; i < message->n_tags; i++) {
        tags[i] = (struct ens_pair){ens_str_of(message->tags[i]->key),
                                    ens_str_of(message->tags[i]->value)};
    }
    *ret = finding;
    return ENS_OK;
}

/* ---- failures -------------------------------------------------------------------------------- */

void ens_find_failure_to_proto(struct ens_arena *arena, const struct ens_find_failure *failure,
                               Ensure__V1__FindFailure *ret)
{
    ensure__v1__find_failure__init(ret);
    ret->cloud = ens_proto_text(arena, failure->cloud);
    ret->region = ens_proto_text(arena, failure->region);
    ret->reason = ens_proto_text(arena, ens_str_of(ens_reason_name(failure->reason)));
    ret->message = ens_proto_text(arena, failure->message);
    ret->advice = ens_proto_text(arena, failure->advice);
    ret->provider_code = ens_proto_text(arena, failure->provider_code);
    ret->http_status = failure->http_status;
    ret->request_id = ens_proto_text(arena, failure->request_id);
}

ens_rc ens_find_failure_from_proto(const Ensure__V1__FindFailure *message, const char *where,
                                   struct ens_find_failure *ret, struct ens_diags *diags)
{
    struct ens_find_failure failure = {
        .cloud = ens_str_of(message->cloud),
        .region = ens_str_of(message->region),
        .message = ens_str_of(message->message),
        .advice = ens_str_of(message->advice),
        .provider_code = ens_str_of(message->provider_code),
        .http_status = message->http_status,
        .request_id = ens_str_of(message->request_id),
    };

    if (!ens_reason_parse(ens_str_of(message->reason), &failure.reason)) {
        return ens_fail(diags, ENS_MALFORMED, where, "\"%s\" is not a reason",
                        ens_quoted(ens_str_of(message->reason)).text);
    }
    *ret = failure;
    return ENS_OK;
}

/* ---- selectors ------------------------------------------------------------------------------- */

static void statuses_to_proto(struct ens_arena *arena, unsigned statuses, Ensure__V1__Selector *ret)
{
    ret->status = ens_arena_array(arena, ENS_STATUS_COUNT, sizeof(*ret->status));
    for (unsigned status = 0; status < ENS_STATUS_COUNT; status++) {
        if ((statuses & (1u << status)) != 0) {
            const char *word = ens_status_name((enum ens_status)status);
            ret->status[ret->n_status++] = ens_proto_text(arena, ens_str_of(word));
        }
    }
}

void ens_selector_to_proto(struct ens_arena *arena, const struct ens_selector *selector,
                           Ensure__V1__Selector *ret)
{
    ensure__v1__selector__init(ret);
    ret->cloud = ens_proto_text(arena, selector->cloud);
    ret->region = ens_proto_text(arena, selector->region);
    statuses_to_proto(arena, selector->statuses, ret);
    ret->n_tags = selector->tag_count;
    ret->tags = ens_arena_array(arena, selector->tag_count, sizeof(*ret->tags));
    for (size_t i = 0; i < selector->tag_count; i++) {
        ret->tags[i] = ens_arena_alloc(arena, sizeof(*ret->tags[i]));
        ensure__v1__selector__tags_entry__init(ret->tags[i]);
        ret->tags[i]->key = ens_proto_text(arena, selector->tags[i].name);
        ret->tags[i]->value = ens_proto_text(arena, selector->tags[i].value);
    }
    ret->name = ens_proto_text(arena, selector->name);
    ret->zone = ens_proto_text(arena, selector->zone);
    ret->group = ens_proto_text(arena, selector->group);
    ret->limit = (uint32_t)selector->limit;
}

ens_rc ens_selector_from_proto(struct ens_arena *arena, const Ensure__V1__Selector *message,
                               const char *where, struct ens_selector *ret, struct ens_diags *diags)
{
    struct ens_selector selector = {
        .cloud = ens_str_of(message->cloud),
        .region = ens_str_of(message->region),
        .name = ens_str_of(message->name),
        .zone = ens_str_of(message->zone),
        .group = ens_str_of(message->group),
        .limit = message->limit,
    };
    const char *status = ens_arena_printf(arena, "%s.status", where).ptr;
    const char *tags = ens_arena_printf(arena, "%s.tags", where).ptr;
    ens_rc rc = ENS_OK;

    for (size_t i = 0; rc == ENS_OK && i < message->n_status; i++) {
        rc = ens_selector_add_status(&selector, ens_str_of(message->status[i]), status, diags);
    }
    for (size_t i = 0; rc == ENS_OK && i < message->n_tags; i++) {
        rc = ens_selector_add_tag(&selector, arena, ens_str_of(message->tags[i]->key),
                                  ens_str_of(message->tags[i]->value), tags, diags);
    }
    if (rc == ENS_OK) {
        rc = ens_selector_check(&selector, where, diags);
    }
    if (rc == ENS_OK) {
        *ret = selector;
    }
    return rc;
}
