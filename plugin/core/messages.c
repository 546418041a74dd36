/* SPDX-License-Identifier: Apache-2.0 */
#include "core/messages.h"

#include <string.h>

#include "base/buf.h"
#include "base/timestamp.h"

#define PARTS_MAX 16 /* of a message; what it is made of is in the table below */

/*
 * {title}  the cloud               {word}   its status word in brackets, if there is one
 * {region} the target's            {lock}   the cloud's word for the lock
 * {date}   when it expired         {cause}  code and message of the reply, or why none came
 * {end}    how the job ended       {last}   in brackets: the pending request, and {cause}
 * {sent}   whether a start that was not accepted was answered
 * {checks} what the cloud's dry run checks, if declared
 * {action} what the credentials have to be allowed for a list
 * {released} a warning, if the capacity of the instance was released
 */
static const char *const messages[ENS_MESSAGE_COUNT] = {
    [ENS_MESSAGE_RUNNING] = "The instance is running.",
    [ENS_MESSAGE_COMING_UP] = "The instance is coming up by itself{word}.",
    [ENS_MESSAGE_STOPPING] = "The instance is stopping{word}; it is started once it has stopped.",
    [ENS_MESSAGE_SETTLING] =
        "The instance is changing{word}; it is started if it is stopped after that.",
    [ENS_MESSAGE_FAILED] = "The instance is in a state that it can't be started from{word}.",
    [ENS_MESSAGE_DELETING] = "The instance is being deleted or is gone{word}.",
    [ENS_MESSAGE_ABSENT] = "{title} has no such instance in {region}.",
    [ENS_MESSAGE_UNKNOWN_STATE] =
        "The instance is in a state that this version does not know{word}; nothing is guessed.",
    [ENS_MESSAGE_LOCKED] = "The instance is locked by {title} ({lock}).",
    [ENS_MESSAGE_EXPIRED] = "The instance expired on {date}.",
    [ENS_MESSAGE_UNREADABLE] = "The instance could not be read: {cause}.",
    [ENS_MESSAGE_LEFT] = "The instance is left as it is: {cause}.",
    [ENS_MESSAGE_HIDDEN] =
        "{title} lists no such instance, and a missing permission could not be ruled out as the "
        "cause: {cause}.",
    [ENS_MESSAGE_PASSED] =
        "The instance is stopped, and {title}'s own dry run of the start passed.{checks}{released}",
    [ENS_MESSAGE_SIMULATED] =
        "The instance is stopped and can be started as far as its state shows; "
        "{title} has no dry run, so permission, balance and stock are unchecked.{released}",
    [ENS_MESSAGE_NOT_ASKED] = "The instance is stopped; its start is unverified, since dry runs "
                              "are switched off.{released}",
    [ENS_MESSAGE_NOT_PERMITTED] =
        "The instance is stopped; its start is unverified, since the dry run was not permitted: "
        "{cause}.{released}",
    [ENS_MESSAGE_NOT_ANSWERED] =
        "The instance is stopped; its start is unverified, since the dry run was not answered: "
        "{cause}.{released}",
    [ENS_MESSAGE_DRY_RUN_REFUSED] = "{title} refused the dry run of the start: {cause}.",
    [ENS_MESSAGE_PASSED_BEFORE] = "The instance is stopped, and {title}'s own dry run of the start "
                                  "passed when it was planned before.{checks}{released}",
    [ENS_MESSAGE_REFUSED_BEFORE] =
        "{title} refused the dry run of the start when it was planned before.",
    [ENS_MESSAGE_NOT_HONOURED] = "{title} answered the dry run as if it were a real start: the "
                                 "instance may have been started{word}.",
    [ENS_MESSAGE_ACCEPTED] = "The start was accepted.",
    [ENS_MESSAGE_NOT_SHOWN] = "The start was accepted; the cloud does not show it yet{word}.",
    [ENS_MESSAGE_STARTING] = "The start was accepted; the instance is on its way{word}.",
    [ENS_MESSAGE_STARTED] = "The instance was started and is running.",
    [ENS_MESSAGE_CAME_UP] = "The instance came up by itself and is running.",
    [ENS_MESSAGE_CHANGED] =
        "The instance is stopped, and the plan did not mean to start it: the plan refused the "
        "start, or the instance changed since the plan.",
    [ENS_MESSAGE_START_REFUSED] = "{title} refused the start: {cause}.",
    [ENS_MESSAGE_START_FAILED] = "The start did not get through: {cause}.",
    [ENS_MESSAGE_START_LOST] =
        "A start was sent and {sent}, so the instance is read before another is sent: {cause}.",
    [ENS_MESSAGE_START_LOST_AGAIN] = "A start was sent and {sent}; the instance is stopped, and no "
                                     "further start got through: {cause}.",
    [ENS_MESSAGE_START_LOST_REFUSED] =
        "A start was sent and {sent}; {title} refused the one that followed: {cause}.",
    [ENS_MESSAGE_FELL_BACK] = "The instance was started, was coming up and fell back to "
                              "stopped.",
    [ENS_MESSAGE_STAYED_STOPPED] =
        "The start was accepted, but the instance is still stopped half a minute later.",
    [ENS_MESSAGE_TOKEN_REPEATED] = "The cloud accepted a repeated token; this plan was probably "
                                   "applied before: make a new plan.",
    [ENS_MESSAGE_WAITING] = "The instance is not running{word}; it is waited for.",
    [ENS_MESSAGE_END_UNREAD] = "{end} before the instance was read{last}.",
    [ENS_MESSAGE_END_DRY_RUN] =
        "{end} before the dry run was answered; the instance is stopped{last}.",
    [ENS_MESSAGE_END_STOPPED] = "{end} before the instance was started; it is stopped{last}.",
    [ENS_MESSAGE_END_SENT] = "{end} after a start was sent and before its answer came: it is "
                             "ambiguous whether the instance was started{last}.",
    [ENS_MESSAGE_END_COMING_UP] = "{end} while the instance was coming up by itself{word}.",
    [ENS_MESSAGE_END_SETTLING] = "{end} while the instance was changing{word}; it was not started.",
    [ENS_MESSAGE_END_STARTED] =
        "{end} after the start was accepted, before the instance was running{word}.",
    [ENS_MESSAGE_MAY_READ] = "The keys may read instances in {region}.",
    [ENS_MESSAGE_MAY_NOT_READ] = "The keys may not read instances in {region}: {cause}.",
    [ENS_MESSAGE_RIGHT_UNKNOWN] =
        "Whether the keys may read instances in {region} could not be found out: {cause}.",
    [ENS_MESSAGE_NOT_ASKABLE] = "Whether the keys may read instances was not asked: the provider "
                                "of {title} has no request for it.",
    [ENS_MESSAGE_NO_KEYS] = "{title} can't be asked: {cause}.",
    [ENS_MESSAGE_END_UNASKED] =
        "{end} before it was known whether the keys may read instances{last}.",
    [ENS_MESSAGE_CALLER_UNKNOWN] = "Whom they belong to could not be found out: {cause}.",
    [ENS_MESSAGE_NO_CALLER] = "{title} documents no request that tells whom they belong to.",
    [ENS_MESSAGE_END_WAITING] = "{end} before the instance was seen running{word}{last}.",
    [ENS_MESSAGE_END_NOT_STARTED] =
        "{end} before the instance was started; it is stopped, and a wait starts nothing{last}.",
    [ENS_MESSAGE_LIST_DENIED] =
        "The credentials may not list the instances of {title} in {region} ({action}): {cause}.",
    [ENS_MESSAGE_LIST_HIDDEN] =
        "{title} lists no instance in {region}, and a missing permission ({action}) could not be "
        "ruled out as the cause: {cause}.",
    [ENS_MESSAGE_LIST_FAILED] =
        "The instances of {title} in {region} could not be listed: {cause}.",
    [ENS_MESSAGE_LIST_END] = "{end} before all instances of {title} in {region} were listed{last}.",
};

