/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The paging of one list, without I/O: from page to page to the end, with every condition of the
 * selector checked again. The engine passes the outcome of each call; a listing says what is to be
 * called next.
 *
 * Promises, whatever the clouds answer:
 * - no instance is shown twice in a run, also if the list changes while it is paged;
 * - it ends: a mark of a page that was there before, an empty page with a mark, and a page of
 * another region are failures;
 * - an empty list counts only if the permission to list is there.
 */
#ifndef ENSURE_CORE_LISTING_H
#define ENSURE_CORE_LISTING_H

#include "base/buf.h"
#include "core/finding.h"
#include "core/outcome.h"
#include "core/selector.h"
#include "core/target_set.h"

#define ENS_FOUND_MAX      ((size_t)ENS_SELECTOR_LIMIT_MAX) /* in a run, over all its selectors */
#define ENS_LIST_PAGES_MAX 20000u                           /* of one list */
#define ENS_LIST_MARK_MAX  ((size_t)4096)                   /* bytes of a page's mark */

/* What the lists of one run share. Valid when zeroed. */
struct ens_findings {
    struct ens_target_set shown;
    size_t total;
};

struct ens_listing {
    const struct ens_provider *provider;
    const struct ens_selector *selector;
    struct ens_findings *findings;
    unsigned place;              /* number of the cloud and region in the run */
    bool probing;                /* the permission is being checked */
    struct ens_buf mark;         /* of the page to read; empty: the first */
    struct ens_target_set marks; /* hashes of those that were read */
    unsigned pages;              /* that were read */
    size_t seen;                 /* instances in them */
    size_t found;                /* shown */
    bool matched;                /* an instance matched, also if it was shown before */
    size_t nameless;             /* not shown, because their ids are no ids of a target */
    struct ens_outcome failure;  /* of FAILED; texts as in the outcome that was passed */
    struct ens_arena *arena;     /* of the filter */
    struct ens_filter filter;    /* of the next call */
};

enum ens_listing_next {
    ENS_LISTING_CALL,   /* call again, with mark and filter: a find, or if probing its probe */
    ENS_LISTING_DONE,   /* the list is read, or the selector's limit reached */
    ENS_LISTING_FAILED, /* failure says why; what was shown before stays */
};

/* Everything is borrowed for the life of the listing. */
void ens_listing_begin(struct ens_listing *listing, const struct ens_provider *provider,
                       const struct ens_selector *selector, struct ens_findings *findings,
                       unsigned place);
void ens_listing_done(struct ens_listing *listing); /* also if it was never begun */

/* Takes the outcome of the call. show gets each instance that is found; its texts are those of the
 * outcome, and valid until it returns. */
enum ens_listing_next ens_listing_step(struct ens_listing *listing,
                                       const struct ens_outcome *outcome,
                                       void (*show)(void *ud, const struct ens_finding *finding),
                                       void *ud);

#endif
