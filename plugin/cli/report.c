/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tally.h"

#include <string.h>

enum ens_view ens_view_of(enum ens_document_kind kind)
{
    static const enum ens_view views[] = {
        [ENS_DOCUMENT_PLAN] = ENS_VIEW_PLAN,
        [ENS_DOCUMENT_APPLY] = ENS_VIEW_APPLY,
        [ENS_DOCUMENT_STATUS] = ENS_VIEW_STATUS,
    };

    ENS_ASSERT(kind != ENS_DOCUMENT_FLEET);
    return views[kind];
}

static enum ens_standing standing_in_plan(const struct ens_result *result)
{
    switch (result->action) {
    case ENS_ACTION_NONE:
        return ENS_STANDING_RUNNING;
    case ENS_ACTION_START:
        return result->confidence == ENS_CONFIDENCE_UNVERIFIED ? ENS_STANDING_UNVERIFIED
                                                               : ENS_STANDING_START;
    case ENS_ACTION_WAIT:
        return ENS_STANDING_MOVING;
    case ENS_ACTION_REFUSE:
        break;
    }
    return ENS_STANDING_BAD;
}

static enum ens_standing standing_in_status(const struct ens_result *result)
{
    switch (result->status) {
    case ENS_STATUS_RUNNING:
        return ENS_STANDING_RUNNING;
    case ENS_STATUS_STARTING:
    case ENS_STATUS_STOPPING:
    case ENS_STATUS_BUSY:
        return ENS_STANDING_MOVING;
    case ENS_STATUS_STOPPED:
        return ENS_STANDING_STOPPED;
    case ENS_STATUS_UNKNOWN:
    case ENS_STATUS_FAILED:
    case ENS_STATUS_DELETING:
    case ENS_STATUS_ABSENT:
        break;
    }
    return ENS_STANDING_BAD;
}

enum ens_standing ens_standing_of(enum ens_view view, const struct ens_result *result)
{
    switch (view) {
    case ENS_VIEW_PLAN:
        return standing_in_plan(result);
    case ENS_VIEW_STATUS:
        return standing_in_status(result);
    case ENS_VIEW_APPLY:
        break;
    }
    switch (ens_result_class(result)) {
    case ENS_CLASS_RUNNING:
        return ENS_STANDING_RUNNING;
    case ENS_CLASS_UNFINISHED:
        return ENS_STANDING_MOVING;
    case ENS_CLASS_REFUSED:
    case ENS_CLASS_FAILED:
        break;
    }
    return ENS_STANDING_BAD;
}

bool ens_report_failed(const struct ens_report *report, const struct ens_result *result)
{
    switch (report->view) {
    case ENS_VIEW_PLAN:
        return result->action == ENS_ACTION_REFUSE;
    case ENS_VIEW_STATUS:
        return result->status == ENS_STATUS_UNKNOWN || result->status == ENS_STATUS_ABSENT ||
               (report->wait && ens_standing_of(ENS_VIEW_STATUS, result) == ENS_STANDING_BAD);
    case ENS_VIEW_APPLY:
        break;
    }
    return ens_result_class(result) == ENS_CLASS_REFUSED ||
           ens_result_class(result) == ENS_CLASS_FAILED;
}

bool ens_report_shows(const struct ens_report *report, const struct ens_result *result)
{
    const struct ens_only *only = &report->only;

    return (only->actions == 0 && only->reasons == 0) ||
           (only->actions & (1u << result->action)) != 0 ||
           (only->reasons & (1u << result->reason)) != 0;
}

bool ens_result_changed(const struct ens_result *planned, const struct ens_result *found)
{
    if (found->status == ENS_STATUS_UNKNOWN) {
        return false; /* not read: a change can't be determined */
    }
    switch (planned->action) {
    case ENS_ACTION_NONE:
        return found->action != ENS_ACTION_NONE;
    case ENS_ACTION_START:
        /* A start that the cloud refused is a failure, not a change, while it is still stopped. */
        return found->action == ENS_ACTION_NONE || found->action == ENS_ACTION_WAIT ||
               (found->action == ENS_ACTION_REFUSE && found->status != planned->status);
    case ENS_ACTION_WAIT:
        return found->action == ENS_ACTION_START || found->action == ENS_ACTION_REFUSE;
    case ENS_ACTION_REFUSE:
        return found->action != ENS_ACTION_REFUSE || found->status != planned->status;
    }
    return false;
}