struct ens_outcome *ens_outcome_keep(struct ens_arena *arena, const struct ens_outcome *outcome)
{
    struct ens_outcome *kept = ens_arena_alloc(arena, sizeof(*kept));

    *kept = *outcome;
    kept->code = ens_arena_dup(arena, ens_cloud_text(arena, kept->code, ENS_CLOUD_WORD_MAX));
    kept->message =
        ens_arena_dup(arena, ens_cloud_text(arena, kept->message, ENS_CLOUD_MESSAGE_MAX));
    kept->detail = ens_arena_dup(arena, ens_cloud_text(arena, kept->detail, ENS_CLOUD_MESSAGE_MAX));
    kept->request_id =
        ens_arena_dup(arena, ens_cloud_text(arena, kept->request_id, ENS_CLOUD_WORD_MAX));
    kept->seen = NULL;
    kept->page = NULL;
    return kept;
}

ens_str ens_text_redact(struct ens_arena *arena, ens_str text, ens_str key)
{
    ENS_AUTO_BUF out = ens_buf_new(ENS_REDACT_MAX * 3);

    text.len = text.len < ENS_REDACT_MAX ? text.len : ENS_REDACT_MAX;
    if (key.len < ENS_REDACT_KEY_MIN || text.len < key.len) {
        return text;
    }
    for (;;) {
        const char *found = memmem(text.ptr, text.len, key.ptr, key.len);
        if (found == NULL) {
            break;
        }
        const size_t before = (size_t)(found - text.ptr);
        ens_buf_add(&out, (ens_str){text.ptr, before});
        ens_buf_add(&out, ENS_STR("***"));
        text.ptr += before + key.len;
        text.len -= before + key.len;
    }
    if (ens_buf_str(&out).len == 0) {
        return text;
    }
    ens_buf_add(&out, text);
    return ens_arena_dup(arena, ens_buf_str(&out));
}

