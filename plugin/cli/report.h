/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report: the results of a verb and how to present them; the input of every renderer. Renderers
 * are pure, and escape all text of a cloud before they write it.
 */
#ifndef ENSURE_CLI_REPORT_H
#define ENSURE_CLI_REPORT_H

#include "core/document.h"

enum ens_view {
    ENS_VIEW_PLAN,
    ENS_VIEW_APPLY,
    ENS_VIEW_STATUS,
};

/* The actions and reasons to show, as bits; both 0: everything. */
struct ens_only {
    unsigned actions; /* 1u << enum ens_action */
    unsigned reasons; /* 1u << enum ens_reason */
};

struct ens_tally;

struct ens_report {
    enum ens_view view;
    bool wait;                           /* of a status: it was waited until all run */
    const struct ens_document *document; /* results in the order they are to be shown */
    const struct ens_tally *tally;       /* of all results, where the document has only those that
                                            notes name; NULL: it has all */
    const struct ens_document *plan;     /* the applied plan: the same targets in the same order;
                                            NULL: none */
    struct ens_only only;                /* of the instances; the summary is always of all */
};

/* The view that a document is shown in; not of a fleet. */
enum ens_view ens_view_of(enum ens_document_kind kind);

/* Whether --only includes the instance. */
bool ens_report_shows(const struct ens_report *report, const struct ens_result *result);

/* Whether the exit code tells of the result: plan: it is refused; apply: refused or failed; status:
 * absent or not read; wait: also failed or being deleted. */
bool ens_report_failed(const struct ens_report *report, const struct ens_result *result);

/* The class of a result for its symbol and colour: how close the instance is to running. */
enum ens_standing {
    ENS_STANDING_RUNNING,
    ENS_STANDING_START,      /* plan: will be started; validated or simulated */
    ENS_STANDING_UNVERIFIED, /* plan: will be started; the dry run gave no answer */
    ENS_STANDING_MOVING,     /* starting or stopping; apply: also unfinished at the deadline */
    ENS_STANDING_STOPPED,    /* status: neither good nor bad */
    ENS_STANDING_BAD,
};

enum ens_standing ens_standing_of(enum ens_view view, const struct ens_result *result);

/* Whether the instance changed since the plan, apart from the effects of the apply itself. found is
 * the result of applying planned. */
bool ens_result_changed(const struct ens_result *planned, const struct ens_result *found);

/*
 * Results that need an explanation, grouped by kind, reason and advice. Indexes are into the
 * document's results, ascending; groups and indexes are allocated in the arena.
 */
#define ENS_NOTES_MAX 20 /* instances named in one note */

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
    size_t *indexes; /* of the first ENS_NOTES_MAX */
    size_t count;    /* of all */
};

struct ens_notes {
    struct ens_arena *arena; /* set it before the first add */
    struct ens_note *items;  /* in the order of the kinds */
    size_t count;
};

/* Adds the result with the index to a note, if it needs one. Returns whether the note names it. */
bool ens_notes_add(struct ens_notes *notes, const struct ens_report *report,
                   const struct ens_result *result, size_t index);

/* The notes of the report's tally, or of all results of its document. */
struct ens_notes ens_notes_of(struct ens_arena *arena, const struct ens_report *report);
const char *ens_note_title(enum ens_note_kind kind); /* "Refused" */

#endif
