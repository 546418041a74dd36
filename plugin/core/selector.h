/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A selector names instances by what they are instead of by their ids: those of one cloud and
 * region for which every condition that is set holds. The same members everywhere: in JSON
 * ({"cloud", "region", "status": [WORD...], "tags": {KEY: VALUE}, "name", "zone", "group",
 * "limit"}), in ensure.v1 and in flags.
 *
 * Texts are compared byte by byte; only in the name '*' stands for any run of characters. Pure.
 */
#ifndef ENSURE_CORE_SELECTOR_H
#define ENSURE_CORE_SELECTOR_H

#include "core/target.h"
#include "core/vocabulary.h"

#define ENS_SELECTORS_MAX      100 /* in one request */
#define ENS_SELECTOR_TAGS_MAX  20
#define ENS_SELECTOR_TEXT_MAX  256             /* bytes of a name, zone, group, tag key or value */
#define ENS_SELECTOR_LIMIT_MAX ENS_RESULTS_MAX /* the most instances that one run finds */

struct json_t; /* of jansson */

struct ens_selector {
    ens_str cloud;
    ens_str region;
    unsigned statuses; /* 1u << enum ens_status; 0: any */
    struct ens_pair *tags;
    size_t tag_count;
    ens_str name;  /* a pattern; empty: any */
    ens_str zone;  /* empty: any */
    ens_str group; /* project or resource group, by name or id; empty: any */
    size_t limit;  /* the most instances to find; 0: as many as there are */
};

/* Adds a status to those that are looked for. absent is no choice: a list shows what exists. */
ens_rc ens_selector_add_status(struct ens_selector *selector, ens_str word, const char *where,
                               struct ens_diags *diags) ENS_MUST_USE;

/* Adds a tag, copied into the arena. A key that is there already is an error. */
ens_rc ens_selector_add_tag(struct ens_selector *selector, struct ens_arena *arena, ens_str key,
                            ens_str value, const char *where, struct ens_diags *diags) ENS_MUST_USE;

/* Checks cloud, region, lengths and limit. Whether the cloud has a provider is the registry's. */
ens_rc ens_selector_check(const struct ens_selector *selector, const char *where,
                          struct ens_diags *diags) ENS_MUST_USE;

/* The same without cloud and region. */
ens_rc ens_selector_check_conditions(const struct ens_selector *selector, const char *where,
                                     struct ens_diags *diags) ENS_MUST_USE;

/* Reads and checks one selector; texts are copied into the arena. where is its place: diagnostics
 * name the member behind it ("fleet.json: select[0].status"). */
ens_rc ens_selector_read(struct ens_arena *arena, struct json_t *value, const char *where,
                         struct ens_selector *ret, struct ens_diags *diags) ENS_MUST_USE;
ens_rc ens_selector_parse(struct ens_arena *arena, ens_str text, const char *where,
                          struct ens_selector *ret, struct ens_diags *diags) ENS_MUST_USE;

struct ens_selector ens_selector_copy(struct ens_arena *arena, const struct ens_selector *selector);

/* Whether all conditions hold for an instance that a cloud's list shows; status: the unified one of
 * its word. */
bool ens_selector_matches(const struct ens_selector *selector, const struct ens_found *found,
                          enum ens_status status);

/* Conditions that the cloud is asked to narrow a list by. Texts are the selector's; lists are in
 * the arena. */
struct ens_filter ens_selector_filter(struct ens_arena *arena, const struct ens_selector *selector,
                                      const struct ens_provider *provider);

/* "status stopped, tag env=ci, name web-*", for sentences; empty: there is no condition. */
ens_str ens_selector_text(struct ens_arena *arena, const struct ens_selector *selector);

#endif