/* Removes one full stop or blank from the end; false: there is none. */
static bool cut_end(ens_str *text)
{
    static const char *const ends[] = {
        ".",
        " ",
        "\xE3\x80\x82", /* U+3002, the full stop of Chinese */
        "\xEF\xBC\x8E", /* U+FF0E, a wide full stop */
        "\xEF\xBD\xA1", /* U+FF61, a half-width ideographic one */
        "\xE3\x80\x80", /* U+3000, a wide blank */
    };

    for (size_t i = 0; i < ENS_COUNT(ends); i++) {
        if (ens_str_ends(*text, ens_str_of(ends[i]))) {
            text->len -= strlen(ends[i]);
            return true;
        }
    }
    return false;
}

/* Removes the final full stop of a cloud's sentence, which is inserted into another sentence. */
static ens_str without_full_stop(ens_str text)
{
    while (cut_end(&text)) {
    }
    return text;
}

static ens_str whole_cause(struct ens_arena *arena, const struct ens_outcome *outcome)
{
    if (outcome == NULL) {
        return ENS_STR("no more is known");
    }
    ens_str code = ens_cloud_text(arena, outcome->code, ENS_CLOUD_WORD_MAX);
    ens_str message =
        without_full_stop(ens_cloud_text(arena, outcome->message, ENS_CLOUD_MESSAGE_MAX));
    ens_str detail =
        without_full_stop(ens_cloud_text(arena, outcome->detail, ENS_CLOUD_MESSAGE_MAX));

    if (code.len > 0 && message.len > 0) {
        return ens_arena_printf(arena, "%.*s: %.*s", ENS_STR_ARG(code), ENS_STR_ARG(message));
    }
    if (code.len > 0 || message.len > 0) {
        return code.len > 0 ? code : message;
    }
    if (outcome->http_status == 0) {
        return detail.len > 0 ? detail : ENS_STR("no reply came");
    }
    if (detail.len > 0) {
        return ens_arena_printf(arena, "HTTP %u, %.*s", outcome->http_status, ENS_STR_ARG(detail));
    }
    return ens_arena_printf(arena, "HTTP %u without an error code", outcome->http_status);
}

