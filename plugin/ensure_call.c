/* SPDX-License-Identifier: Apache-2.0 */
/* What the calls of a host have in common: errors, options, their end. */
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "ensure_private.h"

/* ---- errors ---------------------------------------------------------------------------------- */

void ens_error_clear(struct ensure_error *error)
{
    if (error != NULL) {
        *error = (struct ensure_error){0};
    }
}

static int32_t error_code(ens_rc rc)
{
    switch (rc) {
    case ENS_OK:
        return ENSURE_OK;
    case ENS_INVALID:
    case ENS_MALFORMED:
    case ENS_LIMIT:
    case ENS_NOT_FOUND:
    case ENS_UNSUPPORTED:
        return ENSURE_INVALID;
    case ENS_UNANSWERED:
        return ENSURE_UNANSWERED;
    case ENS_IO:
        return ENSURE_SYSTEM;
    case ENS_CANCELLED:
    case ENS_DEADLINE:
    case ENS_INTERNAL:
        break;
    }
    return ENSURE_INTERNAL;
}

void ens_error_fill(struct ensure_error *error, ens_rc rc, const struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_diag *diag = NULL;

    if (error == NULL) {
        return;
    }
    for (size_t i = 0; i < diags->count && diag == NULL; i++) {
        diag = diags->items[i].severity == ENS_ERROR ? &diags->items[i] : NULL;
    }
    ens_str text = ENS_STR("unknown error");
    if (diag != NULL) {
        bool detailed = diag->detail[0] != '\0';
        text = ens_arena_printf(arena, "%s%s%s%s", ens_diag_line(arena, diag).ptr,
                                detailed ? " (" : "", diag->detail, detailed ? ")" : "");
    }
    text = ens_utf8_clean(arena, text);
    size_t len = text.len < ENSURE_MESSAGE_SIZE ? text.len : ENSURE_MESSAGE_SIZE - 1;
    while (len > 0 && len < text.len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80) {
        len--;
    }
    error->code = error_code(rc);
    memset(error->message, 0, sizeof(error->message));
    memcpy(error->message, text.ptr, len);
}

ens_rc ens_argument_require(const void *argument, const char *where, const char *what,
                            struct ens_diags *diags)
{
    return argument != NULL ? ENS_OK : ens_fail(diags, ENS_INVALID, where, "expected %s", what);
}

/* ---- options --------------------------------------------------------------------------------- */

ens_rc ens_call_read(const struct ensure_call *given, struct ensure_call *ret,
                     struct ens_diags *diags)
{
    if (given == NULL) {
        return ENS_OK;
    }
    if (given->struct_size < sizeof(*ret)) {
        return ens_fail(diags, ENS_INVALID, "call.struct_size", "expected at least %zu, got %u",
                        sizeof(*ret), (unsigned)given->struct_size);
    }
    if ((given->flags & ~ENSURE_NO_DRY_RUN) != 0) {
        return ens_fail(diags, ENS_INVALID, "call.flags", "expected 0 or ENSURE_NO_DRY_RUN, got %u",
                        (unsigned)given->flags);
    }
    if (given->timeout_ms < 0 || given->timeout_ms > ENS_TIMEOUT_MAX_MS) {
        return ens_fail(diags, ENS_INVALID, "call.timeout_ms",
                        "expected 0 to %lld milliseconds, got %lld", (long long)ENS_TIMEOUT_MAX_MS,
                        (long long)given->timeout_ms);
    }
    *ret = *given;
    return ENS_OK;
}

/* ---- sessions -------------------------------------------------------------------------------- */

void ens_session_enter(struct ensure_session *session)
{
    pthread_mutex_lock(&session->lock);
    session->calls++;
    pthread_mutex_unlock(&session->lock);
}

void ens_session_leave(struct ensure_session *session)
{
    pthread_mutex_lock(&session->lock);
    session->calls--;
    if (session->calls == 0) {
        pthread_cond_broadcast(&session->idle);
    }
    pthread_mutex_unlock(&session->lock);
}

/* ---- cancelling ------------------------------------------------------------------------------ */

ensure_cancel *ensure_cancel_new(void)
{
    struct ensure_cancel *cancel = ens_alloc(sizeof(*cancel));

    pthread_mutex_init(&cancel->lock, NULL);
    return cancel;
}

void ensure_cancel_free(ensure_cancel *cancel)
{
    if (cancel != NULL) {
        pthread_mutex_destroy(&cancel->lock);
        ens_free(cancel);
    }
}

void ensure_cancel_fire(ensure_cancel *cancel)
{
    if (cancel == NULL) {
        return;
    }
    pthread_mutex_lock(&cancel->lock);
    cancel->fired = true;
    for (const struct ens_running *r = cancel->running; r != NULL; r = r->next) {
        ens_engine_cancel(r->engine, r->id);
    }
    pthread_mutex_unlock(&cancel->lock);
}

bool ens_cancel_fired(struct ensure_cancel *cancel)
{
    if (cancel == NULL) {
        return false;
    }
    pthread_mutex_lock(&cancel->lock);
    const bool fired = cancel->fired;
    pthread_mutex_unlock(&cancel->lock);
    return fired;
}

void ens_cancel_join(struct ensure_cancel *cancel, struct ens_running *running)
{
    pthread_mutex_lock(&cancel->lock);
    running->next = cancel->running;
    cancel->running = running;
    if (cancel->fired) {
        ens_engine_cancel(running->engine, running->id);
    }
    pthread_mutex_unlock(&cancel->lock);
}

void ens_cancel_leave(struct ensure_cancel *cancel, const struct ens_running *running)
{
    pthread_mutex_lock(&cancel->lock);
    struct ens_running **at = &cancel->running;
    while (*at != running) {
        at = &(*at)->next;
    }
    *at = running->next;
    pthread_mutex_unlock(&cancel->lock);
}
