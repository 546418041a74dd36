/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/rc.h"
#include "core/pace.h"

static void answer(struct ens_pace *pace, unsigned times, int64_t now_ms)
{
    for (unsigned i = 0; i < times; i++) {
        ens_pace_answered(pace, now_ms);
    }
}

static void test_no_limit_at_first(void **state)
{
    struct ens_pace pace = {0};

    (void)state;
    for (int64_t i = 0; i < 5000; i++) {
        assert_int_equal(ens_pace_next(&pace, 100 + i / 1000), 100 + i / 1000);
        ens_pace_sent(&pace, 100 + i / 1000);
        ens_pace_answered(&pace, 100 + i / 1000);
    }
}

/* The first rate is a guess from what was answered within a second. */
static void test_guess(void **state)
{
    static const struct {
        unsigned first, second; /* answers at 0.5 and at 1.6 s */
        int64_t throttled_ms;
        int64_t rate;
    } rows[] = {
        {100, 0, 600, 70000},         {100, 0, 1400, 70000},  {100, 20, 1700, 70000},
        {20, 100, 1700, 70000},       {100, 20, 2700, 14000}, {0, 0, 600, ENS_PACE_MIN},
        {100, 0, 9000, ENS_PACE_MIN},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct ens_pace pace = {0};
        answer(&pace, rows[i].first, 500);
        answer(&pace, rows[i].second, 1600);
        ens_pace_throttled(&pace, rows[i].throttled_ms - 5, rows[i].throttled_ms);
        if (pace.rate != rows[i].rate) {
            fail_msg("row %zu: %lld", i, (long long)pace.rate);
        }
    }
}

/* A pace with a rate of 10 calls a second from 1000 ms on, whose second throttled reply has come.
 */
static struct ens_pace slowed(void)
{
    struct ens_pace pace = {.rate = 20000};

    ens_pace_throttled(&pace, 990, 1000);
    pace.rate = 10000;
    pace.next_us = 1000 * 1000;
    ens_pace_sent(&pace, 1000);
    return pace;
}

static void test_interval(void **state)
{
    struct ens_pace pace = slowed();

    (void)state;
    assert_int_equal(ens_pace_next(&pace, 1000), 1100);
    assert_int_equal(ens_pace_next(&pace, 1099), 1100);
    assert_int_equal(ens_pace_next(&pace, 1150), 1150);
    ens_pace_sent(&pace, 1115); /* late, which is made good */
    assert_int_equal(ens_pace_next(&pace, 1115), 1200);
    ens_pace_sent(&pace, 5000); /* what was not used is not saved up */
    ens_pace_sent(&pace, 5000);
    assert_int_equal(ens_pace_next(&pace, 5000), 5180);
}

static void test_a_burst_is_one_fall(void **state)
{
    struct ens_pace pace = slowed();

    (void)state;
    ens_pace_throttled(&pace, 1000, 1010);
    ens_pace_throttled(&pace, 400, 1020);
    assert_int_equal(pace.rate, 10000);
    ens_pace_throttled(&pace, 1101, 1120);
    assert_int_equal(pace.rate, 7000);
    for (int64_t i = 0; i < 20; i++) {
        ens_pace_throttled(&pace, 2000 + i * 100, 2001 + i * 100);
    }
    assert_int_equal(pace.rate, ENS_PACE_MIN);
}

static void test_rise(void **state)
{
    struct ens_pace pace = slowed();

    (void)state;
    ens_pace_answered(&pace, 1100);
    assert_int_equal(pace.rate, 10010);
    ens_pace_answered(&pace, 1200);
    assert_int_equal(pace.rate, 10030);
    answer(&pace, 98, 1300);
    assert_int_equal(pace.rate, 10000 + 10 * 100 * 101 / 2);
    answer(&pace, 900, 1400);
    assert_in_range(pace.rate, ENS_PACE_MAX * 9 / 10, ENS_PACE_MAX);
    answer(&pace, 100, 1500);
    assert_int_equal(pace.rate, 0); /* no limit any more */
    assert_int_equal(ens_pace_next(&pace, 1500), 1500);
}

/* ---- a quota that is shared ------------------------------------------------------------------ */

