#include "core/turn.h"

bool ens_turn_planning(const struct ens_turn *turn)
{
    return turn->task->mission->mode == ENS_MODE_PLAN;
}

bool ens_turn_has(const struct ens_turn *turn, uint32_t capability)
{
    return (turn->task->provider->capabilities & capability) != 0;
}

static ens_str advice_for(const struct ens_provider *provider, enum ens_reason reason)
{
    if (provider->struct_size > offsetof(struct ens_provider, advice) && provider->advice != NULL) {
        for (const struct ens_advice_row *row = provider->advice; row->sentence != NULL; row++) {
            if (row->reason == (uint32_t)reason) {
                return ens_str_of(row->sentence);
            }
        }
    }
    return ens_str_of(ens_reason_advice(reason));
}

/* The cloud's word as it is shown: the one just read, else the last one. */
static ens_str word_of(const struct ens_turn *turn)
{
    return turn->seen != NULL ? turn->seen->word : ens_str_of(turn->task->word);
}

static void fill(const struct ens_turn *turn, enum ens_action action,
                 enum ens_confidence confidence, enum ens_reason reason, enum ens_sentence sentence)
{
    const struct ens_task *task = turn->task;
    /* A start that did not get through is explained by its own failure, not by the last read. */
    const struct ens_outcome *outcome =
        sentence == ENS_SAY_START_FAILED && task->last != NULL ? task->last : turn->outcome;
    const struct ens_facts facts = {
        .provider = task->provider,
        .target = &task->target,
        .word = word_of(turn),
        .lock = turn->seen != NULL ? turn->seen->lock : ENS_STR(""),
        .expired_unix_s = turn->seen != NULL ? turn->seen->expires_unix_s : 0,
        .cancelled = turn->event->kind == ENS_EVENT_CANCEL,
        .outcome = outcome,
    };
    struct ens_result *result = &turn->step->result;

    *result = (struct ens_result){
        .target = task->target,
        .status = task->status,
        .provider_status = ens_cloud_text(turn->scratch, facts.word, ENS_CLOUD_WORD_MAX),
        .action = action,
        .confidence = confidence,
        .reason = reason,
        .message = ens_sentence_compose(turn->scratch, sentence, &facts),
        .advice = advice_for(task->provider, reason),
        .started = task->started,
        .elapsed_ms = ens_turn_planning(turn) ? 0 : turn->event->now_ms - task->mission->taken_ms,
    };
    if (outcome != NULL) {
        result->provider_code = ens_cloud_text(turn->scratch, outcome->code, ENS_CLOUD_WORD_MAX);
        result->http_status = outcome->http_status;
        result->request_id = ens_cloud_text(turn->scratch, outcome->request_id, ENS_CLOUD_WORD_MAX);
    }
    /* Polls only watch what the reply to the start, or the alarming one, set going. */
    if (task->alarmed ||
        (task->request_id.len > 0 && (outcome == NULL || outcome->reason == ENS_REASON_OK))) {
        result->provider_code = ENS_STR("");
        result->http_status = task->http_status;
        result->request_id = task->request_id;
    }
    if (action == ENS_ACTION_START) {
        result->client_token = task->client_token;
    }
}

void ens_turn_finish(const struct ens_turn *turn, enum ens_action action,
                     enum ens_confidence confidence, enum ens_reason reason,
                     enum ens_sentence sentence)
{
    turn->step->done = true;
    turn->step->report = false;
    fill(turn, action, confidence, reason, sentence);
}

void ens_turn_refuse(const struct ens_turn *turn, enum ens_reason reason,
                     enum ens_sentence sentence)
{
    ens_turn_finish(turn, ENS_ACTION_REFUSE, ENS_CONFIDENCE_OBSERVED, reason, sentence);
}

/* The end of an instance that was started: the action was taken, whatever became of it. */
void ens_turn_finish_started(const struct ens_turn *turn, enum ens_reason reason,
                             enum ens_sentence sentence)
{
    ens_turn_finish(turn, ENS_ACTION_START, ENS_CONFIDENCE_VALIDATED, reason, sentence);
}

void ens_turn_ask(const struct ens_turn *turn, enum ens_ask what, int64_t at_ms)
{
    turn->task->asking = what;
    turn->step->ask = what;
    turn->step->at_ms = at_ms;
}

/* The next look of a wait: the pauses grow, and all who wait share reads. */
void ens_turn_poll(const struct ens_turn *turn)
{
    struct ens_task *task = turn->task;

    task->poll_ms = task->poll_ms == 0 ? ENS_POLL_FIRST_MS : task->poll_ms + task->poll_ms / 2;
    if (task->poll_ms > ENS_POLL_MAX_MS) {
        task->poll_ms = ENS_POLL_MAX_MS;
    }
    ens_turn_ask(turn, ENS_ASK_READ, turn->event->now_ms + task->poll_ms);
}

void ens_turn_report(const struct ens_turn *turn, enum ens_action action, enum ens_reason reason,
                     enum ens_sentence sentence)
{
    turn->step->report = true;
    fill(turn, action, turn->task->started ? ENS_CONFIDENCE_VALIDATED : ENS_CONFIDENCE_OBSERVED,
         reason, sentence);
}

/* Made once per start that is planned or done, from chance alone: a token must not outlive its
 * plan, so nothing of the target goes into it. */
static void need_token(const struct ens_turn *turn)
{
    struct ens_task *task = turn->task;
    uint8_t b[16];

    if (task->client_token.len > 0 || !ens_turn_has(turn, ENS_CAP_CLIENT_TOKEN)) {
        return;
    }
    task->mission->entropy->fill(task->mission->entropy->ud, b, sizeof(b));
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40); /* a random UUID, RFC 9562 section 5.4 */
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
    task->client_token = ens_arena_printf(
        task->mission->arena,
        "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2],
        b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

void ens_turn_plan_start(const struct ens_turn *turn, enum ens_confidence confidence,
                         enum ens_reason reason, enum ens_sentence sentence)
{
    need_token(turn);
    ens_turn_finish(turn, ENS_ACTION_START, confidence, reason, sentence);
}

void ens_turn_ask_start(const struct ens_turn *turn)
{
    need_token(turn);
    turn->task->starts++;
    turn->step->alone = turn->task->alone;
    ens_turn_ask(turn, ENS_ASK_START, turn->event->now_ms);
}
