/* SPDX-License-Identifier: Apache-2.0 */
/* Packed tasks: every member comes back, and few bytes are needed. The scripts of the other tests
 * of tasks pack each task that waits, too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/task_pack.h"
#include "task_script.h"

#define UUID "0123abcd-4567-4ef0-8123-456789abcdef"

/* Packs and unpacks the task; *size is that of the bytes. */
static struct ens_task by_pack(const struct script *script, size_t *size)
{
    ENS_AUTO_BUF packed = ens_buf_new(ENS_TASK_PACKED_MAX);
    struct ens_task ret;

    memset(&ret, 0, sizeof(ret)); /* padding too, as it is compared */
    ret.params = script->task.params;
    ret.provider = script->task.provider;
    ret.target = script->task.target;
    ens_task_pack(&script->task, &packed);
    assert_false(ens_buf_failed(&packed));
    *size = packed.len;
    ens_task_unpack(ens_buf_str(&packed), &ret);
    return ret;
}

/* All bytes of the struct, with padding; what pointers and slices point to is compared before. */
static void assert_same(struct ens_task *a, struct ens_task *b)
{
    assert_true(ens_str_eq(a->client_token, b->client_token));
    assert_true(ens_str_eq(a->refusal, b->refusal));
    assert_true(ens_str_eq(a->request_id, b->request_id));
    assert_ptr_equal(a->word, b->word);
    a->client_token = b->client_token;
    a->refusal = b->refusal;
    a->request_id = b->request_id;
    if (a->last != NULL) {
        assert_true(ens_str_eq(a->last->code, b->last->code));
        assert_true(ens_str_eq(a->last->message, b->last->message));
        assert_true(ens_str_eq(a->last->request_id, b->last->request_id));
        assert_true(ens_str_eq(a->last->detail, b->last->detail));
        a->last->code = b->last->code;
        a->last->message = b->last->message;
        a->last->request_id = b->last->request_id;
        a->last->detail = b->last->detail;
        assert_memory_equal(a->last, b->last, sizeof(*a->last));
        a->last = b->last;
    }
    assert_memory_equal(a, b, sizeof(*a));
}

/* Sets every member to what it is not in the beginning; highest: to what takes most bytes. */
static void set_all(struct script *script, struct ens_outcome *last, bool highest)
{
    struct ens_task *task = &script->task;
    const int64_t taken = script->params.taken_ms;
    const struct ens_task before = *task;

    memset(task, 0, sizeof(*task));
    task->params = before.params;
    task->provider = before.provider;
    task->target = before.target;
    task->awaiting = before.awaiting;
    task->client_token = highest ? ENS_STR(UUID) : ENS_STR("A-TOKEN");
    task->refusal = ENS_STR("a guard: max_starts 5");
    task->request_id = highest ? ENS_STR("0123ABCD-4567-4EF0-8123-456789ABCDEF") : ENS_STR(UUID);
    task->planned_token = task->read_only = task->dry_run_known = task->confidence_known = true;
    task->leave = true;
    task->dry_run_reason = ENS_REASON_NO_CAPACITY;
    task->confidence = ENS_CONFIDENCE_UNVERIFIED;
    task->status = ENS_STATUS_STOPPING;
    task->word = script->provider.statuses[1].word;
    task->capacity_released = task->seen_up = task->left_stopped = task->lost = true;
    task->unanswered = task->accepted = task->started = task->repeated = true;
    task->given_up = task->alone = task->not_honoured = task->probed = true;
    task->rereads = highest ? UINT8_MAX : 1;
    task->denials = highest ? UINT8_MAX : 2;
    task->failed_reads = highest ? UINT8_MAX : 3;
    task->missing = highest ? UINT8_MAX : 4;
    task->inconclusive_reads = highest ? UINT8_MAX : 5;
    task->starts = highest ? UINT32_MAX : 6;
    task->throttled = highest ? UINT32_MAX : 7;
    task->started_ms = highest ? INT64_MAX : taken;
    task->lost_ms = highest ? taken + 1 : taken + 127;
    task->inconclusive_since_ms = taken + 128;
    task->poll_ms = highest ? INT64_MAX : ENS_POLL_MAX_MS;
    task->http_status = highest ? UINT32_MAX : 200;
    task->last = last;
    memset(last, 0, sizeof(*last)); /* padding too */
    last->kind = ENS_CALL_START;
    last->reason = ENS_REASON_THROTTLED;
    last->flags = UINT32_MAX;
    last->hint = ENS_HINT_NOT_THE_CLOUD;
    last->by_code = last->sent = true;
    last->http_status = 429;
    last->retry_after_ms = INT64_MAX;
    last->code = ENS_STR("Throttling");
    last->message = ENS_STR("Words of the cloud.");
    last->request_id = ENS_STR(UUID);
    last->detail = ENS_STR("a detail");
}

static void test_every_member(void **state)
{
    (void)state;
    for (int highest = 0; highest < 2; highest++) {
        struct script script;
        struct ens_outcome last;
        size_t size = 0;
        script_init(&script, ENS_MODE_APPLY);
        script_begin(&script);
        set_all(&script, &last, highest);
        struct ens_task task = by_pack(&script, &size);
        assert_same(&script.task, &task);
        script_done(&script);
    }
}

/* What waits without a start, and after one that was accepted. */
static void test_size(void **state)
{
    static const struct {
        enum ens_mode mode;
        const char *line;
        size_t most;
    } rows[] = {
        {ENS_MODE_WAIT, "read=BOOTING", 30},
        {ENS_MODE_WAIT, "read=DOWN read=DOWN read=DOWN", 30},
        {ENS_MODE_APPLY, "read=DOWN start=ok read=BOOTING", 60},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct script script;
        size_t size = 0;
        script_init(&script, rows[i].mode);
        script_begin(&script);
        assert_string_equal(script_run(&script, rows[i].line), "not done");
        (void)by_pack(&script, &size);
        assert_in_range(size, 20, rows[i].most);
        script_done(&script);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_member),
        cmocka_unit_test(test_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