/* ---- notes ----------------------------------------------------------------------------------- */

#define NO_NOTE (-1)

static int note_kind(enum ens_view view, const struct ens_result *result)
{
    bool refused = result->action == ENS_ACTION_REFUSE;

    switch (view) {
    case ENS_VIEW_PLAN:
        if (result->action == ENS_ACTION_START && result->reason != ENS_REASON_OK &&
            result->reason != ENS_REASON_IN_PROGRESS) {
            return ENS_NOTE_UNVERIFIED;
        }
        return refused ? ENS_NOTE_REFUSED : NO_NOTE;
    case ENS_VIEW_STATUS:
        if (ens_result_wait_ended(result)) {
            return ENS_NOTE_UNFINISHED;
        }
        return result->status == ENS_STATUS_UNKNOWN ? ENS_NOTE_NOT_READ : NO_NOTE;
    case ENS_VIEW_APPLY:
        break;
    }
    switch (ens_result_class(result)) {
    case ENS_CLASS_RUNNING:
        return NO_NOTE;
    case ENS_CLASS_UNFINISHED:
        return ENS_NOTE_UNFINISHED;
    case ENS_CLASS_REFUSED:
        return ENS_NOTE_REFUSED;
    case ENS_CLASS_FAILED:
        break;
    }
    return ENS_NOTE_FAILED;
}

const char *ens_note_title(enum ens_note_kind kind)
{
    static const char *const titles[ENS_NOTE_KIND_COUNT] = {
        [ENS_NOTE_REFUSED] = "Refused",       [ENS_NOTE_FAILED] = "Failed",
        [ENS_NOTE_UNFINISHED] = "Unfinished", [ENS_NOTE_NOT_READ] = "Not read",
        [ENS_NOTE_UNVERIFIED] = "Unverified",
    };

    return titles[kind];
}

/* The note of a kind for the result; made if there is none. */
static struct ens_note *note_of(struct ens_notes *notes, enum ens_note_kind kind,
                                const struct ens_result *result)
{
    size_t after = 0; /* the notes of this kind and those before */

    for (; after < notes->count && notes->items[after].kind <= kind; after++) {
        struct ens_note *note = &notes->items[after];
        if (note->kind == kind && note->reason == result->reason &&
            ens_str_eq(note->advice, result->advice)) {
            return note;
        }
    }
    notes->items = ens_arena_grow(notes->arena, notes->items, notes->count, sizeof(*notes->items));
    struct ens_note *note = &notes->items[after];
    memmove(note + 1, note, (notes->count++ - after) * sizeof(*note));
    *note = (struct ens_note){.kind = kind,
                              .reason = result->reason,
                              .advice = ens_arena_dup(notes->arena, result->advice)};
    return note;
}

bool ens_notes_add(struct ens_notes *notes, const struct ens_report *report,
                   const struct ens_result *result, size_t index)
{
    const int kind = note_kind(report->view, result);

    if (kind == NO_NOTE || !ens_report_shows(report, result)) {
        return false;
    }
    struct ens_note *note = note_of(notes, (enum ens_note_kind)kind, result);
    if (note->count >= ENS_NOTES_MAX) {
        note->count++;
        return false;
    }
    note->indexes = ens_arena_grow(notes->arena, note->indexes, note->count, sizeof(size_t));
    note->indexes[note->count++] = index;
    return true;
}

struct ens_notes ens_notes_of(struct ens_arena *arena, const struct ens_report *report)
{
    struct ens_notes notes = {.arena = arena};

    if (report->tally != NULL) {
        return report->tally->notes;
    }
    for (size_t i = 0; i < report->document->count; i++) {
        const struct ens_result result = ens_document_result(report->document, i);
        (void)ens_notes_add(&notes, report, &result, i);
    }
    return notes;
}