#define CLIENTS_MAX 20
#define ROUND_MS    20 /* from a call to its reply */
#define CALLS_MAX   16 /* of a client, on their way */
#define PAUSE_MS    250
#define MINUTE_MS   60000

struct client {
    struct ens_pace pace;
    int64_t replies_ms[CALLS_MAX]; /* when each comes; 0: none is on its way */
    bool throttled[CALLS_MAX];
    int64_t paused_ms;
    unsigned answered;
    unsigned refused;
};

struct quota {
    int64_t rate;      /* calls a second */
    int64_t allowance; /* thousandths of calls */
};

static bool allows(struct quota *quota)
{
    const bool allowed = quota->allowance >= 1000;

    quota->allowance -= allowed ? 1000 : 0;
    return allowed;
}

static void receive(struct client *client, int64_t now)
{
    for (size_t i = 0; i < CALLS_MAX; i++) {
        if (client->replies_ms[i] != now) {
            continue;
        }
        client->replies_ms[i] = 0;
        if (client->throttled[i]) {
            ens_pace_throttled(&client->pace, now - ROUND_MS, now);
            client->paused_ms = now + PAUSE_MS;
            client->refused++;
        } else {
            ens_pace_answered(&client->pace, now);
            client->answered++;
        }
    }
}

static void call(struct client *client, struct quota *quota, int64_t now)
{
    for (size_t i = 0; i < CALLS_MAX; i++) {
        if (client->replies_ms[i] == 0 && now >= client->paused_ms &&
            ens_pace_next(&client->pace, now) <= now) {
            ens_pace_sent(&client->pace, now);
            client->replies_ms[i] = now + ROUND_MS;
            client->throttled[i] = !allows(quota);
        }
    }
}

/* Runs clients that call as often as they may, in turns, until the given time. */
static void share(struct client *clients, size_t count, struct quota *quota, int64_t from_ms,
                  int64_t until_ms)
{
    for (int64_t now = from_ms; now < until_ms; now++) {
        const int64_t more = quota->allowance + quota->rate;
        quota->allowance = more < quota->rate * 1000 ? more : quota->rate * 1000;
        for (size_t i = 0; i < count; i++) {
            receive(&clients[i], now);
        }
        for (size_t i = 0; i < count; i++) {
            call(&clients[((size_t)now + i) % count], quota, now);
        }
    }
}

/* Most of the quota is used, few calls are throttled, and no client is left without. */
static void test_shared_quota(void **state)
{
    static const struct {
        size_t clients;
        int64_t rate;
        int64_t throttled; /* in percent of what was answered, at most */
    } rows[] = {{1, 50, 2},  {1, 300, 3}, {2, 100, 3},   {8, 50, 10},
                {8, 150, 5}, {8, 400, 3}, {20, 100, 12}, {20, 700, 4}};

    (void)state;
    for (size_t r = 0; r < ENS_COUNT(rows); r++) {
        struct client clients[CLIENTS_MAX] = {0};
        struct quota quota = {rows[r].rate, rows[r].rate * 1000};
        const int64_t fair = rows[r].rate * (MINUTE_MS / 1000) / (int64_t)rows[r].clients;
        int64_t answered = 0;
        int64_t refused = 0;
        unsigned least = UINT32_MAX;
        share(clients, rows[r].clients, &quota, 1000, 1000 + MINUTE_MS);
        for (size_t i = 0; i < rows[r].clients; i++) {
            answered += clients[i].answered;
            refused += clients[i].refused;
            least = clients[i].answered < least ? clients[i].answered : least;
        }
        if (answered * 100 < rows[r].rate * (MINUTE_MS / 1000) * 90 ||
            refused * 100 > answered * rows[r].throttled || (int64_t)least * 100 < fair * 15) {
            fail_msg("%zu clients at %lld: %lld answered, %lld throttled, least %u of %lld",
                     rows[r].clients, (long long)rows[r].rate, (long long)answered,
                     (long long)refused, least, (long long)fair);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_limit_at_first),
        cmocka_unit_test(test_guess),
        cmocka_unit_test(test_interval),
        cmocka_unit_test(test_a_burst_is_one_fall),
        cmocka_unit_test(test_rise),
        cmocka_unit_test(test_shared_quota),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