static ens_str cause(struct ens_arena *arena, const struct ens_outcome *outcome)
{
    const bool keys = outcome != NULL && outcome->hint == ENS_HINT_KEYS_MISSING;

    return without_full_stop(ens_cloud_text(arena, whole_cause(arena, outcome),
                                            keys ? ENS_LONG_CAUSE_MAX : ENS_CAUSE_MAX));
}

/* What refuses, or what the outcome tells. */
static ens_str cause_of(struct ens_arena *arena, const struct ens_facts *facts)
{
    return facts->refusal.len > 0 ? ens_cloud_text(arena, facts->refusal, ENS_LONG_CAUSE_MAX)
                                  : cause(arena, facts->outcome);
}

static const char *phase_words(enum ens_transport_phase phase)
{
    switch (phase) {
    case ENS_PHASE_NONE:
        return "";
    case ENS_PHASE_LOOK_UP:
        return "name look-up";
    case ENS_PHASE_CONNECT:
        return "connection";
    case ENS_PHASE_PROXY:
        return "connection through the proxy ";
    case ENS_PHASE_TLS:
        return "TLS handshake";
    case ENS_PHASE_REPLY:
        return "waiting for its reply";
    }
    return "";
}

/* " (ecs.example: waiting for its reply; the last answer: Busy: try later)", or a part of it. */
static ens_str pending_clause(struct ens_arena *arena, const struct ens_facts *facts)
{
    const struct ens_pending *pending = facts->pending;
    const struct ens_outcome *last = facts->outcome;
    const bool waiting = pending != NULL && pending->phase != ENS_PHASE_NONE;
    ens_str at = ENS_STR("");
    ens_str before = ENS_STR("");

    if (waiting) {
        const bool proxied = pending->phase == ENS_PHASE_PROXY;
        at = ens_arena_printf(arena, "%.*s: %s%.*s", ENS_STR_ARG(pending->host),
                              phase_words(pending->phase),
                              ENS_STR_ARG(proxied ? pending->proxy : ENS_STR("")));
    }
    if (last != NULL) {
        before = ens_arena_printf(arena, "%s: %.*s",
                                  last->http_status != 0 ? "the last answer" : "the last attempt",
                                  ENS_STR_ARG(cause(arena, last)));
    }
    if (at.len == 0 && before.len == 0) {
        return at;
    }
    return ens_arena_printf(arena, " (%.*s%s%.*s)", ENS_STR_ARG(at),
                            at.len > 0 && before.len > 0 ? "; " : "", ENS_STR_ARG(before));
}

static ens_str in_brackets(struct ens_arena *arena, ens_str word)
{
    word = ens_cloud_text(arena, word, ENS_CLOUD_WORD_MAX);
    return word.len > 0 ? ens_arena_printf(arena, " (%.*s)", ENS_STR_ARG(word)) : word;
}

static ens_str date(struct ens_arena *arena, int64_t unix_s)
{
    char text[ENS_TIMESTAMP_SIZE];

    ens_timestamp_format(unix_s, text);
    return ens_arena_dup(arena, ens_str_of(text));
}

static const char *unaccepted_clause(enum ens_start_sent start)
{
    return start == ENS_START_UNCLEAR ? "its answer left open whether it took effect"
                                      : "its answer was lost";
}

static const char released[] =
    "Warning: its capacity is not kept while it is stopped (economical mode), so that the start "
    "may find no stock.";

/* The sentence with a blank before it; NULL: empty. */
static ens_str extra_sentence(struct ens_arena *arena, const char *sentence)
{
    return sentence != NULL ? ens_arena_printf(arena, " %s", sentence) : ENS_STR("");
}

