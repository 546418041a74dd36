/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a verb has to show, and how: the input of every renderer. Renderers are pure; whatever they
 * show of a cloud's words is made harmless first.
 */
#ifndef ENSURE_CLI_REPORT_H
#define ENSURE_CLI_REPORT_H

#include "core/document.h"

enum ens_view {
    ENS_VIEW_PLAN,
    ENS_VIEW_APPLY,
    ENS_VIEW_STATUS,
};

/* The actions and reasons that are to be shown, as bits; nothing at all: everything. */
struct ens_only {
    unsigned actions; /* 1u << enum ens_action */
    unsigned reasons; /* 1u << enum ens_reason */
};

struct ens_report {
    enum ens_view view;
    const struct ens_document *document; /* results in the order they are to be shown */
    const struct ens_document *plan;     /* that was applied: the same targets in the same order;
                                            NULL: none */
    struct ens_only only;                /* of the instances; the summary is always of all */
};

/* Whether an instance is among those that are to be shown. */
bool ens_report_shows(const struct ens_report *report, const struct ens_result *result);

/* What kind of end a result is, in the eyes of somebody who wants it to run. */
enum ens_standing {
    ENS_STANDING_RUNNING,
    ENS_STANDING_START,      /* plan: will be started, checked as well as it can be */
    ENS_STANDING_UNVERIFIED, /* plan: will be started, but its dry run could not be asked */
    ENS_STANDING_MOVING,     /* on its way; apply: not there yet when the time was over */
    ENS_STANDING_STOPPED,    /* status: neither good nor bad */
    ENS_STANDING_BAD,
};

enum ens_standing ens_standing_of(enum ens_view view, const struct ens_result *result);

/* Whether an instance was found otherwise than the plan had it, beyond what applying the plan
 * explains. found is the result of applying planned. */
bool ens_result_changed(const struct ens_result *planned, const struct ens_result *found);

/*
 * Results that need words, by what is to be done about them: refused, failed, unfinished, not read,
 * unverified. The results of a group share kind, reason and advice. Indexes are into the document's
 * results, in its order; all of it is in the arena.
 */
enum ens_note_kind {
    ENS_NOTE_REFUSED,
    ENS_NOTE_FAILED,
    ENS_NOTE_UNFINISHED,
    ENS_NOTE_NOT_READ,
    ENS_NOTE_UNVERIFIED,
};
#define ENS_NOTE_KIND_COUNT 5

struct ens_note {
    enum ens_note_kind kind;
    enum ens_reason reason;
    ens_str advice;
    size_t *indexes;
    size_t count;
};

/* In the order of the kinds; *ret_count is how many groups there are. */
struct ens_note *ens_notes_of(struct ens_arena *arena, const struct ens_report *report,
                              size_t *ret_count);
const char *ens_note_title(enum ens_note_kind kind); /* "Refused" */

#endif