static ens_str value_of(struct ens_arena *arena, ens_str name, const struct ens_facts *facts)
{
    if (ens_str_is(name, "title")) {
        return ens_str_of(facts->provider->title);
    }
    if (ens_str_is(name, "region")) {
        return facts->target->region;
    }
    if (ens_str_is(name, "word")) {
        return in_brackets(arena, facts->word);
    }
    if (ens_str_is(name, "lock")) {
        return ens_cloud_text(arena, facts->lock, ENS_CLOUD_WORD_MAX);
    }
    if (ens_str_is(name, "action")) {
        return ens_str_of(facts->provider->find_action);
    }
    if (ens_str_is(name, "date")) {
        return date(arena, facts->expired_unix_s);
    }
    if (ens_str_is(name, "sent")) {
        return ens_str_of(unaccepted_clause(facts->start));
    }
    if (ens_str_is(name, "last")) {
        return pending_clause(arena, facts);
    }
    if (ens_str_is(name, "end")) {
        return facts->cancelled ? ENS_STR("Cancelled") : ENS_STR("Time ran out");
    }
    if (ens_str_is(name, "checks")) {
        return extra_sentence(arena, facts->provider->dry_run_checks);
    }
    if (ens_str_is(name, "released")) {
        return extra_sentence(arena, facts->capacity_released ? released : NULL);
    }
    ENS_ASSERT(ens_str_is(name, "cause"));
    return cause_of(arena, facts);
}

/* The parts of a text, in order. */
struct parts {
    ens_str items[PARTS_MAX];
    size_t count;
    size_t len; /* of all */
};

static void add(struct parts *parts, ens_str part)
{
    ENS_ASSERT(parts->count < PARTS_MAX);
    parts->items[parts->count++] = part;
    parts->len += part.len;
}

static ens_str join(struct ens_arena *arena, const struct parts *parts)
{
    char *text = ens_arena_alloc(arena, parts->len + 1);
    size_t at = 0;

    for (size_t i = 0; i < parts->count; i++) {
        if (parts->items[i].len > 0) {
            memcpy(text + at, parts->items[i].ptr, parts->items[i].len);
            at += parts->items[i].len;
        }
    }
    return (ens_str){text, parts->len};
}

/* A start that was sent is mentioned first, before the text of the message. Returns what follows of
 * that text. */
static ens_str begin(struct parts *parts, enum ens_message message, enum ens_start_sent start)
{
    ens_str text = ens_str_of(messages[message]);

    if (message > ENS_MESSAGE_HIDDEN || start == ENS_START_NONE) {
        return text;
    }
    if (start == ENS_START_ACCEPTED) {
        add(parts, ENS_STR("The start was accepted, but "));
    } else {
        add(parts, ENS_STR("A start was sent and "));
        add(parts, ens_str_of(unaccepted_clause(start)));
        add(parts, ENS_STR("; "));
    }
    if (text.ptr[0] == 'T') { /* "The ..."; the other texts begin with a name or placeholder */
        add(parts, ENS_STR("t"));
        text.ptr++;
        text.len--;
    }
    return text;
}

ens_str ens_message_compose(struct ens_arena *arena, enum ens_message message,
                            const struct ens_facts *facts)
{
    ENS_ASSERT((size_t)message < ENS_COUNT(messages));
    struct parts parts = {.count = 0};
    ens_str rest = begin(&parts, message, facts->start);

    while (rest.ptr != NULL) {
        ens_str after = {0};
        add(&parts, ens_str_cut(rest, '{', &after));
        rest = after;
        if (after.ptr != NULL) {
            ens_str name = ens_str_cut(after, '}', &rest);
            add(&parts, value_of(arena, name, facts));
        }
    }
    const ens_str text = join(arena, &parts);
    return text.len > ENS_MESSAGE_MAX ? ens_cloud_text(arena, text, ENS_MESSAGE_MAX - strlen("..."))
                                      : text;
}
